import Ethereum
import Foundation
@testable import Outbox
import Simulation
import Testing

/// All that can happen to a small keeper in a small world, in every order up to a depth, with a power loss at every
/// boundary of every effect. No sampling: the space is small enough to be walked.
@Suite struct ExhaustiveTests {
  enum Event: CustomStringConvertible {
    case tick(SmallKeeper.Weather)
    case tickUntil(boundary: Int)
    case mine
    case mineEmpty
    case drop
    case reorg(depth: Int, keepsTransactions: Bool)
    case stranger

    var description: String {
      switch self {
      case .tick(let weather): "tick(\(weather))"
      case .tickUntil(let boundary): "tick ended at boundary \(boundary)"
      case .mine: "mine"
      case .mineEmpty: "mine empty"
      case .drop: "drop"
      case .reorg(let depth, let keeps): "reorg \(depth)\(keeps ? "" : ", transactions lost")"
      case .stranger: "stranger"
      }
    }

    func happen(to keeper: inout SmallKeeper) throws {
      switch self {
      case .tick(let weather): try keeper.tick(weather)
      case .tickUntil(let boundary): try keeper.tick(crashAt: boundary)
      case .mine: keeper.chain.mine(including: true)
      case .mineEmpty: keeper.chain.mine(including: false)
      case .drop: keeper.chain.drop()
      case .reorg(let depth, let keeps): keeper.chain.reorg(depth: depth, keepsTransactions: keeps)
      case .stranger: keeper.chain.mine(including: false, strangers: 1)
      }
    }
  }

  struct Found: Error, CustomStringConvertible {
    let path: [Event]
    let what: String
    var description: String { path.map(\.description).joined(separator: " → ") + ": " + what }
  }

  /// Depth 2: what lies two blocks deep is final, and no reorg of this world goes deeper.
  static let policy = LanePolicy(
    chainID: testChainID, depth: Patience(blocks: 2, seconds: 24), resendAfter: Patience(blocks: 1, seconds: 12),
    replaceAfter: Patience(blocks: 2, seconds: 24), feeCeilingWei: 1_200, clearAfter: Patience(blocks: 6, seconds: 72),
    gasBudgetWei: 1_800_000_000)

  /// Events after each beginning. 2 takes seconds; set VAULTKEEPER_WALK_DEPTH=3 for 22 times as many, best in a release
  /// build.
  static let depth = ProcessInfo.processInfo.environment["VAULTKEEPER_WALK_DEPTH"].flatMap(Int.init) ?? 2

  /// Reserve, sign, submit and its answer are 4 effects with 8 boundaries; with settling or a release before, 10.
  static let boundaries = 10

  static let events: [Event] =
    SmallKeeper.Weather.allCases.map(Event.tick) + (0..<boundaries).map(Event.tickUntil)
    + [
      .mine, .mineEmpty, .drop, .reorg(depth: 1, keepsTransactions: true),
      .reorg(depth: 2, keepsTransactions: false), .stranger,
    ]

  /// Places to start from, so that every part of a promise's life is walked from its beginning.
  static let beginnings: [(name: String, events: [Event])] = [
    ("nothing", []),
    ("signed and never sent", [.tickUntil(boundary: 4)]),
    ("sent, answer lost", [.tick(.answerLost)]),
    ("stuck and overdue", [.tick(.fair), .mineEmpty, .mineEmpty]),
    ("replaced", [.tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair)]),
    ("mined and seen", [.tick(.fair), .mine, .tick(.fair)]),
    ("settled", [.tick(.fair), .mine, .tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair)]),
    (
      "about to be cleared",
      [.tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair), .mineEmpty, .mineEmpty, .mineEmpty, .mineEmpty]
    ),
    ("in doubt", [.tick(.fair), .mine, .tick(.withoutIndex)]),
  ]

  @Test(arguments: beginnings.indices)
  func everyOrderOfEvents(_ index: Int) throws {
    let (name, beginning) = Self.beginnings[index]
    var keeper = try SmallKeeper(policy: Self.policy)
    for event in beginning { try event.happen(to: &keeper) }
    try keeper.check()
    var walked = 0
    try walk(keeper, path: beginning, depth: Self.depth, &walked)
    // A test that walks nothing passes always.
    #expect(walked >= Self.events.count, "\(name)")
  }

  private func walk(_ keeper: SmallKeeper, path: [Event], depth: Int, _ walked: inout Int) throws {
    if depth == 0 {
      walked += 1
      // Every leaf is safe already; every eleventh is also led into calm weather, where everything due must happen.
      guard walked % 11 == 0 else { return }
      var calm = try keeper.fork()
      do { try calm.calmDown() } catch { throw Found(path: path, what: "then calm: \(error)") }
      return
    }
    for event in Self.events {
      var next = try keeper.fork()
      do {
        try event.happen(to: &next)
        try next.check()
      } catch {
        throw Found(path: path + [event], what: "\(error)")
      }
      try walk(next, path: path + [event], depth: depth - 1, &walked)
    }
  }

  @Test func theWalkReachesEveryKindOfRecordAndEveryBoundary() throws {
    var keeper = try SmallKeeper(policy: Self.policy)
    try keeper.tick()
    #expect(keeper.boundaries == 8)
    var names: Set<String> = []
    for (_, beginning) in Self.beginnings {
      for event in Self.events {
        var keeper = try SmallKeeper(policy: Self.policy)
        for before in beginning { try before.happen(to: &keeper) }
        try event.happen(to: &keeper)
        for _ in 0..<5 {
          try keeper.tick()
          keeper.chain.mine(including: false)
        }
        try JournalReader(keeper.store).replayPromises { names.insert($0.record.name) }
      }
    }
    let expected = [
      "halted", "mined", "nonceDoubtLifted", "nonceDoubted", "released", "reserved", "settled", "signed", "submitted",
      "unmined",
    ]
    #expect(names.sorted() == expected)
  }
}
