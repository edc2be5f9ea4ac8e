import Ethereum
import Wallet

/// Runs a file by its kind.
struct Suites {
  /// Official files have up to some megabytes; random RLP nests deeply.
  private static let limits = JSONLimits(bytes: 256 << 20, depth: 500)

  private let context: Secp256k1

  init() throws {
    var generator = SystemRandomNumberGenerator()
    var seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    context = try Secp256k1(wipingSeed: &seed)
  }

  /// Every case of the file into the tally. A file that is not what it should be counts as one failure.
  func run(_ file: TestFile, _ tally: inout Tally) {
    guard file.isJSON else {
      tally.skip(file.name, because: "not JSON by its name")
      return
    }
    if file.kind == .basic, let reason = BasicSuite.reasonToSkip(file.lastName) {
      tally.skip(file.name, because: reason)
      return
    }
    do {
      let json = try JSON.parse(try file.read(), limits: Suites.limits)
      switch file.kind {
      case .rlp: try RLPSuite.run(try members(json), file.name, &tally)
      case .abi: try ABISuite.run(try members(json), file.name, &tally)
      case .keyStore: try KeyStoreSuite(context: context).run(try members(json), file.name, &tally)
      case .transaction: try TransactionSuite(context: context).run(try members(json), file.name, &tally)
      case .basic: try BasicSuite(context: context).run(json, file, &tally)
      case nil: tally.skip(file.name, because: "not a kind of file this keeper needs")
      }
    } catch {
      tally.fail(file.name, "\(error)")
    }
  }

  private func members(_ json: JSON) throws -> [JSONObject.Member] {
    guard let object = json.object else {
      throw LabError("the file is \(json.kind), expected an object of named cases")
    }
    return object.members
  }
}

extension JSON {
  /// Whether the member is there and not null.
  func has(_ key: String) -> Bool { self[key].map { !$0.isNull } ?? false }

  /// The member, or an error that names it.
  func require(_ key: String) throws -> JSON {
    guard let member = self[key] else { throw LabError("the case has no \"\(key)\"") }
    return member
  }

  func requireString(_ key: String) throws -> String {
    guard let text = try require(key).string else { throw LabError("\"\(key)\" is not a string") }
    return text
  }

  /// Hex with or without 0x.
  func requireHex(_ key: String) throws -> [UInt8] {
    try Hex.decode(try requireString(key), limit: 16 << 20, prefix: .optional)
  }

  /// A number written as a JSON integer or a decimal string.
  func requireNumber(_ key: String) throws -> UInt256 {
    let member = try require(key)
    if let integer = member.integer, let value = UInt256(exactly: integer) { return value }
    guard let text = member.string else { throw LabError("\"\(key)\" is not a whole number") }
    return try UInt256(decimal: text)
  }
}
