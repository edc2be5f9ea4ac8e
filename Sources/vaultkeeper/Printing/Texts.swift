import Ethereum
import Outbox

/// Times for people, in UTC.
enum TimeText {
  /// `2026-11-23 14:05:09`, proleptic Gregorian, without a calendar library.
  static func utc(_ unixSeconds: UInt64) -> String {
    let (days, rest) = unixSeconds.quotientAndRemainder(dividingBy: 86_400)
    // Far beyond year 9999 stands a broken clock, not a date.
    guard days < 2_932_897 else { return "@\(unixSeconds)" }
    let (year, month, day) = civil(Int(days))
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) "
      + "\(padded(Int(rest / 3600), 2)):\(padded(Int(rest / 60 % 60), 2)):\(padded(Int(rest % 60), 2))"
  }

  /// Days since 1970-01-01 as a date: eras of 400 years, each beginning on a first of March.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  /// When a day begins; nil for one that no calendar has.
  static func unixSeconds(_ year: Int, _ month: Int, _ day: Int) -> UInt64? {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    // A day too many of a month is the first of another: written back it reads otherwise.
    guard days >= 0, civil(days) == (year, month, day) else { return nil }
    return UInt64(days) * 86_400
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

/// Amounts of the chain's coin for people.
enum EtherText {
  static func of(_ wei: UInt256) -> String { NumberWithUnit.shifted(wei.description, by: -18) }

  static func gwei(_ wei: UInt256) -> String { NumberWithUnit.shifted(wei.description, by: -9) }
}

/// Values as JSON for other programs.
enum JSONText {
  static func of(_ value: some Encodable) throws(EthereumError) -> String {
    String(decoding: try JSONCoding.encode(value), as: UTF8.self)
  }
}
