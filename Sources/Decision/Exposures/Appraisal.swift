import Contracts
import Ethereum
import Quant

/// What everything that a vault holds beside spot and venue is worth, and how it moves.
struct Appraisals {
  private(set) var exposures: [Exposure] = []
  /// Why nothing may be traded by these numbers, in the order of the readings.
  private(set) var refusals: [Refusal] = []
  private(set) var warnings: [Warning] = []
  /// Two lines for each exposure, and what is peculiar to its kind.
  private(set) var figures: [Figure] = []
  private(set) var value = Usd.zero
  private(set) var delta = Quantity.zero

  init(_ readings: [ExposureReading], _ scene: ExposureScene) throws(ContractsError) {
    let smiles = BookSmiles(readings, scene)
    for reading in readings {
      var appraisal: Appraisal
      do throws(ContractsError) {
        appraisal = try Appraisal(reading, scene, smiles)
        _ = try appraisal.exposure?.checked()
      } catch {
        appraisal = Appraisal(unreadable: reading.source, error.description)
      }
      if let exposure = appraisal.exposure {
        exposures.append(exposure)
        value = try value + exposure.value
        delta = try delta + exposure.delta
        figures += try exposure.figures(scene.unit, from: appraisal.source)
      }
      figures += appraisal.figures
      if let refusal = appraisal.refusal { refusals.append(refusal) }
      if let warning = appraisal.warning, !warnings.contains(warning) { warnings.append(warning) }
    }
  }

  /// Of the exposures, and of everything that has a delta alone.
  func greeks(otherDelta: Quantity) throws(ContractsError) -> NetGreeks {
    NetGreeks(
      delta: try delta + otherDelta, gamma: exposures.reduce(0) { $0 + $1.gamma },
      theta: exposures.reduce(0) { $0 + $1.theta }, vega: exposures.reduce(0) { $0 + $1.vega })
  }
}

/// What exposures are valued at.
struct ExposureScene {
  let unit: String
  let price: Price
  let quotePrice: Price
  /// For what has no mark; nil where nobody knows.
  let volatility: VolatilityForecast?
  /// The later of wall clock and chain time.
  let latestSeconds: UInt64
}

/// One reading, valued.
private struct Appraisal {
  /// Nil where there is nothing, or nothing that could be told.
  var exposure: Exposure?
  var refusal: Refusal?
  var warning: Warning?
  /// What value and delta were calculated from.
  var source = ""
  var figures: [Figure] = []

  init(unreadable source: String, _ reason: String) {
    refusal = Refusal(.exposureUnreadable, [.word(source, reason, from: "exposures")])
  }

  init(_ reading: ExposureReading, _ scene: ExposureScene, _ smiles: BookSmiles) throws(ContractsError) {
    switch reading {
    case .liquidity(let reading): try self.init(reading, scene)
    case .option(let reading): try self.init(reading, scene, smiles)
    case .optionBook(let reading): self.init(reading, scene)
    case .powerPerpetual(let reading): try self.init(reading, scene)
    case .unreadable(let reading): self.init(unreadable: reading.source, reading.reason)
    }
  }

  // MARK: liquidity

  private init(_ reading: LiquidityReading, _ scene: ExposureScene) throws(ContractsError) {
    let label = "\(reading.source) position \(reading.tokenID)"
    guard reading.isHeld else {
      refusal = Refusal(.exposureNotHeld, [.word("position", label, from: "position manager")])
      return
    }
    let root = try reading.sqrtPrice(base: scene.price, quote: scene.quotePrice)
    let holding = try reading.holding(at: root)
    let base = try holding.base + holding.owedBase
    let quote = try holding.quote + holding.owedQuote
    exposure = Exposure(
      label: label, kind: .liquidity,
      value: try scene.price.value(of: base, rounding: .down) + scene.quotePrice.value(of: quote, rounding: .down),
      delta: base, gamma: try reading.gamma(scene), theta: 0, vega: 0)
    source = "liquidity \(reading.liquidity) at the oracle's price, fees owed"
    figures = [
      try .percent(
        "\(label) pool's price over oracle's", try reading.divergence(from: root), from: "slot0, oracle price")
    ]
  }

  // MARK: options

  private init(_ reading: OptionReading, _ scene: ExposureScene, _ smiles: BookSmiles) throws(ContractsError) {
    let label =
      "\(reading.source)[\(reading.index)] \(reading.isCall ? "call" : "put") \(reading.strike.description)"
    guard reading.expiry > scene.latestSeconds, !reading.quantity.isZero else {
      // What it was worth has been settled by whoever keeps the book.
      let state = reading.quantity.isZero ? "nothing of it is held" : "expired"
      figures = [.word(label, state, from: "option book")]
      return
    }
    let left = reading.expiry - scene.latestSeconds
    guard let known = reading.volatility(scene) else {
      refusal = Refusal(
        .optionVolatilityUnknown, [.word("option", label, from: "option book, and no forecast of volatility")])
      return
    }
    let moved = Appraisal.shift(reading, smiles.smile(of: reading), known.annual)
    exposure = try Appraisal.exposure(
      reading, scene, label: label, years: scene.years(left), known.annual, shift: moved?.shift ?? 0)
    source = "Black–Scholes–Merton at \(known.words), \(left) s to expiry"
    if let stickiness = reading.terms.skewStickiness {
      if let moved {
        source += ", and the smile's part"
        figures = [
          .number(
            "\(label) smile's part of delta", moved.shift * reading.quantity.approximateDouble, scene.unit,
            from:
              "vega ÷ forward × (\(stickiness) − 1) × slope \(Figure.digits(moved.skew)) of \(moved.strikes) strikes")
        ]
      } else {
        warning = .smileSlopeUnknown
      }
    }
    if left < reading.terms.expiryHoldSeconds {
      refusal = Refusal(
        .optionExpiring,
        [
          .word("option", label, from: "option book"), .seconds("to expiry", left, from: "expiry − time"),
          .seconds("held from", reading.terms.expiryHoldSeconds, from: "configuration"),
        ])
    } else if reading.markVolatility != nil, let age = reading.staleness(scene.latestSeconds) {
      refusal = Refusal(
        .optionMarkStale,
        [
          .word("option", label, from: "option book"), .seconds("mark is off by", age, from: "time − mark's time"),
          .seconds("allowed", reading.terms.maximumMarkAgeSeconds, from: "configuration"),
        ])
    }
  }

  /// By how much the delta of one option differs from that at a volatility which stands still. Nil without a smile, for
  /// an option without a mark of its own, and where the slope is one that no market could have.
  private static func shift(
    _ reading: OptionReading, _ smile: MarkSmile?, _ volatility: Ratio
  ) -> (shift: Double, skew: Double, strikes: Int)? {
    guard let smile, let stickiness = reading.terms.skewStickiness, reading.markVolatility != nil else { return nil }
    func delta(_ stickiness: Double) throws(QuantError) -> SmileDelta {
      try smile.delta(
        reading.isCall ? .call : .put, strike: reading.strike.approximateDouble,
        volatility: volatility.approximateDouble, stickiness: stickiness)
    }
    do {
      let (moved, still) = (try delta(stickiness.approximateDouble), try delta(SmileDelta.stickyStrike))
      return (moved.delta - still.delta, moved.skew, smile.strikes)
    } catch {
      return nil
    }
  }

  private static func exposure(
    _ reading: OptionReading, _ scene: ExposureScene, label: String, years: Double, _ volatility: Ratio, shift: Double
  ) throws(ContractsError) -> Exposure {
    let greeks = try calculating { () throws(QuantError) in
      try Greeks(
        reading.isCall ? .call : .put, spot: scene.price.approximateDouble, strike: reading.strike.approximateDouble,
        years: years, rate: reading.terms.interestRate.approximateDouble, volatility: volatility.approximateDouble)
    }
    return try Exposure(
      label, .option, holding: reading.quantity, price: greeks.price, delta: greeks.delta + shift, gamma: greeks.gamma,
      theta: greeks.theta, vega: greeks.vega)
  }

  private init(_ reading: OptionBookReading, _ scene: ExposureScene) {
    figures = [
      .word("\(reading.source) sequence", "\(reading.sequence)", from: "signed book"),
      .count("\(reading.source) options", reading.optionCount, from: "signed book"),
    ]
    if reading.sequence < reading.highestSequence {
      refusal = Refusal(
        .optionBookReplayed,
        [
          .word("book", reading.source, from: "configuration"),
          .word("sequence", "\(reading.sequence)", from: "signed book"),
          .word("seen before", "\(reading.highestSequence)", from: "journal"),
        ])
    } else if reading.validUntil < scene.latestSeconds {
      refusal = Refusal(
        .optionBookExpired,
        [
          .word("book", reading.source, from: "configuration"),
          .seconds("expired since", scene.latestSeconds - reading.validUntil, from: "time − validUntil"),
        ])
    }
  }

  // MARK: power perpetuals

  private init(_ reading: PowerPerpetualReading, _ scene: ExposureScene) throws(ContractsError) {
    guard reading.units > .zero else { return }
    let amount = try Quantity(units: reading.units, decimals: reading.decimals, rounding: .down)
    guard let volatility = scene.volatility else {
      refusal = Refusal(
        .optionVolatilityUnknown, [.word("power perpetual", reading.source, from: "no forecast of volatility")])
      return
    }
    let token = try calculating { () throws(QuantError) in
      try PowerPerpetual(
        spot: scene.price.approximateDouble, volatility: volatility.annual.approximateDouble,
        fundingYears: scene.years(reading.fundingSeconds), normalisation: reading.normalisation.approximateDouble,
        scale: Double(reading.scale))
    }
    exposure = try Exposure(
      reading.source, .powerPerpetual, holding: amount, price: token.mark, delta: token.delta, gamma: token.gamma,
      theta: -token.fundingPerYear, vega: token.vega)
    source = "balance × mark at the \(volatility.method.words) volatility of \(volatility.annual) a year"
  }
}

extension ExposureScene {
  /// Act/365, as the options' formulas have it.
  func years(_ seconds: UInt64) -> Double { Double(seconds) / 31_536_000 }
}

extension OptionReading {
  /// The mark's volatility where it gives one, else the forecast.
  func volatility(_ scene: ExposureScene) -> (annual: Ratio, words: String)? {
    if let markVolatility {
      // What no market shows is no mark; that it was given is no reason to take another number in its place.
      guard markVolatility.isPositive, markVolatility < VolatilityForecast.absurd else { return nil }
      return (markVolatility, "the mark's \(markVolatility)")
    }
    return scene.volatility.map { ($0.annual, "the \($0.method.words) forecast of \($0.annual)") }
  }

  /// How far the mark's time is from now where that is more than allowed, in either direction: a mark of tomorrow would
  /// never grow old.
  func staleness(_ now: UInt64) -> UInt64? {
    let age = now > markedAt ? now - markedAt : markedAt - now
    return age > terms.maximumMarkAgeSeconds ? age : nil
  }
}

extension LiquidityReading {
  /// Base units per dollar, of the position as real numbers.
  fileprivate func gamma(_ scene: ExposureScene) throws(ContractsError) -> Double {
    guard liquidity > .zero else { return 0 }
    let price = scene.price.approximateDouble / scene.quotePrice.approximateDouble
    return try calculating { () throws(QuantError) in
      let root = { (tick: Int) throws(QuantError) in
        // Whole tokens, quote per base.
        let units = try LiquidityPosition.rootPrice(tick: tick)
        let perUnit = units * units
        let scale = Self.powerOfTen(baseDecimals - quoteDecimals)
        return baseIsToken0 ? perUnit * scale : scale / perUnit
      }
      let (one, other) = (try root(lowerTick), try root(upperTick))
      let position = try LiquidityPosition(
        liquidity: liquidity.approximateDouble / Self.powerOfTen(baseDecimals + quoteDecimals).squareRoot(),
        lowerPrice: min(one, other), upperPrice: max(one, other))
      return try position.gamma(at: price) / scene.quotePrice.approximateDouble
    }
  }

  /// By how much the pool prices the base asset above the oracles, as a part.
  fileprivate func divergence(from oracle: UInt256) throws(ContractsError) -> Ratio {
    guard oracle > .zero else { throw .implausible(what: "the oracles' price in the pool", value: "0") }
    let root = poolSqrtPrice.approximateDouble / oracle.approximateDouble
    let ratio = baseIsToken0 ? root * root : 1 / (root * root)
    // A pool that nobody trades in may show anything; beyond this it is told as this.
    return try Ratio(nearest: min(ratio - 1, 1e6), places: 6)
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<min(exponent.magnitude, 200) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }
}

extension Exposure {
  /// So many options or tokens of which one has these numbers.
  ///
  /// Price and delta of one are rounded before they are multiplied, so that every processor comes to the same sums.
  fileprivate init(
    _ label: String, _ kind: Kind, holding: Quantity, price: Double, delta: Double, gamma: Double, theta: Double,
    vega: Double
  ) throws(ContractsError) {
    let amount = holding.approximateDouble
    self.init(
      label: label, kind: kind,
      // Eight places: a hundred millionth of a dollar for each of ten million.
      value: try Price(nearest: price, places: 8).value(of: holding, rounding: .down),
      delta: try holding.scaled(by: Ratio(nearest: delta, places: 12), rounding: .towardZero),
      gamma: gamma * amount, theta: theta * amount, vega: vega * amount)
  }

  /// More than the world's wealth in dollars, and of the cheapest token; hundreds can be added up.
  private static let largest = 1e15

  /// Throws where a number is so large that it could only come from a reading that is wrong.
  fileprivate func checked() throws(ContractsError) -> Exposure {
    for (name, number) in [("gamma", gamma), ("theta", theta), ("vega", vega)]
    where !(number.magnitude < Self.largest) {
      throw .notRepresentable(what: "\(name) of \(label)", value: "\(number)")
    }
    return self
  }

  fileprivate func figures(_ unit: String, from source: String) throws(ContractsError) -> [Figure] {
    var figures = [
      try Figure.quantity("\(label) delta", delta, unit, from: source),
      try .usd("\(label) value", value, from: source),
    ]
    if kind != .liquidity {
      let greeks = "gamma \(Figure.digits(gamma)) \(unit)/USD, theta \(Figure.digits(theta)) USD/year"
      figures.append(.number("\(label) vega", vega, "USD", from: "per 1.00 of volatility; \(greeks)"))
    }
    return figures
  }
}

extension NetGreeks {
  /// Beside delta, which every vault has.
  func figures(_ unit: String) -> [Figure] {
    [
      .number("net gamma", gamma, "\(unit)/USD", from: "sum over exposures"),
      .number("net theta", theta, "USD/year", from: "sum over exposures"),
      .number("net vega", vega, "USD", from: "sum over exposures, per 1.00 of volatility"),
    ]
  }
}

extension Figure {
  static func number(_ name: String, _ value: Double, _ unit: String, from source: String) -> Figure {
    Figure(name: name, value: digits(value), unit: unit, source: source)
  }

  /// At most nine places, and as many as a sum of its size has.
  static func digits(_ value: Double) -> String {
    for places in [9, 6, 3, 0] {
      do { return try Ratio(nearest: value, places: places).description } catch { continue }
    }
    return "none"
  }
}

/// Whatever a formula cannot tell is one exposure that cannot be read.
private func calculating<Value>(_ body: () throws(QuantError) -> Value) throws(ContractsError) -> Value {
  do { return try body() } catch {
    throw .notRepresentable(what: "an exposure", value: error.description)
  }
}
