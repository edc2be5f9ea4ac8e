package import Contracts

/// The rule of a band of fixed width: how far delta may drift, and how far back a correction goes.
package struct FixedBand: Hashable, Sendable, Codable {
  /// What the width is a part of.
  package enum Basis: String, Hashable, Sendable, Codable {
    case netAssetValue, target
  }
  /// Where a correction ends.
  package enum Reset: String, Hashable, Sendable, Codable {
    /// At the edge that was crossed: least traded per correction, best where cost is proportional to size.
    case edge
    /// At the target: fewest corrections, best where cost is per transaction.
    case centre
  }

  /// Half-width as a part of the basis: 0.04 of a target of 10 ETH lets delta be 9.6 to 10.4.
  package let width: Ratio
  package let basis: Basis
  package let reset: Reset

  package init(width: Ratio, of basis: Basis, reset: Reset) {
    self.width = width
    self.basis = basis
    self.reset = reset
  }

  /// The band at these values, rounded toward zero (narrower: a correction earlier rather than later).
  func band(_ scene: BandScene) throws(ContractsError) -> Band {
    let half: Quantity
    switch basis {
    case .target:
      half = try scene.target.absolute().scaled(by: width, rounding: .towardZero)
    case .netAssetValue:
      let worth = scene.netAssetValue.isPositive ? scene.netAssetValue : .zero
      half = try worth.scaled(by: width, rounding: .towardZero).quantity(at: scene.price, rounding: .towardZero)
    }
    return Band(halfWidth: half, resetDistance: reset == .edge ? half : .zero)
  }

  func calibrated(_ scene: BandScene) throws(ContractsError) -> CalibratedBand {
    let band = try band(scene)
    return CalibratedBand(
      band: band, scale: band.halfWidth, figures: try BandExpectation.figures(of: band, scene), fallback: nil)
  }

  /// Standing in for a rule that could not be calculated.
  /// - Parameter figures: what it had calculated by then.
  func calibrated(
    _ scene: BandScene, inPlaceOf fallback: BandFallback, figures: [Figure] = []
  ) throws(ContractsError) -> CalibratedBand {
    let band = try band(scene)
    return CalibratedBand(band: band, scale: band.halfWidth, figures: figures, fallback: fallback)
  }
}
