import Ethereum
import Wallet

/// KeyStoreTests: `json` must open with `password` and hold the key `priv`.
struct KeyStoreSuite {
  let context: Secp256k1

  func run(_ cases: [JSONObject.Member], _ file: String, _ tally: inout Tally) throws {
    for member in cases {
      tally.check("\(file) \(member.key)") { try check(member.value) }
    }
  }

  private func check(_ test: JSON) throws {
    let store = try Keystore(parsing: try test.require("json").encoded())
    var password = Array(try test.requireString("password").utf8)
    let key = try store.unlock(with: try Passphrase(wiping: &password), context: context)
    // Old writers dropped leading zero bytes.
    let stated = try test.requireHex("priv")
    guard stated.count <= 32 else { throw LabError("\"priv\" has \(stated.count) bytes") }
    var scalar = [UInt8](repeating: 0, count: 32 - stated.count) + stated
    let expected = try context.key(wiping: &scalar)
    guard key.matches(expected) else {
      throw LabError("opens to the key of \(key.address), expected that of \(expected.address)")
    }
  }
}
