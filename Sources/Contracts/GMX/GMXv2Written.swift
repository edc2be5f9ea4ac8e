import Ethereum

// The venue's own structs as they are written down with a decision: their ABI words, so that nothing is lost and no
// generated type needs a form of its own.

extension ContractStruct where Self: Codable {
  init(from decoder: any Decoder) throws {
    let words = try [UInt256](from: decoder)
    let bytes = words.flatMap(\.bigEndian32)
    let values = try ABI.decode(bytes, as: [Self.abiType])
    var reader = ABIReader(what: "\(Self.self)", values)
    self = try reader.tuple(Self.self)
  }

  func encode(to encoder: any Encoder) throws {
    let bytes = try ABI.encode([abiValue], as: [Self.abiType])
    var container = encoder.unkeyedContainer()
    for start in stride(from: 0, to: bytes.count, by: 32) {
      try container.encode(UInt256(bigEndian: bytes[start..<min(start + 32, bytes.count)]))
    }
  }
}

extension GMXReader.PositionProps: Codable {}
extension GMXReader.OrderProps: Codable {}
