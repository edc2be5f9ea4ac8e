@testable import Ethereum
import FoundationEssentials

/// Files of Tests/Fixtures/Ethereum; their origin is Tests/Fixtures/make_ethereum_fixtures.py.
enum Fixture {
  static func bytes(_ path: String) throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: tests.appending(path: "Fixtures/Ethereum/\(path)")))
  }

  static func json(_ path: String) throws -> JSON { try JSON.parse(bytes(path)) }

  static func lines(_ path: String) throws -> [String] {
    String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
