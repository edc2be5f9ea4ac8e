import Decision
package import Ethereum
package import Outbox

/// What a person is called for. The raw values are stable: configuration, metrics and notices carry them.
package enum AlarmKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// A halt is in force: nothing is signed.
  case halt
  /// So many ticks of a vault in a row were refused for a reason that is not ordinary (`Refusal.Code.isOrdinary`).
  case refusalStreak
  /// The keeper's address holds less native currency than the operator wants.
  case lowBalance
  /// No tick of a vault came to a judgement for too long: nodes that do not answer, or a keeper that hangs.
  case noCompletedTick
  /// The journal cannot be used, and the process ends.
  case journal
}

/// When a person is called.
package struct AlarmPolicy: Hashable, Sendable {
  package let kinds: [AlarmKind]
  /// How many refusals in a row.
  package let refusalStreak: Int
  /// nil: never.
  package let lowBalanceWei: UInt256?
  package let noCompletedTickMilliseconds: UInt64
  /// The same alarm is told at most once in this time.
  package let repeatMilliseconds: UInt64

  package init(
    kinds: [AlarmKind], refusalStreak: Int, lowBalanceWei: UInt256?, noCompletedTickMilliseconds: UInt64,
    repeatMilliseconds: UInt64
  ) {
    self.kinds = kinds
    self.refusalStreak = refusalStreak
    self.lowBalanceWei = lowBalanceWei
    self.noCompletedTickMilliseconds = noCompletedTickMilliseconds
    self.repeatMilliseconds = repeatMilliseconds
  }
}

/// One thing to tell a person.
package struct AlarmNotice: Hashable, Sendable {
  package enum Phase: String, Hashable, Sendable {
    case raised
    /// Still so, and `repeat` has passed.
    case repeated
    /// Over. Told only of what was told.
    case cleared
    /// Nothing is wrong: somebody tries whether notices arrive.
    case test
  }

  package let kind: AlarmKind
  package let phase: Phase
  /// A vault, a chain, or a halt's code.
  package let subject: String
  package let text: String
  /// Unix seconds of when it began and when it is told, by this machine's clock.
  package let sinceUnixSeconds: UInt64
  package let atUnixSeconds: UInt64

  package init(
    kind: AlarmKind, phase: Phase, subject: String, text: String, sinceUnixSeconds: UInt64, atUnixSeconds: UInt64
  ) {
    self.kind = kind
    self.phase = phase
    self.subject = subject
    self.text = text
    self.sinceUnixSeconds = sinceUnixSeconds
    self.atUnixSeconds = atUnixSeconds
  }
}

/// Which alarms are raised, from ticks and from time. A value without a clock: it is told what happened and answers
/// what is to be told.
///
/// An alarm is told when it is raised, again each `repeat` while it lasts, and once more when it is over. One that
/// comes and goes is told no more often than `repeat`.
package struct AlarmBook: Sendable {
  private struct Entry {
    let kind: AlarmKind
    let subject: String
    var text: String
    var isRaised: Bool
    var sinceUnixSeconds: UInt64
    /// Monotonic; nil while it was never told.
    var toldAt: UInt64?
    /// The raising that lasts now was told.
    var isTold: Bool
  }

  private struct VaultMark {
    let vault: String
    /// Monotonic time of the last tick that came to a judgement, or of the start.
    var completedAt: UInt64
    var streak = 0
  }

  private let policy: AlarmPolicy
  private var entries: [Entry] = []
  private var vaults: [VaultMark]

  package init(_ policy: AlarmPolicy, vaults: [String], startedAt now: Moment) {
    self.policy = policy
    self.vaults = vaults.map { VaultMark(vault: $0, completedAt: now.monotonicMilliseconds) }
  }

  /// Alarms that are raised now, for metrics and status.
  package var raised: [(kind: AlarmKind, subject: String)] {
    entries.filter(\.isRaised).map { ($0.kind, $0.subject) }
  }

  /// A tick has ended.
  package mutating func ticked(_ report: TickReport, now: Moment) -> [AlarmNotice] {
    var notices = halts(report.halts ?? [], now)
    if let index = vaults.firstIndex(where: { $0.vault == report.vault }), report.ending != .missed {
      vaults[index].completedAt = now.monotonicMilliseconds
      notices += streak(index, report, now)
    }
    if let limit = policy.lowBalanceWei, let balance = report.keeperBalanceWei {
      notices += set(
        .lowBalance, report.chain, balance < limit,
        "the keeper holds \(balance) wei on \(report.chain), less than \(limit); send native currency to its address",
        now)
    }
    return notices + looked(now: now)
  }

  /// Time has passed. To be called every second or so, from beside the ticks: a tick that hangs calls nobody.
  package mutating func looked(now: Moment) -> [AlarmNotice] {
    var notices: [AlarmNotice] = []
    for vault in vaults {
      let since = now.monotonicMilliseconds.subtractingOrZero(vault.completedAt)
      notices += set(
        .noCompletedTick, vault.vault, since >= policy.noCompletedTickMilliseconds,
        "no tick of \(vault.vault) was completed for \(since / 1000) s; look at the log, the nodes and the process", now
      )
    }
    for index in entries.indices where isDue(entries[index], now) { notices.append(tell(index, now)) }
    return notices
  }

  /// The journal failed; the process is about to end.
  package mutating func failed(_ failure: JournalFailure, now: Moment) -> [AlarmNotice] {
    set(.journal, "journal", true, failure.description, now)
  }

  // MARK: What is so

  private mutating func halts(_ halts: [TickReport.Event], _ now: Moment) -> [AlarmNotice] {
    var notices: [AlarmNotice] = []
    for entry in entries where entry.kind == .halt && !halts.contains(where: { $0.code == entry.subject }) {
      notices += set(.halt, entry.subject, false, "the halt is over", now)
    }
    for halt in halts { notices += set(.halt, halt.code, true, halt.text, now) }
    return notices
  }

  private mutating func streak(_ index: Int, _ report: TickReport, _ now: Moment) -> [AlarmNotice] {
    let isCounted = report.ending == .refused && !Self.isOrdinary(report.code)
    // A halted keeper says nothing about what stood in the way before.
    if report.code == Refusal.Code.halted.rawValue { return [] }
    vaults[index].streak = isCounted ? vaults[index].streak.saturatingIncrement : 0
    return set(
      .refusalStreak, report.vault, vaults[index].streak >= policy.refusalStreak,
      "\(vaults[index].streak) ticks of \(report.vault) in a row were refused, the last one as \(report.code): "
        + report.text, now)
  }

  /// Whether a refusal's code, the judge's or the outbox's, says nothing of trouble.
  package static func isOrdinary(_ code: String) -> Bool {
    // The lane is taken by another vault's call: the same waiting as `callInFlight`.
    Refusal.Code(rawValue: code)?.isOrdinary ?? (code == "laneOccupied")
  }

  // MARK: What is told

  private mutating func set(
    _ kind: AlarmKind, _ subject: String, _ isRaised: Bool, _ text: String, _ now: Moment
  ) -> [AlarmNotice] {
    guard policy.kinds.contains(kind) else { return [] }
    guard let index = entries.firstIndex(where: { $0.kind == kind && $0.subject == subject }) else {
      guard isRaised else { return [] }
      entries.append(
        Entry(
          kind: kind, subject: subject, text: text, isRaised: true, sinceUnixSeconds: now.unixSeconds, toldAt: nil,
          isTold: false))
      return [tell(entries.count - 1, now)]
    }
    if isRaised {
      entries[index].text = text
      if !entries[index].isRaised {
        entries[index].isRaised = true
        entries[index].isTold = false
        entries[index].sinceUnixSeconds = now.unixSeconds
      }
      return isDue(entries[index], now) ? [tell(index, now)] : []
    }
    guard entries[index].isRaised else { return [] }
    entries[index].isRaised = false
    return entries[index].isTold ? [notice(entries[index], .cleared, now)] : []
  }

  private func isDue(_ entry: Entry, _ now: Moment) -> Bool {
    guard entry.isRaised else { return false }
    guard let toldAt = entry.toldAt else { return true }
    return now.monotonicMilliseconds.subtractingOrZero(toldAt) >= policy.repeatMilliseconds
  }

  private mutating func tell(_ index: Int, _ now: Moment) -> AlarmNotice {
    let told = notice(entries[index], entries[index].isTold ? .repeated : .raised, now)
    entries[index].isTold = true
    entries[index].toldAt = now.monotonicMilliseconds
    return told
  }

  private func notice(_ entry: Entry, _ phase: AlarmNotice.Phase, _ now: Moment) -> AlarmNotice {
    AlarmNotice(
      kind: entry.kind, phase: phase, subject: entry.subject,
      text: phase == .cleared ? "over: " + entry.text : entry.text, sinceUnixSeconds: entry.sinceUnixSeconds,
      atUnixSeconds: now.unixSeconds)
  }
}

extension AlarmNotice {
  /// A text as long as this says all there is to say, and the whole fits a pipe's buffer and any webhook's limit.
  private static let textLimit = 4_000

  /// For commands and webhooks. `text` is one line for people, where chat services look for it.
  package func json(keeper: Address, version: String) -> JSON {
    let told = String(text.prefix(Self.textLimit))
    return [
      "alarm": .string(kind.rawValue), "phase": .string(phase.rawValue), "subject": .string(subject),
      "message": .string(told),
      "text": .string("vaultkeeper: \(kind.rawValue) \(phase.rawValue) (\(subject)): \(told)"),
      "sinceUnixSeconds": .integer(Int64(clamping: sinceUnixSeconds)),
      "atUnixSeconds": .integer(Int64(clamping: atUnixSeconds)), "keeper": .string(keeper.description),
      "version": .string(version),
    ]
  }
}

extension UInt64 {
  fileprivate func subtractingOrZero(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}

extension Int {
  fileprivate var saturatingIncrement: Int { self == .max ? self : self + 1 }
}
