package import Contracts
package import Ethereum

/// Delta calibration: the band at these values and the change of delta that is due. Pure geometry; which order makes
/// the change, and whether standing orders already do, is the plan's matter.
package struct Calibration: Hashable, Sendable {
  package let band: Band
  /// Change of delta that is due as things stand, standing orders left aside: zero inside the band.
  package let due: Quantity
  /// The same once every standing order has filled: what the orders leave uncovered.
  package let dueAfterOrders: Quantity
  /// |drift| in half-widths; nil where the band has no width.
  package let bandsOfDrift: Ratio?
  /// How soon the correction must be made: urgent from `urgentBands` of drift on, and most of all where it takes from a
  /// position whose liquidation is near.
  package let urgency: Urgency
  package let figures: [Figure]

  /// Why the fixed band stands in for the policy's rule; nil where it does not.
  package let fallback: BandFallback?

  /// The aversion to risk that the band's rule found, per USD; nil for rules that have none.
  let riskAversion: Double?
  /// How near the venue is to closing a position; nil without one, or where nobody can tell.
  package let risk: LiquidationRisk?
  /// What makes a position in danger safe again; nil where none is, or where what is due does as much.
  package let deRisk: DeRisk?

  /// Throws `calculation` when a number is too large to calculate with, and `missing` without a reading of the venue.
  package init(
    _ assessment: Assessment, _ observation: Observation, policy: Policy, circumstances: Circumstances,
    venue: any Venue
  ) throws(DecisionError) {
    guard let state = observation.venue else { throw .missing(stage: .calibration, what: "reading of the venue") }
    self = try DecisionError.calculating(.calibration) { () throws(ContractsError) in
      let scene = try BandScene(assessment, state, policy: policy, circumstances: circumstances, venue: venue)
      return try Calibration(
        assessment, scene, state, policy: policy, margin: venue.capabilities.margin)
    }
  }

  private init(
    _ assessment: Assessment, _ scene: BandScene, _ state: VenueState, policy: Policy, margin: Capabilities.Margin
  ) throws(ContractsError) {
    let drift = assessment.drift
    let calibrated = try policy.band.calibrated(scene)
    band = calibrated.band
    fallback = calibrated.fallback
    riskAversion = calibrated.riskAversion
    due = try band.change(dueAt: drift)
    var driftAfterOrders = drift
    for order in state.orders where order.isStanding { driftAfterOrders = try driftAfterOrders + order.change }
    dueAfterOrders = try band.change(dueAt: driftAfterOrders)
    bandsOfDrift =
      calibrated.scale.isZero
      ? nil : try drift.absolute().ratio(to: calibrated.scale, rounding: .down)
    // Without width there is no scale to call a drift large by.
    let isFar = bandsOfDrift.map { $0 >= policy.orders.urgentBands } ?? false
    let isNearLiquidation = assessment.liquidationDistance.map { $0 <= policy.liquidationAlarm } ?? false
    let takesFromPosition = !due.isZero && due.isNegative != assessment.positionDelta.isNegative
    risk = try LiquidationRisk.measured(
      state, price: assessment.price, policy, volatility: scene.volatility, margin: margin)
    if let risk {
      deRisk = try DeRisk.needed(risk, due: due, price: assessment.price, terms: state.terms, policy: policy)
    } else {
      deRisk = nil
    }
    let isInDanger = risk?.level == .danger
    urgency = isInDanger || isNearLiquidation && takesFromPosition ? .liquidation : isFar ? .urgent : .routine
    let unit = assessment.unit
    var figures = calibrated.figures
    if let fallback { figures.append(.word("fixed band because", fallback.rawValue, from: "calibration")) }
    figures += [
      try Figure.quantity("half-width", band.halfWidth, unit, from: policy.band.words(for: fallback)),
      try .quantity("reset", band.resetDistance, unit, from: policy.band.words(for: fallback)),
      try .quantity("due", due, unit, from: "drift beyond the band, back to reset"),
      try .quantity("due after orders", dueAfterOrders, unit, from: "the same with every standing order filled"),
    ]
    if let bandsOfDrift {
      figures.append(
        Figure(
          name: "drift in half-widths", value: try bandsOfDrift.rounded(places: 3, .towardZero).description, unit: "",
          source: "|drift| ÷ half-width"))
    }
    if let risk { figures += try risk.figures(unit) }
    if let deRisk { figures += try deRisk.figures(unit) }
    if urgency != .routine { figures.append(.word("urgency", urgency.rawValue, from: "drift, liquidation distance")) }
    self.figures = figures
  }

  /// The correction does not wait for a better price.
  package var isUrgent: Bool { urgency != .routine }
}
