import Ethereum
import Testing

@testable import vaultkeeper

@Suite struct ConfigurationHashTests {
  private func hash(_ yaml: String, books: [(name: String, content: [UInt8])] = []) throws -> Bytes32 {
    ConfigurationHash.compute(try SettingTree.parse(bytes: Array(yaml.utf8), file: "test.yaml"), books: books)
  }

  @Test func writingDoesNotChangeIt() throws {
    let first = try hash("tick: {interval: 12s, deadline: 10s}\nchains: [a, b]\n")
    for same in [
      "tick: {deadline: 10s, interval: 12s}\nchains: [a, b]\n",
      "# a comment\nchains:\n- a\n- \"b\"   # another\ntick:\n    interval: '12s'\n    deadline: 10s\n",
      "tick: {interval: 12s, deadline: 10s}\nchains: [a, b]\nvaults: ~\n",
    ] { #expect(try hash(same) == first) }
  }

  @Test func everyValueChangesIt() throws {
    let text = try Fixtures.full()
    let original = try hash(text)
    var seen: Set<Bytes32> = [original]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    var changed = 0
    for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
      // Each digit or letter at the end of a value, one at a time.
      for (offset, character) in line.enumerated() where character.isNumber {
        var edited = Array(line)
        edited[offset] = character == "7" ? "8" : "7"
        var all = lines
        all[index] = String(edited)
        let hash = try hash(all.joined(separator: "\n"))
        #expect(seen.insert(hash).inserted, "line \(index + 1), column \(offset + 1)")
        changed += 1
      }
    }
    #expect(changed > 500)
  }

  @Test func orderOfListsAndPlacesMatter() throws {
    let different = [
      "a: [x, y]", "a: [y, x]", "a: [[x], y]", "a: [x, [y]]", "a: {x: y}", "a: {y: x}", "a: x\nb: y", "a: \"x y\"",
    ]
    #expect(Set(try different.map { try hash($0) }).count == different.count)
  }

  @Test func addressBooksBelongToIt() throws {
    let yaml = "a: 1"
    let none = try hash(yaml)
    let one = try hash(yaml, books: [(name: "gmx", content: [1])])
    let other = try hash(yaml, books: [(name: "gmx", content: [2])])
    let renamed = try hash(yaml, books: [(name: "gmy", content: [1])])
    #expect(Set([none, one, other, renamed]).count == 4)
  }

  @Test func theInputHoldsNoURL() throws {
    let tree = try SettingTree.parse(bytes: Array(Fixtures.full().utf8), file: "test.yaml")
    let input = String(decoding: ConfigurationHash.canonical(tree, path: ""), as: UTF8.self)
    #expect(!input.contains("hunter2") && !input.contains("127.0.0.1"))
    #expect(input.contains("rpc-b") && input.contains("first-light"))
    let other = try Fixtures.full("hunter2", "hunter3")
    #expect(try hash(other) != hash(Fixtures.full()))
  }
}
