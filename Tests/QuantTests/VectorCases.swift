import Foundation
import Testing

@testable import Quant

/// The cases of a file in Tests/Fixtures/Vectors: the same as `vaultkeeper-lab vectors` runs.
struct VectorCases {
  struct Case {
    let id: String
    let given: VectorValue
    let expected: [String: VectorValue]
    let tolerance: VectorValue
    /// What some cases say beside their output: the least g on a grid.
    let leastDensityOnGrid: Double?

    /// Compares one output with the one expected; nil is a refusal. Outputs the case does not name are not looked at.
    func expect(_ name: String, _ found: Double?, sourceLocation: SourceLocation = #_sourceLocation) {
      guard let expected = expected[name] else { return }
      guard let expected = expected.number else {
        #expect(found == nil, "\(id) \(name) should be refused", sourceLocation: sourceLocation)
        return
      }
      guard let found else {
        Issue.record("\(id) \(name) was refused", sourceLocation: sourceLocation)
        return
      }
      let tolerance = self.tolerance[name] ?? self.tolerance
      let allowed = (tolerance["abs"]?.number ?? 0) + (tolerance["rel"]?.number ?? 0) * abs(expected)
      #expect(
        abs(found - expected) <= allowed, "\(id) \(name) is \(found), expected \(expected) within \(allowed)",
        sourceLocation: sourceLocation)
    }

    /// The same of a list.
    func expect(_ name: String, _ found: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
      guard let expected = expected[name]?.array else { return }
      #expect(found.count == expected.count, "\(id) \(name)", sourceLocation: sourceLocation)
      for (value, element) in zip(found, expected) {
        let one = Case(
          id: id, given: given, expected: [name: element], tolerance: tolerance, leastDensityOnGrid: nil)
        one.expect(name, value, sourceLocation: sourceLocation)
      }
    }
  }

  let cases: [Case]

  init(_ kind: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appendingPathComponent("Fixtures/Vectors/\(kind).json")
    let root = try JSONDecoder().decode(VectorValue.self, from: Data(contentsOf: file))
    cases = try #require(root["cases"]?.array).map { value in
      Case(
        id: try #require(value["id"]?.text), given: try #require(value["in"]),
        expected: try #require(value["out"]?.members), tolerance: value["tol"] ?? .null,
        leastDensityOnGrid: value["min_g"]?.number)
    }
    try #require(!cases.isEmpty)
  }
}

extension VectorCases.Case {
  /// Compares what an operation gave; no member that the case expects may be missing, but for those `besides`, which
  /// the test looks at by itself.
  func expect(
    _ found: KeyValuePairs<String, Double?>, lists: KeyValuePairs<String, [Double]> = [:], besides: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (name, value) in found { expect(name, value, sourceLocation: sourceLocation) }
    for (name, values) in lists { expect(name, values, sourceLocation: sourceLocation) }
    let missing = Set(expected.keys).subtracting(found.map(\.key)).subtracting(lists.map(\.key)).subtracting(besides)
    #expect(missing.isEmpty, "\(id): \(missing) not calculated", sourceLocation: sourceLocation)
  }
}

extension VectorCases {
  /// Runs every case by its operation. One that no test names would be passed over in silence, so it is a failure;
  /// `elsewhere` are those that other modules' tests run.
  static func run(
    _ kind: String, elsewhere: Set<String> = [], _ operations: [String: (Case) throws -> Void]
  ) throws {
    for test in try VectorCases(kind).cases {
      let name = try test.given.text("op")
      if elsewhere.contains(name) { continue }
      let operation = try #require(operations[name], "\(test.id): \(name)")
      try operation(test)
    }
  }
}

/// A JSON value as the tests read it.
enum VectorValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case array([VectorValue])
  case object([String: VectorValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode([VectorValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: VectorValue].self))
    }
  }

  subscript(_ name: String) -> VectorValue? { members?[name] }

  var members: [String: VectorValue]? { if case .object(let members) = self { members } else { nil } }
  var array: [VectorValue]? { if case .array(let values) = self { values } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }

  func number(_ name: String) throws -> Double { try #require(self[name]?.number, "\(name)") }
  func text(_ name: String) throws -> String { try #require(self[name]?.text, "\(name)") }
  func numbers(_ name: String) throws -> [Double] {
    try #require(self[name]?.array).map { try #require($0.number, "\(name)") }
  }

  /// The member `cp`.
  func kind() throws -> OptionKind { try text("cp") == "c" ? .call : .put }
}
