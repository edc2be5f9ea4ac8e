/// What came out of a run: counts, and the failures by name. Prints as it goes.
struct Tally {
  private(set) var passed = 0
  private(set) var skipped = 0
  private var failures: [String] = []

  var failed: Int { failures.count }

  mutating func pass() { passed += 1 }

  /// A case that is not for a keeper, or a file of another kind.
  mutating func skip(_ name: String, because reason: String, count: Int = 1) {
    skipped += count
    print("skipped  \(name): \(reason)")
  }

  mutating func fail(_ name: String, _ reason: String) { failures.append("\(name): \(reason)") }

  /// Runs one case: passes if `body` returns, fails with what it throws.
  mutating func check(_ name: String, _ body: () throws -> Void) {
    do {
      try body()
      pass()
    } catch {
      fail(name, "\(error)")
    }
  }

  /// Prints each failure's name, then the counts.
  func close() {
    for failure in failures { print("FAILED   \(failure)") }
    print("\(passed) passed, \(failed) failed, \(skipped) skipped")
  }
}

/// Throws unless two values are equal; `what` names them.
func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
  guard found == expected else { throw LabError("\(what) is \(found), expected \(expected)") }
}
