package import Contracts
import Ethereum
import Quant

/// How much the base asset's price is expected to move, from whoever can tell.
package struct VolatilityForecast: Hashable, Sendable {
  /// Per √year of 365 days as a part, to four places: 0.65 is 65 % a year.
  package let annual: Ratio
  /// The estimate it was taken from.
  package let method: VolatilityEstimate.Method
  /// Every estimate there was.
  package let estimates: [VolatilityEstimate]
  /// By what the highest of them was raised, where a macro series says that these are wild times; 1 otherwise.
  package let macroFactor: Ratio

  /// The highest of the estimates: a band that is too tight costs a trade, one that is too wide a drift that nobody
  /// expected. Estimates that no market shows are left out.
  package init?(_ estimates: [VolatilityEstimate], macroFactor: Ratio = .one) throws(ContractsError) {
    let plausible = estimates.filter { $0.annual.isPositive && $0.annual < Self.absurd }
    guard let highest = plausible.max(by: { $0.annual < $1.annual }) else { return nil }
    annual = try highest.annual.scaled(by: macroFactor, rounding: .awayFromZero).rounded(places: 4, .awayFromZero)
    method = highest.method
    self.estimates = plausible
    self.macroFactor = macroFactor
  }

  /// The estimates that others made, and what the price history of the last hours shows.
  init?(_ circumstances: Circumstances) throws(ContractsError) {
    var estimates = circumstances.volatility
    if let realised = try VolatilityEstimate(realised: circumstances.priceHistory) { estimates.append(realised) }
    try self.init(estimates, macroFactor: circumstances.macro?.factor ?? .one)
  }

  /// 10,000 % a year: an estimate that says more is broken.
  /// The factor 100 as 2^4 · 6.25, since a literal ends at 2^63.
  static let absurd = Ratio(raw: Int256(bits: UInt256(6_250_000_000_000_000_000) << 4))

  func figures() throws(ContractsError) -> [Figure] {
    var figures = try estimates.map { (estimate) throws(ContractsError) in
      try Figure.percent("volatility, \(estimate.method.words)", estimate.annual, from: estimate.source)
    }
    let raised = macroFactor == .one ? "" : ", raised by the macro series"
    figures.append(try .percent("volatility", annual, from: "the highest: \(method.words)\(raised)"))
    return figures
  }
}

/// One estimate of the base asset's annual volatility.
package struct VolatilityEstimate: Hashable, Sendable, Codable {
  package enum Method: String, Hashable, Sendable, Codable, CaseIterable {
    /// Of the oracle prices of the last hours, as they came.
    case realised
    /// Exponentially weighted over days (RiskMetrics 1996).
    case ewma
    /// GARCH(1,1), forecast over the expected holding time (Bollerslev 1986).
    case garch
    /// Heterogeneous autoregression on daily variances (Corsi 2009).
    case har
    /// Of an option book's marks.
    case implied
    /// Written in the configuration.
    case configured

    package var words: String {
      switch self {
      case .realised: "last hours"
      case .ewma: "EWMA"
      case .garch: "GARCH"
      case .har: "HAR"
      case .implied: "implied"
      case .configured: "configured"
      }
    }
  }

  package let method: Method
  /// To four places.
  package let annual: Ratio
  /// What it was made from: "720 returns of 3600 s".
  package let source: String

  package init(_ method: Method, annual: Ratio, source: String) {
    self.method = method
    self.annual = annual
    self.source = source
  }

  /// Rounds to four places, before anything is compared: the last digit of a logarithm differs between processors.
  package init(_ method: Method, annual: Double, source: String) throws(ContractsError) {
    self.init(method, annual: try Ratio(nearest: annual, places: 4), source: source)
  }

  /// nil where the history is too short to tell, or beyond floating point.
  init?(realised history: [PricePoint]) throws(ContractsError) {
    let samples = history.map {
      RealisedVolatility.Sample(seconds: $0.atSeconds, price: $0.price.approximateDouble)
    }
    guard let realised = RealisedVolatility(samples), realised.annual < Self.calculable else { return nil }
    try self.init(.realised, annual: realised.annual, source: "\(realised.returns) returns of the price history")
  }

  /// What four decimal places can hold with room to spare; far beyond what is believed.
  private static let calculable = 1e9
}

extension VolatilityGap {
  /// Said beside the estimates that there are.
  var figure: Figure { .word("no \(method.words) because", reason.rawValue, from: detail) }
}

// Chosen over the containers' own methods where a coder is synthesised: records from before there were estimates have
// no such member, and those without any need none.
extension KeyedDecodingContainer {
  func decode(_ type: [VolatilityEstimate].Type, forKey key: Key) throws -> [VolatilityEstimate] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [VolatilityEstimate], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}
