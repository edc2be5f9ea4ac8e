import Ethereum

/// Dollars with 18 decimals, as text.
enum USD {
  /// Whole dollars and cents, rounded down: for messages, not for sums.
  static func text(_ amount: UInt256) -> String {
    do {
      let cents = try UInt256.mulDiv(amount, 100, one, rounding: .down)
      let (whole, part) = (try cents / 100, try cents % 100)
      return "\(whole).\(part < 10 ? "0" : "")\(part)"
    } catch {
      return "more than can be told"
    }
  }

  /// 10¹⁸: one dollar, and one native coin in wei.
  static let one: UInt256 = 1_000_000_000_000_000_000

  /// What `wei` are worth, rounded up; all there is where it cannot be told, so that a budget is never undercharged.
  static func worth(ofWei wei: UInt256, at price: UInt256) -> UInt256 {
    do { return try UInt256.mulDiv(wei, price, one, rounding: .up) } catch { return .max }
  }
}

extension UInt256 {
  /// The sum, or all there is: a budget that cannot be counted is used up.
  func saturatingAdd(_ other: UInt256) -> UInt256 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The difference, or zero.
  func saturatingSubtract(_ other: UInt256) -> UInt256 {
    guard self > other else { return .zero }
    do { return try self - other } catch { return .zero }
  }
}

extension Int256 {
  init(saturating value: UInt256) {
    do { self = try Int256(value) } catch { self = .max }
  }

  func saturatingAdd(_ other: Int256) -> Int256 {
    do { return try self + other } catch { return other.isNegative ? .min : .max }
  }

  func saturatingSubtract(_ other: Int256) -> Int256 {
    do { return try self - other } catch { return other.isNegative ? .max : .min }
  }

  /// How far it lies above `other`; zero if below.
  func distanceAbove(_ other: Int256) -> UInt256 {
    guard self > other else { return .zero }
    // Two's complement: the difference of the bits is the distance, which fits 256 bits without a sign.
    return bits.subtractingReportingOverflow(other.bits).value
  }
}

extension Sequence<UInt256> {
  /// The sum, or all there is.
  func saturatingSum() -> UInt256 { reduce(.zero) { $0.saturatingAdd($1) } }
}
