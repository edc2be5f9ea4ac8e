import Ethereum
import Foundation
import Testing

@testable import Wallet

/// A secret planted in every wallet type and error must not come out by any way of printing.
struct SecrecyTests {
  /// A key and a passphrase whose bytes are easy to find again, as hex, decimal or text.
  private static let keyHex = String(repeating: "5ec2e7c0de", count: 6) + "5ec2"
  private static let passphraseText = "planted-passphrase-xyzzy"

  /// Everything that printing, dumping and mirroring says of a value, all levels deep.
  private static func everything(about value: Any) -> String {
    var text = "\(value)|" + String(describing: value) + "|" + String(reflecting: value) + "|"
    dump(value, to: &text)
    text += walk(Mirror(reflecting: value), depth: 0)
    return text
  }

  private static func walk(_ mirror: Mirror, depth: Int) -> String {
    guard depth < 6 else { return "" }
    return mirror.children.map { child in
      "\(child.label ?? ""): \(child.value) \(String(reflecting: child.value))"
        + walk(Mirror(reflecting: child.value), depth: depth + 1)
    }.joined(separator: "|") + (mirror.superclassMirror.map { walk($0, depth: depth + 1) } ?? "")
  }

  private static func leaks(_ text: String) -> Bool {
    let lower = text.lowercased()
    // 0x5e, 0xc2, 0xe7 as `print` shows an array of bytes; the hex; the passphrase and its first bytes.
    return lower.contains("5ec2e7") || lower.contains("94, 194, 231") || lower.contains("xyzzy")
      || lower.contains("112, 108, 97, 110")
  }

  @Test func theProbeFindsAPlantedSecret() throws {
    struct Careless {
      let bytes: [UInt8]
      let text: String
    }
    let bytes = try Hex.decode(Self.keyHex, limit: 32, prefix: .absent)
    #expect(Self.leaks(Self.everything(about: Careless(bytes: bytes, text: ""))))
    #expect(Self.leaks(Self.everything(about: Careless(bytes: [], text: Self.keyHex))))
    #expect(Self.leaks(Self.everything(about: Careless(bytes: [], text: Self.passphraseText))))
  }

  @Test func noWalletTypeShowsASecret() throws {
    let context = try WalletFixture.context()
    let key = try WalletFixture.key(Self.keyHex, context)
    let passphrase = try WalletFixture.passphrase(Self.passphraseText)
    let store = try Keystore(
      sealing: key, with: passphrase, derivation: .pbkdf2(iterations: 1), entropy: WalletFixture.entropy(64))
    let signer = LocalSigner(key: key, context: context)
    let secret = SecretBytes(copying: try Hex.decode(Self.keyHex, limit: 32, prefix: .absent))
    let policed = PolicedSigner(signer, policy: try SigningPolicy([]))
    for value: Any in [
      key, passphrase, store, policed, policed as any Signer, signer, signer as any Signer, context, secret, [key],
      ["k": key], Optional(key) as Any,
      (key, passphrase),
    ] {
      let text = Self.everything(about: value)
      #expect(!Self.leaks(text), "\(type(of: value)): \(text)")
    }
    #expect("\(key)" == "<secret>" && String(reflecting: key) == "<secret>")
    #expect("\(passphrase)" == "<secret>" && String(reflecting: passphrase) == "<secret>")
    #expect(Mirror(reflecting: key).children.isEmpty && Mirror(reflecting: passphrase).children.isEmpty)
    #expect(!Self.leaks(String(decoding: store.encoded(), as: UTF8.self)))
  }

  /// Secrets in the wrong places: what is thrown names them and quotes nothing.
  @Test func noErrorShowsASecret() throws {
    let context = try WalletFixture.context()
    let texts = [
      Self.keyHex + "00", Self.keyHex.dropLast() + "g", "0x" + Self.keyHex.dropLast(), "\(Self.keyHex) \(Self.keyHex)",
    ]
    for text in texts {
      var bytes = Array(text.utf8)
      let error = #expect(throws: WalletError.self) { try context.key(wipingHexText: &bytes) }
      #expect(!Self.leaks(Self.everything(about: error as Any)), "\(String(describing: error))")
      #expect(bytes.isEmpty)
      let asFile = #expect(throws: WalletError.self) { try Keystore(parsing: Array(text.utf8)) }
      #expect(!Self.leaks(Self.everything(about: asFile as Any)))
      let inField = #expect(throws: WalletError.self) {
        try Keystore(parsing: Array(#"{"version":3,"crypto":{"cipher":"aes-128-ctr","mac":"\#(text)"}}"#.utf8))
      }
      #expect(!Self.leaks(Self.everything(about: inField as Any)))
    }
    var overlong = Array(String(repeating: Self.passphraseText, count: 50).utf8)
    let error = #expect(throws: WalletError.self) { try Passphrase(wiping: &overlong) }
    #expect(!Self.leaks(Self.everything(about: error as Any)))
    #expect(overlong.isEmpty)
  }

  @Test func wipingEmptiesTheCallersArray() {
    var bytes: [UInt8] = Array(1...64)
    Secrecy.wipe(&bytes)
    #expect(bytes.isEmpty)
  }

  /// Nothing of a secret is left in its block once its owner has gone. Looks at the process's own memory through
  /// /proc/self/mem, as a pointer kept across the end of the block would not be allowed to be read.
  @Test func theBlockIsZeroedWhenItsOwnerGoes() throws {
    var address = UInt64(0)
    let pattern = [UInt8](repeating: 0xa7, count: 4096)
    do {
      let secret = SecretBytes(copying: pattern)
      secret.withBytes { address = UInt64(UInt(bitPattern: $0.baseAddress)) }
      #expect(try Self.memory(at: address, count: 4096) == pattern)
    }
    // The allocator keeps small blocks mapped, and writes its own list pointers over their first bytes only.
    let after = try Self.memory(at: address, count: 4096)
    #expect(!after.contains(0xa7) || after.filter { $0 == 0xa7 }.count < 16)
  }

  private static func memory(at address: UInt64, count: Int) throws -> [UInt8] {
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
    try file.seek(toOffset: address)
    return Array(try file.read(upToCount: count) ?? Data())
  }

  @Test func constantTimeEqualityIsEquality() {
    #expect(Secrecy.constantTimeEqual([1, 2, 3], [1, 2, 3]))
    #expect(!Secrecy.constantTimeEqual([1, 2, 3], [1, 2, 4]))
    #expect(!Secrecy.constantTimeEqual([1, 2, 3], [0, 2, 3]))
    #expect(!Secrecy.constantTimeEqual([1, 2, 3], [1, 2]))
    #expect(Secrecy.constantTimeEqual([], []))
  }
}

struct PassphraseTests {
  @Test(arguments: [
    ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
    (" secret ", " secret "), ("\nsecret", "\nsecret"), ("secret\r", "secret\r"),
  ])
  func oneNewlineAtTheEndIsNotPartOfIt(read: String, meant: String) throws {
    #expect(try WalletFixture.passphrase(read).secret.withBytes { Array($0) } == Array(meant.utf8))
  }

  @Test(arguments: ["", "\n", "\r\n"])
  func emptyIsRefused(text: String) {
    #expect(throws: WalletError.passphraseLength(found: 0, limit: 1024)) { try WalletFixture.passphrase(text) }
  }

  @Test func lengthIsBounded() throws {
    _ = try WalletFixture.passphrase(String(repeating: "x", count: 1024))
    #expect(throws: WalletError.passphraseLength(found: 1025, limit: 1024)) {
      try WalletFixture.passphrase(String(repeating: "x", count: 1025))
    }
  }

  @Test func comparing() throws {
    let one = try WalletFixture.passphrase("one")
    #expect(one.matches(try WalletFixture.passphrase("one\n")))
    #expect(!one.matches(try WalletFixture.passphrase("two")))
  }
}

struct KeyFileRulesTests {
  /// Mode, owner, effective user.
  @Test(arguments: [[0o100600, 1000, 1000], [0o100400, 1000, 1000], [0o600, 0, 1000]] as [[UInt32]])
  func allowed(file: [UInt32]) {
    #expect(throws: Never.self) { try Self.check(file, .ordinary) }
  }

  @Test(
    arguments: [
      [0o100640, 1000, 1000], [0o100604, 1000, 1000], [0o100620, 1000, 1000], [0o100602, 1000, 1000],
      [0o100610, 1000, 1000], [0o100601, 1000, 1000], [0o100644, 0, 0], [0o100600, 1001, 1000], [0o040700, 1000, 1000],
      [0o010600, 1000, 1000], [0o100440, 0, 1000],
    ] as [[UInt32]])
  func refused(file: [UInt32]) {
    let error = #expect(throws: WalletError.self) { try Self.check(file, .ordinary) }
    #expect(error.map { "\($0)".count > 30 } == true)
  }

  /// systemd's access list shows in the group bits; the world still must have none.
  @Test func systemdCredentials() {
    #expect(throws: Never.self) { try Self.check([0o100440, 0, 1000], .systemdCredential) }
    #expect(throws: Never.self) { try Self.check([0o100400, 1000, 1000], .systemdCredential) }
    for mode: UInt32 in [0o100444, 0o100460, 0o100450] {
      #expect(throws: WalletError.self) { try Self.check([mode, 0, 1000], .systemdCredential) }
    }
  }

  private static func check(_ file: [UInt32], _ place: KeyFileRules.Place) throws {
    try KeyFileRules.check(mode: file[0], ownerID: file[1], processID: file[2], place: place)
  }

  @Test func theErrorSaysWhatToDo() {
    let error = #expect(throws: WalletError.self) {
      try KeyFileRules.check(mode: 0o100644, ownerID: 5, processID: 5)
    }
    #expect(error.map { "\($0)".contains("mode 0644") && "\($0)".contains("chmod 600") } == true)
  }
}
