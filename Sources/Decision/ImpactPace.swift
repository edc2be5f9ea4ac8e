import Contracts
import Quant

/// Trading the drift away bit by bit instead of at once: the rule for a large vault at a thin book, where impact is the
/// main cost. Twice the size then costs four times as much, so that many small corrections are cheaper than few.
///
/// With an impact of s·n² dollars for n units, and a book that is full again after a time R, trading at the rate κ x
/// costs η κ² x² a year with η = s R (`ImpactRate`; Almgren and Li 2016). Each R a part κ R of the drift is due, κ
/// being what keeps the band's tracking error.
///
/// It is used where all three hold: more than half of what the band would cost is impact; the part is less than the
/// whole; and, with the fees and the gas of a correction each R, it is cheaper than the band.
struct ImpactPace {
  private let rate: ImpactRate
  /// Of the drift, each time.
  private let part: Double
  private let recoverySeconds: UInt64
  /// USD a year, gas, fees and impact.
  private let costPerYear: Double
  /// Impact's part in the cost of the band.
  private let impactShare: Double
  /// The half-width of a band with the same tracking error, units.
  private let width: Double

  init?(_ band: ImpulseBand, _ line: CostLine, recoverySeconds: UInt64) throws {
    guard line.slope > 0, recoverySeconds > 0 else { return nil }
    let impactShare = band.volumePerYear * line.slope * band.clip / band.costPerYear
    let years = Double(recoverySeconds) / RealisedVolatility.secondsPerYear
    let eta = line.slope * years
    let kappa = band.motion.targetVariance / (2 * band.meanSquareDeviation)
    let rate = try ImpactRate(
      motion: band.motion, impact: eta, riskAversion: 2 * eta * kappa * kappa / band.motion.priceVariance)
    // A normal deviation is √(2/π) of its root mean square on average.
    let volume = kappa * (2 / Double.pi * rate.meanSquareDeviation).squareRoot()
    let cost = rate.costPerYear + line.fixed / years + (try line.cost.perUnit(clip: 0)) * volume
    guard impactShare > 0.5, kappa * years < 1, cost < band.costPerYear else { return nil }
    self.rate = rate
    part = kappa * years
    self.recoverySeconds = recoverySeconds
    costPerYear = cost
    self.impactShare = impactShare
    width = (6 * band.meanSquareDeviation).squareRoot()
  }

  /// As a band: where a part of the drift is due now, it is as wide as what is to be left. Between two corrections the
  /// book is left to fill, unless the drift is beyond the widest band of all.
  func calibrated(
    _ scene: BandScene, widest: Ratio, figures: [Figure]
  ) throws(ContractsError) -> CalibratedBand {
    let part = try Ratio(nearest: part, places: 6)
    let limit = try scene.netAssetValue.scaled(by: widest, rounding: .towardZero)
      .quantity(at: scene.price, rounding: .towardZero)
    let rests = scene.secondsSinceCorrection.map { $0 < recoverySeconds } ?? false
    let left = try scene.drift.absolute().scaled(by: try .one - part, rounding: .awayFromZero)
      .rounded(places: 6, .awayFromZero)
    // A part that is worth less than the smallest clip is not due yet.
    let smallest = try Quantity(
      nearest: scene.minimumClip.approximateDouble / scene.price.approximateDouble / self.part, places: 6)
    let half = rests ? limit : min(max(left, smallest), limit)
    var figures = figures
    figures += [
      .word("rate because", "impact is the main cost", from: "more than half of the band's, and dearer than the rate"),
      try .percent("impact's part", Ratio(nearest: impactShare, places: 6), from: "of what jumps would cost"),
      try .percent("due at a time", part, from: "rate of trading × the book's recovery"),
      .seconds("book's recovery", recoverySeconds, from: "policy"),
      try .usd("expected cost at the rate", Usd(nearest: costPerYear, places: 2), from: "impact, fees and gas, a year"),
    ]
    return CalibratedBand(
      band: Band(halfWidth: half, resetDistance: min(left, half)), scale: try Quantity(nearest: width, places: 6),
      figures: figures, fallback: nil)
  }
}
