/// A series of numbers in time, as people keep one: `time,value` in each line. The time is unix seconds, a date
/// (`2024-01-31`) or a date with its time (`2024-01-31T21:00:00Z`); the first line may name the columns; further
/// columns are not looked at; an empty value or a single dot is a day without one. Rows may stand in either order.
///
/// Whatever stands in a file, reading it ends and says where it makes no sense.
struct DatedSeries: Hashable, Sendable {
  struct Row: Hashable, Sendable {
    /// Unix seconds; midnight for a date alone.
    let atSeconds: UInt64
    /// Above zero.
    let value: Double
  }

  /// In ascending order, each time once: of several values of one time the last in the file counts.
  let rows: [Row]

  /// 4 MB: 400 days of prices every five minutes.
  static let byteLimit = 4_194_304

  init(_ bytes: [UInt8]) throws(SeriesFailure) {
    var rows: [Row] = []
    var number = 0
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      number += 1
      let line = Self.trimmed(line)
      guard !line.isEmpty else { continue }
      let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
      guard let time = fields.first.flatMap({ Self.time(Self.trimmed($0)) }) else {
        // The names of the columns.
        if number == 1 { continue }
        throw SeriesFailure(line: number, what: "begins with no time")
      }
      guard fields.count > 1 else { throw SeriesFailure(line: number, what: "has no value after a comma") }
      let text = Self.trimmed(fields[1])
      if text.isEmpty || text.elementsEqual([UInt8(ascii: ".")]) { continue }
      guard let value = Self.value(text) else { throw SeriesFailure(line: number, what: "has no positive value") }
      rows.append(Row(atSeconds: time, value: value))
    }
    guard !rows.isEmpty else { throw SeriesFailure(line: number, what: "was reached without any value") }
    self.rows = Self.ordered(rows)
  }

  private static func ordered(_ rows: [Row]) -> [Row] {
    // The place in the file decides between equal times, so that the order does not depend on how sorting is done.
    let sorted = rows.enumerated().sorted { left, right in
      (left.element.atSeconds, left.offset) < (right.element.atSeconds, right.offset)
    }
    var ordered: [Row] = []
    ordered.reserveCapacity(rows.count)
    for (_, row) in sorted {
      if ordered.last?.atSeconds == row.atSeconds { ordered.removeLast() }
      ordered.append(row)
    }
    return ordered
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == UInt8(ascii: "\"") }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard (1...12).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
  }

  /// Digits with at most one point: no sign, no exponent, no words.
  private static func value(_ text: ArraySlice<UInt8>) -> Double? {
    let points = text.count { $0 == UInt8(ascii: ".") }
    guard text.count <= 40, points <= 1, text.count > points,
      text.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }),
      let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite, value > 0
    else { return nil }
    return value
  }

  private static func time(_ text: ArraySlice<UInt8>) -> UInt64? {
    if let seconds = number(text) { return seconds }
    let parts = text.split(separator: UInt8(ascii: "T"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let date = parts.first.flatMap(Self.midnight) else { return nil }
    guard parts.count == 2 else { return date }
    guard parts[1].last == UInt8(ascii: "Z"), let time = clock(parts[1].dropLast()) else { return nil }
    return date + time
  }

  private static func clock(_ text: ArraySlice<UInt8>) -> UInt64? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(number)
    guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2], hours < 24,
      minutes < 60, seconds < 60
    else { return nil }
    return hours * 3_600 + minutes * 60 + seconds
  }

  /// Days by the civil calendar (Hinnant 2013, "chrono-compatible low-level date algorithms").
  private static func midnight(_ text: ArraySlice<UInt8>) -> UInt64? {
    let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(number)
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1970...9999).contains(year),
      (1...12).contains(month), day >= 1, day <= lengths(year)[Int(month) - 1]
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted / 400 * 146_097 + shifted % 400 * 365 + shifted % 400 / 4 - shifted % 400 / 100 + ofYear
    return (days - 719_468) * 86_400
  }

  private static func lengths(_ year: UInt64) -> [UInt64] {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }
}

/// A file that is no series.
struct SeriesFailure: Error, Hashable, Sendable, CustomStringConvertible {
  let line: Int
  let what: String

  var description: String { "line \(line) \(what); write time,value, such as 2024-01-31,2301.5" }
}
