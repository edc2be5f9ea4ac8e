/// How one value is written: what a person is told to write, and the reading of the text.
struct Form<Value> {
  /// Completes "write …", with an example.
  let what: String
  /// False for values that could be secret: they are never repeated in a message.
  var isShown = true
  /// Gives the value, or says what is wrong with the text: `"12 parsecs" …`.
  let parse: (String) -> Reading<Value>

  func read(_ tree: SettingTree, path: String, findings: Findings) -> Value? {
    guard case .scalar(let text, _) = tree.content else {
      findings.report(tree.place, path, "here must stand a single value, not \(tree.kind)", remedy: "write \(what)")
      return nil
    }
    switch parse(text) {
    case .value(let value): return value
    case .wrong(let why):
      let subject = isShown ? quoted(text) : "the value"
      findings.report(tree.place, path, "\(subject) \(why)", remedy: "write \(what)")
      return nil
    }
  }
}

enum Reading<Value> {
  case value(Value)
  /// Completes the sentence that begins with the text itself.
  case wrong(String)
}

extension Form {
  func mapped<Result>(_ transform: @escaping (Value) -> Reading<Result>) -> Form<Result> {
    Form<Result>(what: what, isShown: isShown) { text in
      switch parse(text) {
      case .value(let value): transform(value)
      case .wrong(let why): .wrong(why)
      }
    }
  }

  /// One of a few words.
  static func choice(_ words: [(String, Value)]) -> Form<Value> {
    let list = words.map { $0.0 }
    let what = list.count == 1 ? list[0] : list.dropLast().joined(separator: ", ") + " or " + (list.last ?? "")
    return Form(what: what) { text in
      if let found = words.first(where: { $0.0 == text }) { return .value(found.1) }
      if let near = Section.nearest(to: text, among: list) {
        return .wrong("is not known here; perhaps \(quoted(near))")
      }
      return .wrong("is not known here")
    }
  }
}

extension Form<Bool> {
  /// Only these two words: YAML's yes, no, on and off have surprised too many.
  static var flag: Form<Bool> { .choice([("true", true), ("false", false)]) }
}

extension Form<String> {
  /// A word to refer to something by, also in logs and metric labels.
  static var name: Form<String> {
    Form(what: "1 to 40 letters, digits, dots, dashes or underscores, beginning with a letter or digit") { text in
      let isName =
        (1...40).contains(text.utf8.count)
        && text.utf8.allSatisfy { isNameByte($0) }
        && text.utf8.first.map { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") } == true
      return isName ? .value(text) : .wrong("is not a name")
    }
  }

  /// A file or folder; a relative one counts from the folder of the configuration file.
  static var path: Form<String> {
    Form(what: "a path; a relative one counts from the folder of this file") { text in
      guard !text.isEmpty else { return .wrong("is no path") }
      guard !text.unicodeScalars.contains(where: { $0.value == 0 }) else { return .wrong("holds a zero byte") }
      return .value(text)
    }
  }

  /// A symbol of a token, as in `USDC`.
  static var symbol: Form<String> {
    Form(what: "a symbol of 1 to 20 letters, digits, dots, dashes or underscores") { text in
      let isSymbol = (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { isNameByte($0) }
      return isSymbol ? .value(text) : .wrong("is not a symbol")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension Form<UInt64> {
  /// A whole number within a range, in decimal digits.
  static func integer(_ range: ClosedRange<UInt64>) -> Form<UInt64> {
    Form(what: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return .wrong("is not a whole number in decimal digits")
      }
      guard let value = UInt64(text), range.contains(value) else { return .wrong("is out of range") }
      return .value(value)
    }
  }

  /// A span of time in whole seconds: `90s`, `5m`, `24h`, `30d`.
  static func duration(_ range: ClosedRange<UInt64>) -> Form<UInt64> {
    let what =
      "a time from \(durationText(range.lowerBound)) to \(durationText(range.upperBound)), such as 90s, 5m or 24h"
    return Form(what: what) { text in
      let units: [(String, UInt64)] = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
      guard let parts = NumberWithUnit(text), !parts.unit.isEmpty else {
        return .wrong("has no unit (s, m, h or d)")
      }
      guard let unit = units.first(where: { $0.0 == parts.unit }) else {
        return .wrong("has the unknown unit \(quoted(parts.unit)) (s, m, h and d are known)")
      }
      guard parts.number.utf8.allSatisfy({ $0 != UInt8(ascii: ".") }), let count = UInt64(parts.number) else {
        return .wrong("is not a whole number of \(parts.unit)")
      }
      let (seconds, isOverflow) = count.multipliedReportingOverflow(by: unit.1)
      guard !isOverflow, range.contains(seconds) else { return .wrong("is out of range") }
      return .value(seconds)
    }
  }
}

extension Form<UInt64> {
  /// Whole percents: `20%`.
  static func percent(_ range: ClosedRange<UInt64>) -> Form<UInt64> { parts(range, places: 0, "a whole percentage") }

  /// Tenths of a percent, counted in thousandths: `12.5%` is 125.
  static func perMille(_ range: ClosedRange<UInt64>) -> Form<UInt64> {
    parts(range, places: 1, "a percentage to a tenth")
  }

  private static func parts(_ range: ClosedRange<UInt64>, places: Int, _ noun: String) -> Form<UInt64> {
    let low = NumberWithUnit.shifted("\(range.lowerBound)", by: -places)
    let high = NumberWithUnit.shifted("\(range.upperBound)", by: -places)
    return Form(what: "\(noun) from \(low)% to \(high)%") { text in
      guard let parts = NumberWithUnit(text), parts.unit == "%" else { return .wrong("is not a percentage") }
      let whole = NumberWithUnit.shifted(parts.number, by: places)
      guard !whole.contains(".") else { return .wrong("is too fine") }
      guard let value = UInt64(whole), range.contains(value) else { return .wrong("is out of range") }
      return .value(value)
    }
  }
}

/// A time for messages, in its largest whole unit.
func durationText(_ seconds: UInt64) -> String {
  switch seconds {
  case let s where s > 0 && s % 86_400 == 0: "\(s / 86_400)d"
  case let s where s > 0 && s % 3_600 == 0: "\(s / 3_600)h"
  case let s where s > 0 && s % 60 == 0: "\(s / 60)m"
  default: "\(seconds)s"
  }
}

/// `12.5 gwei` as its decimal number and its unit. No sign, no exponent; at most 40 digits each side of the point.
struct NumberWithUnit {
  let number: String
  let unit: String

  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.firstIndex { !NumberWithUnit.isNumberByte($0) } ?? bytes.count
    let number = String(decoding: bytes[..<end], as: UTF8.self)
    guard NumberWithUnit.isDecimal(number) else { return nil }
    var rest = bytes[end...]
    if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    self.number = number
    self.unit = String(decoding: rest, as: UTF8.self)
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
  }

  /// Digits with at most one point, which has digits on both sides.
  static func isDecimal(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 1 || parts.count == 2 else { return false }
    return parts.allSatisfy { part in
      (1...40).contains(part.utf8.count)
        && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }

  /// A decimal text with its point moved: right for positive `places`, left for negative. Exact; drops needless zeros.
  static func shifted(_ decimal: String, by places: Int) -> String {
    let parts = decimal.split(separator: ".", omittingEmptySubsequences: false)
    var whole = Array((parts.first ?? "").utf8)
    var fraction = parts.count > 1 ? Array(parts[1].utf8) : []
    let zero = UInt8(ascii: "0")
    if places > 0 {
      for _ in 0..<places { whole.append(fraction.isEmpty ? zero : fraction.removeFirst()) }
    } else {
      for _ in 0..<(-places) { fraction.insert(whole.popLast() ?? zero, at: 0) }
    }
    while whole.count > 1, whole.first == zero { whole.removeFirst() }
    while fraction.last == zero { fraction.removeLast() }
    if whole.isEmpty { whole = [zero] }
    let text = String(decoding: whole, as: UTF8.self)
    return fraction.isEmpty ? text : text + "." + String(decoding: fraction, as: UTF8.self)
  }
}
