import RealModule

/// The least value of a function of k over a range, and where.
struct Trough {
  var value = Double.infinity
  var position = 0.0

  /// Scans the range in even steps of k and, since a dip can be as narrow as a smile's vertex, of y with k = m + σ
  /// sinh y around each vertex; every local minimum on a grid is refined by golden sections, so that one between two
  /// points is found too.
  init(
    from low: Double, through high: Double, vertices: (SVISlice, SVISlice?), _ function: (Double) -> Double
  ) {
    scan(low, high, { $0 }, function)
    scan(around: vertices.0, low, high, function)
    if let other = vertices.1 { scan(around: other, low, high, function) }
  }

  private static let steps = 600

  private mutating func scan(around slice: SVISlice, _ low: Double, _ high: Double, _ function: (Double) -> Double) {
    let (m, sigma) = (slice.m, slice.sigma)
    let start = Double.asinh((low - m) / sigma)
    let end = Double.asinh((high - m) / sigma)
    guard start.isFinite, end.isFinite else { return }
    scan(start, end, { min(max(m + sigma * Double.sinh($0), low), high) }, function)
  }

  private mutating func scan(
    _ low: Double, _ high: Double, _ position: (Double) -> Double, _ function: (Double) -> Double
  ) {
    let step = (high - low) / Double(Self.steps)
    var before = Double.infinity
    var here = function(position(low))
    note(here, position(low))
    for index in 0...Self.steps {
      let next = index < Self.steps ? function(position(low + Double(index + 1) * step)) : .infinity
      if index < Self.steps { note(next, position(low + Double(index + 1) * step)) }
      if here <= before && here <= next {
        refine(
          low + Double(max(index - 1, 0)) * step, low + Double(min(index + 1, Self.steps)) * step, position, function)
      }
      (before, here) = (here, next)
    }
  }

  private mutating func refine(
    _ low: Double, _ high: Double, _ position: (Double) -> Double, _ function: (Double) -> Double
  ) {
    let section = 0.618_033_988_749_894_8
    var (low, high) = (low, high)
    var (left, right) = (high - section * (high - low), low + section * (high - low))
    var (atLeft, atRight) = (function(position(left)), function(position(right)))
    for _ in 0..<60 where high - low > 1e-12 * max(1, abs(low)) {
      if atLeft <= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - section * (high - low)
        atLeft = function(position(left))
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + section * (high - low)
        atRight = function(position(right))
      }
    }
    note(atLeft, position(left))
    note(atRight, position(right))
  }

  private mutating func note(_ value: Double, _ position: Double) {
    guard value < self.value || value.isNaN else { return }
    (self.value, self.position) = (value.isNaN ? -.infinity : value, position)
  }
}

extension SVISlice {
  /// Over which k smiles are checked unless said otherwise: strikes from 5 % to 20 times the forward.
  package static let usualRange: ClosedRange<Double> = -3...3

  /// Whether some butterfly (long two wings, short the body) would cost less than nothing.
  package struct ButterflyCheck: Hashable, Sendable {
    /// The least g, the density up to a positive factor, and the k at which it is.
    package let leastDensity: Double
    package let position: Double
    /// b (1 + |ρ|), at most 2 (Lee 2004, *The moment formula for implied volatility at extreme strikes*).
    package let steepestWing: Double
    /// The least total variance of any strike.
    package let leastVariance: Double

    /// `slack`: how far below nought g may be, for parameters that were rounded when printed.
    package func isFree(slack: Double = 0) -> Bool {
      leastDensity >= -slack && steepestWing <= 2 && leastVariance >= 0
    }
  }

  package func butterflyCheck(over range: ClosedRange<Double> = usualRange) throws(QuantError) -> ButterflyCheck {
    let (low, high) = try Self.bounds(range)
    let trough = Trough(from: low, through: high, vertices: (self, nil)) { density($0) }
    return ButterflyCheck(
      leastDensity: trough.value, position: trough.position, steepestWing: b * (1 + abs(rho)),
      leastVariance: leastVariance)
  }

  /// The least w(k, later) − w(k, self): below nought a calendar spread costs less than nothing.
  package func leastCalendarSpread(
    to later: SVISlice, over range: ClosedRange<Double> = usualRange
  ) throws(QuantError) -> Double {
    let (low, high) = try Self.bounds(range)
    let trough = Trough(from: low, through: high, vertices: (self, later)) {
      later.totalVariance($0) - totalVariance($0)
    }
    return try finite(trough.value, "the calendar spread")
  }

  private static func bounds(_ range: ClosedRange<Double>) throws(QuantError) -> (Double, Double) {
    (
      try finite(range.lowerBound, "the lowest log-moneyness"),
      try finite(range.upperBound, "the highest log-moneyness")
    )
  }
}

extension SVIJumpWings {
  /// The same at-the-money variance, skew and put wing without butterfly arbitrage: c′ = p + 2ψ,
  /// ṽ′ = v 4 p c′/(p + c′)²; Gatheral and Jacquier (2014), section 5.1. It is free of it for every expiry whose wings
  /// Lee's bound allows.
  package func surelyRepaired() throws(QuantError) -> SVIJumpWings {
    let call = try nonNegative(putSlope + 2 * skew, "the slope of the call wing that the put wing and the skew leave")
    let sum = try positive(putSlope + call, "the sum of the wings' slopes")
    return try SVIJumpWings(
      variance: variance, skew: skew, putSlope: putSlope, callSlope: call,
      leastVariance: variance * 4 * putSlope * call / (sum * sum), years: years)
  }

  /// The arbitrage-free smile nearest to this one that keeps its at-the-money variance, skew and put wing.
  ///
  /// First only the call wing is moved, from where it stands towards the sure repair's, by the least that does; where
  /// that is not enough the least variance moves along with it, and at the end of that road is the sure repair. (Of
  /// Vogt's example Gatheral and Jacquier's best fit to option prices also holds the least variance and moves the wing
  /// further, to c = 0.8565, where g ≥ 0.008; the least that does is 0.9218.)
  package func repaired(over range: ClosedRange<Double> = SVISlice.usualRange) throws(QuantError) -> SVIJumpWings {
    if try isFree(over: range) { return self }
    let sure = try surelyRepaired()
    guard try sure.isFree(over: range) else { throw .noSolution("an arbitrage-free smile with these wings") }
    let moved = try blended(sure, callSlope: 1, leastVariance: 0)
    if let moved, try moved.isFree(over: range) {
      return try nearest(over: range) { (share) throws(QuantError) in
        try blended(sure, callSlope: share, leastVariance: 0)
      }
    }
    return try nearest(over: range) { (share) throws(QuantError) in
      try blended(sure, callSlope: share, leastVariance: share)
    }
  }

  /// The arbitrage-free smile of the least share in [0, 1], 1 being free.
  private func nearest(
    over range: ClosedRange<Double>, _ at: (Double) throws(QuantError) -> SVIJumpWings?
  ) throws(QuantError) -> SVIJumpWings {
    var (bad, good) = (0.0, 1.0)
    for _ in 0..<50 {
      let middle = 0.5 * (bad + good)
      if let wings = try at(middle), try wings.isFree(over: range) { good = middle } else { bad = middle }
    }
    guard let wings = try at(good) else { throw .noSolution("an arbitrage-free smile with these wings") }
    return wings
  }

  private func blended(
    _ sure: SVIJumpWings, callSlope: Double, leastVariance: Double
  ) throws(QuantError) -> SVIJumpWings? {
    let call = self.callSlope + callSlope * (sure.callSlope - self.callSlope)
    let least = self.leastVariance + leastVariance * (sure.leastVariance - self.leastVariance)
    return try SVIJumpWings(
      variance: variance, skew: skew, putSlope: putSlope, callSlope: call, leastVariance: least, years: years)
  }

  private func isFree(over range: ClosedRange<Double>) throws(QuantError) -> Bool {
    let smile: SVISlice
    do {
      smile = try slice()
    } catch QuantError.noSolution {
      return false
    }
    return try smile.butterflyCheck(over: range).isFree()
  }
}
