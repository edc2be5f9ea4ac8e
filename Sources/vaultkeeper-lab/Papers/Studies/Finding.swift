/// One number of ours beside the one that was published, and between which bounds ours is accepted.
struct Finding: Sendable {
  let what: String
  let ours: Double
  /// nil where the claim is an order or a bound and not a number.
  let published: Double?
  let accepted: ClosedRange<Double>

  /// Something that is no number lies between no bounds.
  var passed: Bool { accepted.contains(ours) }

  init(_ what: String, _ ours: Double, published: Double?, accepted: ClosedRange<Double>) {
    self.what = what
    self.ours = ours
    self.published = published
    self.accepted = accepted
  }

  /// Within `tolerance` of the published number.
  init(_ what: String, _ ours: Double, published: Double, within tolerance: Double) {
    self.init(what, ours, published: published, accepted: (published - tolerance)...(published + tolerance))
  }

  /// Within a part of the published number.
  init(_ what: String, _ ours: Double, published: Double, withinPart part: Double) {
    self.init(what, ours, published: published, within: part * published.magnitude)
  }

  init(_ what: String, _ ours: Double, atMost bound: Double) {
    self.init(what, ours, published: nil, accepted: -Double.infinity...bound)
  }

  init(_ what: String, _ ours: Double, atLeast bound: Double) {
    self.init(what, ours, published: nil, accepted: bound...Double.infinity)
  }
}

/// Mean and standard error of draws, one at a time (Welford 1962).
struct Sample {
  private(set) var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    let step = value - mean
    mean += step / count
    squares += step * (value - mean)
  }

  var variance: Double { count > 1 ? squares / (count - 1) : 0 }
  var deviation: Double { variance.squareRoot() }
  /// Of the mean.
  var error: Double { count > 0 ? (variance / count).squareRoot() : .infinity }
}
