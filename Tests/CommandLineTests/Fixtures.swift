import Foundation

@testable import vaultkeeper

/// The files beside the tests, and what the tests make of them.
enum Fixtures {
  static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = project.appendingPathComponent("Tests/Fixtures/CommandLine")

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// `full.yaml` with one piece of it, which must be there exactly once, replaced.
  static func full(_ old: String = "", _ new: String = "") throws -> String {
    let text = try text("full.yaml")
    guard !old.isEmpty else { return text }
    let parts = text.components(separatedBy: old)
    guard parts.count == 2 else { throw Misuse(what: "\(old) is \(parts.count - 1) times in full.yaml") }
    return parts.joined(separator: new)
  }

  struct Misuse: Error { let what: String }

  static func read(_ yaml: String) throws(ConfigurationError) -> Configuration {
    let tree = try SettingTree.parse(bytes: Array(yaml.utf8), file: "test.yaml")
    return try ConfigurationReader.read(tree: tree, file: "test.yaml", folder: "/somewhere")
  }

  /// The lines a person would see.
  static func problems(_ yaml: String) -> [String] {
    do {
      _ = try read(yaml)
      return []
    } catch {
      return error.problems.map { $0.line(file: error.file) }
    }
  }
}
