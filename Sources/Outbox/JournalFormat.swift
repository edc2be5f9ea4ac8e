import Ethereum

/// The versions of the written form of records.
enum JournalFormat {
  /// Raised when an old reader would misread a new record.
  ///
  /// 1: until 0.2. 2: promises are revised, adopted and counted in vault's limits; an intent says how it is to be sent.
  /// Fields that 1 did not have read as their defaults, so a journal that 1 began goes on in 2 as it is.
  static let current: Int64 = 2
  static let known: ClosedRange<Int64> = 1...current

  /// The version of a record that this program does not know; nil if it knows it, or if there is none to be found.
  static func foreign(in payload: [UInt8]) -> Int64? {
    do {
      guard let format = try JSON.parse(payload)["format"]?.integer, !known.contains(format) else { return nil }
      return format
    } catch {
      return nil
    }
  }
}

/// The beginning of an entry's payload: all that a start needs to verify the chains, read without the record behind it.
///
/// A payload is canonical JSON, so `format`, `link` and `record` stand in this order and without spaces. Whatever is
/// written otherwise is read in full instead, and judged there.
struct JournalHeader: Equatable {
  let format: Int64
  let link: JournalLink?
  /// The name of the record's case, or of its first member.
  let recordName: String

  /// nil where the payload does not begin as this program writes it.
  init?(_ payload: [UInt8]) {
    var scanner = Scanner(bytes: payload)
    guard scanner.skip(#"{"format":"#), let format = scanner.integer(), let format = Int64(exactly: format) else {
      return nil
    }
    self.format = format
    if scanner.skip(#","link":{"hash":""#) {
      guard let hash = scanner.text(limit: 66), scanner.skip(#","sequence":"#), let sequence = scanner.integer(),
        scanner.skip("}")
      else { return nil }
      do { link = JournalLink(sequence: sequence, hash: try Bytes32(hex: hash)) } catch { return nil }
    } else {
      link = nil
    }
    guard scanner.skip(#","record":{""#), let name = scanner.text(limit: 40), payload.last == UInt8(ascii: "}") else {
      return nil
    }
    recordName = name
  }

  private struct Scanner {
    let bytes: [UInt8]
    var place = 0

    mutating func skip(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      guard bytes.count - place >= count else { return false }
      for offset in 0..<count where bytes[place + offset] != text.utf8Start[offset] { return false }
      place += count
      return true
    }

    mutating func integer() -> UInt64? {
      var value: UInt64?
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
        let (tenfold, first) = (value ?? 0).multipliedReportingOverflow(by: 10)
        let (sum, second) = tenfold.addingReportingOverflow(UInt64(bytes[place] - 0x30))
        guard !first, !second else { return nil }
        value = sum
        place += 1
      }
      return value
    }

    /// What stands before the next quotation mark, which is passed; nil if it is longer, or escaped.
    mutating func text(limit: Int) -> String? {
      var end = place
      while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
      guard end < bytes.count, bytes[end] == UInt8(ascii: "\""), end - place <= limit else { return nil }
      let text = String(decoding: bytes[place..<end], as: UTF8.self)
      place = end + 1
      return text
    }
  }
}
