// Forms for what the chain and the market count in: addresses, wei, dollars, quantities, ratios.

import Contracts
import Ethereum

extension Form<Address> {
  /// An address with a correct EIP-55 checksum. One in lower case only has no protection against a typing error and is
  /// refused with the spelling that has.
  static var address: Form<Address> {
    Form(what: "an address as \"0x…\" with 40 hexadecimal digits and its checksum spelling") { text in
      guard text.hasPrefix("0x") else { return .wrong("is not an address") }
      guard text.utf8.count == 42 else {
        return .wrong("is not an address: it has \(text.utf8.count - 2) digits, not 40")
      }
      guard let lower = value(of: { () throws(EthereumError) in try Address(hex: text.lowercased()) }) else {
        return .wrong("is not an address: not all of it is hexadecimal")
      }
      if text.dropFirst(2) == text.dropFirst(2).lowercased() {
        guard text == lower.description else { return .wrong("has no checksum; if it is right, it is spelt \(lower)") }
      }
      // The right spelling is not named here: a letter or digit is wrong, and nobody knows which.
      guard text == lower.description else { return .wrong("does not match its checksum, so some of it is wrong") }
      guard lower != .zero else { return .wrong("is the zero address") }
      return .value(lower)
    }
  }
}

extension Form<Bytes32> {
  /// 32 bytes in hexadecimal, such as a role key.
  static var bytes32: Form<Bytes32> {
    Form(what: "32 bytes as \"0x…\" with 64 hexadecimal digits") { text in
      guard let bytes = value(of: { () throws(EthereumError) in try Bytes32(hex: text) }) else {
        return .wrong("is not 32 bytes in hexadecimal")
      }
      return .value(bytes)
    }
  }
}

extension Form<UInt256> {
  /// An amount of the chain's own coin: `0.05 ether`, `40 gwei`, `1 wei`.
  static func wei(_ minimumWei: UInt256 = .zero) -> Form<UInt256> {
    Form(what: "an amount of the chain's coin with its unit, such as 0.05 ether, 40 gwei or 1 wei") { text in
      let units: [(String, Int)] = [("wei", 0), ("gwei", 9), ("ether", 18)]
      guard let parts = NumberWithUnit(text), !parts.unit.isEmpty else {
        return .wrong("has no unit (ether, gwei or wei)")
      }
      guard let unit = units.first(where: { $0.0 == parts.unit }) else {
        return .wrong("has the unknown unit \(quoted(parts.unit)) (ether, gwei and wei are known)")
      }
      let whole = NumberWithUnit.shifted(parts.number, by: unit.1)
      guard !whole.contains(".") else { return .wrong("is not a whole number of wei") }
      guard let wei = value(of: { () throws(EthereumError) in try UInt256(decimal: whole) }), wei < UInt256.weiLimit
      else {
        return .wrong("is out of range")
      }
      guard wei >= minimumWei else { return .wrong("is below \(minimumWei) wei") }
      return .value(wei)
    }
  }
}

extension UInt256 {
  /// 2^100 wei are 10^12 ether, 10,000 times all there is; beyond it stands a typing error.
  fileprivate static var weiLimit: UInt256 { UInt256.one << 100 }
}

extension Form<Ratio> {
  /// A share of something: `4%`, `10bp` (basis points, hundredths of a percent) or the plain number `0.04`.
  static func ratio(_ lowest: String, _ highest: String) -> Form<Ratio> {
    Form(what: "a ratio from \(lowest) to \(highest), such as 4%, 25bp or 0.04") { text in
      let units: [(String, Int)] = [("", 0), ("%", -2), ("bp", -4)]
      guard let parts = NumberWithUnit(text) else { return .wrong("is not a ratio") }
      guard let unit = units.first(where: { $0.0 == parts.unit }) else {
        return .wrong("has the unknown unit \(quoted(parts.unit)) (% and bp are known)")
      }
      let decimal = NumberWithUnit.shifted(parts.number, by: unit.1)
      guard let ratio = value(of: { () throws(ContractsError) in try Ratio(decimal: decimal) }) else {
        return .wrong("is out of range or has more than 18 decimals")
      }
      guard let low = bound(lowest), let high = bound(highest), low <= ratio, ratio <= high else {
        return .wrong("is out of range")
      }
      return .value(ratio)
    }
  }

  /// A ratio that may be negative, its magnitude at most `highest`.
  static func signedRatio(_ highest: String) -> Form<Ratio> {
    let unsigned = ratio("0", highest)
    return Form(what: "a ratio from -\(highest) to \(highest), such as 30%, -25bp or 0.3") { text in
      guard text.hasPrefix("-") else { return unsigned.parse(text) }
      switch unsigned.parse(String(text.dropFirst())) {
      case .wrong(let why): return .wrong(why)
      case .value(let ratio):
        guard let negated = value(of: { () throws(ContractsError) in try ratio.negated() }) else {
          return .wrong("is out of range")
        }
        return .value(negated)
      }
    }
  }

  private static func bound(_ text: String) -> Ratio? {
    guard let parts = NumberWithUnit(text) else { return nil }
    let decimal = NumberWithUnit.shifted(parts.number, by: parts.unit == "%" ? -2 : parts.unit == "bp" ? -4 : 0)
    return value(of: { () throws(ContractsError) in try Ratio(decimal: decimal) })
  }
}

extension Form<Usd> {
  /// A sum of US dollars: `250 USD`.
  static var usd: Form<Usd> {
    Form(what: "a sum with its unit, such as 250 USD") { text in
      guard let parts = NumberWithUnit(text), parts.unit == "USD" else { return .wrong("is not a sum in USD") }
      guard let usd = value(of: { () throws(ContractsError) in try Usd(decimal: parts.number) }) else {
        return .wrong("is out of range or has more than 18 decimals")
      }
      return .value(usd)
    }
  }
}

extension Form<Price> {
  /// A price in US dollars for one whole unit, as a plain positive number.
  static var price: Form<Price> {
    Form(what: "a positive price in USD for one whole unit, such as 1850.5 USD or plainly 1850.5") { text in
      guard let parts = NumberWithUnit(text), parts.unit.isEmpty || parts.unit == "USD",
        let price = value(of: { () throws(ContractsError) in try Price(decimal: parts.number) }), !price.isZero
      else { return .wrong("is not a positive price") }
      return .value(price)
    }
  }
}

extension Form<Quantity> {
  /// A signed number of whole units of the base asset.
  static var quantity: Form<Quantity> {
    Form(what: "a number of whole units of the base asset, such as 12.5 or -3") { text in
      let unsigned = text.hasPrefix("-") ? String(text.dropFirst()) : text
      guard NumberWithUnit.isDecimal(unsigned),
        let quantity = value(of: { () throws(ContractsError) in try Quantity(decimal: text) })
      else { return .wrong("is not a plain decimal number") }
      return .value(quantity)
    }
  }
}

/// The value of a throwing initialiser, or nil: the forms above say what is wrong in their own words.
private func value<Value, Failure: Error>(of body: () throws(Failure) -> Value) -> Value? {
  do { return try body() } catch { return nil }
}
