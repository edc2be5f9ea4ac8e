import Contracts
import Host
import Keeper
import Outbox

// How several endpoints of a chain are listened to, and who hears of a vault's transactions. The numbers below are
// defaults, each with its reason; docs/configuration.md repeats both.

extension Configuration {
  /// How the endpoints of a chain are listened to.
  struct Nodes {
    /// Nil: the majority of the public endpoints.
    let quorum: Int?
    let maximumLagBlocks: UInt64
    let breaker: BreakerPolicy
    let sending: ChainSettings.Sending
  }
}

extension ConfigurationReader {
  /// What of a chain's section says how its endpoints are listened to.
  func nodes(
    _ section: Section, endpoints: [Located<Configuration.Endpoint>]?, maximumLagBlocks: UInt64?
  ) -> Configuration.Nodes? {
    let publicEndpoints = endpoints?.filter { $0.value.role == .public }
    if let endpoints, publicEndpoints?.isEmpty == true, let first = endpoints.first {
      findings.report(
        first.place, "\(first.path).role", "every endpoint is a relay, and a relay is not asked for the chain's state",
        remedy: "add an endpoint with role: public")
    }
    let quorum = section.ifPresent("quorum", .integer(1...16))
    let breaker = section.optionalSection("breaker", self.breaker)
    let words = ChainSettings.Sending.allCases.map { ($0.rawValue, $0) }
    // One after the other: one provider learns of a call before the others do, and repeating tells them all.
    let sending = section.optional("send", .choice(words), default: .first)
    if let written = quorum, let wanted = written, let count = publicEndpoints?.count, count > 0, wanted > count {
      section.report(
        "quorum", "there are only \(count) public endpoints to agree", remedy: "write at most \(count), or add more")
      return nil
    }
    guard let quorum, let breaker, let sending, let maximumLagBlocks else { return nil }
    return Configuration.Nodes(
      quorum: quorum.map { Int($0) }, maximumLagBlocks: maximumLagBlocks, breaker: breaker, sending: sending)
  }

  // The defaults and their reasons stand beside `BreakerPolicy`.
  private func breaker(_ section: Section) -> BreakerPolicy? {
    let standard = BreakerPolicy.standard
    let failures = section.optional("failures", .integer(1...1_000), default: UInt64(standard.failures))
    let coolDown = section.optional("coolDown", .duration(1...86_400), default: standard.coolDownSeconds)
    let longest = section.optional("longest", .duration(1...86_400), default: standard.longestCoolDownSeconds)
    guard let failures, let coolDown, let longest else { return nil }
    guard coolDown <= longest else {
      section.report("longest", "is shorter than the first cool-down", remedy: "write at least \(coolDown)s")
      return nil
    }
    return BreakerPolicy(failures: Int(failures), coolDownSeconds: coolDown, longestCoolDownSeconds: longest)
  }

  /// How far behind an endpoint may be. Three blocks are half a minute of mainnet; where a sequencer makes four blocks
  /// a second, forty are ten seconds, which is what a slow answer takes.
  static func maximumLagBlocks(_ model: FeePolicy.Model?) -> UInt64 {
    switch model {
    case .arbitrum: 40
    case .eip1559, .legacy, nil: 3
    }
  }

  /// The percentiles of more urgent acts.
  /// - Parameter routine: the one below which these make no sense.
  func urgentPercentiles(_ section: Section, routine: UInt64?) -> (urgent: UInt64, liquidation: UInt64)? {
    // Above nine of ten of those who were included.
    let urgent = section.optional("urgentPercentile", .integer(1...99), default: max(90, routine ?? 0))
    // What those pay who must be in the next block; the ceiling still holds.
    let liquidation = section.optional(
      "liquidationPercentile", .integer(1...99), default: max(99, urgent ?? 0))
    guard let routine, let urgent, let liquidation else { return nil }
    guard routine <= urgent, urgent <= liquidation else {
      section.report(
        "urgentPercentile", "the percentiles do not rise with the urgency",
        remedy: "write percentile ≤ urgentPercentile ≤ liquidationPercentile")
      return nil
    }
    return (urgent, liquidation)
  }

  func gasPricePercents(_ section: Section) -> ByUrgency<UInt64>? {
    // A node's gas price is what gets included soon: a quarter more is above those who offer just that.
    let urgent = section.optional("urgent", .percent(100...1_000), default: 125)
    // Twice as much is above nearly all.
    let liquidation = section.optional("liquidation", .percent(100...1_000), default: 200)
    guard let urgent, let liquidation else { return nil }
    guard urgent <= liquidation else {
      section.report("liquidation", "is below the urgent one", remedy: "write at least \(urgent)%")
      return nil
    }
    return ByUrgency(routine: 100, urgent: urgent, liquidation: liquidation)
  }
}

// MARK: submission

extension ConfigurationReader {
  /// `public`, `private`, or `privateThenPublic` with its terms.
  func submission(_ section: Section, priceBound: Ratio?) -> SubmissionPolicy? {
    guard let tree = section.tree("submission") else { return .public }
    if case .scalar = tree.content {
      let words: [(String, SubmissionPolicy)] = [
        ("public", .public), ("private", SubmissionPolicy(route: .relay)),
      ]
      return section.optional("submission", .choice(words), default: .public)
    }
    return section.optionalSection("submission") { section in
      section.requiredSection("privateThenPublic") { privateThenPublic($0, priceBound: priceBound) }
    }
  }

  private func privateThenPublic(_ section: Section, priceBound: Ratio?) -> SubmissionPolicy? {
    // 25 blocks: that long the most used relay keeps a transaction, so that what it still holds ends when the public
    // pools get theirs.
    let blocks = section.optional("afterBlocks", .integer(1...10_000), default: 25)
    let bound = section.required("priceBound", .ratio("1bp", "10%"))
    guard let blocks, let bound, let priceBound else { return nil }
    guard bound < priceBound else {
      section.report(
        "priceBound", "is not tighter than the vault's own priceBound",
        remedy: "write less than it: who held the call back knows it by then")
      return nil
    }
    return SubmissionPolicy(route: .relayThenPublic(afterBlocks: blocks), publicPriceBound: bound)
  }

  /// A vault that sends privately needs a relay on its chain.
  func refuseMissingRelays(
    _ vaults: [Located<Configuration.Vault>]?, _ chains: [Located<Configuration.Chain>]?
  ) {
    guard let vaults, let chains else { return }
    for vault in vaults where vault.value.submission.route != .public {
      guard let chain = chains.first(where: { $0.value.name == vault.value.chain.value }),
        !chain.value.endpoints.contains(where: { $0.role == .relay })
      else { continue }
      findings.report(
        vault.place, "\(vault.path).submission",
        "the chain \(quoted(chain.value.name)) has no relay, so nothing would ever be sent",
        remedy: "add an endpoint with role: relay, or write submission: public")
    }
  }
}
