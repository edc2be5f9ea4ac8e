import FoundationEssentials

/// Why a text is not the JSON it should be.
package enum JSONFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case tooLarge(bytes: Int, limit: Int)
  case tooDeep(offset: Int, limit: Int)
  case tooMany(limit: Int)
  case malformed(reason: String, excerpt: String)
  case notEncodable(reason: String)
  /// A value of another kind than asked for, at a path such as `result.transactions[3]`.
  case unexpected(path: String, expected: String, found: String)

  package var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "JSON of \(bytes) bytes exceeds the limit of \(limit)"
    case .tooDeep(let offset, let limit): "JSON is nested deeper than \(limit) levels at byte \(offset)"
    case .tooMany(let limit): "JSON holds more than \(limit) values"
    case .malformed(let reason, let excerpt): "not JSON (\(reason)): \"\(excerpt)\""
    case .notEncodable(let reason): "value cannot be written as JSON: \(reason)"
    case .unexpected(let path, let expected, let found): "JSON \(path): expected \(expected), found \(found)"
    }
  }
}

/// Bounds on JSON taken from outside.
package struct JSONLimits: Sendable {
  package var bytes: Int
  package var depth: Int
  package var values: Int

  /// - Parameters:
  ///   - bytes: 16 MiB by default: a full `eth_getLogs` answer of public nodes (10,000 logs of about 1 kB) with room.
  ///   - depth: 64 by default: node answers nest below 10 levels, and every level costs stack.
  ///   - values: 1,048,576 by default: six times what 10,000 logs hold; each takes some 30 bytes of memory.
  package init(bytes: Int = 16 << 20, depth: Int = 64, values: Int = 1 << 20) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }

  package static let standard = JSONLimits()
}

extension JSON {
  /// Reads one JSON value, strictly (RFC 8259); an object with a key twice is refused.
  ///
  /// Integers beyond 64 bits become `.number`, having lost digits.
  /// - Throws: `.json`: too large, too deep, too many values, or not JSON.
  package static func parse(_ text: [UInt8], limits: JSONLimits = .standard) throws(EthereumError) -> JSON {
    var parser = JSONParser(text, limits: limits)
    return try parser.whole()
  }

  /// The value as compact JSON, keys sorted, `/` not escaped: one value has one text.
  ///
  /// A number that is not finite has no JSON and becomes null.
  package func encoded() -> [UInt8] {
    var text: [UInt8] = []
    write(to: &text)
    return text
  }

  /// `encoded()` as text.
  package var text: String { String(decoding: encoded(), as: UTF8.self) }

  private func write(to text: inout [UInt8]) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += String(value).utf8
    case .number(let value): text += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        element.write(to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let object):
      text.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &text)
        text.append(UInt8(ascii: ":"))
        member.value.write(to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ string: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    let isPlain = string.utf8.withContiguousStorageIfAvailable { bytes in
      let sure = PlainText.length(UnsafeRawBufferPointer(bytes), from: 0)
      let isPlain = bytes[sure...].allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      if isPlain { text.append(contentsOf: bytes) }
      return isPlain
    }
    if isPlain == true {
      text.append(UInt8(ascii: "\""))
      return
    }
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\"".utf8
      case UInt8(ascii: "\\"): text += "\\\\".utf8
      case 0x0a: text += "\\n".utf8
      case 0x0d: text += "\\r".utf8
      case 0x09: text += "\\t".utf8
      case ..<0x20: text += "\\u00\(Hex.encode([byte], prefix: false))".utf8
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension JSON: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Strings first: most of what a node says is a string, and every wrong guess costs a thrown error.
    if container.decodeNil() {
      self = .null
    } else if let value = Self.matching({ try container.decode(String.self) }) {
      self = .string(value)
    } else if let members = Self.matching({ try decoder.container(keyedBy: JSONKey.self) }) {
      self = .object(
        JSONObject(
          try members.allKeys.map { (key: $0.stringValue, value: try members.decode(JSON.self, forKey: $0)) }))
    } else if var elements = Self.matching({ try decoder.unkeyedContainer() }) {
      var values: [JSON] = []
      while !elements.isAtEnd { values.append(try elements.decode(JSON.self)) }
      self = .array(values)
    } else if let value = Self.matching({ try container.decode(Bool.self) }) {
      self = .bool(value)
    } else if let value = Self.matching({ try container.decode(Int64.self) }) {
      self = .integer(value)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .integer(let value): try value.encode(to: encoder)
    case .number(let value): try value.encode(to: encoder)
    case .string(let value): try value.encode(to: encoder)
    case .array(let values):
      var container = encoder.unkeyedContainer()
      for value in values { try container.encode(value) }
    case .object(let object):
      var container = encoder.container(keyedBy: JSONKey.self)
      for member in object.members { try container.encode(member.value, forKey: JSONKey(member.key)) }
    }
  }

  /// The result, or nil where the value is of another kind. The last guess is made without this, and throws.
  fileprivate static func matching<T>(_ read: () throws -> T) -> T? {
    do { return try read() } catch { return nil }
  }
}

/// Any key of any object.
private struct JSONKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ stringValue: String) { self.stringValue = stringValue }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(String(intValue)) }
}

/// JSON of our own record types.
package enum JSONCoding {
  /// Compact JSON with sorted keys: the same value gives the same bytes, which journals hash.
  /// - Throws: `.json(.notEncodable)`, as for a `Double` that is not finite.
  package static func encode<T: Encodable>(_ value: T) throws(EthereumError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return [UInt8](try encoder.encode(value)) } catch {
      throw .json(.notEncodable(reason: Excerpt.of("\(error)")))
    }
  }

  /// Reads a `T`. The text is read strictly first, as by `JSON.parse`.
  /// - Throws: `.json`; the reason names the path of a missing or wrong member.
  package static func decode<T: Decodable>(
    _ type: T.Type, from text: [UInt8], limits: JSONLimits = .standard
  ) throws(EthereumError) -> T {
    let json = try JSON.parse(text, limits: limits)
    // What fails here is read again: only the library's decoder says what is wrong, and where.
    if let value = JSON.matching({ try json.decode(type) }) { return value }
    do { return try JSONDecoder().decode(type, from: Data(text)) } catch {
      throw .json(.malformed(reason: reason(for: error), excerpt: Excerpt.of(text)))
    }
  }

  private static func reason(for error: any Error) -> String {
    guard let error = error as? DecodingError else { return Excerpt.of("\(error)") }
    switch error {
    case .dataCorrupted(let context): return at(context, context.debugDescription)
    case .keyNotFound(let key, let context): return at(context, "member \(key.stringValue) is missing")
    case .typeMismatch(_, let context): return at(context, context.debugDescription)
    case .valueNotFound(_, let context): return at(context, "is null")
    @unknown default: return Excerpt.of("\(error)")
    }
  }

  private static func at(_ context: DecodingError.Context, _ reason: String) -> String {
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return Excerpt.of(path.isEmpty ? reason : "\(path): \(reason)")
  }
}
