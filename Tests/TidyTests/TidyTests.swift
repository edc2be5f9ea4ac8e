import Foundation
import Testing

/// The house rules that a compiler cannot keep (ARCHITECTURE.md, CONTRIBUTING.md).
@Suite struct TidyTests {
  static let pureModules = ["Ethereum", "Quant", "Contracts", "Decision", "Outbox", "Wallet", "Keeper"]

  /// What each room may import beside the standard library. The compiler refuses undeclared targets; this list also
  /// keeps system modules out, which need no declaration.
  static let allowedImports: [String: Set<String>] = [
    "Ethereum": ["FoundationEssentials"],
    "Quant": ["RealModule"],
    "Contracts": ["Ethereum"],
    "Decision": ["Quant", "Contracts", "Ethereum"],
    "Outbox": ["Ethereum"],
    "Wallet": ["Ethereum", "CSecp256k1", "Crypto", "CryptoExtras", "FoundationEssentials"],
    "Keeper": ["Decision", "Outbox", "Wallet", "Quant", "Contracts", "Ethereum"],
    "Simulation": ["Keeper", "Decision", "Outbox", "Wallet", "Quant", "Contracts", "Ethereum"],
  ]

  @Test func importsGoDownwardsOnly() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      guard let allowed = Self.allowedImports[file.module] else { continue }
      for (number, line) in file.lines.enumerated() {
        guard let name = importedModule(line) else { continue }
        #expect(allowed.contains(name), "\(file.path):\(number + 1): \(file.module) may not import \(name)")
      }
    }
  }

  @Test(arguments: ["try?", "try!", "as!", "fatalError(", "catch {}"])
  func failuresAreNeitherForcedNorSilenced(ban: String) throws {
    for file in try SourceTree.swiftFiles(under: "Sources") where file.module != "Host" {
      for (number, line) in file.lines.enumerated() where containsWord(ban, in: code(of: line)) {
        Issue.record("\(file.path):\(number + 1): `\(ban)` has no place outside Host")
      }
    }
  }

  @Test(arguments: [" async ", "async throws", "await ", "Task {", "DispatchQueue", "nonisolated(unsafe) static var"])
  func theCoreIsSynchronous(ban: String) throws {
    for file in try SourceTree.swiftFiles(under: "Sources") where Self.pureModules.contains(file.module) {
      for (number, line) in file.lines.enumerated() where code(of: line).contains(ban) {
        Issue.record("\(file.path):\(number + 1): `\(ban)` has no place in the core (docs/decisions/0001)")
      }
    }
  }

  @Test func nothingIsPublic() throws {
    // What may follow the modifier: an endpoint may well be public.
    let widest = [
      "func ", "var ", "let ", "init", "struct ", "enum ", "class ", "final ", "actor ", "protocol ", "extension ",
      "typealias ", "static ", "import ", "subscript", "mutating ", "internal(set)", "private(set)", "convenience ",
    ]
    for file in try SourceTree.swiftFiles(under: "Sources") {
      for (number, line) in file.lines.enumerated()
      where widest.contains(where: { code(of: line).contains("public \($0)") }) {
        Issue.record("\(file.path):\(number + 1): `package` is the widest access here")
      }
    }
  }

  @Test func functionsFitOnAScreen() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") where !file.isGenerated {
      for function in functions(in: file) where function.length > 70 {
        Issue.record("\(file.path):\(function.line): a function of \(function.length) lines; 70 is the limit")
      }
    }
  }

  @Test func filesAreOneRoomEach() throws {
    for file in try SourceTree.swiftFiles(under: "Sources") where !file.isGenerated {
      #expect(file.lines.count <= 600, "\(file.path) has \(file.lines.count) lines; split it by noun")
      for (number, line) in file.lines.enumerated() where line.count > 120 {
        Issue.record("\(file.path):\(number + 1): \(line.count) columns; 120 is the limit")
      }
    }
  }

  @Test(arguments: ["Common", "Utils", "Utilities", "Helpers", "Models", "Types", "Manager"])
  func noRoomForEverything(name: String) throws {
    for file in try SourceTree.swiftFiles(under: "Sources") {
      #expect(!file.path.contains("/\(name).swift") && !file.path.contains("/\(name)/"), "\(file.path)")
    }
  }

  /// A scanner that finds nothing would pass everything: it must find the tree, and a planted offence.
  @Test func theScannerSees() throws {
    #expect(try SourceTree.swiftFiles(under: "Sources").count > 50)
    #expect(code(of: "let x = try? y() // try! never").contains("try?"))
    #expect(!code(of: "let x = \"try! \" // try!").contains("try!"))
    #expect(containsWord("try?", in: "let x = try? y()") && !containsWord("try?", in: "entry?.value"))
    #expect(importedModule("package import Ethereum") == "Ethereum")
    let long = ["  func f() {"] + Array(repeating: "    g()", count: 80) + ["  }"]
    #expect(functions(in: SourceFile(path: "Sources/X/y.swift", lines: long)).map(\.length) == [82])
  }
}

/// Whether `text` holds `word` at the beginning of a word: "entry?" is no "try?".
private func containsWord(_ word: String, in text: String) -> Bool {
  text.ranges(of: word).contains { range in
    range.lowerBound == text.startIndex || !text[text.index(before: range.lowerBound)].isLetter
  }
}

/// The module named by an import line, or nil for any other line.
private func importedModule(_ line: String) -> String? {
  let words = line.split(separator: " ").map(String.init)
  guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1 else { return nil }
  guard words[..<index].allSatisfy({ ["package", "internal", "public", "@testable", "@_exported"].contains($0) }) else {
    return nil
  }
  return String(words[index + 1].split(separator: ".")[0])
}

/// Functions and initialisers of a file, found by indentation, with the number of their lines.
private func functions(in file: SourceFile) -> [(line: Int, length: Int)] {
  var found: [(line: Int, length: Int)] = []
  var start: (line: Int, indent: Int)?
  for (number, line) in file.lines.enumerated() {
    let indent = line.prefix { $0 == " " }.count
    let text = line.dropFirst(indent)
    if let open = start {
      if indent == open.indent && text.hasPrefix("}") {
        found.append((open.line, number + 2 - open.line))
        start = nil
      }
    } else if text.contains("func ") || text.hasPrefix("init") || text.contains(" init(") {
      let bare = code(of: String(text)).trimmingCharacters(in: .whitespaces)
      if !bare.contains("}") && (bare.hasSuffix("{") || bare.hasSuffix("(") || bare.hasSuffix(",")) {
        start = (number + 1, indent)
      }
    }
  }
  return found
}
