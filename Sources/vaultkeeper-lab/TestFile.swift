import FoundationEssentials

/// A file found under the folder that was named.
struct TestFile {
  /// What kinds of test files there are; the raw value is the official folder's name.
  enum Kind: String, CaseIterable {
    case rlp = "RLPTests"
    case abi = "ABITests"
    case keyStore = "KeyStoreTests"
    case basic = "BasicTests"
    case transaction = "TransactionTests"

    init?(folder: String) {
      if folder == "transaction_tests" {
        self = .transaction
      } else {
        self.init(rawValue: folder)
      }
    }
  }

  /// The path from the folder that was named.
  let name: String
  /// Where it is.
  let path: String
  /// By the innermost folder with a kind's name; nil for none.
  let kind: Kind?

  var isJSON: Bool { name.hasSuffix(".json") }

  /// The file's own name, without its folder.
  var lastName: String { name.split(separator: "/").last.map { String($0) } ?? name }

  /// The first folder of the name, or the file itself where it lies directly in the folder.
  var topFolder: String { name.split(separator: "/").first.map { String($0) } ?? name }

  func read() throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw LabError("\(path) cannot be read") }
    return [UInt8](data)
  }

  /// Deeper than any tree of test files, and an end for a folder linked into itself.
  private static let maximumDepth = 16

  /// Every file under `folder`, sorted by name so that two runs print the same. Names that begin with a dot are left
  /// out.
  static func all(under folder: String) throws -> [TestFile] {
    let manager = FileManager.default
    let root = URL(filePath: folder).standardizedFileURL.path
    var isFolder = false
    guard manager.fileExists(atPath: root, isDirectory: &isFolder) else { throw LabError("there is no \(folder)") }
    let parents = root.split(separator: "/").map { String($0) }
    guard isFolder else {
      return [TestFile(name: parents.last ?? folder, path: root, kind: kind(of: parents.dropLast()))]
    }
    var files: [TestFile] = []
    try collect(root, [], parents, into: &files)
    return files
  }

  private static func collect(
    _ folder: String, _ below: [String], _ parents: [String], into files: inout [TestFile]
  ) throws {
    guard below.count < maximumDepth else { return }
    let entries = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    for entry in entries where !entry.hasPrefix(".") {
      let path = "\(folder)/\(entry)"
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder {
        try collect(path, below + [entry], parents, into: &files)
      } else {
        let name = (below + [entry]).joined(separator: "/")
        files.append(TestFile(name: name, path: path, kind: kind(of: parents + below)))
      }
    }
  }

  private static func kind(of folders: some BidirectionalCollection<String>) -> Kind? {
    for folder in folders.reversed() {
      if let kind = Kind(folder: folder) { return kind }
    }
    return nil
  }
}

/// Something wrong with a test file or a case in it, in words.
struct LabError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
