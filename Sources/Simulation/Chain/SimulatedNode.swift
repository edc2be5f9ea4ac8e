import Ethereum
import Keeper

/// What a node suffers from for a while.
struct NodeCondition: Sendable {
  let kind: FaultKind
  /// The tick at which it is well again.
  let untilTick: UInt64
  /// How far: blocks for one that is stale, amounts for one that lies about numbers.
  let amount: UInt64
}

/// One endpoint: its own view of the chain and its own pool.
struct SimulatedNode {
  let endpoint: EndpointID
  /// The place of the head it knows.
  var tip: Int
  var pool = TransactionPool()
  var condition: NodeCondition?
  /// What it makes of a block's state before it answers from it: a liar that lies well. For tests.
  var delusion: ((SimulatedBlock, inout ContractWorld) -> Void)?
  /// What it makes of the logs it is asked for. For tests.
  var forgery: (([Log]) -> [Log])?
  /// Takes transactions and tells nobody but the builders; answers nothing else.
  let isRelay: Bool

  var isDeaf: Bool { condition?.kind == .laggingNode || condition?.kind == .deadNode }
}
