import Ethereum

/// What one submission of signed bytes came to, at one endpoint. It says what to do next, and never what the chain did:
/// only evidence ends a promise, so a wrong word here costs time and nothing else.
package enum Submission: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The node took the bytes and named their hash.
  case accepted
  /// The node held them already. That is success.
  case alreadyKnown
  /// The node says why it did not take them.
  case rejected(Rejection)
  /// The bytes never left: no connection, or nothing was written to it.
  case notSent(why: String)
  /// The bytes may have been taken: the answer was lost, late, or not understood. Frozen until looked up by hash.
  case maybeAccepted(why: String)

  /// The written form of a rejection names its part, as all others do.
  private enum RejectedCodingKeys: String, CodingKey {
    case _0 = "reason"
  }

  package var name: String {
    switch self {
    case .accepted: "accepted"
    case .alreadyKnown: "alreadyKnown"
    case .rejected(let rejection): "rejected.\(rejection.rawValue)"
    case .notSent: "notSent"
    case .maybeAccepted: "maybeAccepted"
    }
  }

  package var description: String {
    switch self {
    case .accepted, .alreadyKnown, .rejected: name
    case .notSent(let why): "not sent: \(why)"
    case .maybeAccepted(let why): "perhaps accepted: \(why)"
    }
  }

  /// Whether a node may hold the bytes now.
  package var mayBeKnown: Bool {
    switch self {
    case .accepted, .alreadyKnown, .maybeAccepted: true
    // "nonce too low" is also what a node says of a transaction that it has mined.
    case .rejected(let rejection): rejection == .nonceTooLow
    case .notSent: false
    }
  }

  /// The one answer of several endpoints that decides what to do: one that took them outweighs all that did not.
  package static func strongest(of answers: [EndpointAnswer]) -> Submission? {
    var strongest: Submission?
    for answer in answers where strongest == nil || answer.submission.weight > (strongest?.weight ?? 0) {
      strongest = answer.submission
    }
    return strongest
  }

  private var weight: Int {
    switch self {
    case .accepted: 5
    case .alreadyKnown: 4
    case .maybeAccepted: 3
    case .rejected(let rejection): rejection.consequence == .tryAgain ? 1 : 2
    case .notSent: 0
    }
  }
}

extension Outbox {
  /// Whether what the endpoints said to another submission of the same bytes is worth a record: the first one, other
  /// answers than the last ones, after a reorg, and after the usual wait. In between the bytes may go out each tick,
  /// and promises are kept for ever.
  /// - Throws: `noPolicy`.
  package func isNews(
    _ answers: [EndpointAnswer], for transaction: JournaledTransaction, at head: HeadMark
  ) throws(OutboxError) -> Bool {
    guard let promise = state.openPromise(transaction.intentID), let attempt = promise.attempt(transaction.hash),
      let submittedAt = attempt.submittedAt
    else { return true }
    let isSame = attempt.answers.elementsEqual(answers) {
      $0.endpoint == $1.endpoint && $0.submission.name == $1.submission.name
    }
    if !isSame { return true }
    if let orphaned = promise.orphanedSeen, submittedAt.number < orphaned.number { return true }
    return submittedAt.hasWaited(try policy(for: promise.intent.chainID).resendAfter, until: head)
  }
}

/// Why a node did not take signed bytes.
package enum Rejection: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// The nonce is used: perhaps by these very bytes. Look the hash up before concluding anything.
  case nonceTooLow
  /// The node believes that an earlier transaction is missing.
  case nonceTooHigh
  /// Another transaction with this nonce is in the pool, and the bytes do not outbid it enough.
  case replacementUnderpriced
  /// Below what the pool takes at present.
  case underpriced
  /// The fee cap is below the next block's base fee, and this node does not keep such transactions.
  case feeCapBelowBaseFee
  /// The sender cannot pay gas limit × fee cap + value.
  case insufficientFunds
  /// The node or gateway is busy, syncing, full, or counts our requests.
  case busy
  /// This endpoint does not take transactions from us: no such method, no permission.
  case endpointRefuses
  /// Gas limit below what the data alone costs.
  case intrinsicGasTooLow
  /// Gas limit above a block's, or above what one transaction may have.
  case gasLimitTooHigh
  /// The node's own limit on gas × price (geth: 1 ether).
  case feeAboveNodeLimit
  case tipAboveFeeCap
  /// The chain does not know this kind of transaction.
  case typeNotSupported
  /// Signed for another chain.
  case wrongChain
  /// Not decodable, a bad signature, or too large.
  case malformed
  /// The sender has code, or is on a list.
  case senderRefused

  package var description: String { rawValue }

  /// What to do about it.
  package enum Consequence: Hashable, Sendable {
    /// Ask the chain: it may be mined.
    case lookUp
    /// The same bytes again, soon.
    case tryAgain
    /// The same bytes again, after the usual wait.
    case waitAndTryAgain
    /// A higher fee.
    case offerMore
    /// These bytes will not be mined, whatever we wait or pay.
    case hopeless
  }

  /// What follows from this class; only `lookUp` leaves open whether the bytes are mined already.
  package var consequence: Consequence {
    switch self {
    case .nonceTooLow: .lookUp
    case .busy, .endpointRefuses: .tryAgain
    case .nonceTooHigh, .insufficientFunds, .senderRefused: .waitAndTryAgain
    case .replacementUnderpriced, .underpriced, .feeCapBelowBaseFee: .offerMore
    case .intrinsicGasTooLow, .gasLimitTooHigh, .feeAboveNodeLimit, .tipAboveFeeCap, .typeNotSupported,
      .wrongChain, .malformed:
      .hopeless
    }
  }
}
