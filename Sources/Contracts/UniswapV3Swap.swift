package import Ethereum

/// Amounts between two root prices, and the price after an amount.
extension UniswapV3Math {
  /// Token 0 between two root prices: L · 2⁹⁶ (Pb − Pa)/Pb/Pa, divided twice and each time rounded as asked. Down is
  /// what a pool pays, up what it takes.
  /// - Throws: `.implausible` where the lower root price is zero; overflow beyond 256 bits.
  package static func amount0(
    between a: SqrtPriceX96, and b: SqrtPriceX96, liquidity: UInt256, rounding: Rounding
  ) throws(ContractsError) -> UInt256 {
    let (lower, upper) = (min(a, b), max(a, b))
    try check(price: upper)
    try check(liquidity: liquidity)
    guard lower > .zero else { throw .implausible(what: "a pool's root price", value: "0") }
    return try ContractsError.wrapping { () throws(EthereumError) in
      let once = try UInt256.mulDiv(liquidity << 96, upper - lower, upper, rounding: rounding)
      return try UInt256.mulDiv(once, .one, lower, rounding: rounding)
    }
  }

  /// Token 1 between two root prices: L (Pb − Pa)/2⁹⁶.
  package static func amount1(
    between a: SqrtPriceX96, and b: SqrtPriceX96, liquidity: UInt256, rounding: Rounding
  ) throws(ContractsError) -> UInt256 {
    let (lower, upper) = (min(a, b), max(a, b))
    try check(price: upper)
    try check(liquidity: liquidity)
    return try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256.mulDiv(liquidity, upper - lower, q96, rounding: rounding)
    }
  }

  /// The root price after an amount goes in, rounded so that the price moves no further than the amount pays for.
  /// - Parameter zeroForOne: whether token 0 goes in, which lowers the price.
  /// - Throws: `.implausible` for no price or no liquidity; `.notRepresentable` where the price would pass 160 bits.
  package static func nextSqrtPrice(
    from price: SqrtPriceX96, liquidity: UInt256, amountIn: UInt256, zeroForOne: Bool
  ) throws(ContractsError) -> SqrtPriceX96 {
    try checkPool(price, liquidity)
    return zeroForOne
      ? try afterAdding0(price, liquidity, amountIn) : try afterAdding1(price, liquidity, amountIn)
  }

  /// The root price after an amount goes out, rounded so that the price moves at least as far as the amount needs.
  /// - Parameter zeroForOne: whether token 1 goes out, which lowers the price.
  /// - Throws: `.implausible` where the pool does not hold the amount.
  package static func nextSqrtPrice(
    from price: SqrtPriceX96, liquidity: UInt256, amountOut: UInt256, zeroForOne: Bool
  ) throws(ContractsError) -> SqrtPriceX96 {
    try checkPool(price, liquidity)
    return zeroForOne
      ? try afterRemoving1(price, liquidity, amountOut) : try afterRemoving0(price, liquidity, amountOut)
  }

  /// L P/(L + amount P), up; where a product overflows the contracts fall back on L/(L/P + amount).
  private static func afterAdding0(
    _ price: SqrtPriceX96, _ liquidity: UInt256, _ amount: UInt256
  ) throws(ContractsError) -> SqrtPriceX96 {
    if amount == .zero { return price }
    let numerator = liquidity << 96
    let product = amount.multipliedReportingOverflow(by: price)
    let sum = numerator.addingReportingOverflow(product.value)
    return try ContractsError.wrapping { () throws(EthereumError) in
      if !product.overflow && !sum.overflow {
        return try UInt256.mulDiv(numerator, price, sum.value, rounding: .up)
      }
      return try UInt256.mulDiv(numerator, .one, try numerator / price + amount, rounding: .up)
    }
  }

  /// L P/(L − amount P), up.
  private static func afterRemoving0(
    _ price: SqrtPriceX96, _ liquidity: UInt256, _ amount: UInt256
  ) throws(ContractsError) -> SqrtPriceX96 {
    if amount == .zero { return price }
    let numerator = liquidity << 96
    let product = amount.multipliedReportingOverflow(by: price)
    guard !product.overflow, numerator > product.value else {
      throw .implausible(what: "a pool's amount of token 0 asked for", value: "\(amount)")
    }
    let next = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256.mulDiv(numerator, price, try numerator - product.value, rounding: .up)
    }
    return try checked(price: next)
  }

  /// P + amount/L, down.
  private static func afterAdding1(
    _ price: SqrtPriceX96, _ liquidity: UInt256, _ amount: UInt256
  ) throws(ContractsError) -> SqrtPriceX96 {
    let next = try ContractsError.wrapping { () throws(EthereumError) in
      try price + UInt256.mulDiv(amount, q96, liquidity, rounding: .down)
    }
    return try checked(price: next)
  }

  /// P − amount/L, down.
  private static func afterRemoving1(
    _ price: SqrtPriceX96, _ liquidity: UInt256, _ amount: UInt256
  ) throws(ContractsError) -> SqrtPriceX96 {
    let fall = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256.mulDiv(amount, q96, liquidity, rounding: .up)
    }
    guard price > fall else { throw .implausible(what: "a pool's amount of token 1 asked for", value: "\(amount)") }
    return try ContractsError.wrapping { () throws(EthereumError) in try price - fall }
  }

  static func check(price: SqrtPriceX96) throws(ContractsError) { _ = try checked(price: price) }

  private static func checked(price: SqrtPriceX96) throws(ContractsError) -> SqrtPriceX96 {
    guard price < sqrtPriceLimit else { throw .notRepresentable(what: "a pool's root price", value: "\(price)") }
    return price
  }

  static func check(liquidity: UInt256) throws(ContractsError) {
    guard liquidity < liquidityLimit else {
      throw .notRepresentable(what: "a pool's liquidity", value: "\(liquidity)")
    }
  }

  private static func checkPool(_ price: SqrtPriceX96, _ liquidity: UInt256) throws(ContractsError) {
    try check(price: price)
    try check(liquidity: liquidity)
    guard price > .zero else { throw .implausible(what: "a pool's root price", value: "0") }
    guard liquidity > .zero else { throw .implausible(what: "a pool's liquidity", value: "0") }
  }
}

/// One step of a swap, within a range of constant liquidity.
extension UniswapV3Math {
  package struct SwapStep: Hashable, Sendable {
    package let sqrtPrice: SqrtPriceX96
    /// Without the fee.
    package let amountIn: UInt256
    package let amountOut: UInt256
    /// Of the token that goes in, beside `amountIn`.
    package let fee: UInt256
  }

  /// What is left of the order.
  package enum Remaining: Hashable, Sendable {
    /// So much may go in, the fee with it.
    case input(UInt256)
    /// So much is to come out.
    case output(UInt256)
  }

  /// Moves the price from `price` towards `target`, as far as the order goes.
  /// - Parameter feeMillionths: the pool's fee, 3000 for 0.3 %; below 1,000,000.
  package static func swapStep(
    from price: SqrtPriceX96, to target: SqrtPriceX96, liquidity: UInt256, remaining: Remaining, feeMillionths: UInt64
  ) throws(ContractsError) -> SwapStep {
    let fee = UInt256(feeMillionths)
    guard fee < feeUnits else { throw .notRepresentable(what: "a pool's fee", value: "\(feeMillionths)") }
    try check(price: target)
    let leftOver = try ContractsError.wrapping { () throws(EthereumError) in try feeUnits - fee }
    let down = price >= target
    func input(to end: SqrtPriceX96) throws(ContractsError) -> UInt256 {
      down
        ? try amount0(between: end, and: price, liquidity: liquidity, rounding: .up)
        : try amount1(between: price, and: end, liquidity: liquidity, rounding: .up)
    }
    func output(to end: SqrtPriceX96) throws(ContractsError) -> UInt256 {
      down
        ? try amount1(between: end, and: price, liquidity: liquidity, rounding: .down)
        : try amount0(between: price, and: end, liquidity: liquidity, rounding: .down)
    }
    func feeOn(_ amount: UInt256) throws(ContractsError) -> UInt256 {
      try ContractsError.wrapping { () throws(EthereumError) in
        try UInt256.mulDiv(amount, fee, leftOver, rounding: .up)
      }
    }

    switch remaining {
    case .input(let amount):
      let spendable = try ContractsError.wrapping { () throws(EthereumError) in
        try UInt256.mulDiv(amount, leftOver, feeUnits, rounding: .down)
      }
      let whole = try input(to: target)
      if spendable >= whole {
        return SwapStep(sqrtPrice: target, amountIn: whole, amountOut: try output(to: target), fee: try feeOn(whole))
      }
      let next = try nextSqrtPrice(from: price, liquidity: liquidity, amountIn: spendable, zeroForOne: down)
      let spent = try input(to: next)
      // Short of the target, all that does not go in is fee; just at it, the fee is its own.
      let rest =
        next == target
        ? try feeOn(spent) : try ContractsError.wrapping { () throws(EthereumError) in try amount - spent }
      return SwapStep(sqrtPrice: next, amountIn: spent, amountOut: try output(to: next), fee: rest)
    case .output(let amount):
      let whole = try output(to: target)
      let next =
        amount >= whole
        ? target : try nextSqrtPrice(from: price, liquidity: liquidity, amountOut: amount, zeroForOne: down)
      let spent = try input(to: next)
      // The price is rounded towards more; what was not asked for is not paid.
      let received = min(try output(to: next), amount)
      return SwapStep(sqrtPrice: next, amountIn: spent, amountOut: received, fee: try feeOn(spent))
    }
  }
}

/// Amounts of a position, and the liquidity that amounts make.
extension UniswapV3Math {
  package struct TokenAmounts: Hashable, Sendable {
    package let amount0: UInt256
    package let amount1: UInt256
  }

  /// What a position between two root prices holds at a third. Down is what burning it pays, up what minting it takes.
  package static func amounts(
    at price: SqrtPriceX96, from a: SqrtPriceX96, to b: SqrtPriceX96, liquidity: UInt256, rounding: Rounding
  ) throws(ContractsError) -> TokenAmounts {
    let (lower, upper) = (min(a, b), max(a, b))
    // The contracts compare ticks for this and not prices, which is the same: at the border the other amount is zero.
    let here = min(max(price, lower), upper)
    return TokenAmounts(
      amount0: try amount0(between: here, and: upper, liquidity: liquidity, rounding: rounding),
      amount1: try amount1(between: lower, and: here, liquidity: liquidity, rounding: rounding))
  }

  /// The most liquidity that both amounts allow, as the protocol's periphery calculates it (down, with its intermediate
  /// rounding).
  /// - Throws: `.notRepresentable` above 128 bits; `.ethereum(.divisionByZero)` for a range of nothing.
  package static func liquidity(
    at price: SqrtPriceX96, from a: SqrtPriceX96, to b: SqrtPriceX96, amounts: TokenAmounts
  ) throws(ContractsError) -> UInt256 {
    let (lower, upper) = (min(a, b), max(a, b))
    try check(price: max(price, upper))
    if price <= lower { return try liquidity(of0: amounts.amount0, lower, upper) }
    if price >= upper { return try liquidity(of1: amounts.amount1, lower, upper) }
    return min(
      try liquidity(of0: amounts.amount0, price, upper), try liquidity(of1: amounts.amount1, lower, price))
  }

  private static func liquidity(
    of0 amount: UInt256, _ lower: SqrtPriceX96, _ upper: SqrtPriceX96
  ) throws(ContractsError) -> UInt256 {
    let found = try ContractsError.wrapping { () throws(EthereumError) in
      let product = try UInt256.mulDiv(lower, upper, q96, rounding: .down)
      return try UInt256.mulDiv(amount, product, try upper - lower, rounding: .down)
    }
    try check(liquidity: found)
    return found
  }

  private static func liquidity(
    of1 amount: UInt256, _ lower: SqrtPriceX96, _ upper: SqrtPriceX96
  ) throws(ContractsError) -> UInt256 {
    let found = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256.mulDiv(amount, q96, try upper - lower, rounding: .down)
    }
    try check(liquidity: found)
    return found
  }
}
