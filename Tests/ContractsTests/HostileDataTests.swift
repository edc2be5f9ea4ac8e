import Ethereum
import Testing

@testable import Contracts

/// Whatever a node answers, the adapter throws and never traps.
@Suite struct HostileDataTests {
  private let fixture = Fixture.shared

  private func state(_ first: [ReadResult], _ second: [ReadResult]) throws -> VenueState {
    let venue = try Scenario.venue()
    _ = try venue.pricedReads(
      account: Scenario.account, first: first, price: Scenario.price, collateralPrice: Scenario.one)
    return try venue.state(
      account: Scenario.account, first: first, second: second, price: Scenario.price, collateralPrice: Scenario.one,
      now: 1_700_000_200)
  }

  private func rounds() throws -> (first: [ReadResult], second: [ReadResult]) {
    (
      try Scenario.first(positions: "both", orders: "orders"),
      try Scenario.second(positions: ["infoShort", "infoLong"])
    )
  }

  @Test func failedReadsAreErrors() throws {
    let (first, second) = try rounds()
    _ = try state(first, second)
    let failed = ReadResult(success: false, data: try fixture.revert("panic"))
    for index in first.indices {
      var changed = first
      changed[index] = failed
      #expect(throws: ContractsError.self, "first \(index)") { try state(changed, second) }
    }
    for index in second.indices {
      var changed = second
      changed[index] = failed
      #expect(throws: ContractsError.self, "second \(index)") { try state(first, changed) }
    }
  }

  @Test func missingAndEmptyAnswersAreErrors() throws {
    let (first, second) = try rounds()
    #expect(throws: ContractsError.self) { try state([], []) }
    #expect(throws: ContractsError.self) { try state(Array(first.dropLast()), second) }
    #expect(throws: ContractsError.self) { try state(first, Array(second.dropLast())) }
    #expect(throws: ContractsError.self) { try state(first, second + second) }
    let empty = ReadResult(success: true, data: [])
    #expect(throws: ContractsError.self) { try state(first.map { _ in empty }, second) }
  }

  @Test func truncatedAnswersAreErrors() throws {
    let (first, second) = try rounds()
    for index in 0..<3 {
      for cut in stride(from: 0, to: first[index].data.count, by: 31) {
        var changed = first
        changed[index] = ReadResult(success: true, data: Array(first[index].data.prefix(cut)))
        #expect(throws: ContractsError.self, "\(index) cut at \(cut)") { try state(changed, second) }
      }
    }
    for index in second.indices {
      for cut in stride(from: 0, to: second[index].data.count, by: 31) {
        var changed = second
        changed[index] = ReadResult(success: true, data: Array(second[index].data.prefix(cut)))
        #expect(throws: ContractsError.self, "\(index) cut at \(cut)") { try state(first, changed) }
      }
    }
  }

  /// Each word of each answer in turn becomes absurd. Any outcome but a trap is right.
  @Test(arguments: [UInt8(0xff), 0x80])
  func absurdWordsNeverTrap(_ lead: UInt8) throws {
    let (first, second) = try rounds()
    let venue = try Scenario.venue()
    let word = [lead] + [UInt8](repeating: lead == 0x80 ? 0 : 0xff, count: 31)
    var outcomes = (states: 0, errors: 0)
    func run(_ first: [ReadResult], _ second: [ReadResult]) {
      do {
        _ = try venue.state(
          account: Scenario.account, first: first, second: second, price: Scenario.price,
          collateralPrice: Scenario.one, now: 1_700_000_200)
        outcomes.states += 1
      } catch {
        outcomes.errors += 1
      }
    }
    for index in first.indices {
      for place in stride(from: 0, to: first[index].data.count, by: 32) {
        var changed = first
        changed[index] = replaced(first[index], at: place, by: word)
        run(changed, second)
      }
    }
    for index in second.indices {
      for place in stride(from: 0, to: second[index].data.count, by: 32) {
        var changed = second
        changed[index] = replaced(second[index], at: place, by: word)
        run(first, changed)
      }
    }
    #expect(outcomes.errors > 20)
  }

  private func replaced(_ result: ReadResult, at place: Int, by word: [UInt8]) -> ReadResult {
    var data = result.data
    data.replaceSubrange(place..<min(place + 32, data.count), with: word)
    return ReadResult(success: true, data: data)
  }

  @Test func absurdPricesAreErrorsNotTraps() throws {
    let (first, second) = try rounds()
    let venue = try Scenario.venue()
    for price in [Price.zero, Price(raw: 1), Price(raw: .max)] {
      #expect(throws: ContractsError.self) {
        try venue.state(
          account: Scenario.account, first: first, second: second, price: price, collateralPrice: Scenario.one, now: 0)
      }
    }
  }

  @Test func malformedLogsAreNoEvidence() throws {
    let venue = try Scenario.venue()
    let log = try fixture.log("executed")
    for cut in stride(from: 0, to: log.data.count, by: 31) {
      let truncated = Log(address: log.address, topics: log.topics, data: Array(log.data.prefix(cut)))
      #expect(venue.classify(order: try fixture.orderKey(0), logs: [truncated], stillListed: nil) == .unknown)
    }
    for count in 0..<4 {
      let short = Log(address: log.address, topics: Array(log.topics.prefix(count)), data: log.data)
      #expect(venue.classify(order: try fixture.orderKey(0), logs: [short], stillListed: nil) == .unknown)
    }
  }

  @Test func malformedCallsAreDescribedAndNeverTrap() throws {
    let venue = try Scenario.venue()
    for name in ["sendWnt", "createMarketShort", "updateOrder", "cancelOrder", "multicall"] {
      let data = try fixture.call(name)
      for cut in stride(from: 0, to: data.count, by: 17) {
        let call = Call(
          to: Scenario.deployment.exchangeRouter, valueWei: 0, data: Array(data.prefix(cut)), label: "")
        #expect(venue.describe(call)?.isEmpty == false)
      }
    }
  }
}
