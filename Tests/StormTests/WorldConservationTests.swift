import Contracts
import Ethereum
import Testing

@testable import Simulation

/// Properties of the simulated contracts over drawn sequences: money is conserved, failures leave nothing, copies are
/// independent, and the same draws give the same world.
@Suite struct WorldConservationTests {
  /// SplitMix64 (Steele, Lea, Flood 2014).
  struct Draws {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
  }

  private func fingerprint(_ world: ContractWorld) -> String { "\(world.state)" }

  private func expectConserved(_ world: ContractWorld, _ before: ContractWorld, _ place: String) {
    let (now, was) = (world.totals, before.totals)
    // Wrapped ether comes and goes with the fees, and native currency backs all of it.
    #expect(now.nativeWei == was.nativeWei, "\(place)")
    #expect(now.quoteUnits == was.quoteUnits, "\(place)")
    #expect(world.state.wrapped.totalSupply == now.wrappedUnits, "\(place)")
    #expect(world.state.quote.totalSupply == now.quoteUnits, "\(place)")
    #expect(world.balance(of: world.plan.addresses.wrappedNative) == now.wrappedUnits, "\(place): the backing")
  }

  /// One drawn thing that somebody does.
  private func step(_ stage: inout WorldStage, _ draws: inout Draws) throws {
    switch draws.below(10) {
    case 0...3: try trade(&stage, &draws)
    case 4: try changeOrder(&stage, &draws)
    case 5...6: stage.runOrderKeeper { _ in Self.verdict(&draws) }
    case 7:
      stage.advance(seconds: 12 * (1 + draws.below(100)))
      let answer = Int64(280_000_000_000 + draws.below(40_000_000_000))
      stage.world.publish(draws.below(5) == 0 ? .quote : .base, answer: nil, in: stage.block)
      stage.world.publish(.base, answer: answer, in: stage.block)
    case 8: try garble(&stage, &draws)
    default:
      stage.world.isRoleHeld = draws.below(4) != 0
      stage.world.executionShiftBasisPoints = Int64(draws.below(200)) - 100
    }
  }

  private static func verdict(_ draws: inout Draws) -> OrderVerdict {
    switch draws.below(8) {
    case 0: .wait
    case 1: .cancel(.expired)
    case 2: .freeze(.emptyPosition)
    case 3: .execute(at: Price(raw: UInt256(2_000 + draws.below(2_000)) << 60))
    default: .execute()
    }
  }

  private func trade(_ stage: inout WorldStage, _ draws: inout Draws) throws {
    let size = "\(draws.below(2) == 0 ? "-" : "")\(1 + draws.below(6)).\(1 + draws.below(9))"
    let isBuy = !size.hasPrefix("-")
    let index = try stage.prices().base
    let worst = try index.scaled(by: Ratio(decimal: isBuy ? "1.02" : "0.98"), rounding: .down)
    let kind: Trade.Kind = draws.below(2) == 0 ? .market : .limit(index)
    let trade = Trade(
      change: try Quantity(decimal: size), kind: kind, worstPrice: worst, leverage: try Ratio(decimal: "3"),
      reduceOnly: false)
    let call: Call
    do { call = try stage.wrapped(.place(trade)) } catch is ContractsError { return }
    stage.execute(stage.message(call))
  }

  private func changeOrder(_ stage: inout WorldStage, _ draws: inout Draws) throws {
    let orders = try stage.state().orders
    guard !orders.isEmpty else { return }
    let order = orders[Int(draws.below(UInt64(orders.count)))]
    var action = VenueAction.cancel(order)
    if draws.below(2) == 0, order.kind == .limitIncrease {
      let index = try stage.prices().base
      let worst = try index.scaled(by: Ratio(decimal: order.isLong ? "1.02" : "0.98"), rounding: .down)
      action = .amend(
        order,
        Trade(
          change: try Quantity(decimal: order.isLong ? "2" : "-2"), kind: .limit(index), worstPrice: worst,
          leverage: try Ratio(decimal: "3"), reduceOnly: false))
    }
    let call: Call
    do { call = try stage.wrapped(action) } catch is ContractsError { return }
    stage.execute(stage.message(call))
  }

  /// A good call with some of its bytes changed, cut or sent by somebody else.
  private func garble(_ stage: inout WorldStage, _ draws: inout Draws) throws {
    var call: Call
    do { call = try stage.wrapped(.place(WorldStage.trade("-2", worst: "2000"))) } catch is ContractsError { return }
    var data = call.data
    for _ in 0..<(1 + draws.below(4)) {
      data[Int(draws.below(UInt64(data.count)))] = UInt8(truncatingIfNeeded: draws.next())
    }
    if draws.below(3) == 0 { data.removeLast(Int(draws.below(UInt64(data.count)))) }
    call = Call(to: call.to, valueWei: call.valueWei, data: data, label: "")
    var message = stage.message(call)
    if draws.below(4) == 0 { message.from = stage.addresses.orderKeeper }
    if draws.below(4) == 0 { message.gasLimit = draws.below(1_500_000) }
    stage.execute(message)
  }

  @Test(arguments: WorldPlan.AccountKind.allCases, 0..<4 as Range<UInt64>)
  func moneyIsConserved(kind: WorldPlan.AccountKind, seed: UInt64) throws {
    var draws = Draws(state: seed)
    var stage = try WorldStage(kind)
    let start = stage.world
    for index in 0..<60 {
      try step(&stage, &draws)
      expectConserved(stage.world, start, "seed \(seed), step \(index)")
    }
    let records = stage.world.records
    let held = sure {
      try stage.world.state.venue.orders.values.reduce(UInt256.zero) { try $0 + $1.executionFee }
    }
    let accounted = sure { try records.feesRefundedWei + records.feesEarnedWei + held }
    #expect(records.feesPaidWei == accounted, "what was paid is earned, refunded or held")
    #expect(!records.orders.isEmpty)
    let tokens = sure { try records.positionChanges.reduce(Int256.zero) { try $0 + $1.tokens } }
    #expect(stage.world.exposure(of: stage.holder).positionUnits == tokens)
  }

  @Test func theSameDrawsGiveTheSameWorld() throws {
    func run() throws -> String {
      var draws = Draws(state: 7)
      var stage = try WorldStage(.safeRoles)
      for _ in 0..<60 { try step(&stage, &draws) }
      return fingerprint(stage.world)
    }
    #expect(try run() == run())
  }

  @Test(arguments: WorldPlan.AccountKind.allCases) func failuresLeaveNothing(kind: WorldPlan.AccountKind) throws {
    var stage = try WorldStage(kind)
    try stage.act(.place(WorldStage.trade("-2", worst: "2990")))
    stage.runOrderKeeper { _ in .execute() }
    let good = stage.message(try stage.wrapped(.place(WorldStage.trade("-2", worst: "2990"))))
    let before = fingerprint(stage.world)
    var draws = Draws(state: 3)
    var failures = 0
    for _ in 0..<300 {
      var message = good
      message.data[Int(draws.below(UInt64(message.data.count)))] = UInt8(truncatingIfNeeded: draws.next())
      var world = stage.world
      let outcome = world.execute(message, in: stage.block)
      guard !outcome.succeeded else { continue }
      failures += 1
      #expect(fingerprint(world) == before)
      #expect(outcome.logs.isEmpty)
    }
    #expect(failures > 30)
    let whole = stage.call(good)
    for limit in [0, 21_000, whole.gasUsed / 2, whole.gasUsed - 1] {
      var message = good
      message.gasLimit = limit
      var world = stage.world
      let outcome = world.execute(message, in: stage.block)
      #expect(outcome.failure == .outOfGas && outcome.gasUsed == limit && outcome.logs.isEmpty)
      #expect(fingerprint(world) == before)
    }
    var exact = good
    exact.gasLimit = whole.gasUsed
    #expect(stage.call(exact) == whole)
  }

  @Test func aCopyIsIndependent() throws {
    var stage = try WorldStage(.safeRoles)
    try stage.act(.place(WorldStage.trade("-2", worst: "2990")))
    let copy = stage.world
    let before = fingerprint(copy)
    var draws = Draws(state: 11)
    for _ in 0..<60 { try step(&stage, &draws) }
    #expect(fingerprint(stage.world) != before)
    #expect(fingerprint(copy) == before)
    // A reorg goes back to the copy, and the same order can be executed there anew.
    stage.world = copy
    stage.runOrderKeeper { _ in .execute() }
    #expect(try stage.state().positions.count == 1)
  }

  @Test(arguments: WorldPlan.AccountKind.allCases) func theTruthIsWhatTheKeeperReads(kind: WorldPlan.AccountKind) throws
  {
    var stage = try WorldStage(kind)
    try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
    stage.runOrderKeeper { _ in .execute() }
    stage.advance(seconds: 7_200)
    stage.world.publish(.base, answer: 311_100_000_000, in: stage.block)
    try stage.act(.place(WorldStage.trade("2", .limit(Price(decimal: "3000")), worst: "3030", reduceOnly: true)))
    let (state, vault, prices) = (try stage.state(), try stage.vault(), try stage.prices())
    let truth = stage.world.exposure(of: stage.holder)
    var (spot, worth) = (Quantity.zero, state.claimable)
    for balance in vault.balances {
      let amount = try balance.amount()
      let price = balance.token.role == .base ? prices.base : prices.quote
      if balance.token.role == .base { spot = try spot + amount }
      worth = try worth + price.value(of: amount, rounding: .down)
    }
    var net = spot
    for position in state.positions {
      net = try net + position.quantity
      worth = try worth + position.netValue()
    }
    #expect(truth.net == net.raw)
    let change = try #require(state.orders.first).change
    #expect(truth.high == (try net + change).raw && truth.low == truth.net)
    let difference = try stage.world.netAssetValue(of: stage.holder, in: stage.block) - worth
    #expect(try difference.absolute() < Usd(decimal: "0.000001"), "\(difference)")
  }
}
