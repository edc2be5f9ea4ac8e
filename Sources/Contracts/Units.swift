package import Ethereum

/// Where a result that does not fit 18 decimal places goes.
package enum RoundingDirection: Hashable, Sendable {
  /// Towards −∞.
  case down
  /// Towards +∞.
  case up
  case towardZero
  case awayFromZero

  /// The rounding of the magnitude of a number with this sign.
  func ofMagnitude(negative: Bool) -> Rounding {
    switch self {
    case .down: negative ? .up : .down
    case .up: negative ? .down : .up
    case .towardZero: .down
    case .awayFromZero: .up
    }
  }
}

/// A signed fixed-point number with 18 decimal places. Every operation is checked; whatever can lose digits asks for
/// the direction in which to lose them. Coded as decimal text ("1.25").
package protocol SignedFixedPoint: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The number times 10^18.
  var raw: Int256 { get }
  init(raw: Int256)
}

/// An amount of the base asset (ETH, not wei). Positive is long.
package struct Quantity: SignedFixedPoint {
  package let raw: Int256
  package init(raw: Int256) { self.raw = raw }
}

/// An amount of US dollars.
package struct Usd: SignedFixedPoint {
  package let raw: Int256
  package init(raw: Int256) { self.raw = raw }
}

/// A number without dimension: a share, a factor, a rate per stated time.
package struct Ratio: SignedFixedPoint {
  package let raw: Int256
  package init(raw: Int256) { self.raw = raw }
}

/// US dollars per whole unit of the base asset; never negative.
package struct Price: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The price times 10^18.
  package let raw: UInt256
  package init(raw: UInt256) { self.raw = raw }
}

// MARK: - All signed numbers

extension SignedFixedPoint {
  package static var zero: Self { Self(raw: .zero) }
  /// 1.0
  package static var one: Self { Self(raw: FixedPoint.signedScale) }

  package var isZero: Bool { raw == .zero }
  package var isNegative: Bool { raw.isNegative }
  package var isPositive: Bool { !raw.isNegative && raw != .zero }

  package static func < (lhs: Self, rhs: Self) -> Bool { lhs.raw < rhs.raw }

  package static func + (lhs: Self, rhs: Self) throws(ContractsError) -> Self {
    Self(raw: try ContractsError.wrapping { () throws(EthereumError) in try lhs.raw + rhs.raw })
  }

  package static func - (lhs: Self, rhs: Self) throws(ContractsError) -> Self {
    Self(raw: try ContractsError.wrapping { () throws(EthereumError) in try lhs.raw - rhs.raw })
  }

  package func negated() throws(ContractsError) -> Self {
    Self(raw: try ContractsError.wrapping { () throws(EthereumError) in try raw.negated() })
  }

  package func absolute() throws(ContractsError) -> Self { isNegative ? try negated() : self }

  /// This times `ratio`.
  package func scaled(by ratio: Ratio, rounding: RoundingDirection) throws(ContractsError) -> Self {
    Self(raw: try FixedPoint.mulDiv(raw, ratio.raw, FixedPoint.scale, rounding))
  }

  /// This divided by `ratio`.
  package func divided(by ratio: Ratio, rounding: RoundingDirection) throws(ContractsError) -> Self {
    let signed = ratio.isNegative ? try negated() : self
    return Self(raw: try FixedPoint.mulDiv(signed.raw, FixedPoint.signedScale, ratio.raw.magnitude, rounding))
  }

  /// This as a part of `whole`; throws when `whole` is zero.
  package func ratio(to whole: Self, rounding: RoundingDirection) throws(ContractsError) -> Ratio {
    let signed = whole.isNegative ? try negated() : self
    return Ratio(raw: try FixedPoint.mulDiv(signed.raw, FixedPoint.signedScale, whole.raw.magnitude, rounding))
  }

  /// This with at most `places` decimal places.
  package func rounded(places: Int, _ rounding: RoundingDirection) throws(ContractsError) -> Self {
    let step = try FixedPoint.power(ofTen: 18 - min(max(places, 0), 18))
    let quotient = try FixedPoint.mulDiv(raw, .one, step, rounding)
    return Self(raw: try FixedPoint.mulDiv(quotient, FixedPoint.signed(step), .one, .towardZero))
  }

  /// The decimal number, for example "-1.25", exact, without a sign for zero and without trailing zeros.
  package init(decimal text: String) throws(ContractsError) {
    let (negative, magnitude) = try FixedPoint.parse(text)
    self.init(raw: try FixedPoint.signed(magnitude, negative: negative))
  }

  /// From a token's smallest units. Exact for up to 18 decimals; more are rounded as asked.
  package init(units: UInt256, decimals: Int, rounding: RoundingDirection) throws(ContractsError) {
    let magnitude = try FixedPoint.rescale(
      units, from: decimals, to: 18, rounding: rounding.ofMagnitude(negative: false))
    self.init(raw: try FixedPoint.signed(magnitude))
  }

  /// In a token's smallest units; throws when negative.
  package func tokenUnits(decimals: Int, rounding: RoundingDirection) throws(ContractsError) -> UInt256 {
    guard !isNegative else { throw .negative(what: "an amount of tokens", value: description) }
    return try FixedPoint.rescale(
      raw.magnitude, from: 18, to: decimals, rounding: rounding.ofMagnitude(negative: false))
  }

  /// From a calculation in floating point, rounded to the nearest multiple of 10^−places before anything compares or
  /// spends it (the last digits of a mathematical library differ between processors).
  package init(nearest value: Double, places: Int) throws(ContractsError) {
    self.init(raw: try FixedPoint.nearest(value, places: places))
  }

  /// For mathematics only; never compared with or turned into money without rounding.
  package var approximateDouble: Double { raw.approximateDouble / 1e18 }

  package var description: String { FixedPoint.text(negative: raw.isNegative, magnitude: raw.magnitude) }

  package init(from decoder: any Decoder) throws {
    self = try Self(decimal: String(from: decoder))
  }

  package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension Usd {
  /// How much of the base asset this buys at `price`; throws when the price is zero.
  package func quantity(at price: Price, rounding: RoundingDirection) throws(ContractsError) -> Quantity {
    Quantity(raw: try FixedPoint.mulDiv(raw, FixedPoint.signedScale, price.raw, rounding))
  }
}

// MARK: - Price

extension Price {
  package static let zero = Price(raw: .zero)

  package static func < (lhs: Price, rhs: Price) -> Bool { lhs.raw < rhs.raw }

  package var isZero: Bool { raw == .zero }

  /// What `quantity` is worth; negative for a negative quantity.
  package func value(of quantity: Quantity, rounding: RoundingDirection) throws(ContractsError) -> Usd {
    Usd(raw: try FixedPoint.mulDiv(quantity.raw, FixedPoint.signed(raw), FixedPoint.scale, rounding))
  }

  /// This price times `ratio`, which must not be negative.
  package func scaled(by ratio: Ratio, rounding: RoundingDirection) throws(ContractsError) -> Price {
    guard !ratio.isNegative else { throw .negative(what: "a factor of a price", value: ratio.description) }
    let product = try FixedPoint.mulDiv(FixedPoint.signed(raw), ratio.raw, FixedPoint.scale, rounding)
    return Price(raw: product.magnitude)
  }

  /// (this − reference) / reference; throws when `reference` is zero.
  package func change(from reference: Price, rounding: RoundingDirection) throws(ContractsError) -> Ratio {
    let difference = try ContractsError.wrapping { () throws(EthereumError) in
      raw >= reference.raw ? try raw - reference.raw : try reference.raw - raw
    }
    let signed = try FixedPoint.signed(difference, negative: raw < reference.raw)
    return Ratio(raw: try FixedPoint.mulDiv(signed, FixedPoint.signedScale, reference.raw, rounding))
  }

  package init(decimal text: String) throws(ContractsError) {
    let (negative, magnitude) = try FixedPoint.parse(text)
    guard !negative else { throw .negative(what: "a price", value: text) }
    self.init(raw: magnitude)
  }

  /// From an oracle's integer answer with `decimals` decimal places.
  package init(units: UInt256, decimals: Int, rounding: RoundingDirection) throws(ContractsError) {
    let direction = rounding.ofMagnitude(negative: false)
    self.init(raw: try FixedPoint.rescale(units, from: decimals, to: 18, rounding: direction))
  }

  /// From a calculation in floating point, rounded to the nearest multiple of 10^−places; throws when negative.
  package init(nearest value: Double, places: Int) throws(ContractsError) {
    let signed = try FixedPoint.nearest(value, places: places)
    guard !signed.isNegative else { throw .negative(what: "a price", value: "\(value)") }
    self.init(raw: signed.magnitude)
  }

  /// This with at most `places` decimal places.
  package func rounded(places: Int, _ rounding: RoundingDirection) throws(ContractsError) -> Price {
    let price = try Usd(raw: FixedPoint.signed(raw)).rounded(places: places, rounding)
    return Price(raw: price.raw.magnitude)
  }

  /// For mathematics only; never compared with or turned into money without rounding.
  package var approximateDouble: Double { raw.approximateDouble / 1e18 }

  package var description: String { FixedPoint.text(negative: false, magnitude: raw) }

  package init(from decoder: any Decoder) throws {
    self = try Price(decimal: String(from: decoder))
  }

  package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
