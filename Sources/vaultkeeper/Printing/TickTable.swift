import Decision
import Ethereum
import Keeper
import Outbox

/// A tick's report with the hash of its entry in the journal, by which promises name it.
struct RecordedTick {
  let report: TickReport
  let hash: Bytes32
}

/// What the mined call of each promise cost in gas, from the promise records.
struct GasLedger {
  /// By the hash of the observation on which the promise rests.
  private var intents: [Bytes32: Bytes32] = [:]
  private var mined: [Bytes32: Inclusion] = [:]

  init() {}

  init(_ reader: JournalReader) throws(JournalFailure) {
    var (intents, mined): ([Bytes32: Bytes32], [Bytes32: Inclusion]) = ([:], [:])
    try reader.replayPromises { (durable) throws(JournalFailure) in
      switch durable.record {
      case .reserved(let intent, _, _): if let link = durable.link { intents[link.hash] = intent.id }
      case .mined(let id, let inclusion, _): mined[id] = inclusion
      case .unmined(let id, _, _, _): mined[id] = nil
      default: break
      }
    }
    (self.intents, self.mined) = (intents, mined)
  }

  /// Gas units of the call that was promised on this tick; nil if none was, or it is not mined.
  func gasUsed(_ tick: RecordedTick) -> UInt64? {
    guard tick.report.ending == .acted else { return nil }
    return (intents[tick.hash] ?? tick.report.intentID).flatMap { mined[$0] }?.gasUsed
  }
}

/// Ticks as a table for people. Everything in it is a figure of a report; nothing is calculated.
struct TickTable {
  /// One line: a tick, or several in a row of one vault that say the same.
  private struct Row {
    var firstBlock: UInt64?
    var lastBlock: UInt64?
    var count = 1
    let vault: String
    /// All cells after the block and the vault.
    let cells: [String]
    /// Ticks that acted stand alone.
    let isAlone: Bool

    /// Takes in a later tick that says the same.
    mutating func absorb(_ other: Row) -> Bool {
      guard vault == other.vault, cells == other.cells, !isAlone, !other.isAlone else { return false }
      lastBlock = other.lastBlock
      count += 1
      return true
    }

    var block: String {
      guard let firstBlock, let lastBlock else { return "–" }
      return firstBlock == lastBlock ? "\(firstBlock)" : "\(firstBlock)–\(lastBlock)"
    }
  }

  static func lines(_ ticks: [RecordedTick], gas: GasLedger) -> [String] {
    guard !ticks.isEmpty else { return ["no tick is on record"] }
    var rows: [Row] = []
    for (index, tick) in ticks.enumerated() {
      let later = ticks[(index + 1)...].lazy.map(\.report)
      let next = later.first { $0.vault == tick.report.vault && $0.figure("delta") != nil }
      let row = row(tick.report, next, gasUsed: gas.gasUsed(tick))
      if rows.last?.vault == row.vault, rows[rows.count - 1].absorb(row) { continue }
      rows.append(row)
    }
    let hasOneVault = rows.allSatisfy { $0.vault == rows.first?.vault }
    let vault = hasOneVault ? [] : ["vault"]
    var table = TextTable(
      vault + ["block", "ticks", "price", "delta", "drift", "outcome", "gas", "what happened"],
      alignments: vault.map { _ in .left } + [.right, .right, .right, .right, .right, .left, .right, .left])
    for row in rows { table.add((hasOneVault ? [] : [row.vault]) + [row.block, "\(row.count)"] + row.cells) }
    return table.lines
  }

  private static func row(_ tick: TickReport, _ next: TickReport?, gasUsed: UInt64?) -> Row {
    var happened = tick.events.filter { $0.code == "orderOutcome" || $0.code == "settled" }.map(\.text)
    let isAlone = tick.ending == .acted || !happened.isEmpty
    if tick.ending == .acted || tick.ending == .missed { happened.insert(tick.text, at: 0) }
    if happened.isEmpty, let numbers = numbers(of: tick) { happened = [numbers] }
    return Row(
      firstBlock: tick.head?.number, lastBlock: tick.head?.number, vault: tick.vault,
      cells: [
        figure("price", tick), delta(tick, next), figure("drift", tick), tick.code,
        gasUsed.map { "\($0)" } ?? "", happened.joined(separator: "; "),
      ], isAlone: isAlone)
  }

  /// The numbers of a refusal. Waiting for a call or an order is told by its code alone: the only number that moves
  /// there is its age, and no two rows would be the same.
  private static func numbers(of tick: TickReport) -> String? {
    let waiting: [Refusal.Code] = [.callInFlight, .callInDoubt, .orderPending, .orderResting]
    guard tick.ending == .refused, !waiting.contains(where: { $0.rawValue == tick.code }) else { return nil }
    return tick.checks.first { $0.code?.rawValue == tick.code }?.figures.map(\.description).joined(separator: ", ")
  }

  /// The delta seen, and what the next tick of the vault saw.
  private static func delta(_ tick: TickReport, _ next: TickReport?) -> String {
    let before = figure("delta", tick)
    guard let after = next.map({ figure("delta", $0) }), after != before else { return before }
    return "\(before) → \(after)"
  }

  private static func figure(_ name: String, _ tick: TickReport) -> String { tick.figure(name)?.value ?? "–" }
}
