/// Computes hashStruct over JSON values. Depth and number of values are bounded.
struct TypedDataHasher {
  private let schema: TypedDataSchema
  private var elements = 0

  init(schema: TypedDataSchema) { self.schema = schema }

  /// Keccak-256 of type hash ‖ encoded members.
  mutating func hashStruct(
    _ value: JSON, as type: String, path: String, depth: Int
  ) throws(EthereumError) -> Bytes32 {
    guard depth <= TypedData.depthLimit else { throw .typedData(.tooDeep(limit: TypedData.depthLimit)) }
    guard let object = value.object else {
      throw .typedData(.value(path: path, type: type, reason: "expected an object, found \(value.kind)"))
    }
    let entry = try schema.entry(type)
    var hasher = Keccak256Hasher()
    hasher.update(entry.typeHash.bytes)
    var known = 0
    for (field, fieldType) in zip(entry.type.fields, entry.fieldTypes) {
      let member = object[field.name]
      if member != nil { known += 1 }
      let word = try encode(member, as: fieldType, path: "\(path).\(field.name)", depth: depth + 1)
      hasher.update(word.bytes)
    }
    guard known == object.count else {
      let names = Set(entry.type.fields.map(\.name))
      let extra = object.keys.first { !names.contains($0) } ?? ""
      throw .typedData(.superfluous(path: "\(path).\(extra)"))
    }
    return hasher.finalize()
  }

  /// encodeData of one member: 32 bytes.
  private mutating func encode(
    _ value: JSON?, as type: TypedDataSchema.FieldType, path: String, depth: Int
  ) throws(EthereumError) -> Bytes32 {
    guard depth <= TypedData.depthLimit else { throw .typedData(.tooDeep(limit: TypedData.depthLimit)) }
    elements += 1
    guard elements <= TypedData.elementLimit else { throw .typedData(.tooLarge(limit: TypedData.elementLimit)) }
    switch type {
    case .structure(let name):
      guard let value, !value.isNull else { return .zero }
      return try hashStruct(value, as: name, path: path, depth: depth)
    case .array(let element, let count):
      return try hashArray(value, of: element, count: count, path: path, depth: depth)
    case .atom(let atom):
      guard let value, !value.isNull else { throw .typedData(.missing(path: path)) }
      return try Self.encode(value, as: atom, path: path)
    }
  }

  /// Keccak-256 of the elements' encodings in a row.
  private mutating func hashArray(
    _ value: JSON?, of element: TypedDataSchema.FieldType, count: Int?, path: String, depth: Int
  ) throws(EthereumError) -> Bytes32 {
    guard let value, !value.isNull else { throw .typedData(.missing(path: path)) }
    guard let values = value.array else {
      throw .typedData(.value(path: path, type: "array", reason: "found \(value.kind)"))
    }
    if let count, count != values.count {
      throw .typedData(.value(path: path, type: "array of \(count)", reason: "it has \(values.count) elements"))
    }
    var hasher = Keccak256Hasher()
    for (index, value) in values.enumerated() {
      hasher.update(try encode(value, as: element, path: "\(path)[\(index)]", depth: depth + 1).bytes)
    }
    return hasher.finalize()
  }

  private static func encode(_ value: JSON, as type: ABIType, path: String) throws(EthereumError) -> Bytes32 {
    func failure(_ reason: String) -> EthereumError {
      .typedData(.value(path: path, type: type.name, reason: reason))
    }
    do throws(EthereumError) {
      switch (type, value) {
      case (.bool, .bool(let flag)): return Bytes32(flag ? .one : .zero)
      case (.string, .string(let text)): return Keccak256.hash(utf8: text)
      case (.address, .string(let text)): return Bytes32(try Address(hex: text).word)
      case (.bytes, .string(let text)): return Keccak256.hash(try Hex.decode(text, limit: JSONLimits.standard.bytes))
      case (.fixedBytes, .string(let text)):
        return try Bytes32(bytes: ABIEncoder.word(.fixedBytes(Hex.decode(text, limit: 32)), as: type))
      case (.uint, _): return try Bytes32(bytes: ABIEncoder.word(.uint(unsigned(value)), as: type))
      case (.int, _): return try Bytes32(bytes: ABIEncoder.word(.int(signed(value)), as: type))
      default: throw failure("found \(value.kind)")
      }
    } catch {
      if case .typedData = error { throw error }
      throw failure(error.description)
    }
  }

  /// A JSON integer, decimal digits, or a 0x quantity.
  private static func unsigned(_ value: JSON) throws(EthereumError) -> UInt256 {
    switch value {
    case .integer(let number):
      guard let number = UInt256(exactly: number) else {
        throw .number(kind: "unsigned integer", text: "\(number)", reason: "it is negative")
      }
      return number
    case .string(let text) where text.utf8.starts(with: "0x".utf8): return try hexNumber(text)
    case .string(let text): return try UInt256(decimal: text)
    case .number: throw .number(kind: "integer", text: value.text, reason: "write integers beyond 64 bits as strings")
    default: throw .number(kind: "integer", text: value.kind, reason: "it must be an integer or a string")
    }
  }

  private static func signed(_ value: JSON) throws(EthereumError) -> Int256 {
    switch value {
    case .integer(let number): return Int256(integerLiteral: number)
    case .string(let text) where text.utf8.starts(with: "0x".utf8): return try Int256(hexNumber(text))
    case .string(let text): return try Int256(decimal: text)
    default: return try Int256(unsigned(value))
    }
  }

  /// Unlike an RPC quantity, this may have leading zeros: wallets and forms write 0x00 and 0x0a.
  private static func hexNumber(_ text: String) throws(EthereumError) -> UInt256 {
    let digits = text.utf8.dropFirst(2).drop { $0 == UInt8(ascii: "0") }
    guard text.utf8.count > 2 else { return try UInt256(hexQuantity: text) }
    return digits.isEmpty ? .zero : try UInt256(hexQuantity: "0x" + String(Substring(digits)))
  }
}
