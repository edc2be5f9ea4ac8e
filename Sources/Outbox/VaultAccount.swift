package import Ethereum

/// What the executions of one vault have cost since the journal began, USD with 18 decimals.
package struct VaultAccount: Hashable, Sendable {
  package let chainID: UInt64
  package let vault: String
  /// Shortfalls against the oracle and venue's fees of all orders, open ones as far as they are told. Saturates.
  package internal(set) var costUsd: Int256 = .zero
  /// The least that `costUsd` has ever been: the best moment, from which losses are measured. A person who resumes a
  /// halt for losses accepts them, and the measure begins anew.
  package internal(set) var bestUsd: Int256 = .zero

  /// The loss since the best moment.
  package var drawdownUsd: UInt256 { costUsd.distanceAbove(bestUsd) }

  mutating func charge(_ change: Int256) {
    costUsd = costUsd.saturatingAdd(change)
    bestUsd = min(bestUsd, costUsd)
  }
}

extension OutboxState {
  /// The account of a vault; one with nothing on it if it never had an order.
  package func account(vault: String, chainID: UInt64) -> VaultAccount {
    accounts.first { $0.vault == vault && $0.chainID == chainID } ?? VaultAccount(chainID: chainID, vault: vault)
  }

  mutating func charge(_ change: Int256, vault: String, chainID: UInt64) {
    guard change != .zero else { return }
    accounts[accountIndex(vault, chainID)].charge(change)
  }

  mutating func acceptLosses(vault: String, chainID: UInt64) {
    let index = accountIndex(vault, chainID)
    accounts[index].bestUsd = accounts[index].costUsd
  }

  private mutating func accountIndex(_ vault: String, _ chainID: UInt64) -> Int {
    if let index = accounts.firstIndex(where: { $0.vault == vault && $0.chainID == chainID }) { return index }
    accounts.append(VaultAccount(chainID: chainID, vault: vault))
    return accounts.count - 1
  }
}
