import Foundation
import TestSupport
import Testing

@testable import vaultkeeper

/// Whatever stands in the file, reading ends with a configuration or with problems; nothing traps and nothing explodes.
@Suite struct ConfigurationFuzzTests {
  @Test func mutatedFilesNeverTrap() throws {
    let original = Array(try Fixtures.full().utf8)
    let rounds = ProcessInfo.processInfo.environment["VAULTKEEPER_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 5_000
    var readable = 0
    for seed in 0..<rounds {
      var generator = SplitMix64(UInt64(seed))
      var bytes = original
      for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&bytes, &generator) }
      do {
        let tree = try SettingTree.parse(bytes: bytes, file: "fuzz.yaml")
        _ = ConfigurationHash.compute(tree, books: [])
        _ = try ConfigurationReader.read(tree: tree, file: "fuzz.yaml", folder: "/")
        readable += 1
      } catch {
        #expect(!error.problems.isEmpty, "seed \(seed)")
        #expect(error.problems.count <= Findings.problemLimit, "seed \(seed)")
      }
    }
    // Some mutations fall into comments and names; if none did, the mutator is broken.
    #expect(readable > 0 && readable < rounds)
  }

  private static let pieces = [
    "*a", "&a ", "<<: ", "[", "]", "{", "}", "- ", ": ", "\n", "  ", "\t", "#", "'", "\"", "|\n", ">\n", "!!int ",
    "!x ",
    "---\n", "...\n", "%YAML 9.9\n", "? ", "~", "null", "-1", "1e999", "0x", "99999999999999999999999999999", ".5",
    "5.",
    "\u{0}", "\u{FEFF}", "\u{2028}", "é", "0x90F8bf6A479f320ead074411a4B0e7944Ea8c9C1", "\\u0000", "\\uD800", "\\x",
    "{{{{{{{{", "[[[[[[[[", "- - - - - - - -", "100000000000000000000%", "1 wei", "18446744073709551616",
  ]

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
    guard !bytes.isEmpty else { return }
    let at = Int.random(in: 0..<bytes.count, using: &generator)
    let length = min(Int.random(in: 1...24, using: &generator), bytes.count - at)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.removeSubrange(at..<at + length)
    case 2: bytes.insert(contentsOf: bytes[at..<at + length], at: Int.random(in: 0...bytes.count, using: &generator))
    case 3, 4:
      let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
      bytes.insert(contentsOf: piece.utf8, at: at)
    case 5: bytes.removeLast(bytes.count - at)
    default:
      // A whole line somewhere else: sections change their parents.
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
      let line = lines[Int.random(in: 0..<lines.count, using: &generator)]
      var rest = lines
      rest.insert(line, at: Int.random(in: 0...rest.count, using: &generator))
      bytes = Array(rest.joined(separator: [UInt8(ascii: "\n")]))
    }
  }

  // MARK: hostile files, each of which has brought some parser down

  @Test func aliasBombsAreRefusedAtOnce() {
    // Nine levels of nine: 400 million nodes if expanded. As a key it is expanded (hashed) while it is parsed.
    for tail in ["bomb: *i\n", "? *i\n: 1\n"] {
      var yaml = "a: &a [x, x, x, x, x, x, x, x, x]\n"
      for (name, previous) in zip("bcdefghi", "abcdefgh") {
        yaml += "\(name): &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ", "))]\n"
      }
      let clock = ContinuousClock()
      let start = clock.now
      let problems = Fixtures.problems(yaml + tail)
      #expect(problems.count == 1)
      #expect(problems.first?.contains("anchors and aliases (& and *) are not supported") == true)
      #expect(clock.now - start < .seconds(2))
    }
  }

  @Test func deepNestingIsRefused() {
    let shapes = [
      String(repeating: "[", count: 20_000), String(repeating: "- ", count: 20_000),
      String(repeating: "{a: ", count: 20_000), String(repeating: "? ", count: 20_000),
      (0..<1_200).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      "a: " + String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
    ]
    for shape in shapes { #expect(Fixtures.problems(shape).count == 1) }
  }

  @Test func hugeAndForeignFilesAreRefused() {
    #expect(
      Fixtures.problems(String(repeating: "#", count: 1 << 20 + 1))
        == ["test.yaml:1:1: the file has 1048577 bytes, more than 1048576; split the deployment in two"])
    #expect(Fixtures.problems("").first?.hasPrefix("test.yaml:1:1: the file is empty;") == true)
    #expect(Fixtures.problems("# only a comment\n").first?.hasPrefix("test.yaml:1:1: the file is empty;") == true)
    #expect(Fixtures.problems("just a text").first?.contains("here must stand a section, not a single value") == true)
    #expect(Fixtures.problems("a: 1\n---\nb: 2\n").first?.contains("but found another document") == true)
    for bytes: [UInt8] in [[0xFF, 0xFE, 0x41], [0xC3, 0x28], [0xED, 0xA0, 0x80], Array(repeating: 0, count: 64)] {
      #expect(throws: ConfigurationError.self) { try SettingTree.parse(bytes: bytes, file: "test.yaml") }
    }
  }
}
