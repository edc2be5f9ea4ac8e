import Ethereum

/// How far a number may be from the one expected: |found − expected| ≤ abs + rel · |expected|.
struct VectorTolerance {
  let absolute: Double
  let relative: Double

  static let exact = VectorTolerance(absolute: 0, relative: 0)

  init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// nil where the value is no object with `abs` or `rel` in it.
  init?(_ json: JSON?) throws {
    guard let object = json?.object, object["abs"] != nil || object["rel"] != nil else { return nil }
    let given = VectorInput(object, dataFolder: "")
    absolute = try given.optionalNumber("abs") ?? 0
    relative = try given.optionalNumber("rel") ?? 0
  }

  /// The tolerance of the output `name`: its own, else the case's, else none at all.
  static func of(_ name: String, in json: JSON?) throws -> VectorTolerance {
    try VectorTolerance(json?[name]) ?? VectorTolerance(json) ?? .exact
  }

  func accepts(_ found: Double, for expected: Double) -> Bool {
    // Equal infinities differ by no number; none is expected of anything here.
    guard found.isFinite, expected.isFinite else { return false }
    return (found - expected).magnitude <= absolute + relative * expected.magnitude
  }
}

/// Holds what the program gave against what a case expects of it.
enum VectorComparison {
  /// - Throws: `LabError` naming the first member that differs. Members that the case does not expect are not looked
  ///   at.
  static func compare(_ found: JSON, with expected: JSON, tolerance: JSON?) throws {
    guard let members = expected.object?.members else { throw LabError("the case's out is no object") }
    for member in members {
      guard let value = found[member.key] else { throw LabError("\(member.key) is not calculated") }
      let tolerance = try VectorTolerance.of(member.key, in: tolerance)
      try compare(value, with: member.value, within: tolerance, member.key)
    }
  }

  private static func compare(
    _ found: JSON, with expected: JSON, within tolerance: VectorTolerance, _ name: String
  ) throws {
    switch (found, expected) {
    case (.null, .null): return
    case (.bool(let found), .bool(let expected)): try expectEqual(found, expected, name)
    case (.array(let found), .array(let expected)):
      try expectEqual(found.count, expected.count, "the length of \(name)")
      for (index, pair) in zip(found, expected).enumerated() {
        try compare(pair.0, with: pair.1, within: tolerance, "\(name)[\(index)]")
      }
    case (.string(let found), .string(let expected)): try compare(text: found, with: expected, within: tolerance, name)
    default:
      guard let found = double(found), let expected = double(expected) else {
        throw LabError("\(name) is \(found.text), expected \(expected.text)")
      }
      guard tolerance.accepts(found, for: expected) else {
        throw LabError("\(name) is \(found), expected \(expected)")
      }
    }
  }

  /// Whole numbers beyond what a `Double` holds are texts: equal to the last digit unless the case allows for more.
  private static func compare(
    text found: String, with expected: String, within tolerance: VectorTolerance, _ name: String
  ) throws {
    guard found != expected else { return }
    let difference: Double
    do {
      let (ours, theirs) = (try Int256(decimal: found), try Int256(decimal: expected))
      difference = abs(double(text: try (ours - theirs).description))
    } catch {
      throw LabError("\(name) is \(found), expected \(expected)")
    }
    guard difference <= tolerance.absolute + tolerance.relative * abs(double(text: expected)) else {
      throw LabError("\(name) is \(found), expected \(expected)")
    }
  }

  private static func double(text: String) -> Double { Double(text) ?? .nan }

  private static func double(_ json: JSON) -> Double? {
    switch json {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
