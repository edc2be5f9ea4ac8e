import Contracts

/// By which rule a vault's no-trade band is found: three generations, each in its own file.
package enum BandRule: Hashable, Sendable {
  /// First: a part of the target or of the vault's worth.
  case fixed(FixedBand)
  /// Second: a fixed band that narrows with the time since the last correction, so that no deviation stays for ever.
  case timeWeighted(TimeWeightedBand)
  /// Third: as wide as costs and volatility of the moment make sensible for a tracking error that was chosen.
  case adaptive(AdaptiveBand)

  /// The band of the rule itself, or the one that holds where the rule cannot be calculated.
  package var fixed: FixedBand {
    switch self {
    case .fixed(let band): band
    case .timeWeighted(let band): band.fixed
    case .adaptive(let band): band.fallback
    }
  }

  /// The same for a keeper that looks this often.
  package func monitored(everySeconds interval: UInt64) -> BandRule {
    guard case .adaptive(let rule) = self else { return self }
    return .adaptive(rule.monitored(everySeconds: interval))
  }

  func calibrated(_ scene: BandScene) throws(ContractsError) -> CalibratedBand {
    switch self {
    case .fixed(let rule): try rule.calibrated(scene)
    case .timeWeighted(let rule): try rule.calibrated(scene)
    case .adaptive(let rule): try rule.calibrated(scene)
    }
  }

  /// Where a band's width comes from, for people.
  func words(for fallback: BandFallback?) -> String {
    let fixed = "policy: \(fixed.width) of \(fixed.basis), reset to the \(fixed.reset)"
    return switch self {
    case .fixed: fixed
    case .timeWeighted: "\(fixed), narrowing with time"
    case .adaptive(let rule):
      fallback == nil ? "tracking error \(rule.trackingError) a year at the least cost" : fixed
    }
  }

  /// What makes no sense in it whatever the target; nil for a good one.
  var firstDefect: PolicyDefect? {
    if !fixed.width.isPositive || fixed.width > .one {
      return .outOfRange(key: "band.width", value: fixed.width, allowed: "more than 0 and at most 1")
    }
    return switch self {
    case .fixed: nil
    case .timeWeighted(let rule): rule.firstDefect
    case .adaptive(let rule): rule.firstDefect
    }
  }
}

/// A band as a rule found it.
struct CalibratedBand: Hashable, Sendable {
  let band: Band
  /// The width that drift is measured in when it is called large.
  let scale: Quantity
  /// What the rule calculated on the way, beside the band itself.
  let figures: [Figure]
  /// Why the fixed band stands in for the rule; nil where it does not.
  let fallback: BandFallback?
  /// The aversion to risk that the rule found, per USD; nil for rules that have none.
  var riskAversion: Double?
}

/// Why a band is the fixed one though the policy asks for one that adapts. A code of its own, so that nobody has to
/// guess from the width.
package enum BandFallback: String, Hashable, Sendable, Codable, CaseIterable {
  /// Neither the price history nor the configuration tells how much the price moves.
  case volatilityUnknown
  /// Without a price of the native currency nobody can say what gas costs.
  case nativePriceMissing
  /// The venue cannot say what a correction costs.
  case costUnknown
  /// The numbers are beyond what the formula can take.
  case notCalculable
}

extension BandRule: Codable {
  private enum CodingKeys: String, CodingKey { case kind }
  private enum Kind: String, Codable { case fixed, timeWeighted, adaptive }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // Records from before there were kinds hold a fixed band and nothing else.
    switch try container.decodeIfPresent(Kind.self, forKey: .kind) ?? .fixed {
    case .fixed: self = .fixed(try FixedBand(from: decoder))
    case .timeWeighted: self = .timeWeighted(try TimeWeightedBand(from: decoder))
    case .adaptive: self = .adaptive(try AdaptiveBand(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    // In the form it has always had.
    case .fixed(let band): try band.encode(to: encoder)
    case .timeWeighted(let band):
      try container.encode(Kind.timeWeighted, forKey: .kind)
      try band.encode(to: encoder)
    case .adaptive(let band):
      try container.encode(Kind.adaptive, forKey: .kind)
      try band.encode(to: encoder)
    }
  }
}
