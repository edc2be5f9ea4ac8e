import Ethereum
import Foundation
import TestSupport
import Testing

/// The daemon is killed with SIGKILL at moments that nobody chose, again and again, while its endpoints lie, hang and
/// lose answers and blocks are taken back. Judged from the chain alone: each move of the price is answered by one
/// executed order, not by none and not by two.
@Suite(.serialized)
struct RandomKillTests {
  /// VAULTKEEPER_KILLS: 8 with every change, 200 for the record (`make kills`).
  static let kills = ProcessInfo.processInfo.environment["VAULTKEEPER_KILLS"].flatMap { Int($0) } ?? 8
  /// Deaths between two moves of the price: a hedge lives for some four ticks, so most of them are hit.
  static let killsPerMove = 4

  /// Each with its own chance, on every request.
  private static let weather: [JSON] = [
    ["kind": "http", "status": 503, "p": .number(0.03)], ["kind": "delay", "ms": 700, "p": .number(0.05)],
    ["kind": "reset", "p": .number(0.03)], ["kind": "truncate", "p": .number(0.02)],
    ["kind": "stale", "blocks": 2, "p": .number(0.03)],
    ["kind": "ack_lost", "method": "eth_sendRawTransaction", "p": .number(0.3)],
    ["kind": "swallow", "method": "eth_sendRawTransaction", "p": .number(0.1)],
  ]

  @Test func everyMoveIsHedgedOnce() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    // A seed of its own for each length, so that a run can be repeated.
    var draws = SplitMix64(UInt64(Self.kills))
    var moves = 0
    for kill in 0..<Self.kills {
      if kill % Self.killsPerMove == 0 {
        // Eight percent up and down: far outside a band of four percent of the target.
        if kill > 0 { try chain.setPrice(moves % 2 == 0 ? 3_000 : 3_240) }
        // The move itself is out of the reach of the blocks that are taken back: a move nobody saw is not to be hedged.
        try chain.mine()
        moves += 1
      }
      try chain.setFaults(Self.weather)
      try chain.call("evm_setIntervalMining", 1)
      try keeper.start()
      Thread.sleep(forTimeInterval: Double(draws.next() % 2_500) / 1_000)
      keeper.killHard()
      try chain.call("evm_setIntervalMining", 0)
      // Shallower than the depth at which the keeper believes a block.
      if draws.next() % 4 == 0 { try chain.call("dev_reorg", ["depth": 1, "minePool": false]) }
      guard kill % Self.killsPerMove == Self.killsPerMove - 1 || kill == Self.kills - 1 else { continue }
      try chain.setFaults([])
      try keeper.ticks(until: "insideBand", limit: 40)
      #expect(try chain.events("OrderExecuted") == moves, "after \(kill + 1) kills")
      #expect(try chain.events("OrderCreated") == moves, "after \(kill + 1) kills")
    }
    #expect(try chain.pooled().isEmpty)
    try expectSoundJournal(keeper)
  }
}
