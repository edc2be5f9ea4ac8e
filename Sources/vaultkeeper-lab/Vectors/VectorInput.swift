import Ethereum
import Foundation
import Quant

/// What one case gives: the members of its `in`, and whatever else stands beside them.
struct VectorInput {
  private let given: JSONObject
  /// Where the case's data files are looked for.
  private let dataFolder: String

  init(_ given: JSONObject, dataFolder: String) {
    self.given = given
    self.dataFolder = dataFolder
  }

  private func member(_ name: String) throws -> JSON {
    guard let value = given[name] else { throw LabError("the case gives no \(name)") }
    return value
  }

  private static func number(_ json: JSON, _ name: String) throws -> Double {
    switch json {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    default: throw LabError("\(name) is \(json.kind), not a number")
    }
  }

  /// Whether the case gives `name`, be it null.
  func has(_ name: String) -> Bool { given[name] != nil }

  func number(_ name: String) throws -> Double { try Self.number(member(name), name) }

  func optionalNumber(_ name: String) throws -> Double? {
    guard let value = given[name], !value.isNull else { return nil }
    return try Self.number(value, name)
  }

  /// A whole number within 64 bits, also where it is written as 3.0.
  func integer(_ name: String) throws -> Int {
    guard let value = Int(exactly: try number(name)) else { throw LabError("\(name) is no whole number") }
    return value
  }

  func text(_ name: String) throws -> String {
    guard let value = try member(name).string else { throw LabError("\(name) is no text") }
    return value
  }

  /// The member `cp`: "c" or "p".
  func optionKind() throws -> OptionKind {
    switch try text("cp") {
    case "c": return .call
    case "p": return .put
    case let other: throw LabError("cp is \"\(other)\", neither c nor p")
    }
  }

  func optionalText(_ name: String) -> String? { given[name]?.string }

  func flag(_ name: String) throws -> Bool {
    guard let value = try member(name).bool else { throw LabError("\(name) is neither true nor false") }
    return value
  }

  func numbers(_ name: String) throws -> [Double] {
    guard let values = try member(name).array else { throw LabError("\(name) is no list") }
    return try values.map { try Self.number($0, name) }
  }

  /// A list of lists of numbers.
  func rows(_ name: String) throws -> [[Double]] {
    guard let rows = try member(name).array else { throw LabError("\(name) is no list") }
    return try rows.map { row in
      guard let values = row.array else { throw LabError("\(name) holds what is no list") }
      return try values.map { try Self.number($0, name) }
    }
  }

  /// A member that is an object with members of its own.
  func object(_ name: String) throws -> VectorInput {
    guard let object = try member(name).object else { throw LabError("\(name) is no object") }
    return VectorInput(object, dataFolder: dataFolder)
  }

  /// Money: an integer of up to 256 bits, written as a number or as decimal text.
  func uint256(_ name: String) throws -> UInt256 {
    switch try member(name) {
    case .integer(let value) where value >= 0: return UInt256(UInt64(value))
    case .string(let text): return try UInt256(decimal: text)
    default: throw LabError("\(name) is no whole amount")
    }
  }

  /// The text of the file that `name` names: a path below the data folder.
  func dataText(_ name: String) throws -> String {
    let path = try text(name)
    guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw LabError("\(name) is \"\(path)\", which leads out of the data folder")
    }
    let file = (dataFolder as NSString).appendingPathComponent(path)
    do {
      return try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw LabError("no \(file); name the folder that holds \(path) with --data")
    }
  }
}
