import Ethereum

/// A price of the venue: dollars times 10^30 for a token's smallest unit.
struct PriceRange: Hashable, Sendable {
  var min, max: UInt256

  init(min: UInt256, max: UInt256) {
    self.min = min
    self.max = max
  }

  init(_ price: UInt256) { self.init(min: price, max: price) }
}

struct MarketPrices: Hashable, Sendable {
  var index, long, short: PriceRange

  func of(_ token: WorldToken) -> PriceRange { token == .wrapped ? long : short }
}

/// Amounts in the market's long and short token.
struct TokenAmounts: Hashable, Sendable {
  var long = UInt256.zero
  var short = UInt256.zero
}

/// What funding adds from the last update until now.
struct NextFunding: Sendable {
  let longsPayShorts: Bool
  let perSecond: UInt256
  let saved: Int256
  /// Per dollar of size: what the payers owe and what the receivers may claim.
  let fee, claimable: TokenAmounts

  func fee(isLong: Bool) -> TokenAmounts { isLong == longsPayShorts ? fee : TokenAmounts() }
  func claimable(isLong: Bool) -> TokenAmounts { isLong == longsPayShorts ? TokenAmounts() : claimable }
}

struct ExecutionPrice: Sendable {
  var impactUsd = Int256.zero
  var price: UInt256
  var improvesBalance = false
  var pendingImpactUsd = Int256.zero
  var totalImpactUsd = Int256.zero
}

/// What a trade is charged, in units of the collateral but where it says otherwise.
struct PositionFees: Sendable {
  var trader: Address
  var collateralPrice: PriceRange
  var feeFactor = UInt256.zero
  var feeAmount = UInt256.zero
  var receiverFactor = UInt256.zero
  var receiverAmount = UInt256.zero
  var poolAmount = UInt256.zero
  var feePoolAmount = UInt256.zero
  var borrowingUsd = UInt256.zero
  var borrowingAmount = UInt256.zero
  var fundingAmount = UInt256.zero
  var claimable = TokenAmounts()
  var latestFundingPerSize = UInt256.zero
  var latestClaimablePerSize = TokenAmounts()
  var totalExcludingFunding = UInt256.zero
  var total = UInt256.zero
}

struct LiquidationTest: Sendable {
  var reason: String?
  var remainingUsd = Int256.zero
  var minimumUsd = Int256.zero
  var minimumForLeverageUsd = Int256.zero
}

/// Powers of ten that the venue's arithmetic is scaled by.
enum VenueScale {
  static let one = power(30)
  static let root = power(15)
  static let signedRoot = Int256(1_000_000_000_000_000)

  static func power(_ exponent: Int) -> UInt256 {
    do { return try UInt256.powerOfTen(exponent) } catch {
      preconditionFailure("10^\(exponent) fits a word: \(error)")
    }
  }

  static func ceiling(_ a: UInt256, _ b: UInt256) throws -> UInt256 {
    a == .zero ? .zero : try (a - .one) / b + .one
  }
}

/// The arithmetic of the venue's positions. Divisions are where and as the dev chain's contracts have them: rounding
/// decides single units, and those are compared.
extension ContractMachine {
  private var keys: VenueKeys { site.keys }

  func openInterest(longToken: Bool, isLong: Bool) -> UInt256 {
    state.venue.uint(keys.openInterest.of(longToken: longToken)[isLong])
  }

  private func openInterest(isLong: Bool) throws -> UInt256 {
    try openInterest(longToken: true, isLong: isLong) + openInterest(longToken: false, isLong: isLong)
  }

  // MARK: - Funding and borrowing

  func nextFunding(_ prices: MarketPrices) throws -> NextFunding {
    let saved = state.venue.ints[keys.fundingFactor] ?? .zero
    let since = state.venue.uint(keys.fundingUpdatedAt)
    let seconds = since == .zero ? .zero : try now - since
    let growth = try saved.magnitude * seconds
    let longsPay = saved.signum > 0
    let fee = TokenAmounts(
      long: try VenueScale.ceiling(growth * VenueScale.root, prices.long.min),
      short: try VenueScale.ceiling(growth * VenueScale.root, prices.short.min))
    var claimable = TokenAmounts()
    let receivers = try openInterest(isLong: !longsPay)
    if receivers != .zero {
      func share(longToken: Bool, _ price: PriceRange) throws -> UInt256 {
        let paid =
          try openInterest(longToken: longToken, isLong: longsPay) / VenueScale.root * growth
          / VenueScale.root
        return try paid * VenueScale.one / receivers * VenueScale.root / price.max
      }
      claimable = TokenAmounts(
        long: try share(longToken: true, prices.long), short: try share(longToken: false, prices.short))
    }
    return NextFunding(
      longsPayShorts: longsPay, perSecond: saved.magnitude, saved: saved, fee: fee, claimable: claimable)
  }

  func stored(_ pairs: VenueKeys.TokenPairs, isLong: Bool) -> TokenAmounts {
    TokenAmounts(long: state.venue.uint(pairs.long[isLong]), short: state.venue.uint(pairs.short[isLong]))
  }

  func borrowingFactor(isLong: Bool, withPending: Bool) throws -> UInt256 {
    let stored = state.venue.uint(keys.cumulativeBorrowing[isLong])
    let since = state.venue.uint(keys.borrowingUpdatedAt[isLong])
    guard since != .zero, withPending else { return stored }
    return try stored + (now - since) * state.venue.uint(keys.borrowingFactor[isLong])
  }

  // MARK: - Price impact

  /// factor · difference², the protocol's curve at an exponent of 2.
  private func impact(of difference: UInt256, _ factor: UInt256) throws -> UInt256 {
    let root = try difference / VenueScale.root
    return try root * root / VenueScale.one * factor
  }

  func impact(_ sizeDelta: Int256, isLong: Bool) throws -> (usd: Int256, improves: Bool) {
    let before = try Int256(openInterest(isLong: true)) - Int256(openInterest(isLong: false))
    let after = try before + (isLong ? sizeDelta : sizeDelta.negated())
    let improves = after.magnitude < before.magnitude
    let positive = state.venue.uint(keys.impactFactor[true])
    let negative = state.venue.uint(keys.impactFactor[false])
    let adverse = state.venue.uint(keys.adverseImpact)
    let added = try Int256(sizeDelta.magnitude / VenueScale.root * adverse / VenueScale.root)
    let crosses = before.isNegative != after.isNegative && before != .zero
    let first = crosses || improves ? positive : negative
    let second = crosses ? negative : first
    let change = try Int256(impact(of: before.magnitude, first)) - Int256(impact(of: after.magnitude, second))
    return (try change - added, improves)
  }

  func execution(
    _ prices: MarketPrices, sizeInUsd: UInt256, sizeInTokens: UInt256, sizeDelta: Int256, pendingImpact: Int256,
    isLong: Bool
  ) throws -> ExecutionPrice {
    let isBuy = isLong == (sizeDelta.signum > 0)
    let index = isBuy ? prices.index.max : prices.index.min
    var result = ExecutionPrice(price: index)
    guard sizeDelta != .zero else { return result }
    (result.impactUsd, result.improvesBalance) = try impact(sizeDelta, isLong: isLong)
    let size = sizeDelta.magnitude
    if sizeDelta.signum > 0 {
      let plain = try Int256(isLong ? size / index : VenueScale.ceiling(size, index))
      let impact = try impactTokens(result.impactUsd, prices.index)
      let tokens = isLong ? try plain + impact : try plain - impact
      result.price = try size / UInt256(tokens)
      result.totalImpactUsd = result.impactUsd
      return result
    }
    let share = try Self.share(pendingImpact, of: size, in: sizeInUsd)
    result.pendingImpactUsd = try share * Int256(share.signum > 0 ? prices.index.min : prices.index.max)
    result.totalImpactUsd = try result.impactUsd + result.pendingImpactUsd
    if sizeInTokens != .zero, sizeInUsd != .zero {
      let adverse = isLong ? result.impactUsd : try result.impactUsd.negated()
      let moved = try Int256(index) + adverse * Int256(sizeInUsd / sizeInTokens) / Int256(size)
      guard !moved.isNegative else {
        throw Revert(
          VenueError.negativeExecutionPrice, .int(moved), .uint(index), .uint(sizeInUsd), .int(result.impactUsd),
          .uint(size))
      }
      result.price = try UInt256(moved)
    }
    return result
  }

  /// The part of an amount that goes with a part of the size; a cost rounds up.
  static func share(_ amount: Int256, of size: UInt256, in total: UInt256) throws -> Int256 {
    guard total != .zero else { return .zero }
    let part = try amount.magnitude * (size / VenueScale.root)
    let whole = try total / VenueScale.root
    if amount.signum > 0 { return try Int256(part / whole) }
    return try Int256(VenueScale.ceiling(part, whole)).negated()
  }

  /// Rounded against the trader.
  func impactTokens(_ usd: Int256, _ price: PriceRange) throws -> Int256 {
    if usd.signum > 0 { return try usd / Int256(price.max) }
    return try Int256(VenueScale.ceiling(usd.magnitude, price.min)).negated()
  }

  // MARK: - Profit

  /// Profit of the part `sizeDelta`, in dollars, and the part's tokens.
  func profit(
    _ position: VenuePosition, _ prices: MarketPrices, _ sizeDelta: UInt256
  ) throws -> (usd: Int256, tokens: UInt256) {
    let index = position.isLong ? prices.index.min : prices.index.max
    let worth = try Int256(position.sizeInTokens * index)
    let gain = try worth - Int256(position.sizeInUsd)
    let total = position.isLong ? gain : try gain.negated()
    var tokens = position.sizeInTokens
    if sizeDelta < position.sizeInUsd {
      let part = try position.sizeInTokens * (sizeDelta / VenueScale.root)
      let whole = try position.sizeInUsd / VenueScale.root
      tokens = position.isLong ? try VenueScale.ceiling(part, whole) : try part / whole
    }
    guard position.sizeInTokens != .zero else { return (.zero, .zero) }
    let here = try total / VenueScale.signedRoot * Int256(tokens) / Int256(position.sizeInTokens)
    return (try here * VenueScale.signedRoot, tokens)
  }

  // MARK: - Fees

  func fees(
    _ position: VenuePosition, _ prices: MarketPrices, _ sizeDelta: UInt256, improves: Bool, withPending: Bool
  ) throws -> PositionFees {
    let isLongToken = position.collateralToken == addresses.wrappedNative
    let price = isLongToken ? prices.long : prices.short
    var fees = PositionFees(trader: position.account, collateralPrice: price)
    fees.feeFactor = state.venue.uint(keys.positionFee[improves])
    fees.feeAmount = try sizeDelta / VenueScale.one * fees.feeFactor / price.min
    fees.receiverFactor = state.venue.uint(keys.feeReceiverFactor)
    fees.receiverAmount = try fees.feeAmount * fees.receiverFactor / VenueScale.one
    fees.feePoolAmount = try fees.feeAmount - fees.receiverAmount
    let factor = try borrowingFactor(isLong: position.isLong, withPending: withPending)
    if position.sizeInUsd != .zero, factor > position.borrowingFactor {
      let grown = try factor - position.borrowingFactor
      fees.borrowingUsd = try position.sizeInUsd / VenueScale.root * grown / VenueScale.root
      fees.borrowingAmount = try fees.borrowingUsd / price.min
    }
    fees.poolAmount = try fees.feePoolAmount + fees.borrowingAmount
    try addFunding(&fees, position, prices, isLongToken: isLongToken, withPending: withPending)
    fees.totalExcludingFunding = try fees.feeAmount + fees.borrowingAmount
    fees.total = try fees.totalExcludingFunding + fees.fundingAmount
    return fees
  }

  private func addFunding(
    _ fees: inout PositionFees, _ position: VenuePosition, _ prices: MarketPrices, isLongToken: Bool,
    withPending: Bool
  ) throws {
    let isLong = position.isLong
    var fee = stored(keys.fundingFee, isLong: isLong)
    var claim = stored(keys.claimablePerSize, isLong: isLong)
    if withPending {
      let more = try nextFunding(prices)
      let (added, earned) = (more.fee(isLong: isLong), more.claimable(isLong: isLong))
      fee = TokenAmounts(long: try fee.long + added.long, short: try fee.short + added.short)
      claim = TokenAmounts(long: try claim.long + earned.long, short: try claim.short + earned.short)
    }
    let size = try position.sizeInUsd / VenueScale.root
    fees.latestFundingPerSize = isLongToken ? fee.long : fee.short
    fees.latestClaimablePerSize = claim
    fees.fundingAmount = try VenueScale.ceiling(
      size * (fees.latestFundingPerSize - position.fundingFeePerSize), VenueScale.one)
    fees.claimable = TokenAmounts(
      long: try size * (claim.long - position.longClaimablePerSize) / VenueScale.one,
      short: try size * (claim.short - position.shortClaimablePerSize) / VenueScale.one)
  }

  // MARK: - Liquidation

  /// Whether a position is too thin. `forLiquidation` takes the lower factor, at which it is closed by force.
  func liquidation(
    _ position: VenuePosition, _ prices: MarketPrices, forLiquidation: Bool, withPending: Bool
  ) throws -> LiquidationTest {
    let size = position.sizeInUsd
    let price = position.collateralToken == addresses.wrappedNative ? prices.long : prices.short
    let gained = try profit(position, prices, size).usd
    let (impact, improves) = try impact(Int256(size).negated(), isLong: position.isLong)
    let worst = try Int256(
      size / VenueScale.root * state.venue.uint(keys.liquidationImpact) / VenueScale.root
    ).negated()
    let costs = try fees(position, prices, size, improves: improves, withPending: withPending)
    var test = LiquidationTest()
    test.remainingUsd =
      try Int256(position.collateralAmount * price.min) + gained + min(max(impact, worst), .zero)
      - Int256(costs.total * price.min)
    test.minimumUsd = try Int256(state.venue.uint(keys.minimumCollateral))
    let factor = state.venue.uint(forLiquidation ? keys.liquidationFactor : keys.collateralFactor)
    test.minimumForLeverageUsd = try Int256(size / VenueScale.root * factor / VenueScale.root)
    if test.remainingUsd < test.minimumUsd {
      test.reason = "min collateral"
    } else if test.remainingUsd.signum <= 0 {
      test.reason = "< 0"
    } else if test.remainingUsd < test.minimumForLeverageUsd {
      test.reason = "min collateral for leverage"
    }
    return test
  }
}
