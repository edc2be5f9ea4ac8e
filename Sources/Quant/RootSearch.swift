/// Roots of functions of one variable.
enum RootSearch {
  /// A root of `function` between two places where it has opposite signs (Brent 1973, "Algorithms for Minimization
  /// without Derivatives", ch. 4): as safe as bisection, as quick as the secant where the function is smooth. Accurate
  /// to two units in the last place of the root. `function` may be infinite, never NaN.
  static func between(
    _ lower: Double, _ upper: Double, _ sought: StaticString,
    _ function: (Double) throws(QuantError) -> Double
  ) throws(QuantError) -> Double {
    var (a, b) = (lower, upper)
    var (valueA, valueB) = (try function(a), try function(b))
    if valueA == 0 { return a }
    if valueB == 0 { return b }
    guard (valueA < 0) != (valueB < 0), !valueA.isNaN, !valueB.isNaN else { throw .noSolution(sought) }
    var (c, valueC) = (a, valueA)
    var step = b - a
    var before = step
    // Bisection alone needs at most about 1,100 halvings over all doubles, and 60 where the ends are of one size.
    for _ in 0..<1_200 {
      if valueC.magnitude < valueB.magnitude {
        (a, valueA) = (b, valueB)
        (b, valueB) = (c, valueC)
        (c, valueC) = (a, valueA)
      }
      let tolerance = 2 * b.magnitude.ulp
      let middle = 0.5 * (c - b)
      if middle.magnitude <= tolerance || valueB == 0 { return b }
      let trial = interpolated(a, b, c, valueA, valueB, valueC)
      if before.magnitude >= tolerance && valueA.magnitude > valueB.magnitude && trial.isFinite
        && (2 * trial).magnitude < min(3 * middle.magnitude - tolerance, before.magnitude)
        && (trial < 0) == (middle < 0)
      {
        before = step
        step = trial
      } else {
        before = middle
        step = middle
      }
      (a, valueA) = (b, valueB)
      b += step.magnitude > tolerance ? step : (middle < 0 ? -tolerance : tolerance)
      valueB = try function(b)
      guard !valueB.isNaN else { throw .notFinite(sought) }
      if (valueB < 0) == (valueC < 0) {
        (c, valueC) = (a, valueA)
        step = b - a
        before = step
      }
    }
    throw .notConverged(sought)
  }

  /// The step from b to where the secant, or the inverse parabola through three points, is zero.
  private static func interpolated(
    _ a: Double, _ b: Double, _ c: Double, _ valueA: Double, _ valueB: Double, _ valueC: Double
  ) -> Double {
    let ratio = valueB / valueA
    if a == c { return (c - b) * ratio / (ratio - 1) }
    let q = valueA / valueC
    let r = valueB / valueC
    let upper = ratio * ((c - b) * q * (q - r) - (b - a) * (r - 1))
    return -upper / ((q - 1) * (r - 1) * (ratio - 1))
  }
}
