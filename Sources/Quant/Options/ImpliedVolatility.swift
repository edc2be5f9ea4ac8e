import RealModule

/// The volatility at which Black's formula gives a price, to machine precision.
///
/// The price is reduced to the time value of the out-of-the-money option, without units (`NormalisedBlack`), from its
/// bounds by exact differences. The start is an asymptotic inversion; then Householder's method of third order on
/// 1/ln b below the inflection point, on b above it, and on ln(e^(−m/2) − b) where the value is closer to its bound: in
/// these the function is nearly straight, as Jäckel observed (2015, "Let's be rational", Wilmott). A bracket is kept,
/// and a step out of it is replaced by a bisection, so no price makes it wander.
///
/// A price at or beyond its bounds has no volatility and is refused: at or below e^(−rT) max(w (F − K), 0), at or above
/// e^(−rT) F of a call and e^(−rT) K of a put.
package enum ImpliedVolatility {
  /// From the price of an option on a forward; `discount` is e^(−rT).
  package static func black76(
    _ kind: OptionKind, price: Double, forward: Double, strike: Double, years: Double, discount: Double = 1
  ) throws(QuantError) -> Double {
    _ = try positive(forward, "the forward price")
    _ = try positive(strike, "the strike")
    _ = try positive(years, "the time to expiry")
    _ = try positive(discount, "the discount factor")
    _ = try finite(price, "the option's price")
    let bound = kind == .call ? forward : strike
    let other = kind == .call ? strike : forward
    let scale = discount * (forward.squareRoot() * strike.squareRoot())
    let timeValue = bound > other ? excess(price, discount, bound, other) : price
    let remainder = -difference(price, discount, bound)
    guard timeValue > 0 else { throw .noSolution("a volatility for a price at or below the option's intrinsic value") }
    guard remainder > 0 else { throw .noSolution("a volatility for a price at or above the option's upper bound") }
    let deviation = try deviation(
      NormalisedBlack(m: abs(logRatio(forward, strike))), timeValue: timeValue / scale, remainder: remainder / scale)
    return try positive(deviation / years.squareRoot(), "the implied volatility")
  }

  /// From the price of an option on an underlying with a continuous yield.
  package static func blackScholesMerton(
    _ kind: OptionKind, price: Double, spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0
  ) throws(QuantError) -> Double {
    _ = try positive(spot, "the spot price")
    _ = try finite(rate, "the interest rate")
    _ = try finite(carry, "the carry")
    _ = try positive(years, "the time to expiry")
    return try black76(
      kind, price: price, forward: spot * Double.exp((rate - carry) * years), strike: strike, years: years,
      discount: Double.exp(-rate * years))
  }

  /// price − discount · bound, rounded once.
  private static func difference(_ price: Double, _ discount: Double, _ bound: Double) -> Double {
    let product = discount * bound
    return (price - product) - (-product).addingProduct(discount, bound)
  }

  /// price − discount · (bound − other), rounded about once.
  private static func excess(_ price: Double, _ discount: Double, _ bound: Double, _ other: Double) -> Double {
    let intrinsic = bound - other
    let back = bound - intrinsic
    let rounding = (bound - (intrinsic + back)) + (back - other)
    return difference(price, discount, intrinsic) - discount * rounding
  }
}

extension ImpliedVolatility {
  /// σ√T from b and from e^(−m/2) − b.
  static func deviation(
    _ black: NormalisedBlack, timeValue: Double, remainder: Double
  ) throws(QuantError) -> Double {
    guard timeValue > 0, remainder > 0, timeValue.isFinite, remainder.isFinite else {
      throw .notFinite("the option's time value")
    }
    let m = black.m
    // At the inflection point t = a = √(m/2).
    let inflection = (2 * m).squareRoot()
    let slope = Normal.inverseRootTwoPi * Double.exp(-0.5 * m)
    let tail = Normal.millsRatio(inflection)
    if timeValue < slope * (NormalisedBlack.millsAtZero - tail) {
      return try belowInflection(black, timeValue, inflection)
    }
    let share = remainder / (slope * (NormalisedBlack.millsAtZero + tail))
    return try aboveInflection(black, timeValue, remainder, inflection, share)
  }

  /// How near a step must be to nought for the next error to be below rounding: the method is of fourth order.
  private static let lastStep = 1e-5
  /// Three steps are the rule; a bisection of the whole range of doubles needs some 1,100.
  private static let mostSteps = 1200

  /// s < √(2m), on 1/ln b.
  private static func belowInflection(
    _ black: NormalisedBlack, _ timeValue: Double, _ inflection: Double
  ) throws(QuantError) -> Double {
    let m = black.m
    let target = Double.log(timeValue)
    var (low, high) = (0.0, inflection * 1.000_001)
    var s = min(startBelow(m, Double.log(m) - target - NormalisedBlack.halfLogTwoPi), inflection)
    for _ in 0..<mostSteps {
      let point = NormalisedBlack.Point(m: m, s: s)
      let ratio = black.valueOverSlope(s)
      // Far out the logarithms carry the digits, close by the ratio does.
      let miss: Double
      let level: Double
      if point.exponent < -20 {
        level = point.exponent - NormalisedBlack.halfLogTwoPi + Double.log(ratio)
        miss = target - level
      } else {
        let value = point.slope * ratio
        miss = logRatio(timeValue, value)
        level = target - miss
      }
      if miss > 0 { low = s } else { high = s }
      let p = 1 / ratio
      let q = point.second
      let newton = miss * level / (target * p)
      let step = householder(
        newton, q - p - 2 * p / level,
        point.third - 3 * p * q + 2 * p * p + 6 * (p / level - (q - p)) * p / level)
      if abs(step) <= lastStep * s { return s + step }
      s = guarded(s, step, low, high)
    }
    throw .notConverged("the search for an implied volatility")
  }

  /// s ≥ √(2m), on b while the value is small, on the logarithm of the remainder after.
  private static func aboveInflection(
    _ black: NormalisedBlack, _ timeValue: Double, _ remainder: Double, _ inflection: Double, _ share: Double
  ) throws(QuantError) -> Double {
    let m = black.m
    var (low, high) = (inflection * 0.999_999, Double.infinity)
    var s = max(startAbove(m, timeValue, inflection, share), inflection)
    for _ in 0..<mostSteps {
      let point = NormalisedBlack.Point(m: m, s: s)
      let step: Double
      if s < 1 && m < 1 {
        let newton = timeValue / point.slope - black.valueOverSlope(s)
        if newton > 0 { low = s } else { high = s }
        step = householder(newton, point.second, point.third)
      } else {
        let ratio = black.remainderOverSlope(s)
        let miss =
          point.exponent < -600
          ? point.exponent - NormalisedBlack.halfLogTwoPi + Double.log(ratio) - Double.log(remainder)
          : logRatio(point.slope * ratio, remainder)
        if miss > 0 { low = s } else { high = s }
        let (p, q) = (1 / ratio, point.second)
        step = householder(miss * ratio, q + p, point.third + 3 * p * q + 2 * p * p)
      }
      if abs(step) <= lastStep * s { return s + step }
      s = guarded(s, step, low, high)
    }
    throw .notConverged("the search for an implied volatility")
  }

  /// ν (1 + γν/2)/(1 + γν + δν²/6), ν = −f/f′, γ = f″/f′, δ = f‴/f′ (Householder 1970).
  private static func householder(_ newton: Double, _ second: Double, _ third: Double) -> Double {
    newton * (1 + 0.5 * second * newton) / (1 + newton * (second + third * newton / 6))
  }

  /// s + step where that is strictly inside the bracket, else its middle.
  private static func guarded(_ s: Double, _ step: Double, _ low: Double, _ high: Double) -> Double {
    let next = s + step
    if next > low && next < high { return next }
    return high.isInfinite ? 2 * s : 0.5 * (low + high)
  }

  /// A start for s < √(2m) from L = −ln(b √(2π)/m).
  ///
  /// For m → 0, e^(−L) = n(a)/n(0) · (1 − a M(a))/a alone: a(L) is fitted by two rational functions (3e-4). Then
  /// a² + t² = a(L)² with t = m/(2a) gives a for any m to within some per cent.
  private static func startBelow(_ m: Double, _ level: Double) -> Double {
    let a: Double
    if level < 1.75 {
      let v = Double.exp(level)
      a =
        v * (0.9998776584955885 + v * (1.035844184878447 + v * (0.04070670195329937 - v * 0.0014118395735437383)))
        / (1 + v * (2.282774618897652 + v * 0.8867336731517446))
    } else {
      let v = level.squareRoot()
      a =
        (0.45225098886371995 + v * (0.3216738029454278 + v * (-0.2470155634637807 + v * 0.4723933727760219)))
        / (1 + v * (-0.10176728333900484 + v * 0.33268417729571137))
    }
    let half = 0.5 * a * a
    return m / (half + max(half * half - 0.25 * m * m, 0).squareRoot()).squareRoot()
  }

  /// A start for s ≥ √(2m): t from N(−t)/N(−tₒ) = the remainder's share of what it is at the inflection point o; exact
  /// at m = 0. Close to the money the straight line s = √(2π) (b + m/2).
  private static func startAbove(_ m: Double, _ timeValue: Double, _ inflection: Double, _ share: Double) -> Double {
    let line = timeValue + 0.5 * m
    if line < 0.05 { return NormalisedBlack.rootTwoPi * line * (1 + 0.261_799_387_8 * line * line) }
    let probability = Normal.cumulative(-0.5 * inflection) * min(share, 1)
    guard probability > 0 else { return inflection + 80 }
    return -2 * Normal.rationalQuantile(probability)
  }
}
