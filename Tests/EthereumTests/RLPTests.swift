import BigInt
@testable import Ethereum
import FoundationEssentials
import Testing

@Suite struct RLPTests {
  /// The item an ethereum/tests file means: strings as bytes, numbers and "#…" as integers.
  static func item(_ json: JSON) throws -> RLP {
    switch json {
    case .string(let text) where text.hasPrefix("#"):
      // May be wider than 256 bits.
      return .bytes([UInt8](try #require(BigUInt(text.dropFirst())).serialize()))
    case .string(let text): return .bytes(Array(text.utf8))
    case .integer(let number): return .integer(UInt256(UInt64(number)))
    case .array(let elements): return .list(try elements.map(item))
    default: throw EthereumError.json(.unexpected(path: "in", expected: "an item", found: json.kind))
    }
  }

  @Test func valid() throws {
    let file = try #require(try Fixture.json("RLPTests/rlptest.json").object)
    for member in file.members {
      let item = try Self.item(try #require(member.value["in"]))
      let bytes = try Hex.decode(try #require(member.value["out"]?.string), limit: 1 << 20)
      #expect(item.encoded() == bytes, "\(member.key)")
      #expect(try RLP.decode(bytes) == item, "\(member.key)")
    }
    #expect(file.count > 15)
  }

  @Test func invalid() throws {
    let file = try #require(try Fixture.json("RLPTests/invalidRLPTest.json").object)
    for member in file.members {
      let bytes = try Hex.decode(try #require(member.value["out"]?.string), limit: 1 << 20)
      #expect(throws: EthereumError.self, "\(member.key)") { try RLP.decode(bytes) }
    }
    #expect(file.count > 12)
  }

  @Test func limits() {
    let deep = [UInt8](repeating: 0, count: 0) + RLP.list([.list([.list([])])]).encoded()
    #expect(throws: EthereumError.rlp(.tooDeep(offset: 2, limit: 2))) { try RLP.decode(deep, limits: .init(depth: 2)) }
    let wide = RLP.list([RLP](repeating: .bytes([]), count: 10)).encoded()
    #expect(throws: EthereumError.rlp(.tooManyItems(offset: 10, limit: 10))) {
      try RLP.decode(wide, limits: .init(items: 10))
    }
    #expect(throws: EthereumError.rlp(.tooLarge(bytes: 11, limit: 10))) {
      try RLP.decode(wide, limits: .init(bytes: 10))
    }
    // A mebibyte of list openings must end at the depth limit, not on the stack.
    #expect(throws: EthereumError.self) { try RLP.decode([UInt8](repeating: 0xc1, count: 1 << 20)) }
  }

  @Test func integersAreCanonical() throws {
    #expect(try RLP.bytes([]).unsignedInteger() == .zero)
    #expect(throws: EthereumError.self) { try RLP.bytes([0]).unsignedInteger() }
    #expect(throws: EthereumError.self) { try RLP.bytes([0, 1]).unsignedInteger() }
    #expect(throws: EthereumError.self) { try RLP.bytes([UInt8](repeating: 1, count: 33)).unsignedInteger() }
    #expect(throws: EthereumError.self) { try RLP.list([]).unsignedInteger() }
    #expect(throws: EthereumError.self) { try RLP.bytes([]).items() }
  }
}
