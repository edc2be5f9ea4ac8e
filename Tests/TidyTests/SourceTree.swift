import Foundation

/// The package's own sources, read as text.
struct SourceFile: Sendable {
  /// Path from the package's root, as in "Sources/Ethereum/Address.swift".
  let path: String
  let lines: [String]

  /// The module's folder name, as in "Ethereum".
  var module: String { String(path.split(separator: "/")[1]) }
  var isGenerated: Bool { path.contains("/Generated/") }
}

enum SourceTree {
  /// The package's root, found from where this file stands.
  static let root: URL = {
    var url = URL(filePath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// Every Swift file under a folder of the root, in order of path.
  static func swiftFiles(under folder: String) throws -> [SourceFile] {
    try files(under: folder) { $0.hasSuffix(".swift") }
  }

  static func files(under folder: String, where isWanted: (String) -> Bool) throws -> [SourceFile] {
    let base = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
    var found: [SourceFile] = []
    while let name = walk.nextObject() as? String {
      guard isWanted(name) else { continue }
      let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
      found.append(SourceFile(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n")))
    }
    return found.sorted { $0.path < $1.path }
  }
}

/// A line with string literals and comments blanked, so that a ban on code is not tripped by prose.
func code(of line: String) -> String {
  var result = ""
  var insideString = false
  var previous: Character = " "
  for character in line {
    if character == "\"" && previous != "\\" {
      insideString.toggle()
      result.append("\"")
    } else if !insideString {
      result.append(character)
      if result.hasSuffix("//") { return String(result.dropLast(2)) }
    }
    previous = character
  }
  return result
}
