import Ethereum
import Foundation
import TestSupport
import Testing

@testable import Wallet

struct KeystoreTests {
  /// Files by eth-account and odd ones made by hand open, or are refused for the reason the fixture names.
  @Test func opensWhatOthersWrote() throws {
    let context = try WalletFixture.context()
    let rows = try WalletFixture.rows("keystores.json")
    #expect(rows.count >= 25)
    for row in rows {
      let name = try row.text("name")
      let store = try Keystore(parsing: Array(try row.text("file").utf8))
      let passphrase = try WalletFixture.passphrase(hex: try row.text("password"))
      let outcome = Result { () throws(WalletError) in try store.unlock(with: passphrase, context: context) }
      switch (try row.text("outcome"), outcome) {
      case ("opens", .success(let key)):
        #expect(key.address.description == (try row.text("address")), "\(name)")
        #expect(key.matches(try WalletFixture.key(try row.text("key"), context)), "\(name)")
      case ("addressMismatch", .failure(.addressMismatch)), ("wrongPassphrase", .failure(.wrongPassphrase)),
        ("invalidScalar", .failure(.invalidScalar)):
        break
      default: Issue.record("\(name): \(outcome)")
      }
    }
  }

  @Test func theExampleKeyOpens() throws {
    let store = try Keystore(parsing: try WalletFixture.bytes("keys.example/devchain-keeper.json"))
    var text = try WalletFixture.bytes("keys.example/devchain-keeper.passphrase")
    let key = try store.unlock(with: try Passphrase(wiping: &text), context: try WalletFixture.context())
    #expect(text.isEmpty)
    #expect(key.address.description == "0x747659Fe8Cdd4812A009298fFa07786a7475aC90")
    let published = Keccak256.hash(utf8: "vaultkeeper throw-away dev chain key").bytes
    #expect(key.withBytes { Array($0) } == published)
  }

  /// The standard parameters once, as they cost real time.
  @Test(arguments: [KeyDerivation.standard, .light, .pbkdf2(iterations: 1000)])
  func roundTrip(_ derivation: KeyDerivation) throws {
    let context = try WalletFixture.context()
    var entropy = WalletFixture.entropy(40)
    let key = try context.makeKey(wipingEntropy: &entropy)
    let passphrase = try WalletFixture.passphrase("correct horse")
    let written = try Keystore(
      sealing: key, with: passphrase, derivation: derivation, entropy: WalletFixture.entropy(64, salt: 1))
    let read = try Keystore(parsing: written.encoded())
    #expect(read == written)
    #expect(try read.unlock(with: passphrase, context: context).matches(key))
    #expect(read.address == key.address)
  }

  @Test func wrongPassphraseIsRefused() throws {
    let context = try WalletFixture.context()
    let key = try WalletFixture.key(String(repeating: "2b", count: 32), context)
    let store = try Keystore(
      sealing: key, with: try WalletFixture.passphrase("right"), derivation: .pbkdf2(iterations: 1),
      entropy: WalletFixture.entropy(64))
    #expect(throws: WalletError.wrongPassphrase) {
      try store.unlock(with: try WalletFixture.passphrase("Right"), context: context)
    }
  }

  /// eth-account opens what this wallet writes. Wants VAULTKEEPER_PYTHON, a Python with eth-account (the Makefile sets
  /// it to devchain/.venv's); without it the test is listed as skipped, with what to set.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["VAULTKEEPER_PYTHON"] != nil,
      "set VAULTKEEPER_PYTHON to a Python with eth-account, e.g. devchain/.venv/bin/python"),
    arguments: [
      KeyDerivation.light, .pbkdf2(iterations: 1000), .scrypt(ScryptParameters(cost: 2, blockSize: 1, parallelism: 1)),
    ])
  func ethAccountOpensOurs(_ derivation: KeyDerivation) throws {
    let context = try WalletFixture.context()
    var entropy = WalletFixture.entropy(32, salt: 9)
    let key = try context.makeKey(wipingEntropy: &entropy)
    let password = "pässwörd 密码"
    let store = try Keystore(
      sealing: key, with: try WalletFixture.passphrase(password), derivation: derivation,
      entropy: WalletFixture.entropy(64, salt: 2))
    let question: JSON = [
      "file": .string(String(decoding: store.encoded(), as: UTF8.self)),
      "password": .string(Hex.encode(Array(password.utf8), prefix: false)),
    ]
    let answer = try Self.python("Tests/Fixtures/Wallet/open_keystore.py", question.encoded())
    #expect(answer == key.withBytes { Hex.encode(Array($0), prefix: false) })
  }

  private static func python(_ script: String, _ input: [UInt8]) throws -> String {
    let process = Process()
    process.executableURL = URL(
      filePath: try #require(ProcessInfo.processInfo.environment["VAULTKEEPER_PYTHON"]),
      relativeTo: WalletFixture.project)
    process.arguments = [WalletFixture.project.appending(path: script).path()]
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
    try standardInput.fileHandleForWriting.close()
    let answer = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Files that are no keystore, or would cost too much: refused at once, naming the field.
struct KeystoreRefusalTests {
  /// A good file with one field replaced (`path` from the root), or removed where the value is nil.
  private static func file(_ path: [String], _ value: JSON?) throws -> [UInt8] {
    let row = try #require(try WalletFixture.rows("keystores.json").first { $0["name"]?.string == "no id" })
    var root = try JSON.parse(Array(try row.text("file").utf8))
    Self.set(&root, path[...], value)
    return root.encoded()
  }

  private static func set(_ json: inout JSON, _ path: ArraySlice<String>, _ value: JSON?) {
    guard var object = json.object, let key = path.first else { return }
    if path.count == 1 {
      object[key] = value
    } else if var child = object[key] {
      set(&child, path.dropFirst(), value)
      object[key] = child
    }
    json = .object(object)
  }

  private static func error(_ file: [UInt8]) throws -> WalletError? {
    do {
      let store = try Keystore(parsing: file)
      _ = try store.unlock(with: try WalletFixture.passphrase("pass"), context: try WalletFixture.context())
      return nil
    } catch let error as WalletError {
      return error
    }
  }

  @Test(
    arguments: [
      (["version"], JSON.integer(1), "version"),
      (["version"], "3", "version"),
      (["version"], nil, "version"),
      (["crypto"], nil, "crypto"),
      (["crypto"], "x", "crypto"),
      (["crypto", "cipher"], "aes-128-cbc", "crypto.cipher"),
      (["crypto", "cipherparams", "iv"], "00", "crypto.cipherparams.iv"),
      (["crypto", "cipherparams", "iv"], nil, "crypto.cipherparams.iv"),
      (["crypto", "ciphertext"], "", "crypto.ciphertext"),
      (["crypto", "ciphertext"], "abc", "crypto.ciphertext"),
      (["crypto", "ciphertext"], .string(String(repeating: "00", count: 33)), "crypto.ciphertext"),
      (["crypto", "mac"], "00", "crypto.mac"),
      (["crypto", "mac"], .integer(5), "crypto.mac"),
      (["crypto", "kdf"], "argon2id", "crypto.kdf"),
      (["crypto", "kdf"], "pbkdf2", "crypto.kdfparams.prf"),
      (["crypto", "kdfparams", "dklen"], 16, "crypto.kdfparams.dklen"),
      (["crypto", "kdfparams", "dklen"], .integer(Int64.max), "crypto.kdfparams.dklen"),
      (["crypto", "kdfparams", "salt"], .string(String(repeating: "00", count: 257)), "crypto.kdfparams.salt"),
      (["crypto", "kdfparams", "n"], -2, "crypto.kdfparams.n"),
      (["crypto", "kdfparams", "n"], .number(1.5), "crypto.kdfparams.n"),
      (["crypto", "kdfparams", "n"], .number(1e40), "crypto.kdfparams.n"),
      (["crypto", "kdfparams", "n"], .integer(Int64.max), "field n"),
      (["crypto", "kdfparams", "n"], .integer(1 << 40), "n, r, p"),
      (["crypto", "kdfparams", "r"], .integer(1 << 40), "r·p"),
      (["crypto", "kdfparams", "p"], .integer(Int64.max), "r·p"),
      (["crypto", "kdfparams", "p"], 0, "field p"),
      (["address"], "0x12", "address"),
      (["address"], 12, "address"),
    ] as [([String], JSON?, String)])
  func refuses(path: [String], value: JSON?, named: String) throws {
    let error = try #require(try Self.error(try Self.file(path, value)))
    #expect(error.description.contains(named), "\(error)")
  }

  @Test func hostileIterationsAreRefused() throws {
    let text =
      #"{"version":3,"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"00112233445566778899aabbccddeeff"},"#
      + #""ciphertext":"00","mac":"\#(String(repeating: "00", count: 32))","kdf":"pbkdf2","#
      + #""kdfparams":{"dklen":32,"c":2147483648,"prf":"hmac-sha256","salt":"00"}}}"#
    #expect(
      try Self.error(Array(text.utf8))
        == .hostileParameter(name: "c", value: "2147483648", limit: "10000000 iterations"))
  }

  /// A raw private key where a keystore should be is not quoted back.
  @Test func garbageIsNotQuoted() throws {
    let raw = String(repeating: "5ec2e7", count: 10) + "abcd"
    for text in [
      raw, "\"\(raw)\"", "[\"\(raw)\"]", "{\"\(raw)", "", "\u{0}", "{}", String(repeating: "[", count: 60_000),
    ] {
      let error = try #require(try Self.error(Array(text.utf8)))
      #expect(!error.description.contains("5ec2e7"), "\(error)")
      #expect(!"\(String(reflecting: error))".contains("5ec2e7"))
    }
    #expect(
      try Self.error([UInt8](repeating: 0x20, count: 70_000))
        == .keystore(.tooLarge(bytes: 70_000, limit: KeystoreLimits.fileBytes)))
  }

  /// Cut and flipped files never trap, and never open with another key.
  @Test func damagedFilesNeverTrap() throws {
    let row = try #require(try WalletFixture.rows("keystores.json").first { $0["name"]?.string == "address with 0x" })
    let good = Array(try row.text("file").utf8)
    let context = try WalletFixture.context()
    let passphrase = try WalletFixture.passphrase("pass")
    var generator = SplitMix64(11)
    for round in 0..<3000 {
      var bytes = good
      if round.isMultiple(of: 3) { bytes.removeLast(Int.random(in: 1..<good.count, using: &generator)) }
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard case .success(let store) = Result(catching: { () throws(WalletError) in try Keystore(parsing: bytes) }),
        case .scrypt(let scrypt) = store.derivation, scrypt.cost <= 64, scrypt.blockSize * scrypt.parallelism < 100
      else { continue }
      let opened = Result { () throws(WalletError) in
        try store.unlock(with: passphrase, context: context)
      }
      if case .success(let key) = opened { #expect(key.address.description == (try row.text("address"))) }
    }
  }
}
