import Contracts
import Decision

extension ConfigurationReader {
  private enum BandKind: CaseIterable { case fixed, timeWeighted, adaptive }

  /// The rule by which a vault's band is found.
  func band(_ section: Section, target: Target?) -> BandRule? {
    let kinds: [(String, BandKind)] = [
      ("fixed", .fixed), ("timeWeighted", .timeWeighted), ("adaptive", .adaptive),
    ]
    switch section.optional("kind", .choice(kinds), default: .fixed) {
    case .fixed: return fixedBand(section, target: target).map { .fixed($0) }
    case .timeWeighted: return timeWeightedBand(section, target: target).map { .timeWeighted($0) }
    case .adaptive: return adaptiveBand(section, target: target).map { .adaptive($0) }
    case nil: return nil
    }
  }

  private func fixedBand(_ section: Section, target: Target?) -> FixedBand? {
    let bases: [FixedBand.Basis] = [.target, .netAssetValue]
    let resets: [FixedBand.Reset] = [.centre, .edge]
    let width = section.required("width", .ratio("1bp", "100%"))
    let basis = section.required("of", .choice(bases.map { ($0.rawValue, $0) }))
    // The centre: each correction costs an execution fee whatever its size, so fewer and larger ones are cheaper.
    let reset = section.optional("reset", .choice(resets.map { ($0.rawValue, $0) }), default: .centre)
    if basis == .target, let target, target.isZero {
      section.report(
        "of", "a share of a target of zero is no band at all", remedy: "write of: netAssetValue, or another target")
      return nil
    }
    guard let width, let basis, let reset else { return nil }
    return FixedBand(width: width, of: basis, reset: reset)
  }

  private func timeWeightedBand(_ section: Section, target: Target?) -> TimeWeightedBand? {
    let fixed = fixedBand(section, target: target)
    // None: the band itself says when something is due.
    let minimum = section.optional("minimumInterval", .duration(0...2_592_000), default: 0)
    // A week: long enough for a price that comes back, short enough that no deviation outlives a month's accounts.
    let maximum = section.optional("maximumAge", .duration(60...31_536_000), default: 604_800)
    guard let fixed, let minimum, let maximum else { return nil }
    guard minimum < maximum else {
      section.report(
        "maximumAge", "the band has closed before a correction may be made",
        remedy: "write more than minimumInterval, \(durationText(minimum))")
      return nil
    }
    return TimeWeightedBand(fixed, minimumIntervalSeconds: minimum, maximumAgeSeconds: maximum)
  }

  private func adaptiveBand(_ section: Section, target: Target?) -> AdaptiveBand? {
    let trackingError = section.required("trackingError", .ratio("1bp", "100%"))
    let narrowest = section.optional("narrowest", .ratio("1bp", "100%"), default: AdaptiveBand.defaultNarrowest)
    let widest = section.optional("widest", .ratio("1bp", "100%"), default: AdaptiveBand.defaultWidest)
    let flows = section.optional("flowVolatility", .ratio("0", "500%"), default: AdaptiveBand.defaultFlowVolatility)
    let gas = section.ifPresent("typicalGasPrice", .wei())
    // None of both: what a typical day is, only the one knows who knows the book.
    let drift = section.ifPresent("typicalDrift", .ratio("1bp", "100%"))
    let volatility = section.ifPresent("typicalVolatility", .ratio("1%", "1000%"))
    // None: nobody can read it from the chain, and a guess too short would trade into a book that is still empty.
    let recovery = section.ifPresent("bookRecovery", .duration(1...604_800))
    let fallback = section.requiredSection("fallback") { fixedBand($0, target: target) }
    guard let trackingError, let narrowest, let widest, let flows, let gas, let drift, let volatility, let recovery,
      let fallback
    else { return nil }
    guard narrowest <= widest else {
      section.report("widest", "is below narrowest", remedy: "write narrowest no larger than widest")
      return nil
    }
    return AdaptiveBand(
      trackingError: trackingError, narrowest: narrowest, widest: widest, flowVolatility: flows,
      typicalGasPriceWei: gas, typicalDailyDrift: drift, typicalVolatility: volatility, recoverySeconds: recovery,
      fallback: fallback)
  }
}
