package import Ethereum

/// A transaction as a pool or a block holds it: read from the bytes that were sent, its sender recovered.
package struct PooledTransaction: Sendable {
  package let signed: SignedTransaction
  package let sender: Address

  package var hash: Bytes32 { signed.hash }
  package var nonce: UInt64 { signed.transaction.nonce }
  package var caps: Fees.Caps { signed.transaction.caps }

  /// What a block with this base fee makes the sender pay for each unit of gas; nil where it does not take it.
  package func effectivePriceWei(baseFeeWei: UInt256) -> UInt256? {
    guard caps.feeCapWei >= baseFeeWei else { return nil }
    let (offered, overflow) = baseFeeWei.addingReportingOverflow(caps.tipWei)
    return overflow ? caps.feeCapWei : min(caps.feeCapWei, offered)
  }
}

/// What became of a transaction in a block.
package struct BlockReceipt: Sendable {
  package let transaction: PooledTransaction
  package let succeeded: Bool
  package let gasUsed: UInt64
  package let effectiveGasPriceWei: UInt256
  /// What left the sender's account beside gas: the call's value, if it took effect.
  package let valueWei: UInt256
  package let logs: [Log]
}

/// What stands beside a block about one vault, and is kept longer than its state.
package struct VaultMark: Sendable {
  /// What others have brought into the vault since the beginning, less what they took: microether of the base.
  package let broughtMicro: Int64
  /// Why nobody should act on what the block shows of it; nil where nothing speaks against it.
  package let standstill: String?

  package static let untouched = VaultMark(broughtMicro: 0, standstill: nil)
}

/// A block, and the state after it.
package struct SimulatedBlock: Sendable {
  package let number: UInt64
  package let hash: Bytes32
  package let parentHash: Bytes32
  /// The parent's place in the chain's list of blocks; nil of the first.
  package let parent: Int?
  package let timestamp: UInt64
  package let baseFeeWei: UInt256
  package let gasUsed: UInt64
  /// The tip that most of the block's transactions paid.
  package let tipWei: UInt256
  package let receipts: [BlockReceipt]
  /// All logs of the block in their order, those of other people's transactions too.
  package let logs: [Log]
  /// The keeper's count of transactions after the block.
  package let nonce: UInt64
  /// What is to be said of each vault, in their order.
  package let vaults: [VaultMark]
  /// State after the block. Only recent blocks keep theirs, as with a node that is no archive.
  package var contracts: ContractWorld?

  package var context: BlockContext {
    BlockContext(number: number, timestamp: timestamp, baseFeeWei: baseFeeWei)
  }
}
