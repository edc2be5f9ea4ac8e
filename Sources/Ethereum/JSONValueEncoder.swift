extension JSON {
  /// The JSON value that a `JSONEncoder`'s text would read back as. Made without text in between, because a keeper
  /// writes down everything a decision rests on in every tick.
  /// - Parameter memo: kept between calls that write values of one kind one after the other.
  /// - Throws: `.json(.notEncodable)`, as for a number that is not finite.
  package init(encoding value: some Encodable, memo: JSONMemo = JSONMemo()) throws(EthereumError) {
    do {
      self = try JSONSlot.json(of: value, memo)
    } catch let error as EthereumError {
      throw error
    } catch {
      throw .json(.notEncodable(reason: Excerpt.of("\(error)")))
    }
  }
}

/// A place in the value being written: what `encode(to:)` fills.
private final class JSONSlot: Encoder {
  enum Content {
    case nothing
    case value(JSON)
    case object([(key: String, part: Part)])
    case array([Part])
  }

  /// A finished value, or a container that is still open.
  enum Part {
    case value(JSON)
    case slot(JSONSlot)

    var json: JSON {
      switch self {
      case .value(let json): json
      case .slot(let slot): slot.json
      }
    }
  }

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  let memo: JSONMemo
  private var content = Content.nothing
  private var ordinal = 0

  init(_ memo: JSONMemo) { self.memo = memo }

  static func json(of value: some Encodable, _ memo: JSONMemo) throws -> JSON {
    if let formed = value as? any JSONFormed { return try memo.form(of: formed) }
    let slot = JSONSlot(memo)
    try value.encode(to: slot)
    return slot.json
  }

  var json: JSON {
    switch content {
    case .nothing: .null
    case .value(let json): json
    case .object(let members): .object(JSONObject(members.map { (key: $0.key, value: $0.part.json) }))
    case .array(let elements): .array(elements.map(\.json))
    }
  }

  func nextMemo() -> JSONMemo {
    defer { ordinal += 1 }
    return memo.child(ordinal)
  }

  func beginObject() { if case .object = content {} else { content = .object([]) } }
  func beginArray() { if case .array = content {} else { content = .array([]) } }

  func add(_ key: String, _ part: Part) {
    guard case .object(var members) = content else { return }
    content = .nothing
    members.append((key, part))
    content = .object(members)
  }

  func add(_ part: Part) {
    guard case .array(var elements) = content else { return }
    content = .nothing
    elements.append(part)
    content = .array(elements)
  }

  func set(_ json: JSON) { content = .value(json) }

  var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    beginObject()
    return KeyedEncodingContainer(JSONKeyedSlot<Key>(slot: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    beginArray()
    return JSONUnkeyedSlot(slot: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingleSlot(slot: self) }
}

extension JSON {
  fileprivate static func of(_ value: some BinaryInteger) throws(EthereumError) -> JSON {
    // As `init(whole:)`.
    if let small = Int64(exactly: value) { return .integer(small) }
    return .string("\(value)")
  }

  fileprivate static func of(_ value: Double) throws(EthereumError) -> JSON {
    guard value.isFinite else { throw .json(.notEncodable(reason: "\(value) is no JSON number")) }
    if let whole = Int64(exactly: value) { return .integer(whole) }
    return .number(value)
  }
}

private struct JSONKeyedSlot<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: JSONSlot
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { slot.add(key.stringValue, .value(.null)) }
  func encode(_ value: Bool, forKey key: Key) { slot.add(key.stringValue, .value(.bool(value))) }
  func encode(_ value: String, forKey key: Key) { slot.add(key.stringValue, .value(.string(value))) }
  func encode(_ value: Double, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: Float, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(Double(value)))) }
  func encode(_ value: Int, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: Int8, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: Int16, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: Int32, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: Int64, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: UInt, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: UInt8, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: UInt16, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: UInt32, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }
  func encode(_ value: UInt64, forKey key: Key) throws { slot.add(key.stringValue, .value(try .of(value))) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    slot.add(key.stringValue, .value(try JSONSlot.json(of: value, slot.nextMemo())))
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    nested(key.stringValue).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key.stringValue).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { nested("super") }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

  private func nested(_ key: String) -> JSONSlot {
    let inner = JSONSlot(slot.nextMemo())
    slot.add(key, .slot(inner))
    return inner
  }
}

private struct JSONUnkeyedSlot: UnkeyedEncodingContainer {
  let slot: JSONSlot
  var codingPath: [any CodingKey] { [] }
  var count: Int { slot.count }

  func encodeNil() { slot.add(.value(.null)) }
  func encode(_ value: Bool) { slot.add(.value(.bool(value))) }
  func encode(_ value: String) { slot.add(.value(.string(value))) }
  func encode(_ value: Double) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: Float) throws { slot.add(.value(try .of(Double(value)))) }
  func encode(_ value: Int) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: Int8) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: Int16) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: Int32) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: Int64) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: UInt) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: UInt8) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: UInt16) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: UInt32) throws { slot.add(.value(try .of(value))) }
  func encode(_ value: UInt64) throws { slot.add(.value(try .of(value))) }
  func encode<T: Encodable>(_ value: T) throws { slot.add(.value(try JSONSlot.json(of: value, slot.nextMemo()))) }

  func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
    nested().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
  func superEncoder() -> any Encoder { nested() }

  private func nested() -> JSONSlot {
    let inner = JSONSlot(slot.nextMemo())
    slot.add(.slot(inner))
    return inner
  }
}

private struct JSONSingleSlot: SingleValueEncodingContainer {
  let slot: JSONSlot
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { slot.set(.null) }
  func encode(_ value: Bool) { slot.set(.bool(value)) }
  func encode(_ value: String) { slot.set(.string(value)) }
  func encode(_ value: Double) throws { slot.set(try .of(value)) }
  func encode(_ value: Float) throws { slot.set(try .of(Double(value))) }
  func encode(_ value: Int) throws { slot.set(try .of(value)) }
  func encode(_ value: Int8) throws { slot.set(try .of(value)) }
  func encode(_ value: Int16) throws { slot.set(try .of(value)) }
  func encode(_ value: Int32) throws { slot.set(try .of(value)) }
  func encode(_ value: Int64) throws { slot.set(try .of(value)) }
  func encode(_ value: UInt) throws { slot.set(try .of(value)) }
  func encode(_ value: UInt8) throws { slot.set(try .of(value)) }
  func encode(_ value: UInt16) throws { slot.set(try .of(value)) }
  func encode(_ value: UInt32) throws { slot.set(try .of(value)) }
  func encode(_ value: UInt64) throws { slot.set(try .of(value)) }
  func encode<T: Encodable>(_ value: T) throws { slot.set(try JSONSlot.json(of: value, slot.nextMemo())) }
}
