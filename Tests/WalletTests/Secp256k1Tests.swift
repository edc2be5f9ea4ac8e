import Ethereum
import Testing

@testable import Wallet

struct Secp256k1Tests {
  /// Signatures and addresses of 200 keys and hashes equal coincurve's.
  @Test func signsAndRecoversLikeCoincurve() throws {
    let context = try WalletFixture.context()
    let rows = try #require(try WalletFixture.json("recovery.json")["valid"]?.array)
    #expect(rows.count == 200)
    for row in rows {
      let key = try WalletFixture.key(try row.text("key"), context)
      let hash = try Bytes32(hex: "0x" + (try row.text("hash")))
      let signature = try context.sign(hash, with: key)
      #expect(signature.r == (try row.word("r")))
      #expect(signature.s == (try row.word("s")))
      #expect(Int(signature.yParity) == (try row.whole("parity")))
      #expect(key.address.description == (try row.text("address")))
      #expect(try Secp256k1().recover(hash, signature) == key.address)
    }
  }

  @Test func impossibleSignaturesAreRefused() throws {
    let context = Secp256k1()
    let rows = try #require(try WalletFixture.json("recovery.json")["refused"]?.array)
    #expect(rows.count == 16)
    for row in rows {
      let hash = try Bytes32(hex: "0x" + (try row.text("hash")))
      #expect(throws: (any Error).self, "\(row)") {
        let signature = try Signature(
          yParity: UInt8(try row.whole("parity")), r: try row.word("r"), s: try row.word("s"))
        return try context.recover(hash, signature)
      }
    }
  }

  /// Blinding changes nothing that leaves the library.
  @Test func theSeedChangesNoSignature() throws {
    let hash = Keccak256.hash([1, 2, 3])
    var signatures: [Signature] = []
    for seed in [UInt8(1), 2, 255] {
      let context = try WalletFixture.context(seed: seed)
      signatures.append(
        try context.sign(hash, with: try WalletFixture.key(String(repeating: "11", count: 32), context)))
    }
    #expect(Set(signatures).count == 1)
  }

  @Test(arguments: [
    String(repeating: "00", count: 32),
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142",
    String(repeating: "ff", count: 32),
    String(repeating: "11", count: 31), "",
  ])
  func scalarsOutsideTheOrderAreRefused(hex: String) throws {
    let context = try WalletFixture.context()
    #expect(throws: WalletError.invalidScalar) { try WalletFixture.key(hex, context) }
  }

  @Test func theLargestScalarIsAKey() throws {
    let context = try WalletFixture.context()
    let key = try WalletFixture.key("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", context)
    #expect(key.address.description == "0x80C0dbf239224071c59dD8970ab9d542E3414aB2")
  }

  @Test(arguments: ["", "0x", "\n", " \t\r\n"])
  func keyTextIsTrimmed(around: String) throws {
    let context = try WalletFixture.context()
    let hex = "c1a6ab381c0e8699b80a05a16f7609cc83490773f2588f7579ab5b49adb3e0d4"
    var text = Array((around == "0x" ? "0x\(hex)" : "\(around)\(hex)\(around)").utf8)
    let key = try context.key(wipingHexText: &text)
    #expect(key.address.description == "0x747659Fe8Cdd4812A009298fFa07786a7475aC90")
    #expect(text.isEmpty)
  }

  @Test func entropyIsChecked() throws {
    let context = try WalletFixture.context()
    var short = [UInt8](1...31)
    #expect(throws: WalletError.entropyTooShort(purpose: "a new key", needed: 32, found: 31)) {
      try context.makeKey(wipingEntropy: &short)
    }
    var dead = [UInt8](repeating: 0, count: 64)
    #expect(throws: WalletError.entropyDegenerate(purpose: "a new key")) {
      try context.makeKey(wipingEntropy: &dead)
    }
    var seed = [UInt8](1...31)
    #expect(throws: WalletError.self) { try Secp256k1(wipingSeed: &seed) }
    var one = WalletFixture.entropy(32)
    var other = WalletFixture.entropy(33)
    let (first, second) = (try context.makeKey(wipingEntropy: &one), try context.makeKey(wipingEntropy: &other))
    #expect(!first.matches(second))
    #expect(one.isEmpty && other.isEmpty)
  }

  @Test func aRecoveryContextDoesNotTouchSecrets() throws {
    let context = try WalletFixture.context()
    let key = try WalletFixture.key(String(repeating: "11", count: 32), context)
    #expect(throws: WalletError.contextNotRandomised) { try Secp256k1().sign(.zero, with: key) }
    #expect(throws: WalletError.contextNotRandomised) {
      try WalletFixture.key(String(repeating: "11", count: 32), Secp256k1())
    }
  }
}
