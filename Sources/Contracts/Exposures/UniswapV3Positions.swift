package import Ethereum

/// Uniswap v3 positions of a vault in one pool of base and quote token, by the ids that the configuration names.
package struct UniswapV3Positions: ExposureSource, Hashable, Codable {
  package let name: String
  /// NonfungiblePositionManager.
  package let manager: Address
  package let pool: Address
  package let tokenIDs: [UInt256]
  package let base: Address
  package let baseDecimals: Int
  package let quote: Address
  package let quoteDecimals: Int

  package init(
    name: String, manager: Address, pool: Address, tokenIDs: [UInt256], base: Address, baseDecimals: Int,
    quote: Address, quoteDecimals: Int
  ) {
    self.name = name
    self.manager = manager
    self.pool = pool
    self.tokenIDs = tokenIDs
    self.base = base
    self.baseDecimals = baseDecimals
    self.quote = quote
    self.quoteDecimals = quoteDecimals
  }

  package func reads(holder: Address) throws(ContractsError) -> [Read] {
    var reads = [
      try UniswapV3Pool.Slot0().read(at: pool), try UniswapV3Pool.Token0().read(at: pool),
      try UniswapV3Pool.Token1().read(at: pool), try UniswapV3Pool.Fee().read(at: pool),
    ]
    for id in tokenIDs {
      reads.append(try UniswapV3PositionManager.Positions(tokenId: id).read(at: manager))
      reads.append(try UniswapV3PositionManager.OwnerOf(tokenId: id).read(at: manager))
    }
    return reads
  }

  package func readings(_ results: [ReadResult], holder: Address) throws(ContractsError) -> [ExposureReading] {
    let expected = 4 + 2 * tokenIDs.count
    guard results.count == expected else {
      throw .answerCount(what: "positions of \(name)", expected: expected, actual: results.count)
    }
    let slot = try UniswapV3Pool.Slot0.output(of: results[0], "slot0 of pool \(pool)")
    let token0 = try UniswapV3Pool.Token0.output(of: results[1], "token0 of pool \(pool)")
    let token1 = try UniswapV3Pool.Token1.output(of: results[2], "token1 of pool \(pool)")
    let fee = try UniswapV3Pool.Fee.output(of: results[3], "fee of pool \(pool)")
    guard (token0 == base && token1 == quote) || (token0 == quote && token1 == base) else {
      throw .implausible(
        what: "pool \(pool), which should be of base \(base) and quote \(quote),", value: "\(token0) and \(token1)")
    }
    guard (UniswapV3Math.minimumSqrtPrice..<UniswapV3Math.maximumSqrtPrice).contains(slot.sqrtPriceX96) else {
      throw .implausible(what: "root price of pool \(pool)", value: "\(slot.sqrtPriceX96)")
    }
    var readings: [ExposureReading] = []
    for (index, id) in tokenIDs.enumerated() {
      let what = "position \(id) of \(name)"
      let position = try UniswapV3PositionManager.Positions.output(of: results[4 + 2 * index], what)
      let owner = try UniswapV3PositionManager.OwnerOf.output(of: results[5 + 2 * index], "owner of \(what)")
      guard position.token0 == token0, position.token1 == token1, position.fee == fee else {
        throw .implausible(what: "\(what), which should be in pool \(pool),", value: "another pool's tokens or fee")
      }
      readings.append(
        .liquidity(
          LiquidityReading(
            source: name, tokenID: id, isHeld: owner == holder, lowerTick: try tick(position.tickLower, what),
            upperTick: try tick(position.tickUpper, what), liquidity: position.liquidity, owed0: position.tokensOwed0,
            owed1: position.tokensOwed1, baseIsToken0: token0 == base, baseDecimals: baseDecimals,
            quoteDecimals: quoteDecimals, poolSqrtPrice: slot.sqrtPriceX96)))
    }
    return readings
  }

  private func tick(_ value: Int256, _ what: String) throws(ContractsError) -> Int {
    guard let tick = value.asInt, (UniswapV3Math.minimumTick...UniswapV3Math.maximumTick).contains(tick) else {
      throw .implausible(what: "tick of \(what)", value: "\(value)")
    }
    return tick
  }
}
