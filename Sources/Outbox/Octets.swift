import Ethereum

/// Bytes that are written as `0x…` text in the journal, so that a person can compare them with an explorer's page.
package struct Octets: Hashable, Sendable, Codable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// More than any transaction a node accepts (geth: 128 KiB), so that a hostile journal cannot ask for all memory.
  static let limit = 1 << 20

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    bytes = try Hex.decode(text, limit: Self.limit)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String { Hex.encode(bytes) }
}
