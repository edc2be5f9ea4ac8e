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

  /// `full.yaml` with its vault twice, both of one portfolio.
  static func portfolio(_ first: String, _ second: String, names: (String, String) = ("both", "both")) throws -> String
  {
    let text = try text("full.yaml")
    let head = text.components(separatedBy: "  - name: first-light\n")
    guard head.count == 2, let end = head[1].range(of: "metrics:") else { throw Misuse(what: "full.yaml has no vault") }
    let vault = "  - name: first-light\n" + head[1][..<end.lowerBound]
    func with(_ weight: String, _ portfolio: String, _ name: String) -> String {
      vault.replacingOccurrences(
        of: "target: {fractionOfNetAssetValue: 30%}",
        with: "target: {portfolio: {name: \(portfolio), weight: \(weight)}}"
      ).replacingOccurrences(of: "first-light", with: name)
    }
    return head[0] + with(first, names.0, "first-light") + with(second, names.1, "second-light")
      + head[1][end.lowerBound...]
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
