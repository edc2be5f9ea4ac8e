/// Typed structured data to sign (EIP-712), with the rules of `eth_signTypedData_v4`: arrays are allowed, and a struct
/// that is null or missing hashes to 32 zero bytes.
///
/// Stricter than wallets in what nobody should sign: a member the type does not name, a value its type cannot hold, and
/// a `bytesN` of another length are errors.
package struct TypedData: Hashable, Sendable {
  /// A member of a struct type.
  package struct Field: Hashable, Sendable {
    package let name: String
    package let type: String

    package init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  /// A struct type and its members in order.
  package struct StructType: Hashable, Sendable {
    package let name: String
    package let fields: [Field]

    package init(name: String, fields: [Field]) {
      self.name = name
      self.fields = fields
    }
  }

  /// Most struct types, and most members of one: sixteen times the largest in use (Seaport's 6 types, 11 members).
  package static let typeLimit = 128
  /// Deepest nesting of values. Types may refer to themselves, so only this ends it.
  package static let depthLimit = 32
  /// Most values hashed, array elements included.
  package static let elementLimit = 1 << 16

  private let schema: TypedDataSchema
  package let primaryType: String
  package let domain: JSON
  package let message: JSON

  /// - Parameter types: without `EIP712Domain` the domain's type is its members in the standard's order.
  /// - Throws: `.typedData`.
  package init(
    types: [StructType], primaryType: String, domain: JSON, message: JSON
  ) throws(EthereumError) {
    var types = types
    if !types.contains(where: { $0.name == Self.domainName }) { types.append(try Self.domainType(of: domain)) }
    schema = try TypedDataSchema(types)
    guard schema.isStruct(primaryType) else { throw .typedData(.unknownType(primaryType)) }
    self.primaryType = primaryType
    self.domain = domain
    self.message = message
  }

  /// Reads the parameter of `eth_signTypedData_v4`: an object of types, primaryType, domain and message.
  /// - Throws: `.json`, `.typedData`.
  package init(json text: [UInt8], limits: JSONLimits = .standard) throws(EthereumError) {
    try self.init(JSON.parse(text, limits: limits))
  }

  package init(_ json: JSON) throws(EthereumError) {
    guard let types = json["types"]?.object else { throw .typedData(.shape("types must be an object")) }
    guard let primaryType = json["primaryType"]?.string else {
      throw .typedData(.shape("primaryType must be a string"))
    }
    guard let domain = json["domain"] else { throw .typedData(.missing(path: "domain")) }
    guard let message = json["message"] else { throw .typedData(.missing(path: "message")) }
    var structs: [StructType] = []
    for member in types.members {
      guard let entries = member.value.array else {
        throw .typedData(.type(name: member.key, reason: "its members must be an array"))
      }
      var fields: [Field] = []
      for entry in entries {
        guard let name = entry["name"]?.string, let type = entry["type"]?.string else {
          throw .typedData(.type(name: member.key, reason: "each member has a name and a type"))
        }
        fields.append(Field(name: name, type: type))
      }
      structs.append(StructType(name: member.key, fields: fields))
    }
    try self.init(types: structs, primaryType: primaryType, domain: domain, message: message)
  }

  /// hashStruct of the domain.
  /// - Throws: `.typedData`.
  package func domainSeparator() throws(EthereumError) -> Bytes32 { try hash(domain, as: Self.domainName, "domain") }

  /// hashStruct of the message.
  /// - Throws: `.typedData`.
  package func structHash() throws(EthereumError) -> Bytes32 { try hash(message, as: primaryType, "message") }

  /// What is signed: Keccak-256 of 0x19 0x01 ‖ domain separator ‖ hashStruct(message). Where the primary type is the
  /// domain itself, the message is left out, as wallets do.
  /// - Throws: `.typedData`.
  package func signingHash() throws(EthereumError) -> Bytes32 {
    let separator = try domainSeparator()
    let tail = primaryType == Self.domainName ? [] : try structHash().bytes
    return Keccak256.hash([0x19, 0x01] + separator.bytes + tail)
  }

  /// The text whose hash is the type hash: the struct, then those it refers to by name.
  /// - Throws: `.typedData(.unknownType)`.
  package func encodeType(_ name: String) throws(EthereumError) -> String { try schema.encodeType(name) }

  private func hash(_ value: JSON, as type: String, _ path: String) throws(EthereumError) -> Bytes32 {
    var hasher = TypedDataHasher(schema: schema)
    return try hasher.hashStruct(value, as: type, path: path, depth: 0)
  }

  private static let domainName = "EIP712Domain"

  private static func domainType(of domain: JSON) throws(EthereumError) -> StructType {
    guard let object = domain.object else { throw .typedData(.shape("domain must be an object")) }
    let standard = [
      Field(name: "name", type: "string"), Field(name: "version", type: "string"),
      Field(name: "chainId", type: "uint256"), Field(name: "verifyingContract", type: "address"),
      Field(name: "salt", type: "bytes32"),
    ]
    return StructType(name: domainName, fields: standard.filter { object[$0.name] != nil })
  }
}

/// Checked struct types with their type hashes.
struct TypedDataSchema: Hashable, Sendable {
  /// What a member's type is.
  indirect enum FieldType: Hashable, Sendable {
    case atom(ABIType)
    case structure(String)
    case array(FieldType, count: Int?)

    /// The struct at the bottom of arrays, where there is one.
    var structName: String? {
      switch self {
      case .atom: nil
      case .structure(let name): name
      case .array(let element, _): element.structName
      }
    }
  }

  struct Entry: Hashable, Sendable {
    let type: TypedData.StructType
    let fieldTypes: [FieldType]
    var typeHash: Bytes32
  }

  private var entries: [String: Entry] = [:]

  init(_ types: [TypedData.StructType]) throws(EthereumError) {
    guard types.count <= TypedData.typeLimit + 1 else { throw .typedData(.tooLarge(limit: TypedData.typeLimit)) }
    let names = Set(types.map(\.name))
    for type in types {
      try Self.check(type)
      guard entries[type.name] == nil else { throw .typedData(.type(name: type.name, reason: "it is defined twice")) }
      var fieldTypes: [FieldType] = []
      for field in type.fields { fieldTypes.append(try Self.fieldType(field.type, structs: names)) }
      entries[type.name] = Entry(type: type, fieldTypes: fieldTypes, typeHash: .zero)
    }
    for type in types {
      let typeHash = Keccak256.hash(utf8: try encodeType(type.name))
      entries[type.name]?.typeHash = typeHash
    }
  }

  func isStruct(_ name: String) -> Bool { entries[name] != nil }

  func entry(_ name: String) throws(EthereumError) -> Entry {
    guard let entry = entries[name] else { throw .typedData(.unknownType(name)) }
    return entry
  }

  func encodeType(_ name: String) throws(EthereumError) -> String {
    var reached: Set<String> = [name]
    var order = [name]
    var next = 0
    while next < order.count {
      for fieldType in try entry(order[next]).fieldTypes {
        if let name = fieldType.structName, reached.insert(name).inserted { order.append(name) }
      }
      next += 1
    }
    var text = ""
    for name in [name] + order.dropFirst().sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let fields = try entry(name).type.fields
      text += name + "(" + fields.map { "\($0.type) \($0.name)" }.joined(separator: ",") + ")"
    }
    return text
  }

  private static func check(_ type: TypedData.StructType) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError { .typedData(.type(name: type.name, reason: reason)) }
    guard isIdentifier(type.name) else { throw failure("its name is not an identifier") }
    guard !isReserved(type.name) else { throw failure("its name is that of an elementary type") }
    guard type.fields.count <= TypedData.typeLimit else {
      throw failure("it has more than \(TypedData.typeLimit) members")
    }
    var names: Set<String> = []
    for field in type.fields {
      guard isIdentifier(field.name) else { throw failure("a member's name is not an identifier") }
      guard names.insert(field.name).inserted else { throw failure("it has two members \(Excerpt.of(field.name))") }
    }
  }

  private static func isReserved(_ name: String) -> Bool {
    do {
      _ = try ABIType(parsing: name)
      return true
    } catch { return false }
  }

  /// Letters, digits, `_` and `$`, as in Solidity: anything else could forge another type's text.
  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 256, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { character in
      isDigit(character) || (character | 0x20 >= UInt8(ascii: "a") && character | 0x20 <= UInt8(ascii: "z"))
        || character == UInt8(ascii: "_") || character == UInt8(ascii: "$")
    }
  }

  private static func isDigit(_ character: UInt8) -> Bool {
    character >= UInt8(ascii: "0") && character <= UInt8(ascii: "9")
  }

  private static func fieldType(_ text: String, structs: Set<String>) throws(EthereumError) -> FieldType {
    guard let bracket = text.utf8.firstIndex(of: UInt8(ascii: "[")) else {
      return structs.contains(text) ? .structure(text) : .atom(try atom(text))
    }
    let base = String(text[..<bracket])
    // The suffixes of an array of a stand-in type parse as the ABI's do.
    let shape: ABIType
    do { shape = try ABIType(parsing: "bool" + text[bracket...]) } catch {
      throw .typedData(.type(name: text, reason: "its array suffix cannot be read"))
    }
    let element = structs.contains(base) ? FieldType.structure(base) : .atom(try atom(base))
    return arrays(shape, of: element)
  }

  private static func arrays(_ shape: ABIType, of element: FieldType) -> FieldType {
    switch shape {
    case .array(let inner): .array(arrays(inner, of: element), count: nil)
    case .fixedArray(let inner, let count): .array(arrays(inner, of: element), count: count)
    default: element
    }
  }

  private static func atom(_ text: String) throws(EthereumError) -> ABIType {
    let type: ABIType
    do { type = try ABIType(parsing: text) } catch { throw .typedData(.unknownType(text)) }
    switch type {
    case .uint, .int, .address, .bool, .fixedBytes, .bytes, .string:
      guard type.name == text else {
        throw .typedData(.type(name: text, reason: "write \(type.name): the type's text is part of the hash"))
      }
      return type
    default: throw .typedData(.unknownType(text))
    }
  }
}
