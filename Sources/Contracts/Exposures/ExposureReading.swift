package import Ethereum

/// What a vault holds beside its spot tokens and the positions at its venue, as it was read: integers and fixed-point
/// numbers only, with everything that its valuation needs, so that a record is valued again without the configuration.
/// What it is worth, and whether it may be trusted, is judged elsewhere.
package enum ExposureReading: Hashable, Sendable, Codable {
  /// Concentrated liquidity in a pool of base and quote token.
  case liquidity(LiquidityReading)
  case option(OptionReading)
  /// What holds for a signed book of options as a whole; its options follow.
  case optionBook(OptionBookReading)
  case powerPerpetual(PowerPerpetualReading)
  /// A source that could not be read or understood. Nothing is known of what it holds, and so nothing is traded.
  case unreadable(UnreadableExposure)

  /// The source's name in the configuration.
  package var source: String {
    switch self {
    case .liquidity(let reading): reading.source
    case .option(let reading): reading.source
    case .optionBook(let reading): reading.source
    case .powerPerpetual(let reading): reading.source
    case .unreadable(let reading): reading.source
    }
  }
}

/// One Uniswap v3 position.
package struct LiquidityReading: Hashable, Sendable, Codable {
  package let source: String
  package let tokenID: UInt256
  /// Whether the position belongs to the vault.
  package let isHeld: Bool
  package let lowerTick: Int
  package let upperTick: Int
  package let liquidity: UInt256
  /// Fees credited to the position and not collected, in the tokens' smallest units. What a pool has earned since the
  /// position was touched last is not among them.
  package let owed0: UInt256
  package let owed1: UInt256
  package let baseIsToken0: Bool
  package let baseDecimals: Int
  package let quoteDecimals: Int
  /// The pool's own root price, Q64.96: for comparison only, since whoever trades in the pool moves it.
  package let poolSqrtPrice: UInt256

  package init(
    source: String, tokenID: UInt256, isHeld: Bool, lowerTick: Int, upperTick: Int, liquidity: UInt256, owed0: UInt256,
    owed1: UInt256, baseIsToken0: Bool, baseDecimals: Int, quoteDecimals: Int, poolSqrtPrice: UInt256
  ) {
    self.source = source
    self.tokenID = tokenID
    self.isHeld = isHeld
    self.lowerTick = lowerTick
    self.upperTick = upperTick
    self.liquidity = liquidity
    self.owed0 = owed0
    self.owed1 = owed1
    self.baseIsToken0 = baseIsToken0
    self.baseDecimals = baseDecimals
    self.quoteDecimals = quoteDecimals
    self.poolSqrtPrice = poolSqrtPrice
  }
}

/// How the options of a book are valued, and when not to.
package struct OptionTerms: Hashable, Sendable, Codable {
  /// Continuously compounded, a part per year.
  package let interestRate: Ratio
  /// An implied volatility older than this is not counted with.
  package let maximumMarkAgeSeconds: UInt64
  /// So close to an option's expiry its delta is a step, and nothing is traded against it.
  package let expiryHoldSeconds: UInt64
  /// R: how the smile moves with the price, 0 along with it (sticky delta). nil where each strike keeps its volatility,
  /// which is 1 and needs no slope; so in records from before there was a choice.
  package let skewStickiness: Ratio?

  package init(
    interestRate: Ratio, maximumMarkAgeSeconds: UInt64, expiryHoldSeconds: UInt64, skewStickiness: Ratio? = nil
  ) {
    self.skewStickiness = skewStickiness
    self.interestRate = interestRate
    self.maximumMarkAgeSeconds = maximumMarkAgeSeconds
    self.expiryHoldSeconds = expiryHoldSeconds
  }
}

/// A European option on the base asset, settled in dollars.
package struct OptionReading: Hashable, Sendable, Codable {
  package let source: String
  /// Its place in the book, from 0.
  package let index: Int
  /// Unix seconds.
  package let expiry: UInt64
  package let strike: Price
  /// Of the base asset; negative for options written.
  package let quantity: Quantity
  package let isCall: Bool
  /// Implied volatility by the book's mark, per √year; nil where the book gives none.
  package let markVolatility: Ratio?
  /// Unix seconds of the mark.
  package let markedAt: UInt64
  package let terms: OptionTerms

  package init(
    source: String, index: Int, expiry: UInt64, strike: Price, quantity: Quantity, isCall: Bool, markVolatility: Ratio?,
    markedAt: UInt64, terms: OptionTerms
  ) {
    self.source = source
    self.index = index
    self.expiry = expiry
    self.strike = strike
    self.quantity = quantity
    self.isCall = isCall
    self.markVolatility = markVolatility
    self.markedAt = markedAt
    self.terms = terms
  }
}

/// A signed book of options, whose signature was found good.
package struct OptionBookReading: Hashable, Sendable, Codable {
  package let source: String
  /// Grows by each new book; a lower one than was seen before is no news but an old file.
  package let sequence: UInt64
  /// The highest sequence number seen of this book until now.
  package let highestSequence: UInt64
  /// Unix seconds after which the signer no longer vouches for it.
  package let validUntil: UInt64
  package let optionCount: Int

  package init(source: String, sequence: UInt64, highestSequence: UInt64, validUntil: UInt64, optionCount: Int) {
    self.source = source
    self.sequence = sequence
    self.highestSequence = highestSequence
    self.validUntil = validUntil
    self.optionCount = optionCount
  }
}

/// Tokens of a perpetual on the square of the price (Squeeth): each is worth n S²/scale, and its convexity is paid for
/// as funding, by which n shrinks.
package struct PowerPerpetualReading: Hashable, Sendable, Codable {
  package let source: String
  /// Of the power perpetual's token, in its smallest units.
  package let units: UInt256
  package let decimals: Int
  /// n, 18 decimal places.
  package let normalisation: Ratio
  /// 10,000 at Opyn.
  package let scale: UInt64
  /// The period over which the protocol spreads a payment of funding: 17.5 days at Opyn.
  package let fundingSeconds: UInt64

  package init(
    source: String, units: UInt256, decimals: Int, normalisation: Ratio, scale: UInt64, fundingSeconds: UInt64
  ) {
    self.source = source
    self.units = units
    self.decimals = decimals
    self.normalisation = normalisation
    self.scale = scale
    self.fundingSeconds = fundingSeconds
  }
}

package struct UnreadableExposure: Hashable, Sendable, Codable {
  package let source: String
  /// For people.
  package let reason: String

  package init(source: String, reason: String) {
    self.source = source
    self.reason = reason
  }
}
