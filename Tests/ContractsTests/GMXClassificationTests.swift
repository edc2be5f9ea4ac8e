import Ethereum
import Testing

@testable import Contracts

/// Every row of what can become of an order. A transaction that succeeded is never a fill.
@Suite struct GMXClassificationTests {
  private let fixture = Fixture.shared

  private func classify(_ logs: [String], listed index: Int? = nil) throws -> OrderState {
    let orders = try Scenario.state(
      positions: "both", infos: ["infoShort", "infoLong"], orders: "orders"
    ).orders
    return try Scenario.venue().classify(
      order: fixture.orderKey(0), logs: logs.map { try fixture.log($0) }, stillListed: index.map { orders[$0] })
  }

  @Test func nothingKnownIsUnknown() throws {
    #expect(try classify([]) == .unknown)
    #expect(try classify(["created"]) == .unknown, "creation is no evidence of an end")
    #expect(try classify(["increase", "fees"]) == .unknown, "only OrderExecuted makes a fill")
    #expect(try classify(["executedOther"]) == .unknown, "another order's fill")
  }

  @Test func listedOrders() throws {
    #expect(try classify(["created"], listed: 0) == .resting)
    #expect(try classify(["created"], listed: 1) == .pending)
    #expect(try classify([], listed: 2) == .frozen(reason: "listed as frozen"))
    #expect(
      try classify(["created", "frozen"], listed: 2)
        == .frozen(reason: "OrderNotFulfillableAtAcceptablePrice(price: 2960, acceptable: 2970)"))
    #expect(try classify(["created", "frozen", "updated"], listed: 0) == .resting)
    #expect(try classify(["executed", "increase"], listed: 0) == .resting, "logs of an abandoned block")
  }

  @Test func fills() throws {
    let price = try Price(decimal: "2999.5")
    #expect(
      try classify(["created", "increase", "fees", "executed"])
        == .filled(averagePrice: price, feesUsd: Usd(decimal: "9.000001")))
    #expect(try classify(["executed"]) == .filled(averagePrice: nil, feesUsd: nil))
    #expect(
      try classify(["decrease", "executed"])
        == .filled(averagePrice: Price(decimal: "3001.25"), feesUsd: nil))
  }

  /// Against the side of the venue's oracle price that the trade is due: five sold at half a dollar below, two bought
  /// back at 75 cents under what the oracle asked.
  @Test(arguments: [("sold", "2999.5", "2.5"), ("bought", "3001.25", "-1.5")])
  func shortfalls(log: String, price: String, shortfall: String) throws {
    #expect(
      try classify([log, "executed"])
        == .filled(averagePrice: Price(decimal: price), feesUsd: nil, shortfall: Usd(decimal: shortfall)))
  }

  @Test func cancellations() throws {
    #expect(
      try classify(["created", "cancelledPrice"])
        == .cancelled(
          reason: "OrderNotFulfillableAtAcceptablePrice(price: 2960, acceptable: 2970)", refunded: true))
    #expect(try classify(["cancelledByUser"]) == .cancelled(reason: "by account", refunded: true))
    #expect(try classify(["cancelledExpired"]) == .expired)
    guard case .cancelled(let reason, true) = try classify(["cancelledUnknown"]) else {
      Issue.record("not cancelled")
      return
    }
    #expect(reason.contains("0xdeadbeef"))
    #expect(try classify(["frozen", "cancelledByUser"]) == .cancelled(reason: "by account", refunded: true))
  }

  @Test func onlyTheEmitterCounts() throws {
    let venue = try Scenario.venue()
    let stranger = try fixture.log("executed", emitter: Scenario.keeper)
    #expect(venue.classify(order: try fixture.orderKey(0), logs: [stranger], stillListed: nil) == .unknown)
    let log = try fixture.log("executed")
    let removed = Log(address: log.address, topics: log.topics, data: log.data, removed: true)
    #expect(venue.classify(order: try fixture.orderKey(0), logs: [removed], stillListed: nil) == .unknown)
  }

  @Test func aNameThatContradictsItsTopicIsNoEvidence() throws {
    let executed = try fixture.log("executed")
    let created = try fixture.log("created")
    let forged = Log(address: executed.address, topics: executed.topics, data: created.data)
    let state = try Scenario.venue().classify(order: fixture.orderKey(0), logs: [forged], stillListed: nil)
    #expect(state == .unknown)
  }

  @Test func placedOrders() throws {
    let venue = try Scenario.venue()
    let logs = [
      try fixture.log("createdByStranger"), try fixture.log("created"), try fixture.log("executed"),
      try fixture.log("created", emitter: Scenario.keeper),
    ]
    #expect(venue.placedOrders(in: logs, account: Scenario.account) == [try fixture.orderKey(0)])
  }

  @Test func queriesFindEveryLogOfAnOrder() throws {
    let queries = try Scenario.venue().logQueries(orderKeys: [fixture.orderKey(0)], account: Scenario.account)
    let names = ["created", "updated", "executed", "cancelledPrice", "frozen", "increase", "decrease"]
    func isFound(_ name: String) throws -> Bool {
      let log = try fixture.log(name)
      return queries.contains { query in
        query.address == log.address
          && zip(query.topics, log.topics).allSatisfy { wanted, topic in wanted.isEmpty || wanted.contains(topic) }
      }
    }
    for name in names { #expect(try isFound(name), "\(name)") }
    // These carry the market alone: asking for them would bring every trader's.
    #expect(try !isFound("fees"))
    #expect(queries[0].filter(.range(from: .number(1), to: .number(2))).topics == queries[0].topics)
  }

  @Test func reasonsInOurUnits() throws {
    let venue = try Scenario.venue()
    #expect(
      venue.describe(revert: try fixture.revert("insufficientFee"))
        == "InsufficientExecutionFee(minExecutionFee: 4350000000000000, executionFee: 1000000000)")
    #expect(venue.describe(revert: try fixture.revert("notCancellable")).hasPrefix("RequestNotYetCancellable("))
    #expect(venue.describe(revert: []) == "no revert data")
  }
}
