import Ethereum

/// ABITests: `args` of `types` must encode to `result`, and decode from it.
enum ABISuite {
  static func run(_ cases: [JSONObject.Member], _ file: String, _ tally: inout Tally) throws {
    for member in cases {
      tally.check("\(file) \(member.key)") { try check(member.value) }
    }
  }

  private static func check(_ test: JSON) throws {
    guard let names = try test.require("types").array, let arguments = try test.require("args").array else {
      throw LabError("\"types\" and \"args\" must be lists")
    }
    let types = try names.map { name in
      guard let text = name.string else { throw LabError("a type is \(name.kind), expected a string") }
      return try ABIType(parsing: text)
    }
    guard types.count == arguments.count else { throw LabError("\(types.count) types, \(arguments.count) arguments") }
    let values = try zip(types, arguments).map { try value($1, as: $0, depth: 0) }
    let expected = try test.requireHex("result")
    try expectEqual(Hex.encode(try ABI.encode(values, as: types)), Hex.encode(expected), "the encoding")
    try expectEqual(try ABI.decode(expected, as: types), values, "the decoding")
  }

  private static func value(_ json: JSON, as type: ABIType, depth: Int) throws -> ABIValue {
    guard depth < 64 else { throw LabError("a value is nested deeper than 64 levels") }
    switch type {
    case .uint: return .uint(try unsigned(json))
    case .int: return .int(try signed(json))
    case .address:
      guard let text = json.string else { throw LabError("an address is \(json.kind)") }
      return .address(try Address(bytes: try Hex.decode(text, limit: 20, prefix: .optional)))
    case .bool:
      guard let flag = json.bool else { throw LabError("a bool is \(json.kind)") }
      return .bool(flag)
    case .string:
      guard let text = json.string else { throw LabError("a string is \(json.kind)") }
      return .string(text)
    case .bytes: return .bytes(try bytes(json))
    case .fixedBytes(let count):
      let found = try bytes(json)
      guard found.count <= count else { throw LabError("\(found.count) bytes for bytes\(count)") }
      return .fixedBytes(found + [UInt8](repeating: 0, count: count - found.count))
    case .array(let element): return .array(try elements(json).map { try value($0, as: element, depth: depth + 1) })
    case .fixedArray(let element, let count):
      let found = try elements(json)
      guard found.count == count else { throw LabError("\(found.count) elements, expected \(count)") }
      return .array(try found.map { try value($0, as: element, depth: depth + 1) })
    case .tuple(let types):
      let found = try elements(json)
      guard found.count == types.count else { throw LabError("\(found.count) members, expected \(types.count)") }
      return .tuple(try zip(types, found).map { try value($1, as: $0, depth: depth + 1) })
    default: throw LabError("type \(type) is not one the test files have")
    }
  }

  private static func elements(_ json: JSON) throws -> [JSON] {
    guard let found = json.array else { throw LabError("expected a list, found \(json.kind)") }
    return found
  }

  private static func unsigned(_ json: JSON) throws -> UInt256 {
    if let number = json.integer, let value = UInt256(exactly: number) { return value }
    guard let text = json.string else { throw LabError("expected a whole number, 0 or more") }
    return try text.hasPrefix("0x") ? UInt256(hexQuantity: text) : UInt256(decimal: text)
  }

  private static func signed(_ json: JSON) throws -> Int256 {
    if let number = json.integer { return Int256(Int(number)) }
    guard let text = json.string else { throw LabError("expected a whole number") }
    return try Int256(decimal: text)
  }

  /// Hex where it begins with 0x, else the text itself, as the official file means it ("1234567890" as bytes10).
  private static func bytes(_ json: JSON) throws -> [UInt8] {
    guard let text = json.string else { throw LabError("bytes are \(json.kind), expected a string") }
    return text.hasPrefix("0x") ? try Hex.decode(text, limit: 1 << 20) : Array(text.utf8)
  }
}
