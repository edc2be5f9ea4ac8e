@testable import Ethereum
import TestSupport
import Testing

@Suite struct ABITests {
  /// The value an ethereum/tests file means for a type.
  static func value(_ json: JSON, _ type: ABIType) throws -> ABIValue {
    switch (type, json) {
    case (.uint, .integer(let number)): return .uint(UInt256(UInt64(number)))
    case (.address, .string(let text)): return .address(try Address(hex: text.hasPrefix("0x") ? text : "0x" + text))
    case (.fixedBytes, .string(let text)): return .fixedBytes(Array(text.utf8))
    case (.bytes, .string(let text)): return .bytes(Array(text.utf8))
    case (.string, .string(let text)): return .string(text)
    case (.array(let element), .array(let values)), (.fixedArray(let element, _), .array(let values)):
      return .array(try values.map { try value($0, element) })
    default: throw EthereumError.abi(.valueMismatch(type: type.name, value: json.kind))
    }
  }

  @Test func basic() throws {
    let file = try #require(try Fixture.json("ABITests/basic_abi_tests.json").object)
    for member in file.members {
      let types = try #require(member.value["types"]?.array).map { try ABIType(parsing: try #require($0.string)) }
      let arguments = try #require(member.value["args"]?.array)
      let values = try zip(arguments, types).map { try Self.value($0, $1) }
      let data = try Hex.decode(try #require(member.value["result"]?.string), limit: 1 << 16, prefix: .absent)
      #expect(try ABI.encode(values, as: types) == data, "\(member.key)")
      #expect(try ABI.decode(data, as: types, limits: .canonical) == values, "\(member.key)")
    }
    #expect(file.count >= 6)
  }

  /// 1,000 random type trees, encoded by eth-abi.
  @Test func randomTrees() throws {
    let lines = try Fixture.lines("abi.txt")
    #expect(lines.count == 1_000)
    for (index, line) in lines.enumerated() {
      let parts = line.split(separator: " ").map(String.init)
      guard case .tuple(let types) = try ABIType(parsing: parts[0]) else { throw EthereumError.abi(.notCanonical) }
      #expect(ABIType.tuple(types).name == parts[0])
      var random = SplitMix64(1_000_000 + UInt64(index))
      let values = try types.map { try random.value($0) }
      let data = try ABI.encode(values, as: types)
      #expect(Hex.encode(Keccak256.hash(data).bytes, prefix: false) == parts[1], "case \(index) \(parts[0])")
      #expect(try ABI.decode(data, as: types, limits: .canonical) == values, "case \(index) \(parts[0])")
      // One byte less can never be enough.
      if !data.isEmpty {
        #expect(throws: EthereumError.self) { try ABI.decode(data.dropLast(), as: types, limits: .canonical) }
      }
    }
  }

  @Test(arguments: [
    ("uint", "uint256"), ("int", "int256"), ("byte", "bytes1"), ("function[2]", "function[2]"),
    ("(uint8,(bool,string)[])[3][]", "(uint8,(bool,string)[])[3][]"), ("()", "()"), ("uint8[0]", "uint8[0]"),
  ])
  func parsing(_ text: String, _ name: String) throws { #expect(try ABIType(parsing: text).name == name) }

  @Test(
    arguments: [
      "", "uint7", "uint0", "uint264", "uint08", "int", "bytes0", "bytes33", "bytes032", "Uint256", "uint256 ",
      " uint256", "(", ")",
      "(uint256", "uint256)", "(uint256,)", "(,)", "uint256[", "uint256]", "uint256[-1]", "uint256[01]", "uint256[1e3]",
      "tuple", "tuple(uint256)", "fixed128x18", "address payable", "bool8", "string1", "uint256[99999999999999999999]",
      "uint256[999999999]", "uint256[65536][65536]", "bool[65536][65536][65536][65536][65536]",
      String(repeating: "(", count: 5000), "bool" + String(repeating: "[]", count: 33),
      String(repeating: "a", count: 9000),
    ].filter { $0 != "int" })
  func badTypes(_ text: String) { #expect(throws: EthereumError.self) { try ABIType(parsing: text) } }

  @Test func typesMadeInCodeAreChecked() {
    var deep = ABIType.bool
    for _ in 0..<40 { deep = .array(deep) }
    for type in [ABIType.uint(7), .uint(0), .int(512), .fixedBytes(0), .fixedBytes(33), .fixedArray(.bool, -1), deep] {
      #expect(throws: EthereumError.self) { try ABI.encode([.bool(true)], as: [type]) }
      #expect(throws: EthereumError.self) { try ABI.decode([], as: [type]) }
    }
  }

  @Test func valuesMustFit() throws {
    #expect(throws: EthereumError.self) { try ABI.encode([.uint(256)], as: [.uint(8)]) }
    #expect(throws: EthereumError.self) { try ABI.encode([.int(Int256(128))], as: [.int(8)]) }
    #expect(try ABI.encode([.int(Int256(-128))], as: [.int(8)]).first == 0xff)
    #expect(throws: EthereumError.self) { try ABI.encode([.int(Int256(-129))], as: [.int(8)]) }
    #expect(throws: EthereumError.self) { try ABI.encode([.fixedBytes([1])], as: [.fixedBytes(2)]) }
    #expect(throws: EthereumError.self) { try ABI.encode([.array([])], as: [.fixedArray(.bool, 1)]) }
    #expect(throws: EthereumError.self) { try ABI.encode([.bool(true), .bool(true)], as: [.bool]) }
    #expect(throws: EthereumError.self) { try ABI.encode([.uint(1)], as: [.int(256)]) }
  }

  @Test func dirtyWordsAreRefused() {
    let ones = [UInt8](repeating: 0xff, count: 32)
    let two = UInt256(2).bigEndian32
    for type in [ABIType.uint(248), .address, .bool, .fixedBytes(31), .function] {
      #expect(throws: EthereumError.self, "\(type)") { try ABI.decode(ones, as: [type]) }
    }
    #expect(throws: EthereumError.self) { try ABI.decode(two, as: [.bool]) }
    #expect(throws: EthereumError.self) { try ABI.decode(UInt256(128).bigEndian32, as: [.int(8)]) }
    #expect(throws: Never.self) { try ABI.decode(ones, as: [.int(8)]) }
  }

  @Test func zeroLengthArrays() throws {
    for type in [ABIType.fixedArray(.uint256, 0), .fixedArray(.string, 0), .tuple([]), .array(.tuple([]))] {
      let value: ABIValue = if case .tuple = type { .tuple([]) } else { .array([]) }
      let data = try ABI.encode([value], as: [type])
      #expect(data.count == (type.isDynamic ? (type == .array(.tuple([])) ? 64 : 32) : 0))
      #expect(try ABI.decode(data, as: [type], limits: .canonical) == [value])
    }
  }

  @Test func packed() throws {
    // Solidity documentation, "Non-standard Packed Mode".
    let data = try ABI.encodePacked(
      [.int(Int256(-1)), .fixedBytes([0x42]), .uint(3), .string("Hello, world!")],
      as: [.int(16), .fixedBytes(1), .uint(16), .string])
    #expect(Hex.encode(data) == "0xffff42000348656c6c6f2c20776f726c6421")
    #expect(try ABI.encodePacked([.array([.uint(1), .uint(2)])], as: [.array(.uint(8))]).count == 64)
    #expect(try ABI.encodePacked([.address(.zero), .bool(true)], as: [.address, .bool]).count == 21)
    #expect(throws: EthereumError.self) { try ABI.encodePacked([.tuple([])], as: [.tuple([])]) }
    #expect(throws: EthereumError.self) { try ABI.encodePacked([.array([.string("")])], as: [.array(.string)]) }
  }
}

/// Data made to hurt the decoder.
@Suite struct ABIHostileTests {
  private func words(_ values: UInt64...) -> [UInt8] { values.flatMap { UInt256($0).bigEndian32 } }

  @Test func offsetsAndLengthsBeyondTheData() {
    for huge in [UInt256.max, .max >> 1, UInt256(UInt64.max), UInt256(UInt64(Int.max)), UInt256(UInt64(1) << 40)] {
      for type in [
        ABIType.bytes, .string, .array(.bool), .array(.tuple([])), .fixedArray(.string, 2), .tuple([.bytes]),
      ] {
        #expect(throws: EthereumError.self, "\(type)") { try ABI.decode(huge.bigEndian32, as: [type]) }
        #expect(throws: EthereumError.self, "\(type)") {
          try ABI.decode(words(32) + huge.bigEndian32 + words(0, 0), as: [type])
        }
      }
    }
  }

  /// An array whose every element is the array itself: 2^30 bytes of answer from a kilobyte.
  @Test func pointerBombEndsAtTheQuota() {
    var type = ABIType.array(.uint256)
    for _ in 0..<10 { type = .array(type) }
    var data = words(32)
    // Each level: length 8, then eight offsets that all point behind themselves to the next level.
    for _ in 0..<11 {
      data += words(8)
      for _ in 0..<8 { data += words(8 * 32) }
    }
    #expect(throws: EthereumError.abi(.tooManyElements(limit: 65_536))) { try ABI.decode(data, as: [type]) }
  }

  @Test func sharedTailsAreChargedEachTime() {
    let count: UInt64 = 1_000
    var data = words(32, count)
    for _ in 0..<count { data += words(count * 32) }
    data += words(8_192) + [UInt8](repeating: 7, count: 8_192)
    #expect(throws: EthereumError.abi(.tooManyBytes(limit: 4 << 20))) { try ABI.decode(data, as: [.array(.bytes)]) }
    #expect(throws: Never.self) { try ABI.decode(data, as: [.array(.bytes)], limits: .init(bytes: 16 << 20)) }
    #expect(throws: EthereumError.abi(.notCanonical)) {
      try ABI.decode(data, as: [.array(.bytes)], limits: .init(bytes: 16 << 20, requiresCanonical: true))
    }
  }

  @Test func emptyElementsCountToo() {
    let data = words(32, 1 << 17)
    #expect(throws: EthereumError.self) { try ABI.decode(data, as: [.array(.tuple([]))]) }
    #expect(throws: EthereumError.self) { try ABI.decode(data, as: [.array(.fixedArray(.uint256, 0))]) }
  }

  @Test func canonicalRefusesWhatSolidityAccepts() throws {
    let types = [ABIType.bytes]
    let clean = try ABI.encode([.bytes([1, 2, 3])], as: types)
    var dirty = clean
    dirty[95] = 9
    let gap = words(64, 0, 3) + clean.suffix(32)
    for data in [dirty, clean + [0], gap, Array(clean.dropLast(29))] {
      #expect(try ABI.decode(data, as: types) == [.bytes([1, 2, 3])])
      #expect(throws: EthereumError.abi(.notCanonical)) { try ABI.decode(data, as: types, limits: .canonical) }
    }
  }

  @Test func invalidUTF8() {
    #expect(throws: EthereumError.abi(.notUTF8(offset: 32))) {
      try ABI.decode(words(32, 1) + [0xff] + [UInt8](repeating: 0, count: 31), as: [.string])
    }
  }
}
