import Ethereum
import Quant

/// svi: smiles and surfaces; `op` says what is asked of them.
enum SmileVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "w", "w_g": return try shape(given)
    case "jw": return try jumpWings(given)
    case "butterfly_free": return try butterflies(slice(given), given)
    case "butterfly_free_jw": return try butterflies(wings(given).slice(), given)
    case "calendar_free": return try calendar(given)
    case "ssvi_no_butterfly_sufficient":
      return .object(["ok": .bool(try surfaceSlice(given).isSurelyButterflyFree)])
    case "ssvi_w": return VectorOutput.object(["w": try surfaceSlice(given).totalVariance(given.number("k"))])
    case "smile_delta": return try delta(given)
    case let other: throw LabError("no operation \"\(other)\" on smiles is known")
    }
  }

  private static func slice(_ given: VectorInput) throws -> SVISlice {
    try SVISlice(
      a: given.number("a"), b: given.number("b"), rho: given.number("rho"), m: given.number("m"),
      sigma: given.number("sigma"))
  }

  private static func wings(_ given: VectorInput) throws -> SVIJumpWings {
    try SVIJumpWings(
      variance: given.number("v"), skew: given.number("psi"), putSlope: given.number("p"),
      callSlope: given.number("c"), leastVariance: given.number("vt"), years: given.optionalNumber("t") ?? 1)
  }

  private static func surfaceSlice(_ given: VectorInput) throws -> SSVISlice {
    try SSVISlice(theta: given.number("theta"), phi: given.number("phi"), rho: given.number("rho"))
  }

  private static func range(_ given: VectorInput) throws -> ClosedRange<Double> {
    let usual = SVISlice.usualRange
    let low = try given.optionalNumber("k_min") ?? usual.lowerBound
    let high = try given.optionalNumber("k_max") ?? usual.upperBound
    guard low <= high else { throw LabError("k_min is above k_max") }
    return low...high
  }

  private static func shape(_ given: VectorInput) throws -> JSON {
    let slice = try slice(given)
    let k = try given.number("k")
    let density = slice.density(k)
    return VectorOutput.object([
      "w": slice.totalVariance(k), "w1": slice.slope(k), "w2": slice.curvature(k),
      "g": density.isFinite ? density : nil,
    ])
  }

  private static func jumpWings(_ given: VectorInput) throws -> JSON {
    let wings = try SVIJumpWings(slice(given), years: given.number("t"))
    return VectorOutput.object([
      "v": wings.variance, "psi": wings.skew, "p": wings.putSlope, "c": wings.callSlope,
      "vt": wings.leastVariance,
    ])
  }

  private static func butterflies(_ slice: SVISlice, _ given: VectorInput) throws -> JSON {
    let check = try slice.butterflyCheck(over: range(given))
    let isFree = check.isFree(slack: try given.optionalNumber("g_slack") ?? 0)
    let least: JSON = check.leastDensity.isFinite ? .number(check.leastDensity) : .null
    return .object(["arbitrage_free": .bool(isFree), "min_g": least])
  }

  private static func calendar(_ given: VectorInput) throws -> JSON {
    let (nearer, later) = (try slice(given.object("slice_t1")), try slice(given.object("slice_t2")))
    return .object(["ok": .bool(try nearer.leastCalendarSpread(to: later, over: range(given)) >= 0)])
  }

  private static func delta(_ given: VectorInput) throws -> JSON {
    let delta = try SmileDelta(
      given.optionKind(), forward: given.number("F"), strike: given.number("K"), years: given.number("t"),
      smile: slice(given), stickiness: given.number("ssr"))
    return VectorOutput.object(["iv": delta.volatility, "dsig_dk": delta.skew, "delta": delta.delta])
  }
}
