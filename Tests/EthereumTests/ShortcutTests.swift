import Foundation
import TestSupport
import Testing

@testable import Ethereum

/// Shortcuts against the long way round: what takes eight characters at once must see what one at a time sees.
struct ShortcutTests {
  @Test("Hex of any length is what its digits spell, and reads back")
  func hexRoundTrip() throws {
    var random = SplitMix64(1)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let slow = "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(Hex.encode(bytes) == slow)
      #expect(Hex.encode(bytes, prefix: false) == String(slow.dropFirst(2)))
      #expect(try Hex.decode(slow, limit: 70) == bytes)
      #expect(try Hex.decode("0x" + slow.dropFirst(2).uppercased(), limit: 70) == bytes)
    }
  }

  @Test("Every character at every place of a word is taken or refused as when read one by one", arguments: 0..<18)
  func hexCharacters(place: Int) {
    for character in UInt8(0)..<128 {
      var text = Array("0x0123456789abcdefAB".utf8)
      text[2 + place] = character
      let string = String(decoding: text, as: UTF8.self)
      // Only texts that must have the prefix are read eight at a time.
      #expect(Self.decoded(string, .required) == Self.decoded(string, .optional), "character \(character)")
    }
  }

  private static func decoded(_ text: String, _ prefix: Hex.Prefix) -> Result<[UInt8], EthereumError> {
    Result { () throws(EthereumError) in try Hex.decode(text, limit: 100, prefix: prefix) }
  }

  @Test("Every character at every place of a hash is taken or refused as when read one by one", arguments: 0..<64)
  func hashCharacters(place: Int) {
    for character in UInt8(0)..<128 {
      var text = Array("0x0123456789abcdefABCDEF9876543210f0e1d2c3b4a5968778695a4b3c2d1e0f".utf8)
      text[2 + place] = character
      let string = String(decoding: text, as: UTF8.self)
      let quick = Result { () throws(EthereumError) in try Bytes32(hex: string).bytes }
      #expect(quick == Self.decoded(string, .optional), "character \(character)")
      if case .success(let bytes) = quick { #expect(Hex.encode(bytes) == string.lowercased()) }
    }
  }

  @Test("Every character at every place of a quantity is taken or refused as when read one by one", arguments: 0..<7)
  func quantityCharacters(place: Int) {
    for character in UInt8(0)..<128 {
      var text = Array("0x1a2b3".utf8)
      text[place] = character
      let string = String(decoding: text, as: UTF8.self)
      // As many digits as no shortcut takes; a leading zero is none.
      let long = String(string.prefix(2)) + "1000000000000" + string.dropFirst(2)
      let read = Self.quantity(string), whole = Self.quantity(long)
      if place != 2 || character != UInt8(ascii: "0") {
        #expect((read == nil) == (whole == nil), "character \(character)")
      } else {
        #expect(read == nil)
      }
      if let read, let whole { #expect(whole == read | UInt256.one << (4 * 17)) }
    }
  }

  private static func quantity(_ text: String) -> UInt256? {
    do { return try UInt256(hexQuantity: text) } catch { return nil }
  }

  @Test("Decimals of every length")
  func decimals() throws {
    var random = SplitMix64(3)
    for digits in 1...77 {
      let first = "\(Int.random(in: 1...9, using: &random))"
      let rest = (1..<max(digits, 1)).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
      for text in [first + rest, "1" + String(repeating: "0", count: digits - 1)] {
        #expect(try UInt256(decimal: text).description == text)
      }
    }
    #expect(UInt256.zero.description == "0")
    let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    #expect(UInt256.max.description == largest)
  }

  @Test("Quantities of every length")
  func quantities() throws {
    var random = SplitMix64(2)
    #expect(UInt256.zero.hexQuantity == "0x0")
    for bits in 0..<256 {
      let value = UInt256.one << bits | (UInt256(UInt64.random(in: 0 ... .max, using: &random)) >> (64 - min(bits, 64)))
      let digits = Hex.encode(value.bigEndian32, prefix: false).drop { $0 == "0" }
      #expect(value.hexQuantity == "0x" + digits)
      #expect(try UInt256(hexQuantity: value.hexQuantity) == value)
      #expect(try UInt256(bigEndian: value.bigEndian32) == value)
      #expect(try UInt256(bigEndian: value.minimalBigEndian) == value)
    }
  }

  @Test("Any character at any place of a text survives being written and read", arguments: 0..<20)
  func texts(place: Int) throws {
    let others = ["\"", "\\", "\n", "\u{1}", "\u{1f}", "\u{7f}", "é", "\u{1f600}", " ", "/"]
    for other in others + (0x20..<0x7f).map({ String(UnicodeScalar(UInt8($0))) }) {
      var characters = [String](repeating: "a", count: 20)
      characters[place] = other
      let text = characters.joined()
      let written = JSON.string(text).encoded()
      #expect(try JSON.parse(written) == .string(text))
      #expect(try JSONDecoder().decode(String.self, from: Data(written)) == text)
      #expect(!written.contains { $0 < 0x20 })
    }
  }

  @Test("Control characters in a text are refused at every place", arguments: 0..<20)
  func controls(place: Int) {
    for control in UInt8(0)..<0x20 {
      var text = Array("\"aaaaaaaaaaaaaaaaaaaa\"".utf8)
      text[1 + place] = control
      #expect(throws: EthereumError.self) { try JSON.parse(text) }
    }
  }

  @Test("Objects are the same from members in any order; keys that are one text in two spellings are one key")
  func members() throws {
    let sorted = try JSON.parse(Array(#"{"a":1,"b":2,"c":3}"#.utf8))
    #expect(try JSON.parse(Array(#"{"c":3,"a":1,"b":2}"#.utf8)) == sorted)
    #expect(JSON.object(JSONObject([("c", 3), ("b", 0), ("a", 1), ("b", 2)])) == sorted)
    #expect(throws: EthereumError.self) { try JSON.parse(Array(#"{"a":1,"a":1}"#.utf8)) }
    #expect(throws: EthereumError.self) { try JSON.parse(Array(#"{"\#u{65}\#u{301}":1,"\#u{e9}":1}"#.utf8)) }
    var object: JSONObject = ["b": 2]
    object["a"] = 1
    object["b"] = nil
    object["c"] = 4
    object["c"] = 3
    #expect(object.members.map(\.key) == ["a", "c"])
    #expect(object["c"] == 3)
  }

  @Test("Objects of many members in any order", arguments: [2, 3, 15, 16, 17, 40])
  func manyMembers(count: Int) {
    var random = SplitMix64(UInt64(count))
    for _ in 0..<50 {
      let pairs = (0..<count).map { index in
        (key: "k\(Int.random(in: 0..<count, using: &random))", value: JSON.integer(Int64(index)))
      }
      let expected = Dictionary(pairs.map { ($0.key, $0.value) }) { $1 }.sorted { $0.key < $1.key }
      let object = JSONObject(pairs)
      #expect(object.keys == expected.map(\.key))
      #expect(object.members.map(\.value) == expected.map(\.value))
    }
  }

  // MARK: Writing records

  private struct Leaf: Codable, JSONComposed {
    var word: UInt256
    var note: String
    func compose(_ form: inout JSONComposition) throws {
      form.put("note", note)
      try form.put("word", word)
    }
  }

  private struct Tree: Codable, JSONComposed {
    var leaves: [Leaf]
    var best: Leaf?
    var others: [Leaf]?
    var names: [String]
    var count: Int
    var large: UInt64
    var isTall: Bool
    func compose(_ form: inout JSONComposition) throws {
      try form.put("best", best)
      form.put("count", count)
      form.put("isTall", isTall)
      form.put("large", large)
      try form.put("leaves", leaves)
      form.put("names", names)
      try form.put("others", others)
    }
  }

  @Test("A value that says its form says what its coder would, also with a memo of what it was before")
  func composition() throws {
    let memo = JSONMemo()
    var tree = Tree(leaves: [], best: nil, others: nil, names: [], count: -1, large: 7, isTall: true)
    for round in 0..<24 {
      #expect(try JSON(encoding: tree, memo: memo) == JSON.parse(JSONCoding.encode(tree)))
      let leaf = Leaf(word: UInt256(UInt64(round)), note: "\(round % 3)")
      switch round % 8 {
      case 0: tree.leaves.append(leaf)
      case 1: tree.best = leaf
      case 2: tree.others = [leaf, leaf]
      case 3: tree.leaves.insert(leaf, at: 0)
      case 4: tree.best = nil
      case 5: tree.others?.removeLast()
      case 6: tree.names.append("\(round)")
      default: tree.others = nil
      }
    }
  }

  // MARK: Reading records

  private struct Record: Codable, Equatable {
    enum Kind: Codable, Equatable {
      case plain
      case pair(first: UInt8, second: String?)
      case whole([Int16])
    }
    var kind: Kind
    var flag: Bool?
    var ratio: Double
    var number: UInt64
    var table: [String: Int]
    var nested: [[UInt256]]
    var free: JSON
  }

  @Test(
    "A record reads as the library's decoder reads it",
    arguments: [
      Record.Kind.plain, .pair(first: 255, second: nil), .pair(first: 0, second: "x"), .whole([-3, 4]),
    ])
  private func records(kind: Record.Kind) throws {
    for (ratio, number) in [(3.0, UInt64(7)), (0.25, 7), (-1, .max)] {
      let record = Record(
        kind: kind, flag: number == 7 ? true : nil, ratio: ratio, number: number, table: ["a": 1, "b": 2],
        nested: [[], [UInt256.max]], free: ["x": [1, .null, "y", false]])
      let text = try JSONCoding.encode(record)
      #expect(try JSONDecoder().decode(Record.self, from: Data(text)) == record)
      #expect(try JSONCoding.decode(Record.self, from: text) == record)
      // Without text only where no number can have lost digits.
      let isExact = ratio == 3 && number == 7
      let short: Record? = try isExact ? JSON.parse(text).decode(Record.self) : nil
      #expect(short == (isExact ? record : nil))
    }
  }

  @Test(
    "What is not a record is refused in the library's words",
    arguments: [
      #"{"kind":{"plain":{}},"ratio":1,"number":-1,"table":{},"nested":[],"free":1}"#,
      #"{"kind":{"odd":{}},"ratio":1,"number":1,"table":{},"nested":[],"free":1}"#,
      #"{"kind":{"plain":{}},"ratio":1,"number":1,"table":{},"nested":[["x"]],"free":1}"#,
      #"{"kind":{"pair":{"first":256}},"ratio":1,"number":1,"table":{},"nested":[],"free":1}"#,
      #"{"kind":{"plain":{}},"ratio":1,"number":1,"table":{},"nested":[]}"#, "[]", "3",
    ])
  func noRecords(text: String) throws {
    #expect(throws: (any Error).self) { try JSON.parse(Array(text.utf8)).decode(Record.self) }
    do {
      _ = try JSONCoding.decode(Record.self, from: Array(text.utf8))
      Issue.record("read \(text)")
    } catch {
      guard case .json(.malformed(let reason, _)) = error else { throw error }
      #expect(!reason.isEmpty)
    }
  }
}
