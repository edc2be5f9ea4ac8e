import Ethereum
import Foundation
@testable import Outbox
import Testing

/// All that can happen to a small keeper in a small world, in every order up to a depth, with a power loss at every
/// boundary of every effect. No sampling: the space is small enough to be walked.
@Suite struct ExhaustiveTests {
  enum Event: CustomStringConvertible {
    case tick(SmallKeeper.Weather)
    case tickUntil(boundary: Int, SmallKeeper.Weather)
    case mine
    case mineEmpty
    case drop
    case reorg(depth: Int, keepsTransactions: Bool)
    case stranger
    /// Another writer with our key used a nonce while nothing of ours was open.
    case otherWriter
    /// Another writer with our key promised the hedge, and we read its records.
    case adoption

    var description: String {
      switch self {
      case .tick(let weather): "tick(\(weather))"
      case .tickUntil(let boundary, let weather): "tick(\(weather)) ended at boundary \(boundary)"
      case .mine: "mine"
      case .mineEmpty: "mine empty"
      case .drop: "drop"
      case .reorg(let depth, let keeps): "reorg \(depth)\(keeps ? "" : ", transactions lost")"
      case .stranger: "stranger"
      case .otherWriter: "another writer"
      case .adoption: "another's call adopted"
      }
    }

    func happen(to keeper: inout SmallKeeper) throws {
      switch self {
      case .tick(let weather): try keeper.tick(weather)
      case .tickUntil(let boundary, let weather): try keeper.tick(weather, crashAt: boundary)
      case .mine: keeper.chain.mine(including: true)
      case .mineEmpty: keeper.chain.mine(including: false)
      case .drop: keeper.chain.drop()
      case .reorg(let depth, let keeps): keeper.chain.reorg(depth: depth, keepsTransactions: keeps)
      case .stranger: keeper.chain.mine(including: false, strangers: 1)
      case .otherWriter: try keeper.learnThatAnotherWriterWasHere()
      case .adoption: try keeper.adoptAnothersCall()
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

  /// Events after each beginning. 2 takes seconds, also where nothing is optimised; `make walk` walks 5.
  static let depth = ProcessInfo.processInfo.environment["VAULTKEEPER_WALK_DEPTH"].flatMap(Int.init) ?? 2

  /// Reserve, sign, submit and its answer are 4 effects with 8 boundaries, as are revise, sign, submit and its answer;
  /// with settling or a release before, 10.
  static let boundaries = 10

  /// In these the ticks are also ended at each of their boundaries.
  static let crashWeathers: [SmallKeeper.Weather] = [.fair, .otherSize]

  static let events: [Event] =
    SmallKeeper.Weather.allCases.map(Event.tick)
    + (0..<boundaries).flatMap { [Event.tickUntil(boundary: $0, .fair), .tickUntil(boundary: $0, .otherSize)] }
    + otherEvents

  static let otherEvents: [Event] = [
    .mine, .mineEmpty, .drop, .reorg(depth: 1, keepsTransactions: true),
    .reorg(depth: 2, keepsTransactions: false), .stranger, .otherWriter, .adoption,
  ]

  /// Places to start from, so that every part of a promise's life is walked from its beginning.
  static let beginnings: [(name: String, events: [Event])] = [
    ("nothing", []),
    ("a stranger before us", [.stranger]),
    ("signed and never sent", [.tickUntil(boundary: 4, .fair)]),
    ("sent, answer lost", [.tick(.answerLost)]),
    ("stuck and overdue", [.tick(.fair), .mineEmpty, .mineEmpty]),
    ("replaced", [.tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair)]),
    ("revised", [.tick(.fair), .mineEmpty, .mineEmpty, .tick(.otherSize)]),
    ("revised and never signed", [.tick(.fair), .mineEmpty, .mineEmpty, .tickUntil(boundary: 2, .otherSize)]),
    ("mined and seen", [.tick(.fair), .mine, .tick(.fair)]),
    ("settled", [.tick(.fair), .mine, .tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair)]),
    (
      "about to be cleared",
      [.tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair), .mineEmpty, .mineEmpty, .mineEmpty, .mineEmpty]
    ),
    ("in doubt", [.tick(.fair), .mine, .tick(.withoutIndex)]),
    ("another's call adopted", [.tick(.fair), .adoption]),
  ]

  /// What decides about the future: two keepers with the same of it differ in their past only, and each past was
  /// checked when it was walked.
  struct Place: Hashable {
    let chain: SmallChain
    let state: OutboxState

    init(_ keeper: SmallKeeper) { (chain, state) = (keeper.chain, keeper.outbox.state) }
  }

  /// A keeper and how it came there.
  typealias Walked = (keeper: SmallKeeper, path: [Event])

  @Test(arguments: beginnings.indices)
  func everyOrderOfEvents(_ index: Int) throws {
    let (name, beginning) = Self.beginnings[index]
    var keeper = try SmallKeeper(policy: Self.policy)
    for event in beginning { try event.happen(to: &keeper) }
    try keeper.check()
    var layer: [Walked] = [(keeper, beginning)]
    var places: Set<Place> = [Place(keeper)]
    var (transitions, calmed) = (0, 0)
    for _ in 0..<Self.depth {
      var next: [Walked] = []
      for from in layer {
        for reached in try successors(of: from) {
          transitions += 1
          guard places.insert(Place(reached.keeper)).inserted else { continue }
          next.append(reached)
          // Every place is safe already; every fifth is also led into calm weather, where everything due happens.
          guard places.count.isMultiple(of: 5) else { continue }
          calmed += 1
          try calm(reached)
        }
      }
      layer = next
    }
    // A test that walks nothing passes always.
    #expect(transitions >= 20 * Self.depth && places.count > Self.depth && calmed > 0, "\(name)")
    if Self.depth > 2 {
      print("walked \(Self.depth) events from \(name): \(transitions) transitions, \(places.count) places")
    }
  }

  /// What every event makes of a place. A tick that would end at a boundary which it does not reach is the whole tick,
  /// and not walked a second time.
  private func successors(of from: Walked) throws -> [Walked] {
    var found: [Walked] = []
    for weather in SmallKeeper.Weather.allCases {
      let whole = try step(from, .tick(weather))
      found.append(whole)
      guard Self.crashWeathers.contains(weather) else { continue }
      for boundary in 0..<whole.keeper.boundaries {
        found.append(try step(from, .tickUntil(boundary: boundary, weather)))
      }
    }
    for event in Self.otherEvents { found.append(try step(from, event)) }
    return found
  }

  private func step(_ from: Walked, _ event: Event) throws -> Walked {
    var keeper = try from.keeper.fork()
    do {
      try event.happen(to: &keeper)
      try keeper.check()
    } catch {
      throw Found(path: from.path + [event], what: "\(error)")
    }
    return (keeper, from.path + [event])
  }

  private func calm(_ from: Walked) throws {
    var keeper = try from.keeper.fork()
    do { try keeper.calmDown() } catch { throw Found(path: from.path, what: "then calm: \(error)") }
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
      "halted", "laneAdvanced", "mined", "nonceDoubtLifted", "nonceDoubted", "released", "reserved", "revised",
      "settled", "signed", "submitted", "unmined",
    ]
    #expect(names.sorted() == expected)
  }
}
