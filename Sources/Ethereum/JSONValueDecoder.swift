extension JSON {
  /// Reads a `T` from this value as a `JSONDecoder` would from its text, without a second reading of the text: a start
  /// reads thousands of records, and whoever begins later waits for it.
  /// - Throws: anything where a coder would throw, too; the reason is the coder's to tell. What holds numbers that this
  ///   value may have lost digits of is not read here either.
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    guard isExact else { throw Unreadable() }
    return try JSONPlace.read(type, self)
  }

  /// Whether every number is held as it was written.
  private var isExact: Bool {
    switch self {
    case .number: false
    case .null, .bool, .integer, .string: true
    case .array(let elements): elements.allSatisfy(\.isExact)
    case .object(let object): object.members.allSatisfy(\.value.isExact)
    }
  }
}

/// The value is not what it was read as.
private struct Unreadable: Error {}

/// A place in the value being read: what `init(from:)` asks.
private struct JSONPlace: Decoder, SingleValueDecodingContainer {
  let json: JSON
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func read<T: Decodable>(_ type: T.Type, _ json: JSON) throws -> T {
    if type == JSON.self, let value = json as? T { return value }
    return try T(from: JSONPlace(json: json))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let object = json.object else { throw Unreadable() }
    return KeyedDecodingContainer(JSONMembers<Key>(object: object))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = json.array else { throw Unreadable() }
    return JSONElements(elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { if case .null = json { true } else { false } }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard let value = json.bool else { throw Unreadable() }
    return value
  }

  func decode(_ type: String.Type) throws -> String {
    guard let value = json.string else { throw Unreadable() }
    return value
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard let value = json.integer else { throw Unreadable() }
    return Double(value)
  }

  func decode(_ type: Float.Type) throws -> Float {
    guard let value = json.integer else { throw Unreadable() }
    return Float(value)
  }

  func decode(_ type: Int.Type) throws -> Int { try integer() }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
  func decode(_ type: UInt.Type) throws -> UInt { try integer() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try Self.read(type, json) }

  private func integer<Value: FixedWidthInteger>() throws -> Value {
    if let value = json.integer.flatMap({ Value(exactly: $0) }) { return value }
    guard let value = json.whole.flatMap({ Value(exactly: $0) }) else { throw Unreadable() }
    return value
  }
}

private struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { object.members.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

  private func place(_ key: any CodingKey) throws -> JSONPlace {
    guard let json = object[key.stringValue] else { throw Unreadable() }
    return JSONPlace(json: json)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try place(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try place(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try place(key).decode(type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try place(key).decode(type) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try place(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try place(key).decode(type) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try place(key).decode(type) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try place(key).decode(type) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try place(key).decode(type) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try place(key).decode(type) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try place(key).decode(type) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try place(key).decode(type) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try place(key).decode(type) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try place(key).decode(type) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try place(key).decode(type) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try place(key).decode(type) }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try place(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try place(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { JSONPlace(json: object["super"] ?? .null) }
  func superDecoder(forKey key: Key) throws -> any Decoder { JSONPlace(json: object[key.stringValue] ?? .null) }
}

private struct JSONElements: UnkeyedDecodingContainer {
  let elements: [JSON]
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  init(elements: [JSON]) { self.elements = elements }

  /// What `read` makes of the next element; where it throws, the element stays the next one.
  private mutating func next<T>(_ read: (JSONPlace) throws -> T) throws -> T {
    guard !isAtEnd else { throw Unreadable() }
    let value = try read(JSONPlace(json: elements[currentIndex]))
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd else { throw Unreadable() }
    guard case .null = elements[currentIndex] else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.decode(type) } }
  mutating func decode(_ type: String.Type) throws -> String { try next { try $0.decode(type) } }
  mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.decode(type) } }
  mutating func decode(_ type: Float.Type) throws -> Float { try next { try $0.decode(type) } }
  mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.decode(type) } }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.decode(type) } }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.decode(type) } }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.decode(type) } }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.decode(type) } }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.decode(type) } }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.decode(type) } }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.decode(type) } }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.decode(type) } }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.decode(type) } }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try $0.decode(type) } }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try next { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}
