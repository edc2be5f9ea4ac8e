import Foundation
import Testing

@testable import vaultkeeper

/// docs/configuration.md as the tests see it.
enum Documentation {
  static func text() throws -> String {
    try String(contentsOf: Fixtures.project.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
  }

  /// The file that the documentation shows whole.
  static func example() throws -> String {
    let parts = try text().components(separatedBy: "```")
    guard let block = parts.first(where: { $0.hasPrefix("yaml\nversion:") }) else {
      throw Fixtures.Misuse(what: "docs/configuration.md shows no whole file")
    }
    return String(block.dropFirst("yaml\n".count))
  }

  /// The keys of the tables' rows.
  static func keys() throws -> [String] {
    try text().split(separator: "\n").compactMap { line in
      guard line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") else { return nil }
      let key = String(line[line.index(line.startIndex, offsetBy: 3)..<end])
      return key.contains(" ") || key.contains("{") ? nil : key
    }.filter { $0.first?.isLetter == true }
  }
}

@Suite struct DocumentationTests {
  @Test func everyKeyIsDocumentedAndEveryDocumentedKeyIsKnown() throws {
    let findings = Findings()
    // Each variant of a union is asked for with either spelling.
    let variants = [
      ("", ""), ("target: {fractionOfNetAssetValue: 30%}", "target: {absolute: 5}"),
      (
        "target: {fractionOfNetAssetValue: 30%}",
        "target: {insured: {floor: {sum: 8 USD, growth: 4%, until: 2027-12-31}, jumps: {kind: kou, perYear: 1, "
          + "upProbability: 40%, downRate: 20}}}"
      ),
      (
        "target: {fractionOfNetAssetValue: 30%}",
        "target: {insured: {floor: {share: 80%, of: 9 USD}, jumps: {kind: merton, perYear: 1, mean: -2%, deviation: 5%}}}"
      ),
      ("target: {fractionOfNetAssetValue: 30%}", "target: {insured: {floor: {ratchet: 80%}}}"),
      (
        "target: {fractionOfNetAssetValue: 30%}\n    band: {kind: fixed, width: 4%, of: target, reset: edge}",
        "target: {carry: {}}\n    band: {width: 4%, of: netAssetValue}"
      ),
      ("band: {kind: fixed,", "band: {kind: timeWeighted,"),
      (
        "band: {kind: fixed, width: 4%, of: target, reset: edge}",
        "band: {kind: adaptive, trackingError: 3%, fallback: {width: 4%, of: target}}"
      ),
      (
        "keystore: {path: keeper.json}\n  passphrase: {file: passphrase.txt}",
        "remote: {kind: clef, url: {file: signer.txt}, headers: [{name: A, value: {file: token.txt}}]}"
      ),
      ("    leverage: 3\n", "    leverage: 3\n" + ExposureConfigurationTests.section),
      (
        "    leverage: 3\n",
        "    leverage: 3\n"
          + ExposureConfigurationTests.section.replacingOccurrences(
            of: "maximumMarkAge: 10m", with: "smile: {skewStickiness: 0.5}")
      ),
    ]
    let texts = try variants.map { try Fixtures.full($0.0, $0.1) } + [try Fixtures.portfolio("30%", "20%")]
    for text in texts {
      let tree = try SettingTree.parse(bytes: Array(text.utf8), file: "test.yaml")
      _ = ConfigurationReader.read(tree, folder: "/", findings: findings)
    }
    #expect(findings.problems.isEmpty)
    let known = Set(findings.askedPaths)
    let documented = try Documentation.keys()
    #expect(Set(documented).count == documented.count, "a key has two rows")
    #expect(known.subtracting(documented).sorted() == [], "keys without documentation")
    #expect(Set(documented).subtracting(known).sorted() == [], "documented keys that the program does not know")
  }

  @Test func theFullFixtureUsesEveryKeyOnce() throws {
    // Otherwise a key could be asked for and never be tested with a value.
    let text = try Fixtures.full()
    let findings = Findings()
    _ = ConfigurationReader.read(
      try SettingTree.parse(bytes: Array(text.utf8), file: "test.yaml"), folder: "/", findings: findings)
    for path in findings.askedPaths {
      let key = path.split(separator: ".").last.map { $0.replacingOccurrences(of: "[]", with: "") } ?? path
      let unused = [
        "absolute", "policy", "remote", "weight", "deltaNeutral", "insured", "carry", "portfolio", "exposures",
      ]
      #expect(text.contains("\(key):") || unused.contains(key), "\(path)")
    }
  }

  @Test func exitStatusesAreDocumented() throws {
    let text = try Documentation.text()
    for status in ExitStatus.allCases { #expect(text.contains("| \(status.rawValue) | \(status.meaning) |\n")) }
  }
}
