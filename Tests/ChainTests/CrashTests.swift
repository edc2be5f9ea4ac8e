import Ethereum
import Foundation
import Testing

/// The daemon is killed with SIGKILL at every point between the first look and the order's execution, and started
/// again. Whatever the point, one order is created and one transaction mined.
@Suite(.serialized)
struct CrashTests {
  /// A request to die at. The fault keeps the daemon waiting there.
  struct Point: CustomTestStringConvertible, Sendable {
    let name: String
    /// What happens to the request: `hang` never reaches the chain, `delay` reaches it when the daemon is dead,
    /// `ack_lost` has reached it.
    let kind: String
    let method: String
    /// How many such requests pass before.
    var after = 0
    /// Whether the chain has heard of the transaction when the daemon dies; nil where that is a matter of timing.
    var isHeardOf: Bool?

    var testDescription: String { name }

    var rule: JSON {
      [
        "kind": .string(kind), "method": .string(method), "after": .integer(Int64(after)), "count": 1,
        "ms": kind == "hang" ? 60_000 : 1_500,
      ]
    }
  }

  static let points = [
    Point(name: "first look", kind: "hang", method: "eth_chainId", isHeardOf: false),
    Point(name: "first reads", kind: "hang", method: "eth_getCode", isHeardOf: false),
    Point(name: "priced reads", kind: "hang", method: "eth_call", after: 1, isHeardOf: false),
    Point(name: "simulation", kind: "hang", method: "eth_estimateGas", isHeardOf: false),
    Point(name: "signed, never heard of", kind: "hang", method: "eth_sendRawTransaction", isHeardOf: false),
    Point(name: "heard of after the death", kind: "delay", method: "eth_sendRawTransaction"),
    Point(name: "taken, not acknowledged", kind: "ack_lost", method: "eth_sendRawTransaction"),
    Point(name: "acknowledged", kind: "hang", method: "eth_getTransactionReceipt", isHeardOf: true),
    Point(name: "looked for again", kind: "hang", method: "eth_getTransactionReceipt", after: 2, isHeardOf: true),
    Point(name: "order known", kind: "hang", method: "eth_getLogs", isHeardOf: true),
    Point(name: "order executed", kind: "hang", method: "eth_getLogs", after: 2, isHeardOf: true),
  ]

  @Test(arguments: points)
  func killedAtARequest(_ point: Point) throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try chain.setFaults([point.rule])
    try chain.call("evm_setIntervalMining", 1)
    try keeper.start()
    try Deadline.wait(for: point.name) {
      guard keeper.isRunning else { throw DevChain.Failure("the daemon ended before \(point.name)") }
      return try chain.requests(clear: false).contains { $0.fault != nil }
    }
    keeper.killHard()
    if let isHeardOf = point.isHeardOf {
      #expect(try (chain.keeperNonce() > 0 || !chain.pooled().isEmpty) == isHeardOf)
    }
    try recover(chain, keeper)
  }

  /// Between the simulation and the send no request tells where the daemon is; its journal does, which grows with each
  /// record: the tick's observation, the reservation, the signature.
  @Test(arguments: 2...3)
  func killedAfterARecord(_ record: Int) throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.start()
    try Deadline.wait(for: "the simulation") {
      try chain.requests(clear: false).contains { $0.methods.contains("eth_estimateGas") }
    }
    var size = keeper.size(of: "vaultkeeper.journal-wal")
    for _ in 0..<record {
      let end = Date().addingTimeInterval(Deadline.seconds)
      // Without rest: a record lives for milliseconds before the next.
      while keeper.size(of: "vaultkeeper.journal-wal") == size, Date() < end {}
      size = keeper.size(of: "vaultkeeper.journal-wal")
    }
    keeper.killHard()
    try recover(chain, keeper)
  }

  private func recover(_ chain: DevChain, _ keeper: KeeperProcess) throws {
    try chain.setFaults([])
    try chain.call("evm_setIntervalMining", 0)
    let records = keeper.exists("vaultkeeper.journal") ? try keeper.promises().map(\.text) : []
    let promised = records.filter { $0.contains("\"signed\"") }
    // Another price would make other bytes of a new decision; what was signed must go out as it is.
    try chain.setPrice(3_010)
    try keeper.ticks(until: "insideBand", limit: 16)
    let created = try #require(try chain.transactions(emitting: "OrderCreated").first)
    #expect(promised.isEmpty || promised.contains { $0.contains(created) }, "\(created) is none of \(promised)")
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try chain.keeperNonce() == 1)
    #expect(try HedgeTests.isHedged(chain))
    try expectSoundJournal(keeper)
  }
}
