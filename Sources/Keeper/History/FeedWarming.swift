import Contracts
import Decision
import Ethereum
import Quant

/// Reads a price feed's past rounds, from the newest back: a batch after each tick, when all that mattered is done, so
/// that no tick is late for it.
///
/// As many endpoints as a head needs are asked the same in one exchange, and nothing is taken in that they do not tell
/// alike: past rounds never change. What they tell must run back in time and be of one price (`HourlyCloses.check`).
struct FeedWarming: Sendable {
  private enum Stage: Hashable, Sendable {
    /// Where the feed stands, and with how many decimals it answers.
    case latest
    case rounds(RoundID)
    /// Which aggregator stood behind the proxy before.
    case aggregator(phase: UInt16)
    /// Where that one ended.
    case end(of: Address, phase: UInt16)
    case done
  }

  /// What a step came to, for the tick's report.
  struct News: Hashable, Sendable {
    let code: String
    let text: String
  }

  /// Rounds of one batch: 100 calls are what providers take in one request where there is no Multicall3.
  static let batchSize = 100
  /// Between two rounds that are asked for, where a feed answers more often: half an hour, so that a close is at most
  /// that much too early, and 400 days are some two hundred batches.
  static let spacingSeconds: UInt64 = 1_800
  /// Answers that make no sense, or differ, before nothing more is asked until the next start.
  static let patience = 3
  /// Rests after a failed exchange double from a minute to an hour.
  static let restSeconds: ClosedRange<UInt64> = 60...3_600

  private let feed: ChainlinkFeed
  private var stage = Stage.latest
  private var decimals = 0
  private var stride: UInt64 = 1
  /// Of the oldest round so far, unix seconds.
  private var oldest = UInt64.max
  private var misfits = 0
  private var failures = 0
  private var restsUntil: UInt64 = 0
  private var taken = 0
  /// Why it was given up.
  private(set) var warning: Warning?

  init(_ feed: ChainlinkFeed) { self.feed = feed }

  var isDone: Bool { stage == .done }
  var hasBegun: Bool { stage != .latest }

  /// Asks one batch, and takes what it tells into the history.
  /// - Returns: news where there is an end to it, good or bad.
  mutating func step(_ history: inout PriceHistory, _ node: inout Node, at head: Bytes32, now: UInt64) -> News? {
    guard !isDone, now >= restsUntil else { return nil }
    do {
      let results = try ask(&node, at: head)
      failures = 0
      try take(results, into: &history, now: now, endpoints: node.chain.quorum)
    } catch let misfit as Misfit {
      misfits += 1
      rest(now)
      guard misfits >= Self.patience else { return News(code: misfit.warning.rawValue, text: misfit.text) }
      stage = .done
      warning = misfit.warning
      return News(code: misfit.warning.rawValue, text: "\(misfit.text); not asked again before the next start")
    } catch {
      rest(now)
      return nil
    }
    guard isDone else { return nil }
    return News(code: "priceHistory", text: "\(taken) past rounds of the price feed were taken in")
  }

  private mutating func rest(_ now: UInt64) {
    failures += 1
    let seconds = Self.restSeconds.lowerBound << UInt64(min(failures - 1, 6))
    restsUntil = now.saturatingAdd(min(seconds, Self.restSeconds.upperBound))
  }

  // MARK: asking

  private var ids: [RoundID] {
    guard case .rounds(let from) = stage else { return [] }
    return (0..<UInt64(Self.batchSize)).compactMap { index in
      let back = index.multipliedReportingOverflow(by: stride)
      guard !back.overflow, back.partialValue < from.round else { return nil }
      return RoundID(phase: from.phase, round: from.round - back.partialValue)
    }
  }

  private func reads() throws(ContractsError) -> [Read] {
    switch stage {
    case .latest: try feed.reads()
    case .rounds: try feed.reads(of: ids)
    case .aggregator(let phase): try feed.reads(ofPhase: phase)
    case .end(let aggregator, _): try ChainlinkFeed.latestRead(at: aggregator)
    case .done: []
    }
  }

  /// What a quorum tells alike.
  private func ask(_ node: inout Node, at head: Bytes32) throws -> [ReadResult] {
    var batch = Batch()
    let round = try ReadRound(try reads(), at: head, multicall3: node.chain.multicall3, in: &batch)
    let endpoints = node.inOrder(node.chain.endpoints)
    // Whoever failed last time is not asked first again.
    let turned = endpoints.indices.map { endpoints[($0 + failures) % endpoints.count] }
    var agreed: [ReadResult]?
    let asked = turned.prefix(node.chain.quorum)
    guard asked.count == node.chain.quorum else { throw Unanswered() }
    for result in node.ask(asked.map { ($0, batch) }) {
      let told = try round.results(try result.get())
      if let agreed, agreed != told {
        throw Misfit(.feedRoundsDisputed, "the endpoints tell different past rounds of the price feed \(feed.address)")
      }
      agreed = told
    }
    guard let agreed else { throw Unanswered() }
    return agreed
  }

  private struct Unanswered: Error {}

  private struct Misfit: Error {
    let warning: Warning
    let text: String

    init(_ warning: Warning, _ text: String) {
      self.warning = warning
      self.text = text
    }
  }

  // MARK: taking in

  private mutating func take(
    _ results: [ReadResult], into history: inout PriceHistory, now: UInt64, endpoints: Int
  ) throws {
    do {
      switch stage {
      case .latest:
        let reading = try feed.reading(results)
        decimals = reading.decimals
        stage = RoundID(reading.roundID).map { begin(at: $0) } ?? .done
      case .rounds(let from):
        let rounds = try feed.rounds(results, of: ids, decimals: decimals).compactMap { $0 }
        try take(rounds, into: &history, now: now, endpoints: endpoints)
        advance(from: from, rounds, now: now, isFull: history.closes.closes.count >= HourlyCloses.limit)
      case .aggregator(let phase):
        stage = try feed.aggregator(results).map { .end(of: $0, phase: phase) } ?? .done
      case .end(_, let phase):
        let last = try ChainlinkFeed.latestRound(results)
        stage = last.map { begin(at: RoundID(phase: phase, round: $0)) } ?? .done
      case .done: break
      }
    } catch let error as ContractsError {
      throw Misfit(.feedRoundsImplausible, error.description)
    }
  }

  private func begin(at id: RoundID) -> Stage { id.round == 0 ? .done : .rounds(id) }

  private mutating func take(
    _ rounds: [FeedRound], into history: inout PriceHistory, now: UInt64, endpoints: Int
  ) throws {
    var newer = oldest
    var told: [FeedRound] = []
    for round in rounds {
      guard round.updatedAt <= now.saturatingAdd(60) else {
        throw Misfit(.feedRoundsImplausible, "round \(round.id.raw) is of \(round.updatedAt), and it is \(now)")
      }
      // An aggregator goes on for a while after it was replaced; that much was told already.
      if round.updatedAt >= oldest { continue }
      guard round.updatedAt <= newer else {
        throw Misfit(.feedRoundsImplausible, "round \(round.id.raw) is younger than the one that came after it")
      }
      newer = round.updatedAt
      told.append(round)
    }
    let closes = try Self.closes(told.reversed(), until: oldest, maximumAge: feed.limits.maximumAgeSeconds)
    do throws(ImplausibleStep) {
      try history.fill(closes, words: "the feed's rounds, \(endpoints) \(endpoints == 1 ? "endpoint" : "endpoints")")
    } catch {
      throw Misfit(.feedRoundsImplausible, error.description)
    }
    oldest = newer
    taken += told.count
  }

  /// The last answer of each hour. It holds until the next one, as long as the feed promises that it does.
  private static func closes(
    _ rounds: [FeedRound], until newer: UInt64, maximumAge: UInt64
  ) throws(QuantError) -> [HourlyCloses.Close] {
    var closes: [HourlyCloses.Close] = []
    for (index, round) in rounds.enumerated() {
      guard let hour = UInt32(exactly: round.updatedAt / 3_600) else { continue }
      let price = try LogPrice(round.price.approximateDouble)
      if closes.last?.hour == hour { closes.removeLast() }
      closes.append(HourlyCloses.Close(hour: hour, price: price))
      let next = index + 1 < rounds.count ? rounds[index + 1].updatedAt : newer
      // A newest round of all is followed by what ticks see themselves.
      guard next != .max, next - round.updatedAt <= maximumAge, let end = UInt32(exactly: next / 3_600) else {
        continue
      }
      for missing in (hour + 1)..<max(end, hour + 1) {
        closes.append(HourlyCloses.Close(hour: missing, price: price))
      }
    }
    return closes
  }

  private mutating func advance(from: RoundID, _ rounds: [FeedRound], now: UInt64, isFull: Bool) {
    let limit = UInt64(HourlyCloses.limit) * 3_600
    // A feed that tells nothing of a whole batch has forgotten what came before it, too.
    if rounds.isEmpty || isFull || oldest < now - min(now, limit) {
      stage = .done
      return
    }
    let asked = ids
    guard let last = asked.last, last.round > stride else {
      stage = from.phase > 1 ? .aggregator(phase: from.phase - 1) : .done
      return
    }
    stage = .rounds(RoundID(phase: from.phase, round: last.round - stride))
    // How often the feed answered lately says how many rounds lie within the spacing.
    guard let newest = rounds.first, let oldest = rounds.last, newest.id.round > oldest.id.round else { return }
    let seconds = max((newest.updatedAt - oldest.updatedAt) / (newest.id.round - oldest.id.round), 1)
    stride = max(Self.spacingSeconds / seconds, 1)
  }
}

extension UInt64 {
  func saturatingAdd(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
