import Ethereum
import Testing

@testable import Wallet

/// scrypt against OpenSSL and pycryptodome, RFC 7914's own vectors among them.
struct ScryptTests {
  @Test func agreesWithOpenSSLAndPycryptodome() throws {
    let rows = try WalletFixture.rows("scrypt.json")
    #expect(rows.count >= 10)
    for row in rows {
      let parameters = ScryptParameters(
        cost: try row.whole("n"), blockSize: try row.whole("r"), parallelism: try row.whole("p"))
      let expected = try Hex.decode(try row.text("derived"), limit: 64, prefix: .absent)
      let derived = try Scrypt.derive(
        passphrase: SecretBytes(copying: try Hex.decode(try row.text("password"), limit: 99, prefix: .absent)),
        salt: try Hex.decode(try row.text("salt"), limit: 99, prefix: .absent), parameters: parameters,
        length: expected.count)
      #expect(derived.withBytes { Array($0) } == expected, "\(parameters)")
    }
  }

  /// Every limit, one step over and one step under it: n, r, p.
  @Test(arguments: [
    [262_144, 8, 1], [262_144, 1, 8], [1 << 21, 1, 1], [1 << 20, 1, 16], [2, 1, 1],
  ])
  func allowed(nrp: [Int]) {
    #expect(throws: Never.self) { try KeystoreLimits.standard.check(Self.derivation(nrp)) }
  }

  @Test(arguments: [
    [1, 8, 1], [0, 8, 1], [3, 8, 1], [262_143, 8, 1], [524_288, 8, 1], [1 << 62, 8, 1], [Int.max, Int.max, Int.max],
    [2, 0, 1], [2, 1, 0], [2, 1 << 15, 1 << 15], [2, 1 << 30, 1], [2, 1, 1 << 29], [1 << 20, 1, 17],
    [Int.min, Int.min, Int.min],
  ])
  func refused(nrp: [Int]) {
    #expect(throws: WalletError.self) { try KeystoreLimits.standard.check(Self.derivation(nrp)) }
  }

  private static func derivation(_ nrp: [Int]) -> KeyDerivation {
    .scrypt(ScryptParameters(cost: nrp[0], blockSize: nrp[1], parallelism: nrp[2]))
  }

  @Test(arguments: [1, 262_144, 10_000_000])
  func allowedIterations(count: Int) {
    #expect(throws: Never.self) { try KeystoreLimits.standard.check(.pbkdf2(iterations: count)) }
  }

  @Test(arguments: [0, -1, 10_000_001, Int.max])
  func refusedIterations(count: Int) {
    #expect(throws: WalletError.self) { try KeystoreLimits.standard.check(.pbkdf2(iterations: count)) }
  }
}
