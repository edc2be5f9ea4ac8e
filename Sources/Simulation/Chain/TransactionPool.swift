package import Ethereum

/// A pool of waiting transactions with geth's rules, seen for one sender: the only one whose transactions matter here.
package struct TransactionPool: Sendable {
  /// Ascending by nonce, one for each.
  package private(set) var waiting: [PooledTransaction] = []

  package init() {}

  package func holds(_ hash: Bytes32) -> Bool { waiting.contains { $0.hash == hash } }
  package func transaction(_ hash: Bytes32) -> PooledTransaction? { waiting.first { $0.hash == hash } }

  /// The sender's next nonce as `eth_getTransactionCount` tells it at "pending".
  package func pendingNonce(from mined: UInt64) -> UInt64 {
    var next = mined
    for transaction in waiting where transaction.nonce == next { next += 1 }
    return next
  }

  /// Takes a transaction, or says in geth's words why not.
  ///
  /// - Parameters:
  ///   - nonce: the sender's count of mined transactions at the pool's head.
  ///   - balanceWei: what the sender holds there.
  package mutating func add(_ transaction: PooledTransaction, nonce: UInt64, balanceWei: UInt256) -> String? {
    let unsigned = transaction.signed.transaction
    if holds(transaction.hash) { return "already known" }
    if unsigned.gasLimit > SimulatedChain.gasLimit { return "exceeds block gas limit" }
    let required = unsigned.gas.required(for: .prague)
    if unsigned.gasLimit < required {
      return "intrinsic gas too low: gas \(unsigned.gasLimit), minimum needed \(required)"
    }
    if unsigned.caps.tipWei < 1 { return "transaction underpriced: gas tip cap 0, minimum needed 1" }
    if unsigned.nonce < nonce {
      return "nonce too low: next nonce \(nonce), tx nonce \(unsigned.nonce)"
    }
    let cost = Self.costWei(of: unsigned)
    if cost > balanceWei {
      return "insufficient funds for gas * price + value: balance \(balanceWei), tx cost \(cost)"
    }
    if let index = waiting.firstIndex(where: { $0.nonce == unsigned.nonce }) {
      guard Fees.replacementMeets(old: waiting[index].caps, new: unsigned.caps) else {
        return "replacement transaction underpriced"
      }
      waiting[index] = transaction
      return nil
    }
    // geth lets an account queue 64 transactions behind a gap.
    guard waiting.count < 64 else { return "txpool is full" }
    let place = waiting.firstIndex { $0.nonce > unsigned.nonce } ?? waiting.count
    waiting.insert(transaction, at: place)
    return nil
  }

  /// The most the sender can pay for it; beyond 256 bits nobody can.
  private static func costWei(of transaction: UnsignedTransaction) -> UInt256 {
    do { return try transaction.maximumCostWei() } catch { return .max }
  }

  /// Forgets what the chain has made impossible.
  package mutating func settle(minedNonce: UInt64) { waiting.removeAll { $0.nonce < minedNonce } }

  package mutating func drop(_ hash: Bytes32) { waiting.removeAll { $0.hash == hash } }
  package mutating func drop(nonce: UInt64) { waiting.removeAll { $0.nonce == nonce } }
  package mutating func dropAll() { waiting = [] }

  /// What a block may take, in order: nonces without a gap, each at a price the block accepts.
  package func includable(from nonce: UInt64, baseFeeWei: UInt256, minimumTipWei: UInt256) -> [PooledTransaction] {
    var next = nonce
    var taken: [PooledTransaction] = []
    for transaction in waiting where transaction.nonce == next {
      guard let price = transaction.effectivePriceWei(baseFeeWei: baseFeeWei) else { break }
      let (tip, isBelow) = price.subtractingReportingOverflow(baseFeeWei)
      guard !isBelow, tip >= minimumTipWei else { break }
      taken.append(transaction)
      next += 1
    }
    return taken
  }
}
