package import Ethereum

/// The world contradicts our promises, with the evidence. A halted keeper observes, settles and alarms; it signs
/// nothing but, by policy, cancels of its own resting orders, until a person resumes it.
package enum Halt: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Somebody else uses our key: a nonce was consumed by a transaction that is none of ours.
  case foreignNonce(evidence: ForeignNonce)
  /// An endpoint serves another chain than it is configured for.
  case wrongChain(expected: UInt64, found: UInt64, endpoint: String)
  /// The journal does not verify, or tells a story that cannot be true.
  case corruptJournal(what: String)
  /// The vault took the keeper's role away.
  case roleRevoked(vault: String, detail: String)
  /// The block that mined a call does not show what the call was made for.
  case invariantBreached(vault: String, intentID: Bytes32, transactionHash: Bytes32, detail: String)
  /// A vault's executions have cost more since their best moment than policy allows; USD with 18 decimals.
  case lossLimit(vault: String, chainID: UInt64, drawdownUsd: UInt256, limitUsd: UInt256)
  /// A person asked for it, by command or marker; with `cancelsOrders` also that our own resting orders be taken back,
  /// whatever policy says. nil is no, and what journals of earlier versions hold.
  case byOperator(note: String, cancelsOrders: Bool? = nil)

  /// Stable name for metrics, reports and documentation.
  package var code: String {
    switch self {
    case .foreignNonce: "foreignNonce"
    case .wrongChain: "wrongChain"
    case .corruptJournal: "corruptJournal"
    case .roleRevoked: "roleRevoked"
    case .invariantBreached: "invariantBreached"
    case .lossLimit: "lossLimit"
    case .byOperator: "byOperator"
    }
  }

  /// A person's word, which ends when the person takes it back.
  package var isByOperator: Bool {
    if case .byOperator = self { return true }
    return false
  }

  /// Whether this is told by the other already: the same, but for words that change while it lasts.
  func isSameCause(as other: Halt) -> Bool {
    if case .roleRevoked(let vault, _) = self, case .roleRevoked(vault, _) = other { return true }
    return self == other
  }

  package var description: String {
    switch self {
    case .foreignNonce(let evidence):
      "\(evidence); find out who holds the key, move the funds or the role to a new one, or resume to accept it"
    case .wrongChain(let expected, let found, let endpoint):
      "endpoint \(endpoint) serves chain \(found), configured is \(expected); correct the endpoint, then resume"
    case .corruptJournal(let what):
      "\(what); restore the newest backup that verifies, and compare it with the chain, then resume"
    case .roleRevoked(let vault, let detail):
      "vault \(vault) refuses its keeper: \(detail); have the role granted again, then resume"
    case .invariantBreached(let vault, let intentID, let transactionHash, let detail):
      """
      vault \(vault): after \(transactionHash), sent for \(intentID), the mined block shows \(detail); \
      compare the vault with the decision, then resume
      """
    case .lossLimit(let vault, let chainID, let drawdownUsd, let limitUsd):
      """
      vault \(vault) on chain \(chainID) has lost \(USD.text(drawdownUsd)) USD in execution since its best moment, the \
      limit is \(USD.text(limitUsd)); look at its orders, then resume to accept the loss and count anew
      """
    case .byOperator(let note, let cancelsOrders):
      "halted by the operator\(cancelsOrders == true ? ", taking orders back" : ""): \(note); resume when ready"
    }
  }
}

/// A nonce that was consumed by a transaction which is none of ours.
package struct ForeignNonce: Hashable, Sendable, Codable, CustomStringConvertible {
  package let lane: LaneID
  package let nonce: UInt64
  /// The transactions we signed for this nonce. Empty if it was free: then the key was used behind our back.
  package let ourHashes: [Bytes32]
  /// The transaction that consumed it, where the chain told.
  package let strangerHash: Bytes32?
  /// The chain's count of the sender's transactions at `seen`: what a resume accepts.
  package let minedNonce: UInt64
  package let seen: HeadMark

  package var description: String {
    let stranger = strangerHash.map { "by \($0)" } ?? "by a transaction that no node named"
    let ours =
      ourHashes.isEmpty
      ? "we had signed nothing for it" : "ours were \(ourHashes.map(\.description).joined(separator: ", "))"
    return "nonce \(nonce) of \(lane) was consumed \(stranger), \(ours), seen at \(seen)"
  }
}
