import Contracts
import Ethereum
import Simulation
import Testing

/// A world with a clock of blocks, driven by the production codecs alone: reads go through Multicall3, actions through
/// the venue and the account.
struct WorldStage {
  var world: ContractWorld
  let settings: WorldSettings
  private(set) var block: BlockContext
  private var nonce: UInt64 = 0
  /// Every log of every transaction so far, as a node would report them.
  private(set) var logs: [Log] = []

  static let keeper = Address(word: Keccak256.hash(utf8: "the keeper of the stage").word)
  static let gasPrice: UInt256 = 1_000_000_000

  init(_ kind: WorldPlan.AccountKind, change: (inout WorldPlan) -> Void = { _ in }) throws {
    var plan = WorldPlan(keeper: Self.keeper, account: kind)
    change(&plan)
    world = ContractWorld(plan)
    settings = try plan.settings(impactProbe: Usd(decimal: "20000"))
    block = BlockContext(number: 1, timestamp: plan.genesisTime + 12, baseFeeWei: 900_000_000)
  }

  var holder: Address { settings.account.holder }
  var addresses: WorldAddresses { world.plan.addresses }

  mutating func advance(seconds: UInt64 = 12) {
    block = BlockContext(
      number: block.number + 1, timestamp: block.timestamp + seconds, baseFeeWei: block.baseFeeWei)
  }

  // MARK: - Reading

  func call(_ message: ContractWorld.Message) -> ContractWorld.Outcome { world.call(message, in: block) }

  func read(_ reads: [Read]) throws -> [ReadResult] {
    let outcome = call(.init(from: .zero, to: settings.multicall, data: try MulticallBatch.encode(reads)))
    try #require(outcome.succeeded)
    return try MulticallBatch.decode(outcome.output, count: reads.count)
  }

  func prices() throws -> (base: Price, quote: Price) {
    let base = try settings.priceFeed.reading(read(settings.priceFeed.reads()))
    let quote = try settings.quoteFeed.reading(read(settings.quoteFeed.reads()))
    return (try #require(base.price), try #require(quote.price))
  }

  func state() throws -> VenueState {
    let (price, quote) = try prices()
    let first = try read(settings.venue.reads(account: holder))
    let second = try read(
      settings.venue.pricedReads(account: holder, first: first, price: price, collateralPrice: quote))
    return try settings.venue.state(
      account: holder, first: first, second: second, price: price, collateralPrice: quote, now: block.timestamp)
  }

  func account() throws -> AccountReading {
    try settings.account.reading(read(settings.account.reads(keeper: Self.keeper)))
  }

  func vault() throws -> VaultReading { try settings.reader.reading(read(settings.reader.reads())) }

  // MARK: - Acting

  func wrapped(_ action: VenueAction, gasPriceWei: UInt256 = Self.gasPrice) throws -> Call {
    try settings.account.wrap(
      settings.venue.calls(
        for: action, state: state(), price: prices().base, gasPriceWei: gasPriceWei, account: holder))
  }

  func message(_ call: Call, gasPriceWei: UInt256 = Self.gasPrice) -> ContractWorld.Message {
    .init(
      from: Self.keeper, to: call.to, valueWei: call.valueWei, data: call.data, gasPriceWei: gasPriceWei,
      gasLimit: 6_000_000, nonce: nonce)
  }

  @discardableResult
  mutating func execute(_ message: ContractWorld.Message) -> ContractWorld.Outcome {
    let outcome = world.execute(message, in: block)
    nonce += 1
    note(outcome.logs)
    return outcome
  }

  /// Carries an action out and returns the orders its receipt names.
  @discardableResult
  mutating func act(_ action: VenueAction) throws -> [Bytes32] {
    let outcome = execute(message(try wrapped(action)))
    try #require(outcome.succeeded, "\(describe(outcome))")
    return settings.venue.placedOrders(in: outcome.logs.map(log), account: holder)
  }

  func describe(_ outcome: ContractWorld.Outcome) -> String {
    RevertReason.decode(
      outcome.output, known: settings.account.knownErrors + settings.venue.knownErrors
    ).description
  }

  mutating func runOrderKeeper(_ verdict: (OrderSnapshot) -> OrderVerdict) {
    note(world.runOrderKeeper(in: block, verdict: verdict))
  }

  private func log(_ log: EmittedLog) -> Log {
    Log(address: log.address, topics: log.topics, data: log.data, blockNumber: block.number)
  }

  private mutating func note(_ emitted: [EmittedLog]) { logs += emitted.map(log) }

  func fate(of key: Bytes32) throws -> OrderState {
    settings.venue.classify(order: key, logs: logs, stillListed: try state().orders.first { $0.key == key })
  }

  // MARK: - Trades

  static func trade(
    _ change: String, _ kind: Trade.Kind = .market, worst: String, reduceOnly: Bool = false
  ) throws -> Trade {
    Trade(
      change: try Quantity(decimal: change), kind: kind, worstPrice: try Price(decimal: worst),
      leverage: try Ratio(decimal: "2"), reduceOnly: reduceOnly)
  }
}
