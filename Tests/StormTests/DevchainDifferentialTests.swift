import Contracts
import Ethereum
import Testing

@testable import Simulation

/// The simulated contracts against the dev chain's in a real EVM: the same script gives the same reads, byte for byte,
/// the same logs and the same revert data.
@Suite struct DevchainDifferentialTests {
  @Test func theSameScriptGivesTheSameAnswers() throws {
    let script = try DevchainScript()
    var world = script.world
    #expect(script.steps.count > 100)
    for (index, step) in script.steps.enumerated() {
      let place = "step \(index), \(step.kind)"
      switch step.kind {
      case "transaction": try compareTransaction(step, &world, script, place)
      case "call": try compareCall(step, world, place)
      case "reads": try compareReads(step, world, script, place)
      case "execute": try compareExecution(step, &world, script, place)
      case "liquidate":
        let logs = world.runOrderKeeper(in: try step.context()) { _ in .wait }
        try compare(logs.filter { $0.address == script.plan.addresses.eventEmitter }, step, place)
      case "price":
        let feed: WorldFeed = step["symbol"]?.string == "ETH" ? .base : .quote
        world.publish(
          feed, answer: step["answer"]?.integer.flatMap { Int64(exactly: $0) },
          updatedAt: step["updatedAt"]?.uint64 ?? 0)
      case "role": world.isRoleHeld = step["held"]?.bool ?? false
      case "market": world.isMarketDisabled = step["disabled"]?.bool ?? false
      default: Issue.record("\(place): unknown")
      }
    }
  }

  private func message(_ step: JSON, from: Address, value: UInt256 = .zero) throws -> ContractWorld.Message {
    .init(
      from: from, to: try step.address("to"), valueWei: value, data: try step.bytes("data"),
      gasPriceWei: try step.word("gasPrice"))
  }

  private func compareTransaction(
    _ step: JSON, _ world: inout ContractWorld, _ script: DevchainScript, _ place: String
  ) throws {
    var message = try message(step, from: script.plan.keeper, value: step.word("value"))
    if let gas = step["gas"]?.uint64 { message.gasLimit = gas }
    let outcome = world.execute(message, in: try step.context())
    if let used = step["gasUsed"]?.uint64 { #expect(outcome.gasUsed == used, "\(place)") }
    #expect(outcome.succeeded == step["succeeded"]?.bool, "\(place)")
    #expect(outcome.output == (try step.bytes("output")), "\(place)")
    try compare(outcome.logs, step, place)
  }

  private func compareCall(_ step: JSON, _ world: ContractWorld, _ place: String) throws {
    let sender = try step.address("sender")
    let wealth: [(Address, UInt256)] = step["rich"]?.bool == true ? [(sender, VenueScale.power(24))] : []
    let outcome = world.call(
      try message(step, from: sender, value: step.word("value")), in: try step.context(), balanceOverrides: wealth)
    #expect(outcome.succeeded == step["succeeded"]?.bool, "\(place)")
    let expected = try step.bytes("output")
    #expect(outcome.output == expected, "\(place): \(Hex.encode(outcome.output)) for \(Hex.encode(expected))")
  }

  private func compareReads(_ step: JSON, _ world: ContractWorld, _ script: DevchainScript, _ place: String) throws {
    let reads = try script.readList(try #require(step["calls"]?.integer))
    let outcome = world.call(
      .init(from: .zero, to: MulticallBatch.canonicalAddress, data: try MulticallBatch.encode(reads)),
      in: try step.context())
    let expected = try step.bytes("output")
    guard outcome.output != expected else { return }
    let (ours, theirs) = (
      try MulticallBatch.decode(outcome.output, count: reads.count),
      try MulticallBatch.decode(expected, count: reads.count)
    )
    for (index, (our, their)) in zip(ours, theirs).enumerated() {
      #expect(our == their, "\(place), read \(index) \(Hex.encode(reads[index].data.prefix(4)))")
    }
    Issue.record("\(place): the aggregate differs")
  }

  private func compareExecution(
    _ step: JSON, _ world: inout ContractWorld, _ script: DevchainScript, _ place: String
  ) throws {
    let key = try Bytes32(hex: step["key"]?.string ?? "")
    world.adverseImpact = try step.word("adverse")
    let logs = world.runOrderKeeper(in: try step.context()) { $0.key == key ? .execute() : .wait }
    world.adverseImpact = .zero
    try compare(logs.filter { $0.address == script.plan.addresses.eventEmitter }, step, place)
  }

  private func compare(_ logs: [EmittedLog], _ step: JSON, _ place: String) throws {
    let expected = try step.emitted()
    #expect(logs.count == expected.count, "\(place)")
    for (index, (ours, theirs)) in zip(logs, expected).enumerated() {
      #expect(ours == theirs, "\(place), log \(index)")
    }
  }
}
