import Contracts
package import Ethereum

/// One number of a judgement as people and journals see it: already rounded to its unit, with where it came from.
/// Whoever prints it computes nothing.
package struct Figure: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Stable within its stage, in words: "drift".
  package let name: String
  /// Decimal text, rounded to what the unit is stated in; "none" where there is no such number.
  package let value: String
  /// "ETH", "USD", "USD/ETH", "%", "s", "wei", "" for a count or a word.
  package let unit: String
  /// What it was read from or calculated from: "oracle", "policy", "spot + positions".
  package let source: String

  package init(name: String, value: String, unit: String, source: String) {
    self.name = name
    self.value = value
    self.unit = unit
    self.source = source
  }

  package var description: String { unit.isEmpty ? "\(name) \(value)" : "\(name) \(value) \(unit)" }
}

// Figures are rounded to nearest away from zero at the end only; nothing reads them back.
extension Figure {
  /// Six places: below a tenth of a cent for any base asset worth less than 1,000 USD per unit of the sixth place.
  static func quantity(
    _ name: String, _ value: Quantity, _ unit: String, from source: String
  ) throws(ContractsError) -> Figure {
    Figure(name: name, value: try rounded(value, places: 6), unit: unit, source: source)
  }

  static func usd(_ name: String, _ value: Usd, from source: String) throws(ContractsError) -> Figure {
    Figure(name: name, value: try rounded(value, places: 2), unit: "USD", source: source)
  }

  /// Six places, so that cheap assets keep significant digits.
  static func price(
    _ name: String, _ value: Price, per unit: String, from source: String
  ) throws(ContractsError) -> Figure {
    Figure(name: name, value: try rounded(value, places: 6).description, unit: "USD/\(unit)", source: source)
  }

  /// In percent, to a hundredth of a basis point.
  static func percent(_ name: String, _ value: Ratio, from source: String) throws(ContractsError) -> Figure {
    let onePercent = Ratio(raw: 10_000_000_000_000_000)
    let percent = try value.divided(by: onePercent, rounding: .towardZero)
    return Figure(name: name, value: try rounded(percent, places: 4), unit: "%", source: source)
  }

  static func seconds(_ name: String, _ value: UInt64, from source: String) -> Figure {
    Figure(name: name, value: "\(value)", unit: "s", source: source)
  }

  static func wei(_ name: String, _ value: UInt256, from source: String) -> Figure {
    Figure(name: name, value: value.description, unit: "wei", source: source)
  }

  static func count(_ name: String, _ value: Int, from source: String) -> Figure {
    Figure(name: name, value: "\(value)", unit: "", source: source)
  }

  static func word(_ name: String, _ value: String, from source: String) -> Figure {
    Figure(name: name, value: value, unit: "", source: source)
  }

  /// Half up in magnitude: add half a step, then cut.
  private static func rounded(_ value: some SignedFixedPoint, places: Int) throws(ContractsError) -> String {
    let down = try value.rounded(places: places, .towardZero)
    guard down != value else { return value.description }
    let up = try value.rounded(places: places, .awayFromZero)
    let isNearerDown = try (value - down).absolute() < (up - value).absolute()
    return (isNearerDown ? down : up).description
  }

  private static func rounded(_ price: Price, places: Int) throws(ContractsError) -> Price {
    let down = try price.rounded(places: places, .down)
    let up = try price.rounded(places: places, .up)
    let half = try Price.midpoint(down, up)
    return price < half ? down : up
  }
}

extension Price {
  /// Between two prices, rounded down.
  static func midpoint(_ low: Price, _ high: Price) throws(ContractsError) -> Price {
    try .init(raw: ContractsError.wrapping { () throws(EthereumError) in try low.raw + (high.raw - low.raw) / 2 })
  }
}

extension Figure: JSONWritable {
  package var json: JSON {
    ["name": .string(name), "source": .string(source), "unit": .string(unit), "value": .string(value)]
  }
}
