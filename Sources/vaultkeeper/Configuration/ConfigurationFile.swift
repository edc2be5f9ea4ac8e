import Contracts
import Ethereum
import Host
import Wallet

/// A configuration file with everything that can be said about it without asking a node: the address books it names are
/// read, and its hash is known.
struct ConfigurationFile {
  let path: String
  let configuration: Configuration
  let books: [Book]
  /// The signing policy, where the configuration names a file of one.
  let policy: SigningPolicy?
  /// Goes into every record of the journal.
  let hash: Bytes32

  /// An address-book file that the configuration refers to.
  struct Book {
    let name: String
    let content: AddressBook
  }

  /// - Throws: `ConfigurationError` with every problem of the file, or of its references if the file itself is good;
  ///   `HostError` when the file cannot be read.
  static func read(_ path: String) throws -> ConfigurationFile {
    let bytes = try Files.read(path, limit: SettingLimits.bytes)
    let tree = try SettingTree.parse(bytes: bytes, file: path)
    let configuration = try ConfigurationReader.read(tree: tree, file: path, folder: folder(of: path))
    var shelf = BookShelf(folder: configuration.addressBookPath)
    for vault in configuration.vaults {
      shelf.take(vault.venue.book)
      if case .safeRoles(_, _, _, let multiSend) = vault.account, case .book(let name, _) = multiSend.value {
        shelf.take(Located(value: name, place: multiSend.place, path: multiSend.path))
      }
    }
    guard shelf.problems.isEmpty else { throw ConfigurationError(file: path, problems: shelf.problems) }
    let sorted = shelf.books.sorted { $0.book.name.utf8.lexicographicallyPrecedes($1.book.name.utf8) }
    let policy = try configuration.key.policy.map { try PolicyFile.read($0, of: path) }
    let hash = ConfigurationHash.compute(
      tree, books: sorted.map { ($0.book.name, $0.canonical) }, policy: policy?.tree)
    return ConfigurationFile(
      path: path, configuration: configuration, books: sorted.map(\.book), policy: policy?.policy, hash: hash)
  }

  /// Where the halt marker of a configuration lies, whatever else is wrong with the file: a keeper must be stoppable
  /// also while its configuration is being edited.
  static func haltMarkerPath(_ path: String) throws -> String {
    let tree = try SettingTree.parse(bytes: try Files.read(path, limit: SettingLimits.bytes), file: path)
    let findings = Findings()
    let marker = Section.read(tree, path: "", findings: findings) { $0.required("haltMarker", .path) }
    guard let marker else {
      let problems = findings.problems.filter { $0.key == "haltMarker" || $0.key.isEmpty }
      throw ConfigurationError(file: path, problems: problems)
    }
    return ConfigurationReader.absolute(marker, from: folder(of: path))
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "" : String(path[..<slash])
  }

  func book(_ name: String) -> AddressBook? { books.first { $0.name == name }?.content }
}

/// Reads each address-book file once, and collects what is wrong with them at the places that name them.
private struct BookShelf {
  /// 1 MiB: the largest protocol has some hundred contracts of 70 bytes.
  private static let limitBytes = 1 << 20

  let folder: String
  private(set) var books: [(book: ConfigurationFile.Book, canonical: [UInt8])] = []
  private(set) var problems: [Problem] = []

  init(folder: String) { self.folder = folder }

  mutating func take(_ reference: Located<String>) {
    let name = reference.value
    guard !books.contains(where: { $0.book.name == name }) else { return }
    let path = "\(folder)/\(name).json"
    do {
      let bytes = try Files.read(path, limit: Self.limitBytes)
      let book = try AddressBook(json: bytes, name: path)
      // Written anew, so that white space in the file does not change the hash.
      books.append((ConfigurationFile.Book(name: name, content: book), try JSON.parse(bytes).encoded()))
    } catch {
      problems.append(
        Problem(
          place: reference.place, key: reference.path, what: "\(error)",
          remedy: "correct the address book, or name another file of \(folder)"))
    }
  }
}
