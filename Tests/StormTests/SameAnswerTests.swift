import Ethereum
import Keeper
import Testing

@testable import Simulation

/// A world remembers what it answered to the newest message, and says it again to whoever asks a node that knows the
/// same. It must be what the node would have answered anew.
@Suite struct SameAnswerTests {
  /// Everything a look asks, about the keeper's newest calls.
  private static func question(_ world: SimulatedWorld) -> [UInt8] {
    var requests = [
      NodeCall<UInt64>.chainID().request(id: 1), NodeCall<BlockHeader?>.block(.latest).request(id: 2),
      NodeCall<UInt64>.transactionCount(world.keeper, at: .pending).request(id: 3),
      NodeCall<FeeHistory>.feeHistory(blocks: 20, newest: .latest, percentiles: [50, 75, 90]).request(id: 4),
    ]
    for (index, hash) in world.checkers.witness.hashes.suffix(3).enumerated() {
      requests.append(NodeCall<Receipt?>.receipt(hash).request(id: UInt64(5 + 2 * index)))
      requests.append(NodeCall<TransactionInfo?>.transaction(hash).request(id: UInt64(6 + 2 * index)))
    }
    return RPCRequest.encodeBatch(requests)
  }

  private static func answer(_ world: SimulatedWorld, _ message: Outgoing) -> [UInt8]? {
    guard case .answer(200, let body, _) = world.deliver(message, deadlineMilliseconds: 60_000).reply else {
      return nil
    }
    return body
  }

  @Test(arguments: [3, 21] as [UInt64])
  func whatIsRememberedIsWhatWouldBeAnsweredAnew(seed: UInt64) {
    var plan = StormPlan(seed: seed).withoutFaults()
    plan.stormTicks = 80
    plan.calmTicks = 0
    let storm = Storm(plan: plan)
    var (remembered, others) = (0, 0)
    storm.script = { world in
      // Also while news is on its way, so that the nodes do not all know the same.
      for _ in 0..<3 {
        let body = Self.question(world)
        for node in world.nodes {
          let known = world.lastAsked?.body == body ? world.lastAsked : nil
          let isKnown = known?.answer(at: node.tip, node, blocks: world.chain.blocks.count) != nil
          let message = Outgoing(endpoint: node.endpoint, body: body)
          let first = Self.answer(world, message)
          world.lastAsked = nil
          #expect(first != nil && first == Self.answer(world, message))
          if isKnown { remembered += 1 } else { others += 1 }
        }
        world.advance(to: world.milliseconds + 700)
      }
    }
    _ = storm.run(untilTick: 80)
    #expect(remembered > 80 && others > 80)
  }
}
