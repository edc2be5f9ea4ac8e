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
  /// The nonces of a key are used one after the other, whichever vault they serve, and a promise keeps its nonce.
  case lane
  /// What replaces a signed transaction offers a tenth more, in each of its caps.
  case replacement
  /// A private call is handed to relays only; one that may become public later, only later; never to both at a time.
  case privacy
  /// Nothing is sent that the lease's store does not hold, and nobody puts it there but who holds the lease.
  case lease
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
