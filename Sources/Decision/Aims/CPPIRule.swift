package import Contracts
import Ethereum
import Quant

/// Constant proportion portfolio insurance: the vault holds `multiplier` times what it is worth above a floor in the
/// base asset, at most `leverageCap` times its worth, and nothing once it is worth no more than the floor.
package struct CPPIRule: Hashable, Sendable, Codable {
  package enum Floor: Hashable, Sendable, Codable {
    case guaranteed(Guarantee)
    case ratcheted(Ratchet)
  }

  package let floor: Floor
  /// m: exposure per dollar above the floor.
  package let multiplier: Ratio
  /// The most exposure per net asset value; 1 never borrows.
  package let leverageCap: Ratio
  /// The largest part of its price that the asset is expected to lose between two possible corrections.
  package let worstGap: Ratio
  /// How long the vault may be without a correction: what `worstGap` is meant for, and the step of the shortfall
  /// probability.
  package let controlSeconds: UInt64
  /// How the price jumps, where a model of it is to bound the multiplier too.
  package let jumps: JumpModel?

  package init(
    floor: Floor, multiplier: Ratio = CPPIRule.defaultMultiplier, leverageCap: Ratio = .one,
    worstGap: Ratio = CPPIRule.defaultWorstGap, controlSeconds: UInt64 = CPPIRule.defaultControlSeconds,
    jumps: JumpModel? = nil
  ) {
    self.floor = floor
    self.multiplier = multiplier
    self.leverageCap = leverageCap
    self.worstGap = worstGap
    self.controlSeconds = controlSeconds
    self.jumps = jumps
  }

  /// Two: below 1 ÷ the default gap.
  package static let defaultMultiplier = Ratio(raw: 2_000_000_000_000_000_000)
  /// 48 %: the deepest low of ether against the close of the day before in 2020 to 2025 (12 and 13 March 2020).
  package static let defaultWorstGap = Ratio(raw: 480_000_000_000_000_000)
  /// A day, for which the default gap was measured: a halt at night waits for a person in the morning.
  package static let defaultControlSeconds: UInt64 = 86_400
  /// Beyond ten the first 10 % take the cushion, whoever watches.
  /// As 2^2 · 2.5 · 10^18, since a literal ends at 2^63.
  private static let highestMultiplier = Ratio(raw: Int256(bits: UInt256(2_500_000_000_000_000_000) << 2))

  /// What a gap of more leaves is no position to insure.
  private static let deepestGap = Ratio(raw: 950_000_000_000_000_000)

  package var ratchet: Ratchet? {
    if case .ratcheted(let ratchet) = floor { return ratchet }
    return nil
  }

  /// A floor that is a sum of dollars, or grows to one.
  package struct Guarantee: Hashable, Sendable, Codable {
    /// What is to be left on the date, and always where there is none.
    package let sum: Usd
    /// Per year, continuous: before the date the floor is worth less by it.
    package let rate: Ratio
    /// Unix seconds; nil for a floor that stays.
    package let dueSeconds: UInt64?

    package init(sum: Usd, rate: Ratio = .zero, dueSeconds: UInt64? = nil) {
      self.sum = sum
      self.rate = rate
      self.dueSeconds = dueSeconds
    }
  }

  /// A floor that is a part of the most the vault was worth (time-invariant portfolio protection, Estep and Kritzman
  /// 1988).
  ///
  /// Where the vault's shares are read, the peak is one per share: deposits and withdrawals change the number of shares
  /// and with it the floor, and are no gains or losses. Without shares a deposit counts as a gain and raises the floor,
  /// and a withdrawal counts as a loss: then `fromSeconds` is to be set anew.
  package struct Ratchet: Hashable, Sendable, Codable {
    package let share: Ratio
    /// The peak is never less; nil where the keeper's own memory is all there is.
    package let leastPeak: Usd?
    /// Peaks before this time do not count, unix seconds.
    package let fromSeconds: UInt64

    package init(share: Ratio, leastPeak: Usd? = nil, fromSeconds: UInt64 = 0) {
      self.share = share
      self.leastPeak = leastPeak
      self.fromSeconds = fromSeconds
    }
  }
}

/// How the price jumps, a year; parts of the price in logarithm.
package struct JumpModel: Hashable, Sendable, Codable {
  package enum Kind: Hashable, Sendable, Codable {
    /// Double-exponential (Kou 2002): `downRate` is 1 ÷ the mean jump down.
    case kou(upProbability: Ratio, downRate: Ratio)
    /// Normal (Merton 1976).
    case merton(mean: Ratio, deviation: Ratio)
  }

  package let kind: Kind
  package let jumpsPerYear: Ratio
  /// How likely the floor may be broken by a jump within a year.
  package let ruinProbability: Ratio

  package init(_ kind: Kind, jumpsPerYear: Ratio, ruinProbability: Ratio = JumpModel.defaultRuinProbability) {
    self.kind = kind
    self.jumpsPerYear = jumpsPerYear
    self.ruinProbability = ruinProbability
  }

  /// 1 %: once in a hundred years is what "insured" is taken to mean.
  package static let defaultRuinProbability = Ratio(raw: 10_000_000_000_000_000)

  var risk: GapRisk {
    let jumps = jumpsPerYear.approximateDouble
    switch kind {
    case .kou(let up, let downRate):
      return .kou(
        jumpsPerYear: jumps, upProbability: up.approximateDouble, downRate: downRate.approximateDouble)
    case .merton(let mean, let deviation):
      return .merton(jumpsPerYear: jumps, mean: mean.approximateDouble, deviation: deviation.approximateDouble)
    }
  }
}

// MARK: - What makes no sense

extension CPPIRule {
  /// What makes no sense in it whatever the vault; nil for a good one.
  package var firstDefect: PolicyDefect? {
    if multiplier <= .one || multiplier > Self.highestMultiplier {
      return .outOfRange(key: "target.insured.multiplier", value: multiplier, allowed: "more than 1 and at most 10")
    }
    if !leverageCap.isPositive || leverageCap > Self.highestMultiplier {
      return .outOfRange(key: "target.insured.leverageCap", value: leverageCap, allowed: "more than 0 and at most 10")
    }
    if !worstGap.isPositive || worstGap > Self.deepestGap {
      return .outOfRange(key: "target.insured.worstGap", value: worstGap, allowed: "more than 0 and at most 0.95")
    }
    if controlSeconds == 0 {
      return .outOfRange(key: "target.insured.control", value: Ratio.zero, allowed: "1 second or more")
    }
    return floor.firstDefect ?? boundDefect
  }

  /// The multiplier against the worst gap, and against the jumps where a model of them is named.
  private var boundDefect: PolicyDefect? {
    do {
      let bound = try multiplierBound()
      guard multiplier >= bound.highest else { return nil }
      return .outOfRange(
        key: "target.insured.multiplier", value: multiplier, allowed: "less than \(bound.highest), \(bound.reason)")
    } catch {
      return .outOfRange(
        key: "target.insured.jumps", value: "a model", allowed: "one that bounds the multiplier; this one: \(error)")
    }
  }

  /// The lower of 1 ÷ worst gap and of what the jumps allow, to six places.
  func multiplierBound() throws -> (highest: Ratio, reason: String) {
    let byGap = try Ratio(
      nearest: CPPI.maximumMultiplier(worstGap: worstGap.approximateDouble), places: 6)
    let gap = (highest: byGap, reason: "1 ÷ worstGap: a gap of \(worstGap) would break the floor")
    guard let jumps else { return gap }
    let loss = try Ratio(
      nearest: jumps.risk.lossProbability(multiplier: byGap.approximateDouble, years: 1), places: 9)
    // Even at the gap's bound the floor is safe enough from jumps.
    guard loss > jumps.ruinProbability else { return gap }
    let byJumps = try jumps.risk.maximumMultiplier(
      ruinProbability: jumps.ruinProbability.approximateDouble, years: 1)
    return (
      try Ratio(nearest: byJumps, places: 6),
      "by the jumps: more would break the floor within a year more often than \(jumps.ruinProbability)"
    )
  }
}

extension CPPIRule.Floor {
  /// 2^40 dollars, some 10^12: to the cent still within what floating point counts exactly.
  private static let largestSum = Usd(raw: Int256(bits: UInt256(1_000_000_000_000_000_000) << 40))

  fileprivate var firstDefect: PolicyDefect? {
    switch self {
    case .guaranteed(let floor):
      if !floor.sum.isPositive || floor.sum > Self.largestSum {
        return .outOfRange(
          key: "target.insured.floor.sum", value: floor.sum, allowed: "more than 0 and at most 2^40")
      }
      if floor.rate.isNegative || floor.rate > .one {
        return .outOfRange(key: "target.insured.floor.rate", value: floor.rate, allowed: "0 to 1")
      }
      if floor.rate.isPositive && floor.dueSeconds == nil {
        return .outOfRange(key: "target.insured.floor.rate", value: floor.rate, allowed: "0 without a date to grow to")
      }
    case .ratcheted(let ratchet):
      if !ratchet.share.isPositive || ratchet.share >= .one {
        return .outOfRange(
          key: "target.insured.floor.ratchet", value: ratchet.share, allowed: "more than 0 and less than 1")
      }
      if let peak = ratchet.leastPeak, !peak.isPositive {
        return .outOfRange(key: "target.insured.floor.peak", value: peak, allowed: "more than 0")
      }
    }
    return nil
  }
}
