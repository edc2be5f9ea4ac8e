package import Ethereum

/// The contracts of a simulated chain and everything they hold, reached by real call data: Multicall3, tokens, feeds, a
/// vault (the keeper's own address, or a Safe with a role), and one market of GMX v2.
///
/// A value. A chain keeps a copy for each block and goes back to an old one in a reorg. The same messages in the same
/// blocks give the same outcomes. Nonces, signatures and payment for gas are the chain's.
package struct ContractWorld: Sendable {
  let site: WorldSite
  var state: WorldState

  package var plan: WorldPlan { site.plan }
  package var records: WorldRecords { state.records }

  package init(_ plan: WorldPlan) {
    site = WorldSite(plan)
    state = WorldState(site)
  }

  /// Carries a transaction's call out, all or nothing: where it fails, state is as it was.
  package mutating func execute(_ message: Message, in block: BlockContext) -> Outcome {
    var machine = ContractMachine(site: site, state: state, message: message, block: block)
    let outcome = machine.run(message)
    if outcome.succeeded { state = machine.state }
    return outcome
  }

  /// What a call would give, as `eth_call` with state overrides. An address whose code is overridden with the code of a
  /// contract of this world behaves as that contract there; other code has no function that anybody calls.
  package func call(
    _ message: Message, in block: BlockContext, codeOverrides: [(Address, [UInt8])] = [],
    balanceOverrides: [(Address, UInt256)] = []
  ) -> Outcome {
    var machine = ContractMachine(site: site, state: state, message: message, block: block)
    for (address, code) in codeOverrides { machine.override(address, code: code) }
    for (address, balance) in balanceOverrides { machine.state.native[address] = balance }
    return machine.run(message)
  }

  /// Runtime code; empty where no contract stands.
  package func code(at address: Address) -> [UInt8] { site.kind(at: address).map(site.code) ?? [] }

  package func balance(of address: Address) -> UInt256 { state.native[address] ?? .zero }

  /// Native currency out of nothing or into it, for genesis and for what gas costs.
  package mutating func setBalance(of address: Address, to wei: UInt256) { state.native[address] = wei }

  /// Moves native currency without running code.
  /// - Returns: false, and nothing moved, where `from` has less.
  package mutating func transfer(_ wei: UInt256, from: Address, to: Address) -> Bool {
    let (rest, isShort) = balance(of: from).subtractingReportingOverflow(wei)
    guard !isShort else { return false }
    state.native[from] = rest
    let (sum, overflow) = balance(of: to).addingReportingOverflow(wei)
    precondition(!overflow, "all native currency of a world fits a word")
    state.native[to] = sum
    return true
  }
}

extension ContractWorld {
  /// A transaction's call, or an `eth_call`.
  package struct Message: Hashable, Sendable {
    package var from: Address
    /// nil creates a contract, which fails here.
    package var to: Address?
    package var valueWei: UInt256
    package var data: [UInt8]
    /// What the transaction pays for each unit of gas; the venue's fee check counts with it.
    package var gasPriceWei: UInt256
    package var gasLimit: UInt64
    /// Of the transaction, for the records; contracts do not see it.
    package var nonce: UInt64

    package init(
      from: Address, to: Address?, valueWei: UInt256 = .zero, data: [UInt8] = [], gasPriceWei: UInt256 = .zero,
      gasLimit: UInt64 = 30_000_000, nonce: UInt64 = 0
    ) {
      self.from = from
      self.to = to
      self.valueWei = valueWei
      self.data = data
      self.gasPriceWei = gasPriceWei
      self.gasLimit = gasLimit
      self.nonce = nonce
    }
  }

  package struct Outcome: Hashable, Sendable {
    package enum Failure: Hashable, Sendable {
      /// `output` is the revert data.
      case reverted
      case outOfGas
      /// The sender has less than the message's value; a node refuses such a call before it runs.
      case insufficientBalance
    }

    /// nil where it succeeded.
    package let failure: Failure?
    /// Return data, or revert data.
    package let output: [UInt8]
    /// Empty where it failed.
    package let logs: [EmittedLog]
    /// Of the whole transaction: what any costs, call data, and the contracts' work. Does not depend on the limit, but
    /// where it is reached.
    package let gasUsed: UInt64

    package var succeeded: Bool { failure == nil }

    package init(failure: Failure?, output: [UInt8], logs: [EmittedLog], gasUsed: UInt64) {
      self.failure = failure
      self.output = output
      self.logs = logs
      self.gasUsed = gasUsed
    }
  }
}

/// A log before it has a place in a block.
package struct EmittedLog: Hashable, Sendable {
  package let address: Address
  package let topics: [Bytes32]
  package let data: [UInt8]

  package init(address: Address, topics: [Bytes32], data: [UInt8]) {
    self.address = address
    self.topics = topics
    self.data = data
  }
}

/// What contracts see of the block they run in.
package struct BlockContext: Hashable, Sendable {
  package let number: UInt64
  /// Unix seconds.
  package let timestamp: UInt64
  package let baseFeeWei: UInt256

  package init(number: UInt64, timestamp: UInt64, baseFeeWei: UInt256) {
    self.number = number
    self.timestamp = timestamp
    self.baseFeeWei = baseFeeWei
  }
}
