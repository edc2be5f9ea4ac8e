/// A strict reader of JSON (RFC 8259) from bytes.
///
/// Written out because the library's decoder takes `[1,]`, keeps one of two equal keys without a word, and throws
/// errors of several kinds for numbers. Depth, size and number of values are bounded; nothing traps.
struct JSONParser {
  private let text: [UInt8]
  private let limits: JSONLimits
  private var position = 0
  private var values = 0

  init(_ text: [UInt8], limits: JSONLimits) {
    self.text = text
    self.limits = limits
  }

  /// The value that is the whole text.
  mutating func whole() throws(EthereumError) -> JSON {
    guard text.count <= limits.bytes else { throw .json(.tooLarge(bytes: text.count, limit: limits.bytes)) }
    skipSpace()
    let value = try value(depth: 0)
    skipSpace()
    guard position == text.count else { throw failure("text after the value") }
    return value
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private func failure(_ reason: String) -> EthereumError {
    .json(.malformed(reason: "\(reason) at byte \(position)", excerpt: Excerpt.of(text)))
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  /// Whether `byte` is next; then it is passed.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(EthereumError) -> JSON {
    values += 1
    guard values <= limits.values else { throw .json(.tooMany(limit: limits.values)) }
    switch next {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .none: throw failure("the text ends")
    default: throw failure("no value")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(EthereumError) -> JSON {
    guard text[position...].starts(with: word.utf8) else { throw failure("no value") }
    position += word.utf8.count
    return value
  }

  private func enter(_ depth: Int) throws(EthereumError) {
    guard depth <= limits.depth else { throw .json(.tooDeep(offset: position, limit: limits.depth)) }
  }

  private mutating func array(depth: Int) throws(EthereumError) -> [JSON] {
    try enter(depth)
    position += 1
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      skipSpace()
      elements.append(try value(depth: depth))
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw failure("no , or ]") }
    }
  }

  private mutating func object(depth: Int) throws(EthereumError) -> JSONObject {
    try enter(depth)
    position += 1
    var members: [JSONObject.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return JSONObject() }
    // What a node answers is an object of three.
    members.reserveCapacity(4)
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("no key") }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("no :") }
      skipSpace()
      members.append(JSONObject.Member(key: key, value: try value(depth: depth)))
      skipSpace()
      if take(UInt8(ascii: "}")) { break }
      guard take(UInt8(ascii: ",")) else { throw failure("no , or }") }
    }
    let object = JSONObject(unordered: members)
    guard object.count == members.count else { throw failure("a key occurs twice in the object that ends") }
    return object
  }

  // MARK: Numbers

  private mutating func number() throws(EthereumError) -> JSON {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let firstDigit = next
    let count = digits()
    guard count > 0, count == 1 || firstDigit != UInt8(ascii: "0") else { throw failure("no number") }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard digits() > 0 else { throw failure("no digits after the point") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      guard digits() > 0 else { throw failure("no digits in the exponent") }
    }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(digits) { return .integer(value) }
    guard let value = Double(digits), value.isFinite else { throw failure("a number too large") }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  // MARK: Strings

  private mutating func string() throws(EthereumError) -> String {
    position += 1
    let first = position
    // Nearly all strings of a node are ASCII without escapes: one pass, one copy.
    let end = text.withUnsafeBufferPointer { text in
      var end = first + PlainText.length(UnsafeRawBufferPointer(text), from: first)
      while end < text.count, text[end] >= 0x20, text[end] < 0x80, text[end] != UInt8(ascii: "\""),
        text[end] != UInt8(ascii: "\\")
      {
        end += 1
      }
      return end
    }
    if end < text.count, text[end] == UInt8(ascii: "\"") {
      position = end + 1
      return text.withUnsafeBufferPointer { text in
        String(unsafeUninitializedCapacity: end - first) { memory in
          memory.initialize(fromContentsOf: text[first..<end])
        }
      }
    }
    var bytes: [UInt8] = []
    var start = first
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        bytes += text[start..<position]
        position += 1
        guard let string = String(validating: bytes, as: UTF8.self) else { throw failure("a string that is not UTF-8") }
        return string
      case UInt8(ascii: "\\"):
        bytes += text[start..<position]
        position += 1
        try escape(into: &bytes)
        start = position
      case ..<0x20: throw failure("a control character in a string")
      default: position += 1
      }
    }
    throw failure("a string that does not end")
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(EthereumError) {
    guard let byte = next else { throw failure("a string that does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): bytes += Character(try scalar()).utf8
    default: throw failure("an unknown escape")
    }
  }

  /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
  private mutating func scalar() throws(EthereumError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Only surrogates are no scalars: a high one must be followed by a low one.
    guard first < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw failure("half a surrogate pair")
    }
    let second = try codeUnit()
    guard second >= 0xdc00, second < 0xe000,
      let scalar = Unicode.Scalar(0x1_0000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
    else { throw failure("half a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(EthereumError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap(Hex.digitValue) else { throw failure("no four hex digits") }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}

/// Looks for long stretches of text that stand in JSON as they are.
enum PlainText {
  /// How many bytes from `start` on are certainly ASCII, no control characters, quotes or backslashes: looked at eight
  /// at a time, so that up to seven more may be.
  @inline(__always)
  static func length(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place + 8 <= text.count, isPlain(text.loadUnaligned(fromByteOffset: place, as: UInt64.self)) { place += 8 }
    return place - start
  }

  @inline(__always)
  private static func isPlain(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5c)
    // The top bit of a place is set by what is not ASCII, and by taking away more than the place holds. A place below
    // one that was found may be set wrongly, and none is wrongly clear.
    let found = word | (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
    return found & (ones &* 0x80) == 0
  }
}
