import Contracts
import Decision

extension ConfigurationReader {
  /// What delta a vault should have.
  func target(_ section: Section) -> Target? {
    let kinds = [
      "fractionOfNetAssetValue", "weight", "leverage", "deltaNeutral", "absolute", "insured", "carry", "portfolio",
    ]
    switch exactlyOne(of: kinds, in: section) {
    case "fractionOfNetAssetValue":
      return section.required("fractionOfNetAssetValue", .signedRatio("300%")).map { .fractionOfNetAssetValue($0) }
    case "weight":
      // What is neither borrowed nor sold short.
      return section.required("weight", .ratio("0", "100%")).map { .fractionOfNetAssetValue($0) }
    case "leverage":
      // Ten: at the next 10 % against it nothing is left.
      return section.required("leverage", .signedRatio("10")).map { .fractionOfNetAssetValue($0) }
    case "deltaNeutral": return section.required("deltaNeutral", .only(true)).map { _ in .absolute(.zero) }
    case "absolute": return section.required("absolute", .quantity).map { .absolute($0) }
    case "insured": return section.requiredSection("insured", insured).map { .insured($0) }
    case "carry": return section.requiredSection("carry", carry).map { .carry($0) }
    case "portfolio": return section.requiredSection("portfolio", portfolio).map { .portfolioWeight($0) }
    default: return nil
    }
  }

  // MARK: a floor

  private func insured(_ section: Section) -> CPPIRule? {
    let floor = section.requiredSection("floor", floor)
    // The defaults and their reasons stand beside `CPPIRule`.
    let multiplier = section.optional("multiplier", .ratio("1", "10"), default: CPPIRule.defaultMultiplier)
    // One: a vault that is insured does not borrow unless somebody says so.
    let cap = section.optional("leverageCap", .ratio("1%", "10"), default: Ratio.one)
    let gap = section.optional("worstGap", .ratio("1%", "95%"), default: CPPIRule.defaultWorstGap)
    let control = section.optional("control", .duration(60...2_592_000), default: CPPIRule.defaultControlSeconds)
    let jumps = section.sectionIfPresent("jumps", self.jumps)
    guard let floor, let multiplier, let cap, let gap, let control, let jumps else { return nil }
    let rule = CPPIRule(
      floor: floor, multiplier: multiplier, leverageCap: cap, worstGap: gap, controlSeconds: control, jumps: jumps)
    guard let defect = rule.firstDefect else { return rule }
    section.report(
      "multiplier", "does not fit the rest: \(defect)", remedy: "write a smaller multiplier, or less of a gap if it is")
    return nil
  }

  private func floor(_ section: Section) -> CPPIRule.Floor? {
    switch exactlyOne(of: ["sum", "share", "ratchet"], in: section) {
    case "sum": return guarantee(section, of: section.required("sum", .usd))
    case "share":
      let share = section.required("share", .ratio("1%", "100%"))
      let whole = section.required("of", .usd)
      guard let share, let whole else { return nil }
      do { return guarantee(section, of: try whole.scaled(by: share, rounding: .up)) } catch {
        section.report("of", "is too large to take a share of", remedy: "write the sum the vault began with")
        return nil
      }
    case "ratchet":
      let share = section.required("ratchet", .ratio("1%", "99%"))
      let peak = section.ifPresent("peak", .usd)
      // Since ever: whatever the journal remembers.
      let from = section.optional("from", .date, default: 0)
      guard let share, let peak, let from else { return nil }
      return .ratcheted(CPPIRule.Ratchet(share: share, leastPeak: peak, fromSeconds: from))
    default: return nil
    }
  }

  private func guarantee(_ section: Section, of sum: Usd?) -> CPPIRule.Floor? {
    // None: the floor stays as it is.
    let rate = section.optional("growth", .ratio("0", "100%"), default: Ratio.zero)
    let due = section.ifPresent("until", .date)
    guard let sum, let rate, let due else { return nil }
    guard rate.isZero == (due == nil) else {
      section.report(
        rate.isZero ? "until" : "growth", "growth and its end belong together",
        remedy: "write both, or neither for a floor that stays")
      return nil
    }
    return .guaranteed(CPPIRule.Guarantee(sum: sum, rate: rate, dueSeconds: due))
  }

  private func jumps(_ section: Section) -> JumpModel? {
    let perYear = section.required("perYear", .ratio("0", "1000"))
    let ruin = section.optional("ruin", .ratio("1bp", "50%"), default: JumpModel.defaultRuinProbability)
    let kind: JumpModel.Kind?
    switch section.required("kind", .choice([("kou", true), ("merton", false)])) {
    case true:
      let up = section.required("upProbability", .ratio("0", "100%"))
      let down = section.required("downRate", .ratio("1", "1000"))
      kind = up.flatMap { up in down.map { .kou(upProbability: up, downRate: $0) } }
    case false:
      let mean = section.required("mean", .signedRatio("100%"))
      let deviation = section.required("deviation", .ratio("1bp", "100%"))
      kind = mean.flatMap { mean in deviation.map { .merton(mean: mean, deviation: $0) } }
    case nil: kind = nil
    }
    guard let perYear, let ruin, let kind else { return nil }
    return JumpModel(kind, jumpsPerYear: perYear, ruinProbability: ruin)
  }

  // MARK: funding

  // The defaults and their reasons stand beside `CarryRule`.
  private func carry(_ section: Section) -> CarryRule? {
    let horizon = section.optional("horizon", .duration(3_600...31_536_000), default: CarryRule.defaultHorizonSeconds)
    let average = section.optional("average", .duration(60...2_592_000), default: CarryRule.defaultAverageSeconds)
    let hysteresis = section.optional("hysteresis", .ratio("1", "9"), default: CarryRule.defaultHysteresis)
    guard let horizon, let average, let hysteresis else { return nil }
    guard average <= horizon else {
      section.report(
        "average", "is longer than what is expected by it",
        remedy: "write no more than the horizon, \(durationText(horizon))")
      return nil
    }
    return CarryRule(horizonSeconds: horizon, averageSeconds: average, hysteresis: hysteresis)
  }

  // MARK: several vaults

  /// Its other vaults are known once all of them are read.
  private func portfolio(_ section: Section) -> PortfolioShare? {
    let name = section.required("name", .name)
    let weight = section.required("weight", .ratio("0", "100%"))
    let age = section.optional(
      "maximumAge", .duration(1...86_400), default: PortfolioShare.defaultMaximumAgeSeconds)
    guard let name, let weight, let age else { return nil }
    return PortfolioShare(portfolio: name, weight: weight, members: [], maximumAgeSeconds: age)
  }

  /// The vaults, each of a portfolio with the names of the others in it.
  func joined(_ vaults: [Located<Configuration.Vault>]) -> [Located<Configuration.Vault>] {
    vaults.map { vault in
      guard case .portfolioWeight(let share) = vault.value.judgement.target else { return vault }
      let fellows = vaults.filter { $0.value.portfolio?.portfolio == share.portfolio }
      let isFirst = fellows.first?.value.name == vault.value.name
      let path = "\(vault.path).target.portfolio"
      if fellows.count < 2 {
        findings.report(
          vault.place, path, "the portfolio \(quoted(share.portfolio)) has no other vault",
          remedy: "name another vault's, or write target: {weight: …}")
      } else if isFirst, !isWhole(fellows.compactMap { $0.value.portfolio?.weight }) {
        findings.report(
          vault.place, path, "the weights of the portfolio \(quoted(share.portfolio)) are more than 1 together",
          remedy: "write weights whose sum is at most 100%")
      }
      var joined = vault.value
      joined.judgement.target = .portfolioWeight(
        PortfolioShare(
          portfolio: share.portfolio, weight: share.weight,
          members: fellows.map(\.value.name).filter { $0 != vault.value.name },
          maximumAgeSeconds: share.maximumAgeSeconds))
      return Located(value: joined, place: vault.place, path: vault.path)
    }
  }

  /// Whether parts are no more than a whole.
  private func isWhole(_ parts: [Ratio]) -> Bool {
    do {
      var sum = Ratio.zero
      for part in parts { sum = try sum + part }
      return sum <= .one
    } catch {
      return false
    }
  }
}

extension Configuration.Vault {
  fileprivate var portfolio: PortfolioShare? {
    if case .portfolioWeight(let share) = judgement.target { return share }
    return nil
  }
}

extension Form<Bool> {
  /// A statement that stands there or does not.
  static func only(_ word: Bool) -> Form<Bool> { .choice([(word ? "true" : "false", word)]) }
}

extension Form<UInt64> {
  /// A day, from its first second in UTC on, as unix seconds.
  static var date: Form<UInt64> {
    Form(what: "a day as 2027-12-31, which begins at midnight UTC") { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      let digits = parts.map { part in part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
      guard parts.map(\.utf8.count) == [4, 2, 2], digits.allSatisfy({ $0 }), let year = Int(parts[0]),
        let month = Int(parts[1]), let day = Int(parts[2])
      else { return .wrong("is not a day") }
      guard (1970...9999).contains(year), let seconds = TimeText.unixSeconds(year, month, day) else {
        return .wrong("is no day of the calendar")
      }
      return .value(seconds)
    }
  }
}
