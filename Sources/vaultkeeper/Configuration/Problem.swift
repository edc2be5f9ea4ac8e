// What is wrong with a configuration, and where. Problems are collected, so that one run names them all.

/// A position in a text file, both numbers counted from 1; columns count Unicode scalars, as editors show them.
struct Place: Hashable, Comparable, Sendable {
  let line: Int
  let column: Int

  static let start = Place(line: 1, column: 1)

  static func < (left: Place, right: Place) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing wrong in the configuration file.
struct Problem: Hashable, Sendable {
  let place: Place
  /// Where in the tree, as in `chains[0].fees.ceiling`; empty for the file as a whole.
  let key: String
  let what: String
  let remedy: String

  /// One line for a person or an editor: `file:line:column: key: what; remedy`.
  func line(file: String) -> String {
    let head = "\(file):\(place.line):\(place.column): "
    return key.isEmpty ? "\(head)\(what); \(remedy)" : "\(head)\(key): \(what); \(remedy)"
  }
}

/// The configuration cannot be used. Carries every problem that was found, in the order of the file.
struct ConfigurationError: Error, CustomStringConvertible {
  let file: String
  let problems: [Problem]

  init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems.sorted { ($0.place, $0.key, $0.what) < ($1.place, $1.key, $1.what) }
  }

  var description: String { problems.map { $0.line(file: file) }.joined(separator: "\n") }
}

/// Collects what the reading of one file finds: problems, and the paths of every key that was asked for.
final class Findings {
  /// More than this helps nobody; a file that is not a configuration at all must not print a book.
  static let problemLimit = 100

  private(set) var problems: [Problem] = []
  /// Paths without indices (`chains[].name`), each once, in the order first asked. The documentation is checked by
  /// it.
  private(set) var askedPaths: [String] = []
  private var askedSet: Set<String> = []

  func report(_ place: Place, _ key: String, _ what: String, remedy: String) {
    guard problems.count < Findings.problemLimit else { return }
    problems.append(Problem(place: place, key: key, what: what, remedy: remedy))
  }

  func asked(_ path: String) {
    if askedSet.insert(path).inserted { askedPaths.append(path) }
  }
}
