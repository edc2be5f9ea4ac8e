import Contracts
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Decision
@testable import Keeper

/// What a decision is made from, written down and read back.
@Suite struct WrittenFormTests {
  private struct Everything: Codable, Equatable {
    enum Kind: Codable, Equatable {
      case plain
      case named(first: Int, second: String?)
      case placed(UInt256, [Price])
    }
    var kinds: [Kind] = [.plain, .named(first: 1, second: nil), .named(first: -1, second: "x"), .placed(7, [.zero])]
    var text = "a \"quoted\" text / ✓"
    var number = 0.25
    var whole = 3.0
    var large: UInt64 = 1 << 62
    var small: Int8 = -3
    var flag = true
    var none: String?
    var nested: [[Int]] = [[], [1, 2], [3]]
    var address = Address.zero
    var word = Int256(-5)
    var json: JSON = ["a": [1, .null, .number(2.5)]]
  }

  @Test func theQuickEncoderWritesWhatTheSlowOneDoes() throws {
    var value = Everything()
    let memo = JSONMemo()
    for round in 0..<4 {
      let slow = try JSON.parse(try JSONCoding.encode(value))
      #expect(try JSON(encoding: value) == slow)
      #expect(try JSON(encoding: value, memo: memo) == slow)
      // A memo must not hand out the past: something changes at each depth.
      value.nested[1][0] += round
      value.kinds[round % 4] = .placed(UInt256(UInt64(round)), [.zero, .zero])
      value.text += "."
    }
    #expect(throws: EthereumError.self) { try JSON(encoding: [Double.infinity]) }
  }

  @Test func inputsAreReadBackAsTheyWere() throws {
    let (store, _) = try ReplayTests.written(60, seed: 21)
    var seen = 0
    try JournalReader(store).replayTicks { (tick) throws(JournalFailure) in
      do {
        guard let inputs = try tick.inputs(), let rules = try tick.rules() else { return }
        seen += 1
        for written in [
          try JSON(encoding: inputs.observation), try JSON(encoding: inputs.circumstances), try JSON(encoding: rules),
        ] {
          #expect(try JSON.parse(written.encoded()) == written)
        }
        #expect(try JSON.parse(JSONCoding.encode(inputs.observation)) == JSON(encoding: inputs.observation))
        #expect(try JSON.parse(JSONCoding.encode(inputs.circumstances)) == JSON(encoding: inputs.circumstances))
        let again = try JSONCoding.decode(Observation.self, from: JSONCoding.encode(inputs.observation))
        #expect(again == inputs.observation)
        #expect(try JSONCoding.decode(Rules.self, from: JSONCoding.encode(rules)) == rules)
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(seen > 50)
  }

  @Test func reportsAndTheirRecordsAreWrittenAsTheirCodersWould() throws {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    var world = try TickWorld(seed: 5)
    for _ in 0..<40 { try world.tick(into: journal) }
    var seen = 0
    try JournalReader(store).replayTicks { (tick) throws(JournalFailure) in
      do {
        let report = try tick.report()
        #expect(try JSON.parse(JSONCoding.encode(report)) == JSON(encoding: report))
        seen += report.checks.isEmpty ? 0 : 1
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(seen > 20)
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in
      do {
        #expect(try JSON.parse(JSONCoding.encode(durable.record)) == JSON(encoding: durable.record))
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  @Test func aPolicyFromARecordIsCheckedAgain() throws {
    let good = try TickWorld.policy()
    var json = try JSON(encoding: good)
    #expect(try JSONCoding.decode(Policy.self, from: json.encoded()).checked() == good)
    guard case .object(var object) = json else { return }
    object["priceBound"] = "0.9"
    json = .object(object)
    #expect(throws: DecisionError.self) { try JSONCoding.decode(Policy.self, from: json.encoded()).checked() }
  }

  @Test func theHistoryIsWrittenCompactly() throws {
    var history = PriceHistory()
    for index in 1...3 as ClosedRange<UInt64> {
      history.add(PricePoint(atSeconds: 1_700_000_000 + 12 * index, price: Price(raw: UInt256(index))))
    }
    let read = try #require(PriceHistory(written: history.written))
    #expect(read.points == history.points)
    for bad in [
      ["a"], [1], [0, "1"], [-1, "1"], [1, "x"], [.integer(.max), "1", .integer(.max), "1", .integer(.max), "1"],
    ]
      as [JSON]
    {
      #expect(PriceHistory(written: bad) == nil, "\(bad.text)")
    }
  }
}
