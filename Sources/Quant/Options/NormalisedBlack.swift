import RealModule

/// Black's formula without units: the value of an out-of-the-money option on a forward, divided by √(F K), as a
/// function of m = |ln(F/K)| and s = σ√T.
///
/// b(s) = e^(−m/2) N(t − a) − e^(m/2) N(−t − a), a = m/s, t = s/2, rises from 0 to e^(−m/2) and has its inflection at
/// s = √(2m), where t = a. Subtracting the two terms would lose every digit of a small value. With Mills' ratio M they
/// have a common factor: b = n(a) e^(−t²/2) [M(a − t) − M(a + t)], whose bracket is expanded in t where the arguments
/// are close.
struct NormalisedBlack {
  /// m, zero or more.
  let m: Double

  /// What Householder's method of third order needs to know at one s.
  struct Point {
    let s: Double
    /// −(a² + t²)/2: b's first derivative is exp(exponent)/√(2π).
    let exponent: Double
    /// q = b″/b′ and b‴/b′.
    let second: Double
    let third: Double

    init(m: Double, s: Double) {
      self.s = s
      let (a, t) = (m / s, 0.5 * s)
      exponent = -0.5 * (a * a + t * t)
      second = (a - t) * (a + t) / s
      third = second * second - (3 * a * a / (s * s) + 0.25)
    }

    /// The vega, b′.
    var slope: Double { Normal.inverseRootTwoPi * Double.exp(exponent) }
  }

  static let halfLogTwoPi = 0.918_938_533_204_672_741_78
  /// √(2π) and M(0) = √(π/2).
  static let rootTwoPi = 2.506_628_274_631_000_502_4
  static let millsAtZero = 1.253_314_137_315_500_251_2

  /// b/(b′): M(a − t) − M(a + t), positive, for t ≤ a, and for any t < 1/2 when m < 1.
  func valueOverSlope(_ s: Double) -> Double {
    let (a, t) = (m / s, 0.5 * s)
    guard t < 0.5 && m < 1 else { return Normal.millsRatio(a - t) - Normal.millsRatio(a + t) }
    // Σ I₂ₖ₊₁ t²ᵏ⁺¹ 2/(2k+1)!, Iₙ = ∫₀^∞ uⁿ e^(−au − u²/2) du: I₀ = M(a), I₁ = 1 − a M(a), Iₙ₊₁ = n Iₙ₋₁ − a Iₙ. What
    // the recursion loses grows like (a t)ⁿ/n! = (m/2)ⁿ/n!, and the sum's own conditioning outweighs it.
    var (lower, upper) = (Normal.millsRatio(a), 0.0)
    upper = 1 - a * lower
    var sum = upper
    var power = 1.0
    var n = 1.0
    while n < 40 {
      lower = n * lower - a * upper
      upper = (n + 1) * upper - a * lower
      n += 2
      power *= t * t / ((n - 1) * n)
      let term = upper * power
      sum += term
      if !(term.magnitude > 1e-17 * sum) { break }
    }
    return s * sum
  }

  /// (e^(−m/2) − b)/b′ = M(t − a) + M(t + a), for t ≥ a: what is missing to the greatest value.
  func remainderOverSlope(_ s: Double) -> Double {
    let (a, t) = (m / s, 0.5 * s)
    return Normal.millsRatio(t - a) + Normal.millsRatio(t + a)
  }

  /// b itself, with full relative accuracy.
  func value(_ s: Double) -> Double {
    let slope = Point(m: m, s: s).slope
    guard s * s > 2 * m && !(s < 1 && m < 1) else { return slope * valueOverSlope(s) }
    return Double.exp(-0.5 * m) - slope * remainderOverSlope(s)
  }
}
