import Contracts
import Ethereum

/// A fixed band that narrows as time passes without a correction, and rests for a while after each.
///
/// |drift| > B₀ (1 − age / T) is due, age counted from the last correction: right after one only B₀ is, and at T any
/// deviation at all, so that none stays for ever. Before `minimumIntervalSeconds` nothing is due that is not urgent.
package struct TimeWeightedBand: Hashable, Sendable, Codable {
  /// B₀, and where a correction ends.
  package let fixed: FixedBand
  /// The least time between two corrections that are not urgent. 0 for none.
  package let minimumIntervalSeconds: UInt64
  /// T: when the band has closed.
  package let maximumAgeSeconds: UInt64

  package init(_ fixed: FixedBand, minimumIntervalSeconds: UInt64, maximumAgeSeconds: UInt64) {
    self.fixed = fixed
    self.minimumIntervalSeconds = minimumIntervalSeconds
    self.maximumAgeSeconds = maximumAgeSeconds
  }

  func calibrated(_ scene: BandScene) throws(ContractsError) -> CalibratedBand {
    let widest = try fixed.band(scene)
    // Who never corrected has nothing to count from: the band is as it was configured.
    let age = scene.secondsSinceCorrection ?? 0
    let left = maximumAgeSeconds > age ? maximumAgeSeconds - age : 0
    let share = try Quantity(units: UInt256(left), decimals: 0, rounding: .down)
      .ratio(to: Quantity(units: UInt256(maximumAgeSeconds), decimals: 0, rounding: .down), rounding: .down)
    let isResting = scene.secondsSinceCorrection.map { $0 < minimumIntervalSeconds } ?? false
    // While it rests only what is urgent is due, and a correction still ends where it always does.
    let half =
      isResting
      ? try widest.halfWidth.scaled(by: scene.urgentBands, rounding: .towardZero)
      : try widest.halfWidth.scaled(by: share, rounding: .towardZero)
    var figures = [
      Figure.seconds("since correction", age, from: "journal: last order filled"),
      try .percent("width left", share, from: "1 − since correction ÷ maximum age"),
    ]
    if isResting { figures.append(.seconds("rests for", minimumIntervalSeconds - age, from: "policy")) }
    // What it comes to is told of the width as it was written: it narrows from there and is corrected before it closes.
    figures += try BandExpectation.figures(of: widest, scene)
    return CalibratedBand(
      band: Band(halfWidth: half, resetDistance: min(widest.resetDistance, half)), scale: widest.halfWidth,
      figures: figures, fallback: nil)
  }

  var firstDefect: PolicyDefect? {
    if maximumAgeSeconds == 0 || maximumAgeSeconds <= minimumIntervalSeconds {
      return .outOfRange(
        key: "band.maximumAge", value: Ratio.zero, allowed: "more than 0 and more than the minimum interval")
    }
    return nil
  }
}
