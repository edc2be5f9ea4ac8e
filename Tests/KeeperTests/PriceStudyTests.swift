import Contracts
import Ethereum
import Outbox
import Simulation
import TestSupport
import Testing

@testable import Decision
@testable import Keeper
@testable import Quant

/// A price feed behind a proxy, as a node tells of it.
struct ScriptedFeed {
  struct Phase {
    let aggregator: Address
    /// Answer in hundred-millionths of a dollar, and when; the first is round 1.
    var rounds: [(answer: UInt64, at: UInt64)]
  }

  static let proxy = address(0xfe)
  var phases: [Phase]

  static func address(_ byte: UInt8) -> Address {
    do { return try Address(bytes: [UInt8](repeating: byte, count: 20)) } catch { preconditionFailure("20 bytes") }
  }

  static let feed = ChainlinkFeed(
    address: proxy,
    limits: FeedLimits(heartbeatSeconds: 3_600, marginSeconds: 300, minimum: nil, maximum: nil))

  /// The answer to an `eth_call`; an error object where it reverts.
  func answer(_ asked: ScriptedTransport.Asked) -> ScriptedTransport.Answer {
    guard asked.method == "eth_call", let to = asked.params.first?["to"]?.string,
      let text = asked.params.first?["data"]?.string ?? asked.params.first?["input"]?.string
    else { return World.plain(asked) }
    let data: [UInt8]
    do { data = try Hex.decode(text, limit: 1_000) } catch {
      preconditionFailure("the keeper sends hexadecimal: \(error)")
    }
    let reverted = ScriptedTransport.Answer.error(RPCErrorObject(code: 3, message: "execution reverted"))
    let argument =
      data.count >= 36 ? data.dropFirst(4).suffix(10).reduce(UInt256.zero) { $0 << 8 | UInt256(UInt64($1)) } : .zero
    switch (to.lowercased(), Array(data.prefix(4))) {
    case (Self.proxy.description.lowercased(), [0xfe, 0xaf, 0x96, 0x8c]):
      return round(phases.count, phases.last?.rounds.count ?? 0) ?? reverted
    case (Self.proxy.description.lowercased(), [0x31, 0x3c, 0xe5, 0x67]): return words([UInt256(8)])
    case (Self.proxy.description.lowercased(), [0x9a, 0x6f, 0xc8, 0xf5]):
      guard let id = RoundID(argument) else { return reverted }
      return round(Int(id.phase), Int(clamping: id.round)) ?? reverted
    case (Self.proxy.description.lowercased(), [0xc1, 0x59, 0x73, 0x04]):
      let phase = argument.asInt ?? 0
      guard phases.indices.contains(phase - 1) else { return words([.zero]) }
      return words([phases[phase - 1].aggregator.bytes.reduce(UInt256.zero) { $0 << 8 | UInt256(UInt64($1)) }])
    default:
      guard let phase = phases.first(where: { $0.aggregator.description.lowercased() == to.lowercased() }) else {
        return reverted
      }
      let number = UInt256(UInt64(phase.rounds.count))
      return words([number, UInt256(phase.rounds.last?.answer ?? 0), .zero, .zero, number])
    }
  }

  private func round(_ phase: Int, _ number: Int) -> ScriptedTransport.Answer? {
    guard phases.indices.contains(phase - 1), phases[phase - 1].rounds.indices.contains(number - 1) else { return nil }
    let told = phases[phase - 1].rounds[number - 1]
    let id = RoundID(phase: UInt16(phase), round: UInt64(number)).raw
    return words([id, UInt256(told.answer), UInt256(told.at), UInt256(told.at), id])
  }

  private func words(_ words: [UInt256]) -> ScriptedTransport.Answer {
    .result(.string(Hex.encode(words.flatMap(\.bigEndian32))))
  }
}

@Suite struct FeedWarmingTests {
  private static let now: UInt64 = 1_800_000_000

  /// A round each hour, the newest now.
  private static func rounds(_ count: Int, endingAt end: UInt64 = now - 30, every seconds: UInt64 = 3_600)
    -> [(answer: UInt64, at: UInt64)]
  {
    var draws = SplitMix64(7)
    return (0..<count).map { index in
      (300_000_000_000 + draws.next() % 3_000_000_000, end - UInt64(count - 1 - index) * seconds)
    }
  }

  /// Steps until it is done or so many were made, a minute apart.
  private func warm(
    _ transport: ScriptedTransport, endpoints: [String] = ["a"], quorum: Int = 1, steps: Int = 60,
    history: PriceHistory = PriceHistory(), apart: UInt64 = 60
  ) -> (history: PriceHistory, warming: FeedWarming, news: [FeedWarming.News], most: Int) {
    var node = Node(
      chain: World.chain(endpoints: endpoints, quorum: quorum, multicall3: nil), transport: transport)
    var warming = FeedWarming(ScriptedFeed.feed)
    var history = history
    var news: [FeedWarming.News] = []
    var most = 0
    for step in 0..<steps where !warming.isDone {
      let now = Self.now + UInt64(step) * apart
      node.beginTick(now)
      if let told = warming.step(&history, &node, at: World.hash(1), now: now) { news.append(told) }
      most = max(most, node.exchanges)
    }
    return (history, warming, news, most)
  }

  private static func expected(_ rounds: [(answer: UInt64, at: UInt64)]) throws -> [HourlyCloses.Close] {
    try rounds.map {
      HourlyCloses.Close(hour: UInt32($0.at / 3_600), price: try LogPrice(Double($0.answer) / 1e8))
    }
  }

  @Test func anHonestFeedIsReadBackThroughItsPhases() throws {
    let all = Self.rounds(400)
    let feed = ScriptedFeed(phases: [
      .init(aggregator: ScriptedFeed.address(1), rounds: Array(all.prefix(150))),
      // Phases overlap: the old aggregator goes on for a while.
      .init(aggregator: ScriptedFeed.address(2), rounds: Array(all[120...])),
    ])
    let transport = ScriptedTransport { feed.answer($0) }
    let (history, warming, news, most) = warm(transport, endpoints: ["a", "b"], quorum: 2)
    #expect(warming.isDone && warming.warning == nil)
    #expect(history.closes.closes == (try Self.expected(all)))
    #expect(history.closes.fillings.map(\.words) == ["the feed's rounds, 2 endpoints"])
    #expect(news.map(\.code) == ["priceHistory"])
    // One exchange for each tick: none is late for it.
    #expect(most == 1 && transport.exchanges < 12)
  }

  @Test func aFeedThatAnswersOftenIsReadInStrides() {
    let feed = ScriptedFeed(phases: [
      .init(aggregator: ScriptedFeed.address(1), rounds: Self.rounds(30_000, every: 60))
    ])
    let transport = ScriptedTransport { feed.answer($0) }
    let (history, warming, _, _) = warm(transport)
    #expect(warming.isDone && warming.warning == nil)
    // 500 hours by 30,000 rounds, of which one in thirty is asked for.
    #expect(history.closes.closes.count >= 499)
    #expect(transport.exchanges < 20)
  }

  @Test func anHourWithoutAnAnswerHasThePriceThatHeld() throws {
    let feed = ScriptedFeed(phases: [
      .init(
        aggregator: ScriptedFeed.address(1),
        rounds: [(300_000_000_000, Self.now - 7_000), (301_000_000_000, Self.now - 3_500)])
    ])
    let quiet = warm(ScriptedTransport { feed.answer($0) }).history.closes.closes
    #expect(quiet.count == 2 || quiet.count == 3)
    for (close, next) in zip(quiet, quiet.dropFirst()) { #expect(close.hour + 1 == next.hour) }
    // Beyond what the feed promises nothing is known.
    let silent = ScriptedFeed(phases: [
      .init(
        aggregator: ScriptedFeed.address(1),
        rounds: [(300_000_000_000, Self.now - 40_000), (301_000_000_000, Self.now - 3_500)])
    ])
    #expect(warm(ScriptedTransport { silent.answer($0) }).history.closes.closes.count == 2)
  }

  @Test func whatOneEndpointTellsOtherwiseIsNotTakenIn() {
    let all = Self.rounds(300)
    let feed = ScriptedFeed(phases: [.init(aggregator: ScriptedFeed.address(1), rounds: all)])
    var lie = feed
    lie.phases[0].rounds[250].answer += 1
    let transport = ScriptedTransport { ($0.endpoint.name == "b" ? lie : feed).answer($0) }
    let (history, warming, news, _) = warm(transport, endpoints: ["a", "b"], quorum: 2, apart: 7_200)
    #expect(warming.warning == .feedRoundsDisputed)
    #expect(history.closes.closes.isEmpty)
    #expect(news.last?.text.contains("not asked again") == true)
    #expect(transport.exchanges < 8)
  }

  /// Everything in it is alike at all endpoints, and wrong.
  @Test(arguments: [0, 1, 2, 3]) func roundsThatMakeNoSenseAreNotTakenIn(kind: Int) {
    var feed = ScriptedFeed(phases: [.init(aggregator: ScriptedFeed.address(1), rounds: Self.rounds(90))])
    switch kind {
    case 0: feed.phases[0].rounds[40].answer *= 3
    case 1: feed.phases[0].rounds[40].at = Self.now - 5
    case 2: feed.phases[0].rounds[89].at = Self.now + 100_000
    default: break
    }
    let transport = ScriptedTransport { asked in
      let answer = feed.answer(asked)
      // Another round than the one that was asked for.
      guard kind == 3,
        asked.params.first?["data"]?.string?.hasPrefix("0x9a6fc8f5") == true
          || asked.params.first?["input"]?.string?.hasPrefix("0x9a6fc8f5") == true,
        case .result(.string(let text)) = answer
      else { return answer }
      return .result(.string("0x" + String(repeating: "0", count: 64) + text.dropFirst(66)))
    }
    let (history, warming, _, _) = warm(transport, apart: 7_200)
    #expect(warming.warning == .feedRoundsImplausible)
    #expect(history.closes.closes.isEmpty)
  }

  @Test func aShortHistoryIsTakenAsFarAsItGoes() throws {
    let all = Self.rounds(30)
    let feed = ScriptedFeed(phases: [.init(aggregator: ScriptedFeed.address(1), rounds: all)])
    let (history, warming, _, _) = warm(ScriptedTransport { feed.answer($0) })
    #expect(warming.isDone && warming.warning == nil)
    #expect(history.closes.closes == (try Self.expected(all)))
    // A feed without rounds at all, as one that does not know the question.
    let mute = warm(ScriptedTransport { World.plain($0) }, steps: 5)
    #expect(mute.history.closes.closes.isEmpty && mute.warming.warning == nil)
  }

  @Test func anEndpointThatFailsIsFollowedByAnotherAfterARest() {
    let all = Self.rounds(250)
    let feed = ScriptedFeed(phases: [.init(aggregator: ScriptedFeed.address(1), rounds: all)])
    let transport = ScriptedTransport { feed.answer($0) }
    transport.fault = { $0.name == "a" ? .failure(.timeout(sent: true)) : nil }
    let (history, warming, _, most) = warm(transport, endpoints: ["a", "b"], apart: 30)
    #expect(warming.isDone && history.closes.closes.count == 250 && most == 1)
    // Nobody answers: it rests longer and longer, and never gives up.
    transport.fault = { _ in .failure(.timeout(sent: true)) }
    let before = transport.exchanges
    let (_, silent, news, _) = warm(transport, endpoints: ["a", "b"], steps: 100, apart: 30)
    #expect(!silent.isDone && news.isEmpty)
    #expect(transport.exchanges - before < 10)
  }
}

@Suite struct DatedSeriesTests {
  private func series(_ text: String) throws -> [(UInt64, Double)] {
    try DatedSeries(Array(text.utf8)).rows.map { ($0.atSeconds, $0.value) }
  }

  @Test func timesOfEveryFormAreRead() throws {
    let rows = try series(
      "date,close,volume\r\n1704067200,2300.5,9\n2024-01-02,2301\n2024-01-02T21:00:00Z, 2302 \n2024-02-29,.\n2024-03-01,\n"
    )
    #expect(rows.map(\.0) == [1_704_067_200, 1_704_153_600, 1_704_229_200])
    #expect(rows.map(\.1) == [2300.5, 2301, 2302])
  }

  @Test func theOrderDoesNotMatterAndTheLastWordCounts() throws {
    let rows = try series("2024-01-03,3\n2024-01-01,1\n2024-01-02,2\n2024-01-02,2.5\n")
    #expect(rows.map(\.1) == [1, 2.5, 3])
  }

  @Test(arguments: [
    ("", 1), ("time,price\n", 2), ("x,1\ny,2\n", 2), ("2024-01-01,1\n2024-02-30,1\n", 2), ("2024-01-01,-1", 1),
    ("2024-01-01,1e5", 1), ("2024-01-01,0", 1), ("2024-01-01", 1), ("2024-01-01,1.2.3", 1), ("1969-12-31,1\n1,nan", 2),
    ("2024-01-01,1\n2024-13-01,1", 2), ("2024-01-01,1\n2024-01-01T25:00:00Z,1", 2),
    ("2024-01-01,1\n2024-01-01T10:00:00,1", 2), ("1,2\n99999999999999,1", 2), ("2023-02-29,1\n2023-02-29,1", 2),
  ]) func nonsenseIsNamedWithItsLine(text: String, line: Int) {
    #expect { try series(text) } throws: { ($0 as? SeriesFailure)?.line == line }
  }

  @Test func whateverStandsInAFileReadingItEnds() {
    var draws = SplitMix64(3)
    let seed = Array("2024-01-01T10:00:00Z,2300.5\n1704067200,2300.5,9\r\n2024-01-02,.\n".utf8)
    for _ in 0..<3_000 {
      var bytes = seed
      for _ in 0...draws.below(6) {
        let place = draws.below(bytes.count)
        switch draws.below(3) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: draws.next())
        case 1: bytes.remove(at: place)
        default: bytes.insert([0x30, 0x39, 0x2C, 0x2D, 0x0A, 0x54][draws.below(6)], at: place)
        }
      }
      do {
        let rows = try DatedSeries(bytes).rows
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.atSeconds < $1.atSeconds && $0.value > 0 })
      } catch {
        #expect(error.line > 0)
      }
    }
  }
}

@Suite struct PriceStudyTests {
  private static let now: UInt64 = 1_800_000_000
  private let papers = MemoryPapers()

  /// Hourly prices up to now, as a file has them.
  private func file(hours: Int, factor: Double = 1, every seconds: UInt64 = 3_600, until now: UInt64 = now) -> String {
    var draws = SplitMix64(11)
    var price = 3_000.0
    return (0..<hours).map { index in
      price *= 1 + (Double(draws.next() % 2_001) - 1_000) / 100_000
      return "\(now - UInt64(hours - index) * seconds),\(Int(price * factor))"
    }.joined(separator: "\n")
  }

  private func study(_ settings: VolatilitySettings) -> PriceStudy {
    PriceStudy(settings, feed: ScriptedFeed.feed)
  }

  private func observation() throws -> Observation {
    var world = try TickWorld(seed: 1)
    return try world.seen()
  }

  @Test func theFileIsReadOnceAndEveryEstimateFollows() throws {
    papers.write(file(hours: 150 * 24), to: "h.csv")
    var study = study(VolatilitySettings(configured: try Ratio(decimal: "0.5"), historyPath: "h.csv"))
    var history = PriceHistory()
    let observation = try observation()
    let (outlook, isFilled) = study.outlook(&history, observation, papers, now: Self.now)
    #expect(isFilled && outlook.warnings.isEmpty && outlook.gaps.isEmpty)
    #expect(outlook.estimates.map(\.method) == [.ewma, .garch, .har, .configured])
    #expect(outlook.estimates[0].source.hasSuffix("3600 by the file"), "\(outlook.estimates[0].source)")
    let (again, isFilledAgain) = study.outlook(&history, observation, papers, now: Self.now + 10)
    #expect(!isFilledAgain && again.estimates == outlook.estimates && papers.readings["h.csv"] == 1)
  }

  @Test func aFileThatCannotBeUsedIsAWarningAndIsTriedAgain() throws {
    var study = study(VolatilitySettings(historyPath: "h.csv"))
    var history = PriceHistory()
    history.add(PricePoint(atSeconds: Self.now - 60, price: try Price(decimal: "3000")))
    let observation = try observation()
    #expect(study.outlook(&history, observation, papers, now: Self.now).0.warnings == [.historyUnreadable])
    // The same asset in another currency.
    papers.write(file(hours: 100, factor: 100), to: "h.csv")
    #expect(study.outlook(&history, observation, papers, now: Self.now + 60).0.warnings == [.historyUnreadable])
    #expect(papers.readings["h.csv"] == 1)
    #expect(study.outlook(&history, observation, papers, now: Self.now + 3_600).0.warnings == [.historyImplausible])
    #expect(history.closes.closes.count == 1)
    papers.write(file(hours: 100), to: "h.csv")
    let (outlook, isFilled) = study.outlook(&history, observation, papers, now: Self.now + 7_200)
    #expect(isFilled && outlook.warnings.isEmpty && history.closes.closes.count > 90)
  }

  @Test func theMacroSeriesWarnsAndScales() throws {
    papers.write(file(hours: 150 * 24), to: "h.csv")
    var study = study(
      VolatilitySettings(historyPath: "h.csv", macro: MacroSettings(name: "SPX", path: "m.csv")))
    var history = PriceHistory()
    let observation = try observation()
    var now = Self.now
    func warnings() -> [Decision.Warning] {
      now += 3_600
      return study.outlook(&history, observation, papers, now: now).0.warnings
    }
    #expect(warnings() == [.macroUnreadable])
    papers.write("nonsense", to: "m.csv")
    #expect(warnings() == [.macroUnreadable])
    papers.write(file(hours: 100, every: 86_400, until: Self.now - 6 * 86_400), to: "m.csv")
    #expect(warnings() == [.macroStale])
    papers.write(file(hours: 20, every: 86_400), to: "m.csv")
    #expect(warnings() == [.macroTooShort])
    papers.write(file(hours: 140, every: 86_400), to: "m.csv")
    #expect(warnings() == [])
    let macro = try #require(study.outlook(&history, observation, papers, now: now).0.macro)
    #expect(macro.series == "SPX" && macro.factor >= .one)
  }

  @Test func theHistoryIsReadBackAsItWas() throws {
    var history = PriceHistory()
    var draws = SplitMix64(5)
    for hour in 0..<300 as Range<UInt64> where hour % 37 != 0 {
      let price = Price(raw: try UInt256(3_000_000 + draws.next() % 100_000) * UInt256(1_000_000_000_000_000))
      history.add(PricePoint(atSeconds: 1_700_000_000 + hour * 3_600, price: price))
    }
    try history.fill(
      [HourlyCloses.Close(hour: 472_000, price: try #require(history.closes.closes.first).price)], words: "a test")
    history.expect("24.3")
    #expect(history.holdingDays == 15)
    let written = try JSON.parse(history.writtenCloses.encoded())
    let read = try #require(PriceHistory(written: history.written, closes: written))
    #expect(read.closes == history.closes && read.points == history.points && read.holdingDays == 15)
    // Records from before there were closes.
    #expect(try #require(PriceHistory(written: history.written)).closes.closes.isEmpty)
    for bad in [
      ["days": 1, "filled": [], "runs": [[1]]], ["days": 0, "filled": [], "runs": []],
      ["days": 1, "filled": [], "runs": [[5, 1, 1], [5, 1]]], ["days": 1, "filled": [[1, 2]], "runs": []],
      ["days": 1, "filled": [], "runs": [[4_294_967_295, 1, 1]]], ["days": 1, "runs": []], [],
      ["days": 1, "filled": [], "runs": [[1, 2_147_483_647, 2_147_483_647]]],
      ["days": 1, "filled": [], "runs": [[-1, 1]]],
    ] as [JSON] {
      #expect(PriceHistory(written: [], closes: bad) == nil, "\(bad.text)")
    }
  }

  @Test func whatIsExpectedSaysHowFarToLookAhead() {
    var history = PriceHistory()
    for (text, days) in [("0.1", 30), ("365", 1), ("100000", 1), ("36.5", 10)] {
      history.expect(text)
      #expect(history.holdingDays == days)
    }
    for nonsense in ["", "-1", "nan", "0", "x"] { history.expect(nonsense) }
    history.expect(nil)
    #expect(history.holdingDays == 10)
  }

  @Test func aRestartKnowsTheSameHistory() throws {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    var world = try TickWorld(seed: 31)
    for _ in 0..<(TickRecorder.frameInterval + 120) { try world.tick(into: journal) }
    let read = try PriceHistory(of: world.vault.name, from: journal.reader)
    #expect(read.closes == world.history.closes && !read.closes.closes.isEmpty)
    #expect(read.holdingDays == world.history.holdingDays)
    #expect(read.points.last == world.history.points.last)
  }
}
