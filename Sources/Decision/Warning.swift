/// What is worth a person's attention and did not keep a tick from acting. The raw values are stable: journals and logs
/// carry them.
package enum Warning: String, Hashable, Sendable, Codable, CaseIterable {
  /// The node has no state overrides: the call does not revert, but its outcome was not seen.
  case postStateUnseen
  // A liquidation ahead.
  case liquidationNear
  case liquidationDanger
  case liquidationUnmeasured
  // An option book whose volatility moves with the price.
  case smileSlopeUnknown
  // An aim: a floor, or a carry.
  case floorReached
  case floorBroken
  case gapExceeded
  case carryCostUnknown
  case carryUnwatched
  // A rule that calculates its band stood back for the fixed one (`BandFallback`).
  case volatilityUnknown
  case nativePriceMissing
  case costUnknown
  case notCalculable
  // The price's past.
  case historyUnreadable
  case historyImplausible
  case feedRoundsDisputed
  case feedRoundsImplausible
  // The series from another market.
  case macroUnreadable
  case macroStale
  case macroTooShort

  package var meaning: String {
    switch self {
    case .postStateUnseen: "the node cannot simulate with overrides, so only the revert check was made"
    case .liquidationNear: "a position is near its liquidation"
    case .liquidationDanger:
      "a position may be liquidated before help is there; collateral is added, or it is made smaller"
    case .liquidationUnmeasured: "a liquidation is not anticipated, since the price's volatility is unknown"
    case .smileSlopeUnknown:
      "an option is counted as if its strike kept its volatility, since its expiry's marks give no slope to believe"
    case .floorReached: "the vault is worth no more than its floor, so it is cashed in: its target is zero"
    case .floorBroken: "the vault is worth less than its floor"
    case .gapExceeded: "between two looks the price fell by more than target.insured.worstGap"
    case .carryCostUnknown: "the native currency has no price, so what the carry costs is not known; it stays as it is"
    case .carryUnwatched: "funding was not watched for target.carry.average yet; the carry stays as it is"
    case .volatilityUnknown:
      "the fixed band stands in: neither the price history nor the configuration tells how much the price moves"
    case .nativePriceMissing: "the fixed band stands in: without a price of the native currency gas has no cost"
    case .costUnknown: "the fixed band stands in: the venue cannot say what a correction costs"
    case .notCalculable: "the fixed band stands in: the formula has no band for these numbers"
    case .historyUnreadable: "the file of the price's past cannot be read"
    case .historyImplausible: "the file of the price's past does not belong to this price"
    case .feedRoundsDisputed: "the endpoints do not tell the same past rounds of the price feed; none are taken in"
    case .feedRoundsImplausible: "the past rounds of the price feed make no sense; none are taken in"
    case .macroUnreadable: "the macro series cannot be read, so the volatility is not scaled by it"
    case .macroStale: "the macro series is too old, so the volatility is not scaled by it"
    case .macroTooShort: "the macro series has too few days in common with the price, so nothing is scaled by it"
    }
  }

  package var remedy: String {
    switch self {
    case .postStateUnseen: "use a node that takes state overrides in eth_call"
    case .liquidationNear: "look at the position's collateral; explain shows the distance in sigmas"
    case .liquidationDanger: "bring quote tokens into the vault, or lower leverage or target, if it comes back"
    case .liquidationUnmeasured:
      "wait until the price history is long enough, or write volatility.history or volatility.configured"
    case .smileSlopeUnknown:
      "have three strikes of each expiry marked that are five per cent apart, or write smile: stickyStrike"
    case .floorReached: "none while the floor is meant; name another floor to take risk again"
    case .floorBroken:
      "find out why: a gap, fees, or a withdrawal the floor does not know of; then name the floor anew"
    case .gapExceeded: "look at the prices of the journal; raise worstGap and lower the multiplier if they are right"
    case .carryCostUnknown: "write the chain's gas.nativeFeed"
    case .carryUnwatched: "none; it ends when funding was watched for long enough"
    case .volatilityUnknown:
      "wait until the price history is long enough, or write volatility.history or volatility.configured"
    case .nativePriceMissing: "write the chain's gas.nativeFeed, or correct it"
    case .costUnknown: "see whether the venue is enabled for this market; explain shows its reading"
    case .notCalculable: "see the vault's worth and band.trackingError; explain shows the numbers"
    case .historyUnreadable: "correct the file that volatility.history names: time,price in each line"
    case .historyImplausible: "give closes of this asset in dollars, without errors, up to the last days"
    case .feedRoundsDisputed: "see which endpoint is wrong, or write volatility.history, then start again"
    case .feedRoundsImplausible: "see whether the feed is the right one, or write volatility.history, then start again"
    case .macroUnreadable: "correct the file that volatility.macro names: date,value in each line"
    case .macroStale: "let the file be written each business day, or take volatility.macro out"
    case .macroTooShort: "give a longer series, and wait until the price history has sixty days in common with it"
    }
  }

  /// For people.
  package var text: String { "\(rawValue): \(meaning); \(remedy)" }

  package init(_ fallback: BandFallback) {
    self =
      switch fallback {
      case .volatilityUnknown: .volatilityUnknown
      case .nativePriceMissing: .nativePriceMissing
      case .costUnknown: .costUnknown
      case .notCalculable: .notCalculable
      }
  }
}

// Records from before there were any, and those without, have no such member.
extension KeyedDecodingContainer {
  func decode(_ type: [Warning].Type, forKey key: Key) throws -> [Warning] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [Warning], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}
