import RealModule

/// The standard normal distribution, with full relative accuracy in both tails.
///
/// N(x) = erfc(−x/√2)/2 and never 1 − N(−x): twenty deviations out the tail is still right to the last digits. One
/// rounding of x/√2 would cost a relative 2·x²·2⁻⁵³ there, so the product's rounding error is put back.
package enum Normal {
  /// 1/√(2π).
  package static var inverseRootTwoPi: Double { 0.398_942_280_401_432_677_94 }

  /// n(x) = exp(−x²/2)/√(2π), the density; 0 at ±∞, NaN only for NaN.
  package static func density(_ x: Double) -> Double {
    let square = x * x
    let body = inverseRootTwoPi * Double.exp(-0.5 * square)
    // Close to the middle the square's rounding error is harmless; where the density is nought it may be infinite.
    guard square > bodyEnd * bodyEnd && body > 0 else { return body }
    return body * (1 - 0.5 * (-square).addingProduct(x, x))
  }

  /// N(x), the probability of a value at or below x; 0 at −∞, 1 at +∞, NaN only for NaN.
  package static func cumulative(_ x: Double) -> Double {
    isCorrected(x) ? cumulative(x, density: density(x)) : 0.5 * Double.erfc(x * -inverseRootTwo)
  }

  /// The same where n(x) is at hand; it only corrects the last digits of a tail.
  static func cumulative(_ x: Double, density: Double) -> Double {
    let high = x * inverseRootTwo
    let tail = 0.5 * Double.erfc(-high)
    guard isCorrected(x) else { return tail }
    // x/√2 − high, in double-double: the product's error by fma, and x times the rest of 1/√2. dN = n dx.
    let error = (-high).addingProduct(x, inverseRootTwo) + x * inverseRootTwoRest
    return tail + error * 1.414_213_562_373_095_048_8 * min(density, inverseRootTwoPi)
  }

  /// The same from n(x) with all its digits and Mills' ratio, without another exponential.
  @inline(__always) static func cumulative(_ x: Double, exactly density: Double) -> Double {
    let tail = density * millsRatio(x.magnitude)
    return x < 0 ? tail : 1 - tail
  }

  /// Nearer than this the rounding of an argument costs less than three units in the last place.
  private static let bodyEnd = 2.5
  private static let inverseRootTwo = 0.707_106_781_186_547_524_4
  /// 1/√2 less the double nearest to it.
  private static let inverseRootTwoRest = -4.833_646_656_726_457e-17

  /// Beyond 39 deviations there is nothing left to correct.
  private static func isCorrected(_ x: Double) -> Bool { x < -bodyEnd && x > -39 }

  /// Mills' ratio N(−x)/n(x) for x ≥ 0: how heavy the tail beyond x is against the density there; 1.2533 at 0, 1/x far
  /// out.
  ///
  /// Rational fits with positive coefficients, made at 50 digits: relative error 6e-19 up to 6 and 4e-18 beyond, so
  /// what is left is rounding. No exponential is needed, which is what makes it worth having.
  static func millsRatio(_ x: Double) -> Double {
    if x < 6 {
      // Both polynomials at once, and by halves (Estrin 1960), so that few steps wait for one another.
      typealias Pair = SIMD2<Double>
      let (x2, x4) = (x * x, x * x * (x * x))
      let low =
        (Pair(1.2533141373155002519, 1) + x * Pair(1.6121017334714541428, 2.0841556443832745831))
        + x2
        * (Pair(1.0387554577693464158, 1.9917225531674309014) + x * Pair(0.42013029442619835722, 1.1482638480994494603))
      let high =
        (Pair(0.11498506101104206208, 0.44137072810046017351) + x
          * Pair(0.021657857172229194632, 0.11770584205042726522))
        + x2
        * (Pair(0.0027370509900640646817, 0.021870547714420724645) + x
          * Pair(0.00021265319117102693758, 0.0027448758522500027127))
      let top = Pair(7.8265058068212431417e-6, 0.00021265323794055667808) + x * Pair(0, 7.826505161463875472e-6)
      let both = low + x4 * (high + x4 * top)
      return both.x / both.y
    }
    // M(x) x in powers of 1/x².
    let y = 1 / (x * x)
    let upper =
      ((((1216.8765745619331148 * y + 5272.9005676268113634) * y + 3230.990914563496306) * y + 621.26908769357910917)
        * y + 44.127997983338052397) * y + 0.99999999999999999628
    let lower =
      ((((3681.0103727555042348 * y + 7628.6333049504553686) * y + 3774.0040062397539255) * y + 663.39708567698982458)
        * y + 45.127997983338011743) * y + 1
    return upper / (lower * x)
  }

  /// The x at which N(x) = `probability`; refuses what is not strictly between 0 and 1.
  ///
  /// A rational start (Acklam 2003, relative error 1.2e-9), then one third-order step on ln N in the tails and N in the
  /// body; accurate to a few units in the last place of x down to the smallest normal probability. Near 1 the answer
  /// can be no better than the argument: use −quantile(1 − p) with 1 − p computed where it is small.
  package static func quantile(_ probability: Double) throws(QuantError) -> Double {
    guard !probability.isNaN else { throw .notFinite("the probability") }
    guard probability > 0 && probability < 1 else {
      throw .outOfRange("the probability", needs: "strictly between 0 and 1")
    }
    guard probability <= 0.5 else { return -lowerQuantile(1 - probability) }
    return lowerQuantile(probability)
  }

  /// quantile for 0 < p ≤ 0.5.
  private static func lowerQuantile(_ p: Double) -> Double {
    let start = rationalQuantile(p)
    // Halley on f(x) = ln N(x) − ln p, f′ = h = n/N, f″ = −h (x + h): cubic and safe in the far tail, where N is
    // convex.
    let mass = cumulative(start)
    let hazard = density(start) / mass
    guard mass > 0, hazard.isFinite else { return start }
    let miss = p < 1e-290 ? Double.log(mass) - Double.log(p) : Double.log(onePlus: (mass - p) / p)
    let newton = miss / hazard
    return start - newton / (1 + 0.5 * newton * (start + hazard))
  }

  /// The start of the quantile for 0 < p ≤ 0.5, relative error 1.2e-9.
  static func rationalQuantile(_ p: Double) -> Double {
    if p < 0.02425 {
      let q = (-2 * Double.log(p)).squareRoot()
      let upper =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
          + 4.374664141464968) * q + 2.938163982698783
      let lower =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1
      return upper / lower
    }
    let q = p - 0.5
    let r = q * q
    let upper =
      ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r + 1.383577518672690e+02)
        * r - 3.066479806614716e+01) * r + 2.506628277459239
    let lower =
      ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r + 6.680131188771972e+01)
        * r - 1.328068155288572e+01) * r + 1
    return upper * q / lower
  }
}
