import Contracts
import Ethereum
import Quant

extension CPPIRule {
  /// min(m · (worth − floor), cap · worth) in the base asset; nothing where the vault is worth no more than its floor.
  ///
  /// The slope is (m · delta − target)/S below the cap and (cap · delta − target)/S at it. Where a ratcheting floor
  /// rises with the worth it is less for a rising price; the larger one, for a falling price, is what counts.
  func aim(_ scene: AimScene) throws(ContractsError) -> Aim {
    let worth = scene.netAssetValue
    let height = try Height(self, scene)
    let cushion = try worth - height.floor
    let isCashedIn = !cushion.isPositive
    let demanded = try max(cushion, .zero).scaled(by: multiplier, rounding: .towardZero)
    let most = try max(worth, .zero).scaled(by: leverageCap, rounding: .towardZero)
    let isCapped = demanded > most
    let exposure = isCapped ? most : demanded
    let quantity = try exposure.quantity(at: scene.price, rounding: .towardZero)
    let slope =
      isCashedIn ? 0 : scene.slope(ofShare: isCapped ? leverageCap : multiplier, target: quantity)

    var warnings: [Warning] = []
    if isCashedIn { warnings.append(.floorReached) }
    if cushion.isNegative { warnings.append(.floorBroken) }
    let fall = try fall(scene)
    if let fall, fall >= worstGap { warnings.append(.gapExceeded) }

    var figures = try height.figures()
    figures += [
      try .usd("floor", height.floor, from: height.source),
      try .usd("cushion", cushion, from: "net asset value − floor"),
      try .usd(
        "exposure", exposure, from: isCapped ? "leverage cap × net asset value" : "multiplier × cushion, none below 0"),
      .word("multiplier", multiplier.description, from: "policy"),
    ]
    if let bound { figures.append(bound) }
    if let fall, fall.isPositive {
      figures.append(try .percent("fall since last look", fall, from: "price history"))
    }
    figures += try shortfall(scene, floor: height.floor)
    figures.append(.slope(slope, scene.unit))
    return Aim(
      quantity, slope: slope, source: "exposure ÷ price", figures: figures, warnings: warnings,
      mark: ratchet == nil ? nil : scene.mark(peak: height.confirmed))
  }

  /// The part of the price that was lost since the last look; nil for a first one.
  private func fall(_ scene: AimScene) throws(ContractsError) -> Ratio? {
    guard let before = scene.circumstances.priceHistory.last?.price, !before.isZero else { return nil }
    return try scene.price.change(from: before, rounding: .towardZero).negated()
  }

  private var bound: Figure? {
    do {
      let bound = try multiplierBound()
      return .word("highest multiplier", bound.highest.description, from: bound.reason)
    } catch {
      return nil
    }
  }
}

/// Where the floor stands, and why.
private struct Height {
  var floor = Usd.zero
  var source = ""
  /// The most the vault was worth, for a floor that ratchets.
  var peak: Usd?
  /// The peak as the next judgement may rely on it.
  var confirmed: PeakMark?
  private var peakSource = ""

  init(_ rule: CPPIRule, _ scene: AimScene) throws(ContractsError) {
    switch rule.floor {
    case .guaranteed(let guarantee): try rise(guarantee, rule, scene)
    case .ratcheted(let ratchet): try rise(ratchet, scene)
    }
  }

  private mutating func rise(
    _ guarantee: CPPIRule.Guarantee, _ rule: CPPIRule, _ scene: AimScene
  ) throws(ContractsError) {
    let now = scene.circumstances.nowSeconds
    guard let due = guarantee.dueSeconds, due > now, guarantee.rate.isPositive else {
      (floor, source) = (guarantee.sum, "policy")
      return
    }
    let worthNow = try Formula.number { () throws(QuantError) in
      try CPPI(
        multiplier: rule.multiplier.approximateDouble, guarantee: guarantee.sum.approximateDouble,
        rate: guarantee.rate.approximateDouble, years: Double(due - now) / RealisedVolatility.secondsPerYear
      ).floor(at: 0)
    }
    // To the cent, before anything is compared.
    floor = min(try Usd(nearest: worthNow, places: 2), guarantee.sum)
    source = "policy: \(guarantee.sum) USD in \((due - now) / 86_400) days, growing \(guarantee.rate) a year"
  }

  private mutating func rise(_ ratchet: CPPIRule.Ratchet, _ scene: AimScene) throws(ContractsError) {
    let last = scene.last.flatMap { $0.atSeconds >= ratchet.fromSeconds ? $0 : nil }
    var known: Usd?
    var since = scene.headSeconds
    if let before = last?.peak, before.sinceSeconds >= ratchet.fromSeconds {
      known = try before.worth.scaled(from: before.shares, to: scene.shares)
      since = before.sinceSeconds
    }
    // A worth is a peak once two judgements have seen it: an answer that one block alone shows lifts nothing.
    if let last {
      let seenTwice = min(scene.netAssetValue, try last.worth.scaled(from: last.shares, to: scene.shares))
      known = max(known ?? seenTwice, seenTwice)
    }
    confirmed = known.map { PeakMark(worth: $0, shares: scene.shares, sinceSeconds: since) }
    let highest = max(known ?? scene.netAssetValue, ratchet.leastPeak ?? .zero)
    peak = highest
    peakSource =
      scene.shares == nil
      ? "the most it was worth; deposits and withdrawals count, since no shares are read"
      : "the most a share was worth × shares"
    floor = try max(highest, .zero).scaled(by: ratchet.share, rounding: .towardZero)
    source = "policy: \(ratchet.share) of the peak worth"
  }

  func figures() throws(ContractsError) -> [Figure] {
    guard let peak else { return [] }
    return [try .usd("peak worth", peak, from: peakSource)]
  }
}

extension Usd {
  /// The same worth per share at another number of shares. Where either is not known, or was nothing, it stays.
  fileprivate func scaled(from before: UInt256?, to now: UInt256?) throws(ContractsError) -> Usd {
    guard let before, let now, before != .zero, now != before, isPositive else { return self }
    return Usd(
      raw: try ContractsError.wrapping { () throws(EthereumError) in
        try Int256(UInt256.mulDiv(raw.magnitude, now, before, rounding: .down))
      })
  }
}

// MARK: - How likely the floor is broken

extension CPPIRule {
  /// By the discrete formula, at the forecast volatility, without a premium for risk and without the cap: what a floor
  /// is worth that is defended once in `controlSeconds`. And by the jumps, where a model of them is named.
  fileprivate func shortfall(_ scene: AimScene, floor: Usd) throws(ContractsError) -> [Figure] {
    let horizon = horizonSeconds(scene.circumstances.nowSeconds)
    let steps = max(1, horizon / controlSeconds + (horizon % controlSeconds == 0 ? 0 : 1))
    var figures: [Figure] = []
    if let volatility = try VolatilityForecast(scene.circumstances), scene.netAssetValue > floor {
      let source =
        "\(steps) corrections in \(horizon / 86_400) days, volatility \(volatility.annual), no drift, no cap"
      figures.append(
        .probability("shortfall probability", from: source) { () throws(QuantError) in
          // Where the price grows as the floor does, neither of them matters.
          let plan = try CPPI(
            multiplier: multiplier.approximateDouble, guarantee: floor.approximateDouble, rate: 0,
            years: Double(horizon) / RealisedVolatility.secondsPerYear)
          return try CPPIShortfall(
            plan, wealth: scene.netAssetValue.approximateDouble, drift: 0,
            volatility: volatility.annual.approximateDouble, rebalancings: Int(clamping: steps)
          ).probability
        })
    }
    if let jumps {
      figures.append(
        .probability("loss by a jump", from: "a year of the policy's jumps") { () throws(QuantError) in
          try jumps.risk.lossProbability(multiplier: multiplier.approximateDouble, years: 1)
        })
    }
    return figures
  }

  /// To the date of the guarantee; a year where there is none.
  private func horizonSeconds(_ now: UInt64) -> UInt64 {
    if case .guaranteed(let guarantee) = floor, let due = guarantee.dueSeconds, due > now { return due - now }
    return 31_536_000
  }
}

extension Figure {
  /// In percent to four places; "none" where the formula has no number.
  fileprivate static func probability(
    _ name: String, from source: String, _ formula: () throws(QuantError) -> Double
  ) -> Figure {
    do {
      return try .percent(name, Ratio(nearest: formula(), places: 6), from: source)
    } catch {
      return Figure(name: name, value: "none", unit: "%", source: "\(source): \(error)")
    }
  }
}
