package import Contracts
import Decision
package import Ethereum
package import Outbox

/// Judges recorded ticks by another configuration, over the same inputs: what would have been decided otherwise.
///
/// The recorded world does not react. Once the two configurations would have acted differently, every later tick is one
/// that the other configuration would not have seen; counts say how often they part, not what would have been earned.
package struct Shadow {
  package private(set) var summary = ShadowSummary()
  private let vaults: [ShadowVault]
  private var reader = TickReader()
  /// What the other configuration's aims remember.
  private(set) var aims = AimMemory()
  /// Vaults whose last tick acted, by the record and by the shadow: acts in a row are one act that waits.
  private var isActing: (recorded: [String], shadow: [String]) = ([], [])

  package init(_ vaults: [ShadowVault]) { self.vaults = vaults }

  /// Looks at the next observation of a journal.
  /// - Throws: where the configuration is about something that this journal has not read.
  package mutating func look(at durable: Durable<ObservationRecord>) throws(ShadowRefusal) {
    switch reader.read(durable) {
    case .tick(let tick): if !tick.isReconsideration { try look(at: tick) }
    case .beforeFrame, .unreadable: summary.unreadable += 1
    case .other: return
    }
  }

  private mutating func look(at tick: JournaledTick) throws(ShadowRefusal) {
    let parts: (report: TickReport, inputs: TickInputs, rules: Rules)
    do {
      guard let inputs = try tick.inputs(), let rules = try tick.rules() else {
        summary.unjudged += 1
        return
      }
      parts = (try tick.report(), inputs, rules)
    } catch {
      summary.unreadable += 1
      return
    }
    guard let vault = vaults.first(where: { $0.vault.name == tick.vault }) else {
      summary.unconfigured += 1
      return
    }
    try vault.check(parts.rules, at: tick)
    guard let bench = Bench(parts.rules, substitute: (vault.vault.venue, vault.vault.account)),
      let other = Bench(
        parts.rules, policy: vault.vault.policy, substitute: (vault.vault.venue, vault.vault.account))
    else { return }
    let recorded = ShadowDecision(Derivation(parts.inputs, of: parts.report, at: bench), parts.inputs)
    var inputs = vault.inputs(from: parts.inputs)
    // What the other configuration's aim would remember is its own.
    if let last = aims.mark(of: tick.vault) { inputs.circumstances.aims.last = last }
    let derivation = Derivation(inputs, of: parts.report, at: other)
    aims.add(derivation.report)
    let shadow = ShadowDecision(derivation, inputs)
    summary.compared += 1
    if !recorded.isSame(as: shadow) {
      summary.note(
        ShadowCase(
          sequence: tick.sequence, unixSeconds: tick.unixSeconds, vault: tick.vault, block: tick.head?.number,
          recorded: recorded.words, shadow: shadow.words), codes: (recorded.code, shadow.code))
    }
    summary.recorded.count(recorded, isNew: !isActing.recorded.contains(tick.vault))
    summary.shadow.count(shadow, isNew: !isActing.shadow.contains(tick.vault))
    Self.mark(tick.vault, recorded.acts, in: &isActing.recorded)
    Self.mark(tick.vault, shadow.acts, in: &isActing.shadow)
  }

  private static func mark(_ vault: String, _ acts: Bool, in list: inout [String]) {
    if !acts {
      list.removeAll { $0 == vault }
    } else if !list.contains(vault) {
      list.append(vault)
    }
  }
}

/// A vault as the other configuration has it.
package struct ShadowVault: Sendable {
  package let vault: VaultSettings
  package let chain: ChainSettings

  package init(vault: VaultSettings, chain: ChainSettings) {
    self.vault = vault
    self.chain = chain
  }

  /// What was read is all there is: contracts that were not asked cannot be asked any more.
  fileprivate func check(_ recorded: Rules, at tick: JournaledTick) throws(ShadowRefusal) {
    let mine = Rules(vault)
    func refuse(_ what: String) -> ShadowRefusal {
      ShadowRefusal(vault: vault.name, sequence: tick.sequence, what: what)
    }
    guard mine.holder == recorded.holder else {
      throw refuse("the vault at \(mine.holder); recorded is \(recorded.holder)")
    }
    if let new = mine.venue, let old = recorded.venue, !new.reads(as: old) { throw refuse("another venue or market") }
    guard mine.reader.tokens == recorded.reader.tokens, mine.reader.erc4626 == recorded.reader.erc4626,
      mine.reader.pausable == recorded.reader.pausable
    else { throw refuse("other tokens, shares or pause contract") }
    guard mine.priceFeed.address == recorded.priceFeed.address,
      mine.quoteFeed?.address == recorded.quoteFeed?.address,
      mine.sequencerFeed?.address == recorded.sequencerFeed?.address
    else { throw refuse("another price feed") }
    guard mine.exposures.count == recorded.exposures.count,
      zip(mine.exposures, recorded.exposures).allSatisfy({ $0.reads(as: $1) })
    else { throw refuse("other exposures") }
  }

  /// The same readings, under this configuration's limits.
  fileprivate func inputs(from recorded: TickInputs) -> TickInputs {
    let seen = recorded.observation
    let observation = Observation(
      head: seen.head, price: seen.price.limited(by: vault.priceFeed.limits),
      quotePrice: seen.quotePrice.map { $0.limited(by: vault.quoteFeed?.limits ?? $0.limits) },
      nativePrice: seen.nativePrice,
      sequencer: seen.sequencer.map {
        SequencerReading(
          isUp: $0.isUp, since: $0.since, graceSeconds: vault.sequencerFeed?.graceSeconds ?? $0.graceSeconds)
      }, vault: seen.vault, account: seen.account, isRoleHeld: seen.isRoleHeld, venue: seen.venue,
      exposures: seen.exposures.map { reading in
        vault.exposures.first { $0.name == reading.source }?.terms.map { reading.valued(by: $0) } ?? reading
      })
    var inputs = TickInputs(observation, limited(recorded.circumstances))
    inputs.simulation = recorded.simulation
    return inputs
  }

  /// The same circumstances, under this configuration's ceilings and budgets. What a budget would count is known where
  /// the recorded configuration counted it too; one that did not leaves nothing to judge a new limit by.
  private func limited(_ recorded: Circumstances) -> Circumstances {
    var circumstances = recorded
    circumstances.fees = recorded.fees.limited(to: chain.fees.ceilingWei)
    circumstances.urgentFees = recorded.urgentFees?.limited(to: chain.fees.ceilingWei)
    circumstances.liquidationFees = recorded.liquidationFees?.limited(to: chain.fees.ceilingWei)
    circumstances.gasLimit = chain.gasLimit
    circumstances.gasBudgets = chain.lane.gasWindows.compactMap { window in
      recorded.gasBudgets.first { $0.windowSeconds == window.seconds }.map {
        GasAllowance(windowSeconds: $0.windowSeconds, usedWei: $0.usedWei, budgetWei: window.wei)
      }
    }
    circumstances.gasCost = recorded.gasCost?.limited(to: chain.lane.gasQuotePerDay.flatMap(Usd.init(magnitude:)))
    circumstances.turnover = recorded.turnover?.limited(to: vault.turnoverPerDay)
    circumstances.loss = recorded.loss?.limited(to: vault.lossLimit)
    circumstances.clearNonceReserveWei = chain.clearNonceReserveWei
    circumstances.attemptLimit = vault.attemptLimit
    return circumstances
  }
}

extension FeeQuote {
  fileprivate func limited(to ceilingWei: UInt256) -> FeeQuote {
    FeeQuote(
      nextBaseFeeWei: nextBaseFeeWei, tipWei: tipWei, feeCapWei: feeCapWei, gasPriceCeilingWei: ceilingWei)
  }
}

extension Allowance {
  /// nil where there is no limit any more.
  fileprivate func limited(to limit: Usd?) -> Allowance? { limit.map { Allowance(used: used, limit: $0) } }
}

extension Usd {
  fileprivate init?(magnitude: UInt256) {
    do { self.init(raw: try Int256(magnitude)) } catch { return nil }
  }
}

extension FeedReading {
  fileprivate func limited(by limits: FeedLimits) -> FeedReading {
    FeedReading(
      price: price, rawAnswer: rawAnswer, updatedAt: updatedAt, roundID: roundID, decimals: decimals, limits: limits)
  }
}

/// What one judgement would do, for comparing two.
struct ShadowDecision {
  let code: String
  let words: String
  let acts: Bool
  /// What it would trade at the oracle's price, and native currency it would cost; zero where it does not act.
  let turnover: Usd
  let costWei: UInt256
  private let actions: [PlannedAction]

  init(_ derivation: Derivation, _ inputs: TickInputs) {
    let ruling = derivation.ruling
    let isStopped = derivation.failure != nil || ruling == nil || ruling?.kind == .refused
    acts = !isStopped
    let plan = isStopped ? nil : derivation.plan
    actions = plan?.actions ?? []
    code = derivation.failure?.code ?? ruling?.code ?? "none"
    if let failure = derivation.failure {
      words = "\(failure.code): \(failure)"
    } else if let plan {
      words = "\(code): \(plan.summary)"
    } else {
      words = "\(code): \(derivation.report.text)"
    }
    turnover = Self.turnover(actions, inputs.observation.price.price)
    costWei = plan.map { Self.costWei($0, derivation, inputs) } ?? .zero
  }

  func isSame(as other: ShadowDecision) -> Bool {
    code == other.code && acts == other.acts
      && actions.map(\.action) == other.actions.map(\.action)
  }

  // Sums for people: where one is beyond 256 bits the numbers make no sense anyway, and it counts for nothing.

  private static func turnover(_ actions: [PlannedAction], _ price: Price?) -> Usd {
    guard let price else { return .zero }
    do {
      var sum = Usd.zero
      for trade in actions.compactMap(\.trade) {
        sum = try sum + price.value(of: trade.change.absolute(), rounding: .up)
      }
      return sum
    } catch {
      return .zero
    }
  }

  /// Gas as simulated, or as much as the act may have where this very call was not simulated.
  private static func costWei(_ plan: Plan, _ derivation: Derivation, _ inputs: TickInputs) -> UInt256 {
    let used = derivation.report.inputs?.simulation?.gasUsed
    let fees = inputs.circumstances.fees
    do {
      let price = try fees.nextBaseFeeWei + fees.tipWei
      return try UInt256(used ?? inputs.circumstances.gasLimit) * price + plan.upfrontFeeWei
    } catch {
      return .zero
    }
  }
}

/// A configuration that asks for what a journal has not read.
package struct ShadowRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let vault: String
  package let sequence: UInt64
  package let what: String

  package var description: String {
    "\(vault): the configuration has \(what) (observation \(sequence)), and what was not read then cannot be read now; "
      + "compare a configuration of the same contracts, or leave the vault out of it"
  }
}

/// A tick that would have been decided otherwise.
package struct ShadowCase: Hashable, Sendable {
  package let sequence: UInt64
  package let unixSeconds: UInt64
  package let vault: String
  package let block: UInt64?
  package let recorded: String
  package let shadow: String
}

/// What a shadow run found.
package struct ShadowSummary: Hashable, Sendable {
  /// What one side did or would have done.
  package struct Side: Hashable, Sendable {
    /// Ticks that would act; and acts, where ticks in a row that act count as one.
    package fileprivate(set) var ticks = 0
    package fileprivate(set) var acts = 0
    /// Of the acts, at the oracle's price.
    package fileprivate(set) var turnover = Usd.zero
    /// Gas and upfront fees of the acts.
    package fileprivate(set) var costWei = UInt256.zero

    fileprivate mutating func count(_ decision: ShadowDecision, isNew: Bool) {
      guard decision.acts else { return }
      ticks += 1
      guard isNew else { return }
      acts += 1
      do {
        turnover = try turnover + decision.turnover
        costWei = try costWei + decision.costWei
      } catch {
        // A sum beyond 256 bits stays where it is: only made-up records have such numbers.
        return
      }
    }
  }

  /// How often one code would have been another.
  package struct Exchange: Hashable, Sendable {
    package let recorded: String
    package let shadow: String
    package fileprivate(set) var count: Int
  }

  package fileprivate(set) var compared = 0
  package fileprivate(set) var different = 0
  /// Ticks that had not been judged.
  package fileprivate(set) var unjudged = 0
  /// Records before a vault's first key frame, or that cannot be read.
  package fileprivate(set) var unreadable = 0
  /// Ticks of vaults that the configuration does not have.
  package fileprivate(set) var unconfigured = 0
  /// In the order in which they first came.
  package fileprivate(set) var exchanges: [Exchange] = []
  package fileprivate(set) var cases: [ShadowCase] = []
  package fileprivate(set) var recorded = Side()
  package fileprivate(set) var shadow = Side()

  /// As many as fit on a screen; the counts tell of the others.
  package static let caseLimit = 10

  fileprivate mutating func note(_ found: ShadowCase, codes: (recorded: String, shadow: String)) {
    different += 1
    if cases.count < Self.caseLimit { cases.append(found) }
    if let known = exchanges.firstIndex(where: { $0.recorded == codes.recorded && $0.shadow == codes.shadow }) {
      exchanges[known].count += 1
    } else {
      exchanges.append(Exchange(recorded: codes.recorded, shadow: codes.shadow, count: 1))
    }
  }
}
