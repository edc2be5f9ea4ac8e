/// One section of the configuration while it is read. Every key is asked for by name; what was never asked for is
/// unknown.
///
/// A reader returns nil when it has reported a problem; the caller goes on, so that one run finds all of them, and
/// gives up on its own result at the end.
final class Section {
  let path: String
  let place: Place
  let findings: Findings
  private let entries: [SettingTree.Entry]
  private var asked: [String] = []

  private init(path: String, place: Place, entries: [SettingTree.Entry], findings: Findings) {
    self.path = path
    self.place = place
    self.entries = entries
    self.findings = findings
  }

  /// Reads a tree as a section, runs `body` over it and reports keys that `body` did not ask for.
  static func read<Value>(
    _ tree: SettingTree, path: String, findings: Findings, _ body: (Section) -> Value?
  ) -> Value? {
    guard case .section(let entries) = tree.content else {
      findings.report(
        tree.place, path, "here must stand a section, not \(tree.kind)", remedy: "write its keys below, indented")
      return nil
    }
    let section = Section(path: path, place: tree.place, entries: entries, findings: findings)
    let value = body(section)
    section.reportUnknownKeys()
    return value
  }

  func keyPath(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Whether the key is present with a value. Counts as asking for it.
  func has(_ key: String) -> Bool { tree(key) != nil }

  /// The value of a key, nil when absent or null.
  func tree(_ key: String) -> SettingTree? {
    if !asked.contains(key) { asked.append(key) }
    findings.asked(Section.withoutIndices(keyPath(key)))
    guard let entry = entries.first(where: { $0.key == key }), !entry.value.isNull else { return nil }
    return entry.value
  }

  func report(_ key: String, _ what: String, remedy: String) {
    let found = entries.first { $0.key == key }
    findings.report(found?.value.place ?? place, keyPath(key), what, remedy: remedy)
  }

  // MARK: single values

  /// A key that must be there.
  func required<Value>(_ key: String, _ form: Form<Value>) -> Value? {
    guard let tree = tree(key) else {
      findings.report(
        entries.first { $0.key == key }?.keyPlace ?? place, keyPath(key), "this key is missing",
        remedy: "write \(form.what)")
      return nil
    }
    return form.read(tree, path: keyPath(key), findings: findings)
  }

  /// A key that may be absent, with the value that then holds.
  func optional<Value>(_ key: String, _ form: Form<Value>, default value: Value) -> Value? {
    guard let tree = tree(key) else { return value }
    return form.read(tree, path: keyPath(key), findings: findings)
  }

  /// A key that may be absent and has no default. The outer optional is nil when the value is there and wrong.
  func ifPresent<Value>(_ key: String, _ form: Form<Value>) -> Value?? {
    guard let tree = tree(key) else { return .some(nil) }
    return form.read(tree, path: keyPath(key), findings: findings).map { .some($0) }
  }

  // MARK: sections and lists

  func requiredSection<Value>(_ key: String, _ body: (Section) -> Value?) -> Value? {
    guard let tree = tree(key) else {
      findings.report(
        entries.first { $0.key == key }?.keyPlace ?? place, keyPath(key), "this section is missing",
        remedy: "add it with its keys (docs/configuration.md)")
      return nil
    }
    return Section.read(tree, path: keyPath(key), findings: findings, body)
  }

  /// A section that may be absent; `body` then runs over an empty one, so that the defaults stand in one place only.
  func optionalSection<Value>(_ key: String, _ body: (Section) -> Value?) -> Value? {
    let empty = SettingTree(content: .section([]), place: place)
    return Section.read(tree(key) ?? empty, path: keyPath(key), findings: findings, body)
  }

  /// A section without which something is switched off. The outer optional is nil when the section is there and wrong.
  func sectionIfPresent<Value>(_ key: String, _ body: (Section) -> Value?) -> Value?? {
    guard let tree = tree(key) else { return .some(nil) }
    return Section.read(tree, path: keyPath(key), findings: findings, body).map { .some($0) }
  }

  /// A list with at least one entry. Nil when any entry is wrong.
  func requiredList<Value>(
    _ key: String, limit: Int, _ body: (SettingTree, _ path: String) -> Value?
  ) -> [Value]? {
    guard let tree = tree(key) else {
      findings.report(
        entries.first { $0.key == key }?.keyPlace ?? place, keyPath(key), "this list is missing",
        remedy: "add at least one entry, each after a dash")
      return nil
    }
    guard case .list(let items) = tree.content else {
      findings.report(
        tree.place, keyPath(key), "here must stand a list, not \(tree.kind)", remedy: "start each entry with a dash")
      return nil
    }
    guard !items.isEmpty, items.count <= limit else {
      findings.report(
        tree.place, keyPath(key), "this list has \(items.count) entries", remedy: "write 1 to \(limit) of them")
      return nil
    }
    let values = items.enumerated().map { body($0.element, "\(keyPath(key))[\($0.offset)]") }
    let good = values.compactMap { $0 }
    return good.count == values.count ? good : nil
  }

  // MARK: unknown keys

  private func reportUnknownKeys() {
    for entry in entries where !asked.contains(entry.key) {
      let remedy: String
      if let near = Section.nearest(to: entry.key, among: asked) {
        remedy = "did you mean \(quoted(near))?"
      } else {
        remedy = "remove it; known here: \(asked.joined(separator: ", "))"
      }
      findings.report(entry.keyPlace, keyPath(quotedIfOdd(entry.key)), "unknown key", remedy: remedy)
    }
  }

  private func quotedIfOdd(_ key: String) -> String {
    let isWord = !key.isEmpty && key.utf8.count <= 40 && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return isWord ? key : quoted(key, limit: 40)
  }

  /// `chains[0].endpoints[12].url` → `chains[].endpoints[].url`.
  static func withoutIndices(_ path: String) -> String {
    var result = ""
    var isInside = false
    for character in path {
      if character == "]" { isInside = false }
      if !isInside { result.append(character) }
      if character == "[" { isInside = true }
    }
    return result
  }

  /// The known key that a mistyped one most likely means: at most a third of its letters differ.
  static func nearest(to key: String, among known: [String]) -> String? {
    guard key.utf8.count <= 40 else { return nil }
    let wanted = Array(key.lowercased().utf8)
    var best: (distance: Int, key: String)?
    for candidate in known {
      let distance = editDistance(wanted, Array(candidate.lowercased().utf8))
      if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, wanted.count / 3) else { return nil }
    return best.key
  }

  /// Levenshtein's distance with neighbouring letters swapped counting once (optimal string alignment).
  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}
