import Ethereum

/// The fingerprint of a configuration, which goes into every record of the journal: it changes with any value, and not
/// with comments, white space, quotes or the order of keys.
///
/// The input never holds a secret in clear: passphrases and credentials are only named in the file, and a URL written
/// in it enters as its own hash.
enum ConfigurationHash {
  /// Keccak-256 over the canonical content of the file and of the address-book files it uses.
  ///
  /// - Parameter books: canonical JSON of each used file by its name, in ascending order of the names.
  static func compute(_ tree: SettingTree, books: [(name: String, content: [UInt8])]) -> Bytes32 {
    var hasher = Keccak256Hasher()
    hasher.update(Array("vaultkeeper configuration 1\n".utf8))
    hasher.update(canonical(tree, path: ""))
    for book in books {
      hasher.update(Array("book \(book.name.utf8.count):\(book.name) ".utf8))
      hasher.update(Keccak256.hash(book.content).bytes)
    }
    return hasher.finalize()
  }

  /// Paths whose values may hold a provider's key.
  private static let secretPaths: Set<String> = ["chains[].endpoints[].url", "writer.etcd.endpoints[].url"]

  /// Every text carries its length and every list and section its count, so that no two trees share an encoding.
  static func canonical(_ tree: SettingTree, path: String) -> [UInt8] {
    switch tree.content {
    case .scalar(let text, _):
      guard secretPaths.contains(path) else { return Array("text \(text.utf8.count):\(text)\n".utf8) }
      return Array("url \(Keccak256.hash(Array("vaultkeeper endpoint URL\n\(text)".utf8)))\n".utf8)
    case .list(let items):
      return items.reduce(into: Array("list \(items.count)\n".utf8)) { $0 += canonical($1, path: path + "[]") }
    case .section(let entries):
      // A key without a value is read as absent.
      let present = entries.filter { !$0.value.isNull }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return present.reduce(into: Array("section \(present.count)\n".utf8)) { bytes, entry in
        bytes += Array("key \(entry.key.utf8.count):\(entry.key) ".utf8)
        bytes += canonical(entry.value, path: path.isEmpty ? entry.key : "\(path).\(entry.key)")
      }
    }
  }
}
