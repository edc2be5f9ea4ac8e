/// What must never be, each judged from outside the program.
package enum Law: String, CaseIterable, Sendable {
  /// Nothing is broadcast that the journal does not hold at that moment.
  case journalledFirst
  /// No intent is served twice.
  case servedOnce
  /// Our own action never takes exposure beyond target and band.
  case exposure
  /// Budgets, ceilings and clips hold in what is mined.
  case spending
  /// No action rests on a picture older than allowed.
  case freshness
  /// Nothing is sent while halted or paused, without the role, or with the sequencer down.
  case standstill
  /// What the keeper remembers is what its journal says.
  case memory
  /// In the calm everything due is done, and nothing stays stuck.
  case calm
  /// A stranger on the key ends in a halt.
  case stranger
  /// The keeper never traps or refuses its own journal.
  case soundness
  /// Same seed, same trace.
  case determinism
}

/// A law broken, with when and how.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
  package let law: Law
  package let tick: UInt64
  package let text: String

  package var description: String { "\(law.rawValue) at tick \(tick): \(text)" }
}
