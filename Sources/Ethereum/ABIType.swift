/// A type of the contract ABI (Solidity documentation, "Contract ABI Specification").
///
/// Every type contracts in use have; the specification's `fixed`/`ufixed`, which no compiler emits, are refused.
package enum ABIType: Hashable, Sendable, CustomStringConvertible {
  /// `uint8` … `uint256`; bits are a multiple of 8.
  case uint(Int)
  /// `int8` … `int256`; bits are a multiple of 8.
  case int(Int)
  case address
  case bool
  /// `bytes1` … `bytes32`.
  case fixedBytes(Int)
  /// `bytes`.
  case bytes
  /// `string`, UTF-8.
  case string
  /// `T[]`.
  indirect case array(ABIType)
  /// `T[n]`, n ≥ 0.
  indirect case fixedArray(ABIType, Int)
  case tuple([ABIType])
  /// An address and a selector: 24 bytes.
  case function

  /// Deepest nesting of arrays and tuples. Solidity programs stay below 10; every level costs stack.
  package static let depthLimit = 32
  /// Most bytes of the static head of one type: 16 MiB, sixteen times what calldata can be.
  package static let headLimit = 16 << 20
  /// Longest text of a type. GMX's longest parameter is 600 characters.
  package static let textLimit = 8192

  package static let uint256 = ABIType.uint(256)
  package static let int256 = ABIType.int(256)
  package static let bytes32 = ABIType.fixedBytes(32)

  /// Reads a canonical type such as `(address,uint256[2])[]`; also the shorthands `uint`, `int` and `byte`.
  /// - Throws: `.abi(.type)`.
  package init(parsing text: String) throws(EthereumError) {
    var parser = try ABITypeParser(text)
    self = try parser.whole()
  }

  /// The name that goes into signatures.
  package var description: String { name }

  /// The name that goes into signatures: `uint256`, `(address,bytes)[3]`.
  package var name: String {
    switch self {
    case .uint(let bits): "uint\(bits)"
    case .int(let bits): "int\(bits)"
    case .address: "address"
    case .bool: "bool"
    case .fixedBytes(let count): "bytes\(count)"
    case .bytes: "bytes"
    case .string: "string"
    case .array(let element): element.name + "[]"
    case .fixedArray(let element, let count): element.name + "[\(count)]"
    case .tuple(let members): "(" + members.map(\.name).joined(separator: ",") + ")"
    case .function: "function"
    }
  }

  /// Whether the value lies behind an offset. `T[0]` of a dynamic T is dynamic too, as the specification says.
  package var isDynamic: Bool {
    switch self {
    case .bytes, .string, .array: true
    case .fixedArray(let element, _): element.isDynamic
    case .tuple(let members): members.contains(where: \.isDynamic)
    default: false
    }
  }

  /// Bytes in the head: 32 for dynamic types, all of it for static ones. Saturates at `Int.max` for absurd types.
  package var headSize: Int { layout.headSize }

  /// `isDynamic` and `headSize`, found out on one way down.
  var layout: (isDynamic: Bool, headSize: Int) {
    switch self {
    case .bytes, .string, .array: return (true, 32)
    case .fixedArray(let element, let count):
      let inner = element.layout
      guard !inner.isDynamic else { return (true, 32) }
      let (size, overflow) = inner.headSize.multipliedReportingOverflow(by: max(0, count))
      return (false, overflow ? .max : size)
    case .tuple(let members):
      var total = 0
      for member in members {
        let inner = member.layout
        if inner.isDynamic { return (true, 32) }
        let (sum, overflow) = total.addingReportingOverflow(inner.headSize)
        total = overflow ? .max : sum
      }
      return (false, total)
    case .uint, .int, .address, .bool, .fixedBytes, .function: return (false, 32)
    }
  }

  /// Checks widths, depth and size, as `init(parsing:)` does, of types made in code.
  /// - Throws: `.abi(.type)`.
  package func validate() throws(EthereumError) { _ = try validate(depth: 0) }

  /// - Returns: `isDynamic` and the static size, found out on the same way down.
  private func validate(depth: Int) throws(EthereumError) -> (isDynamic: Bool, size: Int) {
    func failure(_ reason: String) -> EthereumError { .abi(.type(text: name, reason: reason)) }
    guard depth <= Self.depthLimit else {
      throw .abi(.type(text: "…", reason: "it nests deeper than \(Self.depthLimit) levels"))
    }
    var found = (isDynamic: false, size: 32)
    switch self {
    case .uint(let bits), .int(let bits):
      guard bits >= 8, bits <= 256, bits.isMultiple(of: 8) else { throw failure("bits must be 8, 16 … 256") }
    case .fixedBytes(let count):
      guard count >= 1, count <= 32 else { throw failure("bytesN needs N of 1 … 32") }
    case .array(let element):
      _ = try element.validate(depth: depth + 1)
      return (true, 32)
    case .fixedArray(let element, let count):
      guard count >= 0 else { throw failure("an array cannot have \(count) elements") }
      let inner = try element.validate(depth: depth + 1)
      let (size, overflow) = inner.size.multipliedReportingOverflow(by: count)
      found = (inner.isDynamic, overflow ? .max : size)
    case .tuple(let members):
      found.size = 0
      for member in members {
        let inner = try member.validate(depth: depth + 1)
        if inner.isDynamic { found.isDynamic = true }
        let (size, overflow) = found.size.addingReportingOverflow(inner.isDynamic ? 32 : inner.size)
        found.size = overflow ? .max : size
      }
    case .bytes, .string: return (true, 32)
    case .address, .bool, .function: return found
    }
    guard found.isDynamic || found.size <= Self.headLimit else {
      throw failure("it is larger than \(Self.headLimit) bytes")
    }
    return found
  }
}

/// Recursive descent over the text of a type; depth is bounded by `ABIType.depthLimit`.
struct ABITypeParser {
  private let text: String
  private let characters: [UInt8]
  private var position = 0

  init(_ text: String) throws(EthereumError) {
    guard text.utf8.count <= ABIType.textLimit else {
      throw .abi(.type(text: Excerpt.of(text), reason: "it is longer than \(ABIType.textLimit) characters"))
    }
    self.text = text
    characters = Array(text.utf8)
  }

  /// The type that is the whole text.
  mutating func whole() throws(EthereumError) -> ABIType {
    let type = try type(depth: 0)
    guard position == characters.count else { throw failure("unexpected character at offset \(position)") }
    try type.validate()
    return type
  }

  /// `name(type,…)`: the name and the list.
  mutating func signature() throws(EthereumError) -> (name: String, types: [ABIType]) {
    let start = position
    while let character = peek, Self.isNameCharacter(character) { position += 1 }
    let name = String(decoding: characters[start..<position], as: UTF8.self)
    guard peek == UInt8(ascii: "(") else { throw failure("a signature is name(type,…)") }
    guard case .tuple(let types) = try whole() else { throw failure("a signature is name(type,…)") }
    return (name, types)
  }

  private static func isNameCharacter(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  private var peek: UInt8? { position < characters.count ? characters[position] : nil }

  private func failure(_ reason: String) -> EthereumError { .abi(.type(text: Excerpt.of(text), reason: reason)) }

  private mutating func type(depth: Int) throws(EthereumError) -> ABIType {
    guard depth <= ABIType.depthLimit else { throw failure("it nests deeper than \(ABIType.depthLimit) levels") }
    var type = peek == UInt8(ascii: "(") ? try tuple(depth: depth) : try elementary()
    var suffixes = 0
    while peek == UInt8(ascii: "[") {
      suffixes += 1
      guard depth + suffixes <= ABIType.depthLimit else {
        throw failure("it nests deeper than \(ABIType.depthLimit) levels")
      }
      position += 1
      let count = number()
      guard peek == UInt8(ascii: "]") else { throw failure("[ without ] at offset \(position)") }
      position += 1
      switch count {
      case .none: type = .array(type)
      case .some(let digits): type = .fixedArray(type, try width(digits))
      }
    }
    return type
  }

  private mutating func tuple(depth: Int) throws(EthereumError) -> ABIType {
    position += 1
    var members: [ABIType] = []
    guard peek != UInt8(ascii: ")") else {
      position += 1
      return .tuple([])
    }
    while true {
      members.append(try type(depth: depth + 1))
      switch peek {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: ")"):
        position += 1
        return .tuple(members)
      default: throw failure("( without ) at offset \(position)")
      }
    }
  }

  private mutating func elementary() throws(EthereumError) -> ABIType {
    let start = position
    while let character = peek, character >= UInt8(ascii: "a"), character <= UInt8(ascii: "z") { position += 1 }
    let word = String(decoding: characters[start..<position], as: UTF8.self)
    let digits = number()
    switch (word, digits) {
    case ("uint", nil): return .uint(256)
    case ("int", nil): return .int(256)
    case ("byte", nil): return .fixedBytes(1)
    case ("uint", .some(let digits)): return .uint(try width(digits))
    case ("int", .some(let digits)): return .int(try width(digits))
    case ("bytes", .some(let digits)): return .fixedBytes(try width(digits))
    case ("bytes", nil): return .bytes
    case ("address", nil): return .address
    case ("bool", nil): return .bool
    case ("string", nil): return .string
    case ("function", nil): return .function
    case ("fixed", _), ("ufixed", _): throw failure("fixed-point types are not supported: no compiler emits them")
    default: throw failure("unknown type at offset \(start)")
    }
  }

  /// The digits at the cursor, nil where there are none.
  private mutating func number() -> ArraySlice<UInt8>? {
    let start = position
    while let character = peek, character >= UInt8(ascii: "0"), character <= UInt8(ascii: "9") { position += 1 }
    return start == position ? nil : characters[start..<position]
  }

  private func width(_ digits: ArraySlice<UInt8>) throws(EthereumError) -> Int {
    guard digits.count <= 9, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      throw failure("a size has 1 to 9 digits and no leading zero")
    }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
