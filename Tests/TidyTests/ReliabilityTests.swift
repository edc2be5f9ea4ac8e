import Foundation
import Testing

/// docs/reliability.md names a test for each pain. A name that no test has any more would be a promise that nobody keeps.
@Suite struct ReliabilityTests {
  private static let document = "docs/reliability.md"

  private let text: String
  /// "ChainTests/LeaseTests.swift" and its lines.
  private let tests: [SourceFile]

  init() throws {
    text = try String(contentsOf: SourceTree.root.appending(path: Self.document), encoding: .utf8)
    tests = try SourceTree.swiftFiles(under: "Tests")
  }

  /// Every pain has its row, in order, and each row names a test, the compiler, or says that there is none.
  @Test func allFortyPainsAreThere() throws {
    let rows = rows(beginningWith: /\| (\d+) \|/)
    #expect(rows.map(\.name) == (1...40).map(String.init))
    for row in rows {
      #expect(!named(in: row.line).isEmpty || row.line.contains("No test"), "pain \(row.name) names no test")
    }
  }

  @Test func allThatNobodyHadIsThere() throws {
    let rows = rows(beginningWith: /\| G(\d+) \|/)
    #expect(rows.map(\.name) == (1...23).map(String.init))
    for row in rows {
      let isMissing = row.line.contains("| All of it")
      #expect(
        isMissing || !named(in: row.line).isEmpty, "G\(row.name) names no test and does not say that it is missing")
    }
  }

  @Test func everyTestThatIsNamedExists() {
    let names = named(in: text)
    for name in names { #expect(exists(name), "\(Self.document) names `\(name)`, which no test is") }
    #expect(names.count > 100)
    // A search that finds everything would pass always.
    #expect(exists("ReliabilityTests.everyTestThatIsNamedExists") && !exists("ReliabilityTests.rows"))
    #expect(!exists("ReliabilityTests.everyTestThatIsNamedExist") && !exists("HostTests/ReliabilityTests"))
  }

  /// Laws and faults of the simulated world, wherever they are named.
  @Test func everyLawAndFaultThatIsNamedExists() throws {
    let world = try SourceTree.swiftFiles(under: "Sources/Simulation").flatMap(\.lines)
    let names = text.matches(of: /(?:law|fault) `(\w+)`/).map { String($0.1) }
    #expect(names.count > 10)
    for name in names {
      let isKnown = world.contains { line in
        code(of: line).contains("case ") && line.ranges(of: name).contains { isWhole($0, in: line) }
      }
      #expect(isKnown, "\(Self.document) names `\(name)`, which is no case in Sources/Simulation")
    }
  }

  @Test func everyFileThatIsNamedExists() throws {
    let files = try (SourceTree.swiftFiles(under: "Sources") + tests).map(\.path)
    // `Keeper/Acting.swift`, `Settling.swift`: the folder is said once.
    let names = text.matches(of: /`([A-Za-z\/]+\.swift)`/).map { String($0.1) }
    #expect(names.count > 20)
    for name in names {
      let isThere = files.contains { $0 == "Sources/\(name)" || $0.hasSuffix("/\(name)") }
      #expect(isThere, "\(Self.document) names `\(name)`, which is no file")
    }
  }

  private func rows(beginningWith pattern: Regex<(Substring, Substring)>) -> [(name: String, line: String)] {
    text.split(separator: "\n").compactMap { line in
      line.prefixMatch(of: pattern).map { (String($0.1), String(line)) }
    }
  }

  /// `File.function`, `Folder/File.function`, or the name of a whole file of tests.
  private func named(in text: String) -> [String] {
    text.matches(of: /`((?:[A-Z]\w+\/)?[A-Z]\w*Tests(?:\.\w+)?)`/).map { String($0.1) }.filter { name in
      // Folders and commands of this name are no tests.
      !["StormTests", "ChainTests"].contains(name) && !name.hasPrefix("Tests/") && !name.hasSuffix(".swift")
    }
  }

  private func exists(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    guard let file = parts.first else { return false }
    let files = tests.filter { $0.path.hasSuffix("/\(file).swift") }
    guard parts.count == 2 else { return !files.isEmpty }
    return files.contains { declares(String(parts[1]), in: $0) }
  }

  /// Whether a function of this name follows `@Test`, on the same line or after the arguments.
  private func declares(_ function: String, in file: SourceFile) -> Bool {
    guard let line = file.lines.firstIndex(where: { $0.contains("func \(function)(") }) else { return false }
    if file.lines[line].contains("@Test") { return true }
    for above in file.lines[..<line].reversed() {
      if above.contains("func ") { return false }
      if above.contains("@Test") { return true }
    }
    return false
  }

  private func isWhole(_ range: Range<String.Index>, in line: String) -> Bool {
    let before = range.lowerBound == line.startIndex ? " " : line[line.index(before: range.lowerBound)]
    let after = range.upperBound == line.endIndex ? " " : line[range.upperBound]
    return !before.isLetter && !before.isNumber && !after.isLetter && !after.isNumber
  }
}
