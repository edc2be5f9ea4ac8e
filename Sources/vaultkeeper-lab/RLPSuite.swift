import Ethereum

/// RLPTests: `in` is a string, a number, "#" and a decimal number of any size, or a list of these, and must encode to
/// `out` and decode from it; "INVALID" must not decode, "VALID" must, and encode again to the same bytes.
enum RLPSuite {
  /// Random files nest deeper than anything on chain.
  private static let limits = RLP.Limits(bytes: 64 << 20, depth: 512, items: 1 << 22)

  static func run(_ cases: [JSONObject.Member], _ file: String, _ tally: inout Tally) throws {
    for member in cases {
      tally.check("\(file) \(member.key)") { try check(member.value) }
    }
  }

  private static func check(_ test: JSON) throws {
    let input = try test.require("in")
    if input.string == "INVALID" {
      if case .success(let decoded) = decode(try test.requireString("out")) {
        throw LabError("decoded to \(decoded), expected to be invalid")
      }
      return
    }
    let bytes = try test.requireHex("out")
    let decoded = try RLP.decode(bytes, limits: limits)
    try expectEqual(Hex.encode(decoded.encoded()), Hex.encode(bytes), "the encoding of what was decoded")
    if input.string == "VALID" { return }
    let item = try item(of: input, depth: 0)
    try expectEqual(Hex.encode(item.encoded()), Hex.encode(bytes), "the encoding")
    try expectEqual(decoded, item, "the decoding")
  }

  /// Text that is no hex at all is invalid too.
  private static func decode(_ hex: String) -> Result<RLP, EthereumError> {
    Result { () throws(EthereumError) in
      try RLP.decode(try Hex.decode(hex, limit: 16 << 20, prefix: .optional), limits: limits)
    }
  }

  private static func item(of json: JSON, depth: Int) throws -> RLP {
    guard depth < 512 else { throw LabError("\"in\" is nested deeper than 512 levels") }
    switch json {
    case .string(let text):
      guard text.first == "#" else { return .bytes(Array(text.utf8)) }
      return .bytes(try bigEndian(decimal: text.dropFirst()))
    case .integer(let number):
      guard let value = UInt256(exactly: number) else { throw LabError("\(number) is negative") }
      return .integer(value)
    case .array(let items): return .list(try items.map { try item(of: $0, depth: depth + 1) })
    default: throw LabError("\"in\" has \(json.kind), expected a string, a number or a list")
    }
  }

  /// A decimal number of any size as big-endian bytes without leading zeros: the files go beyond 256 bits.
  private static func bigEndian(decimal digits: Substring) throws -> [UInt8] {
    guard !digits.isEmpty, digits.utf8.count < 10_000 else { throw LabError("\"#\" without a usable number") }
    var littleEndian: [UInt8] = []
    for character in digits.utf8 {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else {
        throw LabError("\"#\(digits.prefix(20))\" is no decimal number")
      }
      var carry = UInt16(character - UInt8(ascii: "0"))
      for index in littleEndian.indices {
        let sum = UInt16(littleEndian[index]) * 10 + carry
        littleEndian[index] = UInt8(truncatingIfNeeded: sum)
        carry = sum >> 8
      }
      if carry > 0 { littleEndian.append(UInt8(truncatingIfNeeded: carry)) }
    }
    return littleEndian.reversed()
  }
}
