package import Contracts
import Ethereum
import Quant

/// What an aim is found from: the vault as it was assessed, the market, and what earlier judgements left behind.
struct AimScene {
  /// What the base asset is called.
  let unit: String
  let price: Price
  let netAssetValue: Usd
  /// Base tokens on the spot.
  let spotBase: Quantity
  /// The venue's positions, net.
  let positions: Quantity
  /// Of everything the vault holds.
  let delta: Quantity
  /// How that moves with the price by itself, base units per dollar.
  let gamma: Double
  /// Supply of the vault's shares in their smallest units; nil where none are read.
  let shares: UInt256?
  let terms: MarketTerms
  /// No single order is worth more.
  let maximumClip: Usd
  /// Time of the observed block.
  let headSeconds: UInt64
  let circumstances: Circumstances

  /// What the last judgement to be trusted left behind; nil for a first one.
  var last: AimMark? { circumstances.aims.last }

  /// d(share · V / S)/dS with dV/dS = delta: how a target that is a part of a worth moves, base units per dollar.
  func slope(ofShare share: Ratio, target: Quantity) -> Double {
    (share.approximateDouble * delta.approximateDouble - target.approximateDouble) / price.approximateDouble
  }

  /// What the next judgements need to know of this one, whatever the aim.
  func mark(peak: PeakMark? = nil, carry: CarryMark? = nil) -> AimMark {
    AimMark(atSeconds: headSeconds, worth: netAssetValue, shares: shares, peak: peak, carry: carry)
  }
}

/// The delta a vault should have now, and how that moves.
package struct Aim: Hashable, Sendable {
  package let quantity: Quantity
  /// d(target)/dS: how the target moves with the price, base units per dollar.
  package let slope: Double
  /// Where the target comes from, for people.
  package let source: String
  /// What was calculated on the way, beside the target.
  package let figures: [Figure]
  package let warnings: [Warning]
  /// Why the target cannot be told; the quantity is then the delta as it is, so that nothing is due by it.
  package let refusal: Refusal?
  /// What the next judgements need to know; nil for an aim that needs no memory.
  package let mark: AimMark?

  init(
    _ quantity: Quantity, slope: Double, source: String, figures: [Figure] = [], warnings: [Warning] = [],
    refusal: Refusal? = nil, mark: AimMark? = nil
  ) {
    self.quantity = quantity
    self.slope = slope
    self.source = source
    self.figures = figures
    self.warnings = warnings
    self.refusal = refusal
    self.mark = mark
  }
}

extension Figure {
  /// To nine places; "none" where it is beyond what they can hold.
  static func slope(_ slope: Double, _ unit: String) -> Figure {
    let source = "how the target moves with the price"
    do {
      let rounded = try Ratio(nearest: slope, places: 9)
      return Figure(name: "slope of target", value: rounded.description, unit: "\(unit)/USD", source: source)
    } catch {
      return Figure(name: "slope of target", value: "none", unit: "\(unit)/USD", source: source)
    }
  }
}

/// A formula's number among the judge's own errors.
enum Formula {
  static func number(_ formula: () throws(QuantError) -> Double) throws(ContractsError) -> Double {
    do { return try formula() } catch { throw .implausible(what: "an aim's formula", value: "\(error)") }
  }
}
