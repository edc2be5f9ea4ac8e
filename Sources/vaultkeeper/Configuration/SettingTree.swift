import Yams

/// A configuration file as a tree with positions: YAML without anchors, aliases, custom tags or several documents.
struct SettingTree {
  indirect enum Content {
    case scalar(String, isQuoted: Bool)
    case list([SettingTree])
    case section([Entry])
  }

  struct Entry {
    let key: String
    let keyPlace: Place
    let value: SettingTree
  }

  let content: Content
  let place: Place

  /// An empty value or a plain `null`; a quoted "null" is a text.
  var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// What the content is called in messages.
  var kind: String {
    switch content {
    case .scalar: isNull ? "nothing" : "a single value"
    case .list: "a list"
    case .section: "a section"
    }
  }
}

/// The limits within which a file is read at all. A configuration of hundreds of vaults stays far below each.
enum SettingLimits {
  /// 1 MiB: a vault takes about 2 KiB.
  static let bytes = 1 << 20
  /// Our deepest key is 7 levels down.
  static let depth = 32
  /// Aliases are refused; up to this many are parsed so as to name the line, which bounds their expansion to 3^5
  /// copies.
  static let aliases = 16
}

extension SettingTree {
  /// Parses a file's bytes.
  ///
  /// - Throws: a `ConfigurationError` for anything that is not one plain YAML document.
  static func parse(bytes: [UInt8], file: String) throws(ConfigurationError) -> SettingTree {
    func failure(_ place: Place, _ what: String, _ remedy: String) -> ConfigurationError {
      ConfigurationError(file: file, problems: [Problem(place: place, key: "", what: what, remedy: remedy)])
    }
    guard bytes.count <= SettingLimits.bytes else {
      throw failure(
        .start, "the file has \(bytes.count) bytes, more than \(SettingLimits.bytes)", "split the deployment in two")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure(.start, "the file is not UTF-8 text", "save it as UTF-8")
    }
    if let place = tooManyAliases(in: bytes) {
      throw failure(place, "anchors and aliases (& and *) are not supported", "write the values out")
    }
    let parser: Parser
    let root: Node?
    do {
      parser = try Parser(yaml: text, encoding: .utf8)
      root = try parser.singleRoot()
    } catch {
      throw failure(Self.place(of: error), Self.text(of: error), "correct the YAML there")
    }
    // Nodes hold their anchors weakly; the parser keeps them alive while we look for them.
    return try withExtendedLifetime(parser) { () throws(ConfigurationError) -> SettingTree in
      guard let root else { throw failure(.start, "the file is empty", "start from docs/configuration.md") }
      return try convert(root, depth: 0, failure: failure)
    }
  }

  private static func convert(
    _ node: Node, depth: Int, failure: (Place, String, String) -> ConfigurationError
  ) throws(ConfigurationError) -> SettingTree {
    let place = Place(node.mark)
    guard depth <= SettingLimits.depth else {
      throw failure(place, "sections are nested deeper than \(SettingLimits.depth)", "flatten them")
    }
    if node.anchor != nil {
      throw failure(place, "anchors and aliases (& and *) are not supported", "write the values out")
    }
    switch node {
    case .alias:
      throw failure(place, "anchors and aliases (& and *) are not supported", "write the values out")
    case .scalar(let scalar):
      try refuse(tag: scalar.tag, at: place, failure)
      let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      return SettingTree(content: .scalar(scalar.string, isQuoted: isQuoted), place: place)
    case .sequence(let sequence):
      try refuse(tag: sequence.tag, at: place, failure)
      var items: [SettingTree] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1, failure: failure)) }
      return SettingTree(content: .list(items), place: place)
    case .mapping(let mapping):
      try refuse(tag: mapping.tag, at: place, failure)
      var entries: [Entry] = []
      for pair in mapping {
        let keyPlace = Place(pair.key.mark)
        guard case .scalar(let key) = pair.key, key.anchor == nil else {
          throw failure(keyPlace, "this key is not a plain word", "write key: value")
        }
        let value = try convert(pair.value, depth: depth + 1, failure: failure)
        entries.append(Entry(key: key.string, keyPlace: keyPlace, value: value))
      }
      return SettingTree(content: .section(entries), place: place)
    }
  }

  private static func refuse(
    tag: Tag, at place: Place, _ failure: (Place, String, String) -> ConfigurationError
  ) throws(ConfigurationError) {
    let name = tag.description
    guard name.isEmpty || name.hasPrefix("tag:yaml.org,2002:") else {
      throw failure(place, "the tag \(quoted(name)) is not supported", "remove it")
    }
  }

  /// An alias used as a key is expanded while parsing, so a file with many aliases is refused before the parser
  /// sees it.
  /// Every `*` that could start an alias counts; whole-line comments do not.
  private static func tooManyAliases(in bytes: [UInt8]) -> Place? {
    var count = 0
    var place = Place.start
    var previous = UInt8(ascii: "\n")
    var isComment = false
    var isLineStart = true
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        if byte == UInt8(ascii: "\n") { place = Place(line: place.line + 1, column: 0) }
        isComment = false
        isLineStart = true
      } else if isLineStart, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") {
        isComment = byte == UInt8(ascii: "#")
        isLineStart = false
      }
      // After a letter or digit an asterisk is text; anywhere else it may start an alias.
      if byte == UInt8(ascii: "*"), !isComment, !isWord(previous) {
        count += 1
        if count > SettingLimits.aliases { return place }
      }
      if byte & 0xC0 != 0x80 { place = Place(line: place.line, column: place.column + 1) }
      previous = byte
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func place(of error: any Error) -> Place {
    switch error as? YamlError {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): Place(mark)
    case .duplicatedKeysInMapping(_, let context): Place(context.mark)
    default: .start
    }
  }

  private static func text(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(let context, let problem, _, _), .parser(let context, let problem, _, _),
      .composer(let context, let problem, _, _):
      context.map { "not YAML: \($0.text) (line \($0.mark.line)), \(problem)" } ?? "not YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, _):
      "this section has the key \(keys.sorted().map { quoted($0) }.joined(separator: ", ")) more than once"
    case .reader(let problem, _, _, _): "not YAML: \(problem)"
    case .memory: "not YAML that fits into memory"
    default: "not YAML"
    }
  }
}

extension Place {
  fileprivate init(_ mark: Mark?) {
    self = mark.map { Place(line: $0.line, column: $0.column) } ?? .start
  }
}

/// A text from the file for use in a message: quoted, without control characters, and short.
func quoted(_ text: String, limit: Int = 80) -> String {
  var result = "\""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    guard index < limit else { return result + "…\"" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: result += "�"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
