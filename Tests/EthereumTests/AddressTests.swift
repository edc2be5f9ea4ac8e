@testable import Ethereum
import TestSupport
import Testing

@Suite struct AddressTests {
  /// The examples of EIP-55.
  @Test(arguments: [
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  ])
  func checksum(_ text: String) throws {
    let address = try Address(hex: text)
    #expect(address.description == text)
    #expect(try Address(hex: text.lowercased()) == address)
    #expect(try Address(hex: "0x" + text.dropFirst(2).uppercased()) == address)
    #expect(try Address(bytes: address.bytes) == address)
  }

  @Test func wrongChecksumNamesTheRightOne() {
    let wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"
    let right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    #expect(throws: EthereumError.addressChecksum(text: wrong, expected: right)) { try Address(hex: wrong) }
  }

  @Test(arguments: [
    "", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00", "0xzaAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  ])
  func bad(_ text: String) { #expect(throws: EthereumError.self) { try Address(hex: text) } }

  /// The examples of EIP-1014.
  @Test(arguments: [
    ("0x0000000000000000000000000000000000000000", "00", "00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"),
    ("0xdeadbeef00000000000000000000000000000000", "00", "00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3"),
    (
      "0x00000000000000000000000000000000deadbeef", "cafebabe", "deadbeef", "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7"
    ),
  ])
  func create2(_ deployer: String, _ salt: String, _ code: String, _ expected: String) throws {
    let salt = Bytes32(try UInt256(bigEndian: Hex.decode(salt, limit: 32, prefix: .absent)))
    let hash = Keccak256.hash(try Hex.decode(code, limit: 32, prefix: .absent))
    let address = Address.create2(deployer: try Address(hex: deployer), salt: salt, initCodeHash: hash)
    #expect(address.description == expected)
  }

  /// The first contracts of a well-known sender (Ethereum Stack Exchange, question 760).
  @Test(arguments: [
    (UInt64(0), "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"), (1, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"),
    (2, "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91"), (3, "0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"),
  ])
  func create(_ nonce: UInt64, _ expected: String) throws {
    let sender = try Address(hex: "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
    #expect(Address.create(sender: sender, nonce: nonce) == (try Address(hex: expected)))
  }

  @Test func orderAndCoding() throws {
    let low = try Address(hex: "0x00000000000000000000000000000000000000ff")
    let high = try Address(hex: "0x0100000000000000000000000000000000000000")
    #expect(Address.zero < low && low < high)
    #expect(try JSONCoding.decode([Address].self, from: JSONCoding.encode([low, high])) == [low, high])
    #expect(low.word == 255)
    #expect(throws: EthereumError.self) { try Address(publicKey64: [1, 2, 3]) }
  }
}

@Suite struct HexTests {
  @Test func roundTrip() throws {
    var random = SplitMix64(9)
    for count in 0..<100 {
      let bytes = random.bytes(count)
      #expect(try Hex.decode(Hex.encode(bytes), limit: count) == bytes)
      #expect(try Hex.decode(Hex.encode(bytes, prefix: false).uppercased(), limit: count, prefix: .absent) == bytes)
    }
  }

  @Test func failures() {
    #expect(throws: EthereumError.hex(.missingPrefix(text: "12"))) { try Hex.decode("12", limit: 9) }
    #expect(throws: EthereumError.hex(.unexpectedPrefix(text: "0x12"))) {
      try Hex.decode("0x12", limit: 9, prefix: .absent)
    }
    #expect(throws: EthereumError.hex(.oddLength(digits: 3))) { try Hex.decode("0x123", limit: 9) }
    #expect(throws: EthereumError.hex(.badDigit(text: "0x12g4", offset: 4))) { try Hex.decode("0x12g4", limit: 9) }
    #expect(throws: EthereumError.hex(.tooLong(digits: 4, limitBytes: 1))) { try Hex.decode("0x1234", limit: 1) }
  }

  @Test func excerptIsPrintableAndShort() {
    let excerpt = Excerpt.of("a\u{1b}[31m\n" + String(repeating: "x", count: 1000))
    #expect(excerpt.count == Excerpt.limit + 1)
    #expect(excerpt.hasPrefix("a.[31m.x"))
  }
}
