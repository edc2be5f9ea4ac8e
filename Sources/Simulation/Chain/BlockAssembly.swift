import Ethereum

/// What a block's maker knows before filling it.
struct BlockAssembly {
  let number: UInt64
  let hash: Bytes32
  let timestamp: UInt64
  let baseFeeWei: UInt256
  let tipWei: UInt256

  var context: BlockContext { BlockContext(number: number, timestamp: timestamp, baseFeeWei: baseFeeWei) }
}

extension SimulatedWorld {
  /// Fills a block: the world's own doings, then what the builders hold of the keeper's, then the order keeper's.
  func assemble(_ assembly: BlockAssembly, on parent: Int, gasUsed others: UInt64) -> SimulatedBlock {
    guard var contracts = chain.blocks[parent].contracts else {
      preconditionFailure("a block is built on one whose state is kept")
    }
    outside.step(isCalm: isCalm, &draws.market)
    let holders = contracts.plan.holders
    let earlier = holders.map { HedgePicture.micro(contracts.baseUnits(of: $0)) }
    outside.apply(to: &contracts, in: assembly.context)
    let brought = holders.indices.map { vault in
      chain.blocks[parent].vaults[vault].broughtMicro
        + HedgePicture.micro(contracts.baseUnits(of: holders[vault])) - earlier[vault]
    }
    var nonce = chain.blocks[parent].nonce
    var receipts: [BlockReceipt] = []
    var logs: [Log] = []
    var used = others
    let candidates = builders.includable(
      from: nonce, baseFeeWei: assembly.baseFeeWei, minimumTipWei: assembly.tipWei)
    for transaction in candidates {
      // Blocks are made by many; some leave out what others would take.
      guard !isCensoring, isCalm || draws.blocks.chance(of: 88_000) else { break }
      let before = contracts
      guard let receipt = execute(transaction, in: assembly, on: &contracts, firstLog: logs.count) else { break }
      nonce += 1
      used += receipt.gasUsed
      receipts.append(receipt)
      logs += receipt.logs
      checkers.included(receipt, brought: brought, before: before, after: contracts, chain: chain)
    }
    mischief(receipts, &contracts)
    let emitted = outside.runOrders(on: &contracts, in: assembly.context, draws.orders, &tally)
    if !emitted.isEmpty {
      let hash = Keccak256.hash(assembly.hash.bytes + [1])
      for log in emitted { logs.append(Log(log, at: logs.count, transaction: hash, in: assembly)) }
    }
    return SimulatedBlock(
      number: assembly.number, hash: assembly.hash, parentHash: chain.blocks[parent].hash, parent: parent,
      timestamp: assembly.timestamp, baseFeeWei: assembly.baseFeeWei,
      gasUsed: min(used, SimulatedChain.gasLimit), tipWei: assembly.tipWei, receipts: receipts, logs: logs,
      nonce: nonce,
      vaults: brought.enumerated().map { vault, micro in
        VaultMark(broughtMicro: micro, standstill: contracts.standstill(vault: vault))
      }, contracts: contracts)
  }

  /// Carries a transaction out and takes what its gas costs; nil where the sender cannot pay for it.
  private func execute(
    _ transaction: PooledTransaction, in assembly: BlockAssembly, on contracts: inout ContractWorld, firstLog: Int
  ) -> BlockReceipt? {
    let unsigned = transaction.signed.transaction
    guard let price = transaction.effectivePriceWei(baseFeeWei: assembly.baseFeeWei) else { return nil }
    let balance = contracts.balance(of: keeper)
    do {
      guard try unsigned.maximumCostWei() <= balance else { return nil }
      let prepaid = try UInt256(unsigned.gasLimit) * price
      contracts.setBalance(of: keeper, to: try balance - prepaid)
      let outcome = contracts.execute(
        ContractWorld.Message(
          from: keeper, to: unsigned.to, valueWei: unsigned.valueWei, data: unsigned.data, gasPriceWei: price,
          gasLimit: unsigned.gasLimit, nonce: unsigned.nonce), in: assembly.context)
      let used = min(outcome.gasUsed, unsigned.gasLimit)
      let refund = try UInt256(unsigned.gasLimit - used) * price
      contracts.setBalance(of: keeper, to: try contracts.balance(of: keeper) + refund)
      let logs = outcome.logs.enumerated().map { offset, log in
        Log(log, at: firstLog + offset, transaction: transaction.hash, in: assembly)
      }
      return BlockReceipt(
        transaction: transaction, succeeded: outcome.succeeded, gasUsed: used, effectiveGasPriceWei: price,
        valueWei: outcome.succeeded ? unsigned.valueWei : .zero, logs: logs)
    } catch {
      preconditionFailure("amounts of this world fit a word: \(error)")
    }
  }
}

extension Log {
  fileprivate init(_ log: EmittedLog, at index: Int, transaction: Bytes32, in assembly: BlockAssembly) {
    self.init(
      address: log.address, topics: log.topics, data: log.data, blockNumber: assembly.number,
      blockHash: assembly.hash, transactionHash: transaction, logIndex: UInt64(index))
  }
}
