import Ethereum

/// One transaction running: the state it changes, its logs and its gas. Contracts are extensions of it, a file each.
struct ContractMachine {
  let site: WorldSite
  var state: WorldState
  let block: BlockContext
  let message: ContractWorld.Message
  private(set) var logs: [EmittedLog] = []
  private(set) var gasUsed: UInt64 = 0
  /// The second vault's code is running.
  var worksForSibling = false
  private var overrides: [(address: Address, code: OverriddenCode)] = []

  var plan: WorldPlan { site.plan }
  var addresses: WorldAddresses { site.plan.addresses }
  var now: UInt256 { UInt256(block.timestamp) }

  init(site: WorldSite, state: WorldState, message: ContractWorld.Message, block: BlockContext) {
    self.site = site
    self.state = state
    self.message = message
    self.block = block
  }

  /// A call as the callee sees it.
  struct Frame {
    let sender: Address
    /// Whose storage and balance it acts on: with a delegatecall not the owner of the code.
    let this: Address
    let value: UInt256
    let data: CallData
  }

  private struct OutOfGas: Error {}

  private enum OverriddenCode {
    case none
    case contract(ContractKind)
    case unknown
  }

  // MARK: - The whole transaction

  mutating func run(_ message: ContractWorld.Message) -> ContractWorld.Outcome {
    gasUsed = Gas.intrinsic(message.data)
    guard (state.native[message.from] ?? .zero) >= message.valueWei else {
      return .init(failure: .insufficientBalance, output: [], logs: [], gasUsed: gasUsed)
    }
    do {
      guard let to = message.to else { throw Revert.empty }
      guard gasUsed <= message.gasLimit else { throw OutOfGas() }
      // A transfer to an account without code runs nothing: its intrinsic gas is all it costs.
      if try kind(at: to) == nil {
        if message.valueWei != .zero { try moveNative(message.valueWei, from: message.from, to: to) }
        return .init(failure: nil, output: [], logs: [], gasUsed: gasUsed)
      }
      let output = try call(
        from: message.from, to: to, value: message.valueWei, data: CallData(message.data))
      return .init(failure: nil, output: output, logs: logs, gasUsed: gasUsed)
    } catch is OutOfGas {
      return .init(failure: .outOfGas, output: [], logs: [], gasUsed: message.gasLimit)
    } catch {
      return .init(failure: .reverted, output: Revert(error).data, logs: [], gasUsed: gasUsed)
    }
  }

  mutating func override(_ address: Address, code: [UInt8]) {
    let known = site.kind(ofCode: code).map(OverriddenCode.contract)
    overrides.append((address, code.isEmpty ? .none : known ?? .unknown))
  }

  // MARK: - Calls

  /// Calls a contract. Where it throws, the caller undoes what it did: by `attempt`, or by throwing on.
  mutating func call(from: Address, to: Address, value: UInt256 = .zero, data: CallData) throws -> [UInt8] {
    try charge(Gas.call)
    if value != .zero { try moveNative(value, from: from, to: to) }
    guard let kind = try kind(at: to) else { return [] }
    return try dispatch(kind, Frame(sender: from, this: to, value: value, data: data))
  }

  /// Calls with a way back: on failure state and logs are as before.
  mutating func attempt(
    from: Address, to: Address, value: UInt256 = .zero, data: CallData
  ) throws -> (succeeded: Bool, output: [UInt8]) {
    if value == .zero, let selector = data.selector.flatMap(Selector.init(rawValue:)), selector.isRead {
      do {
        return (true, try call(from: from, to: to, data: data))
      } catch let stop as OutOfGas {
        throw stop
      } catch {
        return (false, Revert(error).data)
      }
    }
    return try attempt { (machine) in try machine.call(from: from, to: to, value: value, data: data) }
  }

  mutating func attempt(
    _ body: (inout ContractMachine) throws -> [UInt8]
  ) throws -> (succeeded: Bool, output: [UInt8]) {
    let (before, count) = (state, logs.count)
    do {
      return (true, try body(&self))
    } catch let stop as OutOfGas {
      // A frame that runs out takes nearly all gas of those around it along.
      throw stop
    } catch {
      state = before
      logs.removeSubrange(count...)
      return (false, Revert(error).data)
    }
  }

  /// The contract at an address, overrides first. Code that is no contract's reverts whatever it is asked.
  func kind(at address: Address) throws -> ContractKind? {
    guard let override = overrides.last(where: { $0.address == address }) else { return site.kind(at: address) }
    switch override.code {
    case .none: return nil
    case .contract(let kind): return kind
    case .unknown: throw Revert.empty
    }
  }

  /// Runs the code of `kind` on a frame.
  mutating func dispatch(_ kind: ContractKind, _ frame: Frame) throws -> [UInt8] {
    guard !frame.data.isEmpty else {
      try receive(kind, frame)
      return []
    }
    guard let selector = frame.data.selector.flatMap(Selector.init(rawValue:)) else { throw Revert.empty }
    switch kind {
    case .multicall3: return try multicall3(selector, frame)
    case .wrappedNative: return try wrappedNative(selector, frame)
    case .quoteToken: return try quoteToken(selector, frame)
    case .baseFeed: return try feed(state.baseFeed, "ETH / USD", selector)
    case .quoteFeed: return try feed(state.quoteFeed, "USDC / USD", selector)
    case .sequencerFeed: return try feed(state.sequencer, "L2 Sequencer Uptime Status Feed", selector)
    case .shareToken: return try inItsVault(frame) { (machine) in try machine.shareToken(selector, frame) }
    case .safe: return try inItsVault(frame) { (machine) in try machine.safe(selector, frame) }
    case .roles: return try inItsVault(frame) { (machine) in try machine.roles(selector, frame) }
    case .multiSend: return try multiSend(selector, frame)
    case .exchangeRouter: return try exchangeRouter(selector, frame)
    case .dataStore: return try dataStore(selector, frame)
    case .reader: return try reader(selector, frame)
    case .roleStore: return try roleStore(selector, frame)
    case .unwrapper, .router, .orderVault, .eventEmitter, .referralStorage, .orderHandler, .positionHandler, .oracle,
      .market:
      // Called by their own kind only, and that is done here without calls.
      throw Revert.empty
    }
  }

  /// A call without data: native currency that arrives, or nothing.
  private mutating func receive(_ kind: ContractKind, _ frame: Frame) throws {
    switch kind {
    case .wrappedNative: try deposit(frame.value, by: frame.sender)
    case .safe:
      log(frame.this, [Topic.safeReceived, Bytes32(frame.sender.word)], WordWriter.one(frame.value))
    case .orderVault, .market:
      guard frame.sender == addresses.wrappedNative else { throw Revert.empty }
    default: throw Revert.empty
    }
  }

  // MARK: - Native currency, logs, gas

  mutating func moveNative(_ wei: UInt256, from: Address, to: Address) throws {
    let rest = try (state.native[from] ?? .zero) - wei
    state.native[from] = rest
    state.native[to] = try (state.native[to] ?? .zero) + wei
  }

  mutating func log(_ address: Address, _ topics: [Bytes32], _ data: [UInt8]) {
    logs.append(EmittedLog(address: address, topics: topics, data: data))
  }

  mutating func charge(_ gas: UInt64) throws {
    gasUsed = gasUsed.addingReportingOverflow(gas).partialValue
    guard gasUsed <= message.gasLimit else { throw OutOfGas() }
  }
}

/// Gas by what is done, in round numbers of the real contracts' measure; the sum is what an estimate answers.
enum Gas {
  /// A cold call (EIP-2929) with its decoding.
  static let call: UInt64 = 3_000
  /// One cold storage word.
  static let read: UInt64 = 2_100
  /// A storage word that changes.
  static let write: UInt64 = 5_000
  static let tokenTransfer: UInt64 = 30_000
  /// A list of the Reader, for each entry: some ten storage words through the DataStore.
  static let listed: UInt64 = 60_000
  /// A figure of the Reader over the whole market.
  static let marketFigure: UInt64 = 120_000
  /// Creating an order writes some twenty words and emits the longest event: about 1.1 million on Arbitrum.
  static let createOrder: UInt64 = 900_000
  static let updateOrder: UInt64 = 220_000
  static let cancelOrder: UInt64 = 260_000
  /// The Roles modifier's check of one call, and the Safe's execution.
  static let roleCheck: UInt64 = 25_000
  static let safeExecution: UInt64 = 35_000

  /// 21,000, 4 for each zero byte of call data and 16 for each other one (EIP-2028).
  static func intrinsic(_ data: [UInt8]) -> UInt64 {
    let zeros = data.withUnsafeBufferPointer { $0.reduce(0) { $1 == 0 ? $0 &+ 1 : $0 } }
    return 21_000 + 4 * UInt64(zeros) + 16 * UInt64(data.count - zeros)
  }
}

/// First topics of the events of tokens, Safe and Roles.
enum Topic {
  static let transfer = Keccak256.hash(utf8: "Transfer(address,address,uint256)")
  static let approval = Keccak256.hash(utf8: "Approval(address,address,uint256)")
  static let deposit = Keccak256.hash(utf8: "Deposit(address,uint256)")
  static let withdrawal = Keccak256.hash(utf8: "Withdrawal(address,uint256)")
  static let safeReceived = Keccak256.hash(utf8: "SafeReceived(address,uint256)")
  static let executionFromModuleSuccess = Keccak256.hash(utf8: "ExecutionFromModuleSuccess(address)")
  static let executionFromModuleFailure = Keccak256.hash(utf8: "ExecutionFromModuleFailure(address)")
  static let safeModuleTransaction = Keccak256.hash(
    utf8: "SafeModuleTransaction(address,address,uint256,bytes,uint8)")
  static let consumeAllowance = Keccak256.hash(utf8: "ConsumeAllowance(bytes32,uint128,uint128)")
  static let eventLog1 = Keccak256.hash(
    utf8: "EventLog1(address,string,string,bytes32,\(VenueEvent.dataType.name))")
  static let eventLog2 = Keccak256.hash(
    utf8: "EventLog2(address,string,string,bytes32,bytes32,\(VenueEvent.dataType.name))")
}
