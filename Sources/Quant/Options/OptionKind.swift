import RealModule

package enum OptionKind: String, Hashable, Sendable, CaseIterable {
  case call
  case put

  /// w in the formulas: +1 of a call, −1 of a put.
  var sign: Double { self == .call ? 1 : -1 }

  package var other: OptionKind { self == .call ? .put : .call }

  /// What exercise yields: max(w (spot − strike), 0), USD per unit.
  package func payoff(spot: Double, strike: Double) -> Double { max(sign * (spot - strike), 0) }
}

/// ln(a/b) for positive numbers: right to the last digits near a = b, and without overflow however far apart they are.
@inline(__always) func logRatio(_ a: Double, _ b: Double) -> Double {
  let ratio = a / b
  guard ratio.isNormal, a.isNormal, b < 1e300 else { return Double.log(a) - Double.log(b) }
  // What the division rounded off.
  return Double.log(ratio) + a.addingProduct(-ratio, b) / a
}

/// d₁ = ln(F/K)/(σ√T) + σ√T/2, d₂ = d₁ − σ√T, and the probabilities made of them.
struct LognormalTerms {
  let d1: Double
  let d2: Double
  /// N(w d₁) and N(w d₂).
  let cumulative1: Double
  let cumulative2: Double
  /// n(d₁).
  let density1: Double

  /// `deviation` is σ√T, above zero; `moneyness` is F/K itself.
  @inline(__always) init(_ kind: OptionKind, logMoneyness: Double, moneyness: Double, deviation: Double) {
    let ratio = logMoneyness / deviation
    d1 = ratio + 0.5 * deviation
    d2 = ratio - 0.5 * deviation
    density1 = Normal.density(d1)
    // F n(d₁) = K n(d₂)
    let density2 = density1 * moneyness
    // Both probabilities by Mills' ratio from the one exponential. Where a density is no normal number, because its
    // deviation lies far out or the moneyness is beyond measure, by itself.
    if density1.isNormal && density2.isNormal && density2 < 0.4 {
      cumulative1 = Normal.cumulative(kind.sign * d1, exactly: density1)
      cumulative2 = Normal.cumulative(kind.sign * d2, exactly: density2)
    } else {
      cumulative1 = Normal.cumulative(kind.sign * d1, density: density1)
      cumulative2 = Normal.cumulative(kind.sign * d2, density: density1 > 0 ? density2 : 0)
    }
  }
}
