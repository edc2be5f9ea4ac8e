package import Contracts
package import Decision
package import Ethereum
package import Outbox

/// What one tick saw, judged and did, in figures. Made also by ticks that did nothing; what journal, `explain` and logs
/// print.
package struct TickReport: Hashable, Sendable, Codable {
  /// How a tick ended.
  package enum Ending: String, Hashable, Sendable, Codable {
    /// We chose not to act; `code` is a refusal's.
    case refused
    /// We could not look; `code` is a failure's.
    case missed
    /// A dry run that would have signed.
    case rehearsed
    /// A transaction went out; `code` says what for.
    case acted
  }

  /// A name with figures: a stage of the judgement.
  package struct Chapter: Hashable, Sendable, Codable {
    package let stage: String
    package let figures: [Figure]
  }

  /// Something that happened beside the judgement: a promise settled, an order filled, a call sent again.
  package struct Event: Hashable, Sendable, Codable {
    /// A record's or a state's name, fit for counting.
    package let code: String
    package let text: String
  }

  package let vault: String
  package let chain: String
  package let startedAtUnixSeconds: UInt64
  package private(set) var head: HeadMark?
  /// The base asset's oracle price, where it lies within its feed's limits; feeds the price history.
  package private(set) var price: Price?
  package private(set) var ending: Ending
  /// Stable: a refusal's code, a failure's, or what was done ("placeLimit").
  package private(set) var code: String
  /// For people: what it means, with the numbers.
  package private(set) var text: String
  package private(set) var chapters: [Chapter] = []
  package private(set) var checks: [Check] = []
  package private(set) var events: [Event] = []
  package private(set) var warnings: [String] = []
  /// Options that the measures call for, and that nothing here executes.
  package private(set) var advisories: [Advisory] = []
  /// The promise this tick made.
  package private(set) var intentID: Bytes32?
  package private(set) var transactionHash: Bytes32?
  /// How often the nodes were spoken to.
  package private(set) var exchanges = 0
  /// Native currency of the keeper's address at the head; nil where it was not seen, and in reports of version 0.1.
  package private(set) var keeperBalanceWei: UInt256?
  /// What the vault's aim has to remember, as of this tick or an earlier one; nil where nothing.
  package private(set) var mark: AimMark?
  /// Halts in force when the tick ended; nil for none.
  package private(set) var halts: [Event]?
  /// What the tick was judged from; recorded beside the report, and once.
  @Unwritten package private(set) var inputs: TickInputs?

  init(vault: String, chain: String, startedAtUnixSeconds: UInt64) {
    self.vault = vault
    self.chain = chain
    self.startedAtUnixSeconds = startedAtUnixSeconds
    ending = .missed
    code = "unfinished"
    text = "the tick did not come to an end"
  }

  /// The figure of this name, from whichever stage has it first.
  package func figure(_ name: String) -> Figure? {
    for chapter in chapters {
      if let figure = chapter.figures.first(where: { $0.name == name }) { return figure }
    }
    return nil
  }

  // MARK: Filling it in

  mutating func note(_ seen: Seen) {
    note(head: seen.evidence.head, price: seen.observation.price.plausiblePrice)
    keeperBalanceWei = seen.observation.account.keeperBalanceWei
  }

  mutating func note(head: HeadMark, price: Price?) {
    self.head = head
    self.price = price
  }

  mutating func note(_ inputs: TickInputs) { self.inputs = inputs }

  mutating func note(_ simulation: Simulation) { inputs?.simulation = simulation }

  /// The inputs are in the journal; a second record of the same tick does not repeat them.
  mutating func inputsAreRecorded() { inputs = nil }

  mutating func note(_ judgement: Judgement) {
    inputs?.ruling = TickRuling(judgement.verdict)
    mark = judgement.mark
    for warning in judgement.assessment?.aim.warnings ?? [] { note(warning: warning.rawValue) }
    for warning in judgement.assessment?.exposureWarnings ?? [] { note(warning: warning.rawValue) }
    for stage in judgement.figures where !stage.figures.isEmpty {
      chapters.append(Chapter(stage: stage.stage.rawValue, figures: stage.figures))
    }
    if let fallback = judgement.calibration?.fallback { note(warning: Warning(fallback).rawValue) }
    checks += judgement.verdict.checks
    for warning in judgement.plan?.warnings ?? [] { note(warning: warning.rawValue) }
    advisories = judgement.plan?.advisories ?? []
    if let refusal = judgement.verdict.refusal { end(.refused, refusal.code.rawValue, refusal.text) }
  }

  mutating func note(_ clearance: Clearance) {
    inputs?.ruling = TickRuling(clearance)
    checks += clearance.checks
    if let refusal = clearance.refusal { end(.refused, refusal.code.rawValue, refusal.text) }
    if case .cleared(let cleared) = clearance.ruling {
      for warning in cleared.warnings { note(warning: warning.rawValue) }
    }
  }

  mutating func note(event code: String, _ text: String) {
    events.append(Event(code: code, text: text))
  }

  mutating func note(warning: String) {
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  mutating func note(promise intentID: Bytes32, transactionHash: Bytes32?) {
    self.intentID = intentID
    self.transactionHash = transactionHash
  }

  mutating func note(halts: [Halt]) {
    self.halts = halts.isEmpty ? nil : halts.map { Event(code: $0.code, text: $0.description) }
  }

  /// What an earlier tick left, where this one left nothing.
  mutating func note(lastMark: AimMark?) { mark = mark ?? lastMark }

  mutating func note(exchanges: Int) { self.exchanges = exchanges }

  mutating func end(_ ending: Ending, _ code: String, _ text: String) {
    self.ending = ending
    self.code = code
    self.text = text
  }
}

extension Plan {
  /// What the plan does, in a word: "placeLimit", "amend", "cancel".
  var code: String {
    guard let main = actions.last else { return "nothing" }
    switch main.action {
    case .cancel: return "cancel"
    case .amend: return "amend"
    case .topUp: return "topUp"
    case .place(let trade):
      if case .limit = trade.kind { return "placeLimit" }
      return "placeMarket"
    }
  }

  /// In words, with the reason: "placeLimit: sell 10 at 3003 (driftOutsideBand)".
  var summary: String {
    actions.map { planned in
      switch planned.action {
      case .cancel(let order): "cancel \(order.change) (\(planned.reason.rawValue))"
      case .amend(let order, let trade):
        "amend \(order.change) to \(trade.change)\(Self.price(of: trade)) (\(planned.reason.rawValue))"
      case .topUp(let topUp):
        "add \(topUp.value) USD of collateral to \(topUp.position.quantity) (\(planned.reason.rawValue))"
      case .place(let trade):
        "\(Self.side(of: trade))\(Self.price(of: trade)) (\(planned.reason.rawValue))"
      }
    }.joined(separator: "; ")
  }

  private static func side(of trade: Trade) -> String {
    let text = trade.change.description
    return text.hasPrefix("-") ? "sell \(text.dropFirst())" : "buy \(text)"
  }

  private static func price(of trade: Trade) -> String {
    switch trade.kind {
    case .limit(let price): " at \(price) or better, never beyond \(trade.worstPrice)"
    case .market: " at market, never beyond \(trade.worstPrice)"
    }
  }
}
