import Decision
import Ethereum
package import Outbox

/// What the vaults' aims need of earlier judgements: the most a vault was worth, whether its carry is on, and what the
/// other vaults of its portfolio were worth when each was last assessed.
///
/// Only judgements whose head, feeds and sequencer were to be trusted leave a mark (`Judgement.mark`). Each record of a
/// tick carries its vault's newest one, so that the newest record is enough to start from.
package struct AimMemory: Sendable {
  /// One for each vault that has left any.
  private var marks: [(vault: String, mark: AimMark)] = []

  package init() {}

  /// From the newest observations a journal holds.
  /// - Parameter sequence: where to begin; older ones are of no use here and take time to read.
  package init(
    of vaults: [VaultSettings], from journal: JournalReader, since sequence: UInt64 = 1
  ) throws(JournalFailure) {
    // Vaults that remember nothing need no journal read for them.
    let names = vaults.filter(\.policy.target.remembers).map(\.name)
    guard !names.isEmpty else { return }
    var found: [(vault: String, mark: JSON)] = []
    try journal.replayTicks(from: sequence) { (tick) throws(JournalFailure) in
      guard names.contains(tick.vault), let mark = tick.writtenMark else { return }
      found.removeAll { $0.vault == tick.vault }
      found.append((tick.vault, mark))
    }
    for (vault, json) in found {
      // A mark of no form that this version reads is none: what it would have told is told anew.
      do { marks.append((vault, try JSONCoding.decode(AimMark.self, from: json.encoded()))) } catch { continue }
    }
  }

  mutating func add(_ report: TickReport) {
    guard let mark = report.mark, mark.atSeconds > (self.mark(of: report.vault)?.atSeconds ?? 0) else { return }
    marks.removeAll { $0.vault == report.vault }
    marks.append((report.vault, mark))
  }

  func mark(of vault: String) -> AimMark? { marks.first { $0.vault == vault }?.mark }

  /// What a judgement of this vault is to know.
  func state(for vault: VaultSettings) -> AimState {
    let target = vault.policy.target
    guard target.remembers else { return .none }
    return AimState(
      last: mark(of: vault.name),
      portfolio: target.members.compactMap { name in
        mark(of: name).map { MemberWorth(vault: name, worth: $0.worth, atSeconds: $0.atSeconds) }
      })
  }
}
