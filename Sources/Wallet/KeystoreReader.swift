import Ethereum

/// Fields of a keystore's JSON, with errors that name the field's path and quote nothing long.
struct KeystoreReader {
  private let object: JSONObject
  private let prefix: String

  /// Nothing in a keystore is nested deeper than this; wallets' own extra fields are given room.
  private static let depth = 16

  init(file: [UInt8]) throws(WalletError) {
    let parsed: JSON
    do {
      parsed = try JSON.parse(file, limits: JSONLimits(bytes: KeystoreLimits.fileBytes, depth: KeystoreReader.depth))
    } catch {
      // The parser's own message quotes the text, which could be a raw private key.
      throw .keystore(.notAnObject)
    }
    guard let object = parsed.object else { throw .keystore(.notAnObject) }
    self.init(object: object, prefix: "")
  }

  private init(object: JSONObject, prefix: String) {
    self.object = object
    self.prefix = prefix
  }

  func path(_ name: String) -> String { prefix + name }

  /// The nested object under the first of `names` that is there.
  func object(anyOf names: [String]) throws(WalletError) -> KeystoreReader {
    for name in names {
      if let found = object[name]?.object { return KeystoreReader(object: found, prefix: "\(path(name)).") }
    }
    throw .keystore(.field(path: path(names.first ?? ""), expected: "an object"))
  }

  func string(_ name: String) throws(WalletError) -> String {
    guard let text = object[name]?.string else { throw .keystore(.field(path: path(name), expected: "a string")) }
    return text
  }

  func optionalString(_ name: String) -> String? { object[name]?.string }

  /// Throws `unsupported` unless the field is exactly `value`.
  func require(_ name: String, _ value: String) throws(WalletError) {
    let found = try string(name)
    guard found == value else {
      throw .keystore(.unsupported(path: path(name), value: KeystoreReader.excerpt(found), supported: value))
    }
  }

  func integer(_ name: String) throws(WalletError) -> Int {
    guard let number = object[name]?.integer, let value = Int(exactly: number), value >= 0 else {
      throw .keystore(.field(path: path(name), expected: "a whole number, 0 or more"))
    }
    return value
  }

  /// A hex string, with or without 0x, of so many bytes.
  func bytes(_ name: String, _ count: ClosedRange<Int>) throws(WalletError) -> [UInt8] {
    let text = try string(name)
    let expected =
      count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    let found: [UInt8]
    do {
      found = try Hex.decode(text, limit: count.upperBound, prefix: .optional)
    } catch {
      throw .keystore(.field(path: path(name), expected: "hex of \(expected) bytes"))
    }
    guard count.contains(found.count) else {
      throw .keystore(.field(path: path(name), expected: "hex of \(expected) bytes"))
    }
    return found
  }

  /// An address with or without 0x and in any case, or nil where the field is missing, null or empty. Its checksum is
  /// not asked for: `unlock` compares it with the key's own.
  func address(_ name: String) throws(WalletError) -> Address? {
    guard let field = object[name], !field.isNull, field.string != "" else { return nil }
    let found = try bytes(name, 20...20)
    do { return try Address(bytes: found) } catch { throw .transaction(error) }
  }

  /// A foreign name for an error message: its first characters, printable.
  static func excerpt(_ text: String) -> String { Excerpt.of(String(text.prefix(32))) }
}
