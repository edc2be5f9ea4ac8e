/// Everything that goes wrong in a storm, by the name it is counted under. The first fourteen are devchain's kinds.
package enum FaultKind: String, CaseIterable, Sendable {
  // What a node or something before it does to one message.
  case httpStatus, delay, hang, reset, emptyBody, htmlPage, garbled, truncated, wrongID, nullResult, rpcError
  case staleNode, swallowed, acknowledgementLost
  // What a node does for a while.
  case deadNode, notSent, rateLimited, laggingNode, wrongHead, wrongNonce, noLogs, wrongReceipt, futureHead
  case wrongChain
  // What a relay does for a while: it is down, it hesitates, it takes and forgets, it takes and passes on much later.
  case relayDown, relaySlow, relayDrops, relayLate
  // What the chain and its pools do.
  case reorg, missedSlots, poolDrop, blockStall, stranger, feeSpike
  // What the vault's world does.
  case vaultPaused, roleRevoked, oracleStale, oracleJump, sequencerDown
  case orderCancelled, orderFrozen, orderLate
  // What the machine does.
  case crash, tornAppend, unheardAppend, fullDisk, clockForward, clockBack, operatorHalt, poorKeeper
  // What happens between two keepers: one is stopped and goes on, one does not reach the lease's store, or its answers
  // or requests are lost or late.
  case keeperPaused, storeUnreachable, storeRequestLost, storeReplyLost, storeRequestLate, storeError

  /// A liar needs an honest neighbour: what only one endpoint says, nobody can doubt.
  var isLie: Bool {
    switch self {
    case .wrongHead, .wrongNonce, .noLogs, .wrongReceipt, .futureHead, .wrongChain, .staleNode: true
    default: false
    }
  }
}

/// How often each kind happened.
package struct FaultTally: Sendable {
  private var counts = [UInt64](repeating: 0, count: FaultKind.allCases.count)

  package init() {}

  package subscript(_ kind: FaultKind) -> UInt64 { counts[Self.index(of: kind)] }

  package mutating func count(_ kind: FaultKind) { counts[Self.index(of: kind)] += 1 }

  package mutating func add(_ other: FaultTally) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  package var total: UInt64 { counts.reduce(0, +) }

  /// Every kind with its count, in the order of declaration.
  package var list: [(kind: FaultKind, count: UInt64)] { Array(zip(FaultKind.allCases, counts)) }

  private static func index(of kind: FaultKind) -> Int { FaultKind.allCases.firstIndex(of: kind) ?? 0 }
}
