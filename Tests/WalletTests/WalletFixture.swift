import Ethereum
import Foundation
import Testing

@testable import Wallet

/// Where the fixtures lie, and short ways to the values the tests need again and again.
enum WalletFixture {
  static let project = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: project.appending(path: path)))
  }

  static func json(_ name: String) throws -> JSON {
    try JSON.parse(try bytes("Tests/Fixtures/Wallet/\(name)"))
  }

  static func rows(_ name: String) throws -> [JSON] { try #require(try json(name).array) }

  /// A context with a fixed seed: tests repeat.
  static func context(seed: UInt8 = 7) throws -> Secp256k1 {
    var bytes = [UInt8](repeating: seed, count: 32)
    return try Secp256k1(wipingSeed: &bytes)
  }

  static func key(_ hex: String, _ context: Secp256k1) throws -> SecretKey {
    var bytes = try Hex.decode(hex, limit: 32, prefix: .optional)
    return try context.key(wiping: &bytes)
  }

  static func passphrase(_ text: String) throws -> Passphrase {
    var bytes = Array(text.utf8)
    return try Passphrase(wiping: &bytes)
  }

  static func passphrase(hex: String) throws -> Passphrase {
    var bytes = try Hex.decode(hex, limit: 1024, prefix: .absent)
    return try Passphrase(wiping: &bytes)
  }

  /// Bytes that look random and are the same each time.
  static func entropy(_ count: Int, salt: UInt8 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = Keccak256.hash([salt]).bytes
    while bytes.count < count {
      bytes += block
      block = Keccak256.hash(block).bytes
    }
    return Array(bytes.prefix(count))
  }
}

extension JSON {
  func text(_ key: String) throws -> String { try #require(self[key]?.string) }
  func whole(_ key: String) throws -> Int { Int(try #require(self[key]?.integer)) }
  func word(_ key: String) throws -> UInt256 { try UInt256(decimal: try text(key)) }
  func uint64(_ key: String) throws -> UInt64 { try #require(try word(key).asUInt64) }
}
