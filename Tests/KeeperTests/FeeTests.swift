import Decision
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// The offer for the next transaction, by model, market and urgency.
@Suite struct FeeTests {
  private static let gwei: UInt256 = 1_000_000_000

  private func market(
    baseFee: UInt256?, histories: [FeeHistory] = [], gasPrices: [UInt256] = []
  ) -> FeeMarket {
    // Half full: the base fee stays as it is.
    FeeMarket(
      head: BlockHeader(
        number: 1, hash: .zero, parentHash: .zero, timestamp: 0, baseFeePerGas: baseFee, gasUsed: 15_000_000,
        gasLimit: 30_000_000), histories: histories, gasPricesWei: gasPrices)
  }

  /// As a node tells it: the tips of each block at three percentiles, in gwei, and how full each was.
  private func history(_ tips: [[UInt64]], used: [Double]? = nil, nextBaseFee: UInt64 = 0) throws -> FeeHistory {
    var json: JSONObject = [
      "oldestBlock": "0x1",
      "baseFeePerGas": .array(Array(repeating: "0x0", count: tips.count) + [World.quantity(nextBaseFee)]),
      "reward": .array(tips.map { .array($0.map { World.quantity($0 * 1_000_000_000) }) }),
    ]
    if let used { json["gasUsedRatio"] = .array(used.map { $0 == 0 ? .integer(0) : .number($0) }) }
    let response = RPCResponse(id: 1, outcome: .result(.object(json)))
    return try NodeCall<FeeHistory>.feeHistory(blocks: 20, newest: .latest, percentiles: [50, 90, 99]).answer(response)
  }

  private func quote(
    _ policy: FeePolicy, _ market: FeeMarket, _ urgency: Urgency = .routine
  ) throws -> (FeeQuote, FeeTerms) {
    let offer = try policy.quote(market, urgency: urgency)
    return (offer.quote, offer.terms)
  }

  @Test func theCapIsTwiceTheBaseFeePlusTheTip() throws {
    let (quote, terms) = try quote(World.fees(.eip1559), market(baseFee: 10_000_000_000))
    #expect(quote.nextBaseFeeWei == 10_000_000_000)
    #expect(terms == .dynamic(tipWei: 100_000_000, feeCapWei: 20_100_000_000))
  }

  @Test func theCapIsCutToTheCeilingWhileTheNextBlockWouldTakeIt() throws {
    let (quote, terms) = try quote(World.fees(.eip1559), market(baseFee: 80_000_000_000))
    #expect(terms.feeCapWei == 100_000_000_000)
    #expect(quote.feeCapWei == quote.gasPriceCeilingWei)
  }

  @Test func beyondTheCeilingTheQuoteTellsTheTruth() throws {
    let (quote, terms) = try quote(World.fees(.eip1559), market(baseFee: 120_000_000_000))
    #expect(terms.feeCapWei == 120_100_000_000)
    #expect(quote.feeCapWei > quote.gasPriceCeilingWei)
  }

  @Test func whatOthersPayNeverLiftsUsAboveTheCeiling() throws {
    let absurd = try history([[50, 500, 5_000_000]])
    for (urgency, tip) in [(Urgency.routine, UInt256(50)), (.urgent, 90), (.liquidation, 90)] {
      let (quote, terms) = try quote(
        World.fees(.eip1559), market(baseFee: 10_000_000_000, histories: [absurd]), urgency)
      #expect(try terms.tipWei == tip * Self.gwei, "\(urgency)")
      #expect(terms.feeCapWei <= quote.gasPriceCeilingWei)
    }
    // No room at all: the minimum, and the truth.
    let (full, _) = try quote(
      World.fees(.eip1559), market(baseFee: 100_000_000_000, histories: [absurd]), .liquidation)
    #expect(full.feeCapWei == 100_100_000_000)
  }

  @Test func moreUrgentActsOfferWhatMoreOfTheOthersPay() throws {
    let told = try history([[1, 3, 9], [2, 4, 30], [1, 3, 8]])
    let tips = try Urgency.allCases.map {
      try quote(World.fees(.eip1559), market(baseFee: 1_000_000_000, histories: [told]), $0).1.tipWei
    }
    #expect(tips == [1_000_000_000, 3_000_000_000, 9_000_000_000])
  }

  @Test func emptyBlocksTellNothing() throws {
    let told = try history([[0, 0, 0], [2, 3, 4], [0, 0, 0], [0, 0, 0]], used: [0, 0.5, 0, 0])
    #expect(try quote(World.fees(.eip1559), market(baseFee: 1, histories: [told])).1.tipWei == 2_000_000_000)
    let untold = try history([[0, 0, 0], [2, 3, 4], [0, 0, 0], [0, 0, 0]])
    #expect(try quote(World.fees(.eip1559), market(baseFee: 1, histories: [untold])).1.tipWei == 100_000_000)
  }

  @Test func ofSeveralEndpointsTheHighestWordCounts() throws {
    let low = try history([[1, 1, 1]], nextBaseFee: 4_000_000_000)
    let high = try history([[2, 2, 2]], nextBaseFee: 3_000_000_000)
    let (quote, terms) = try quote(World.fees(.eip1559), market(baseFee: 1_000_000_000, histories: [low, high]))
    #expect(quote.nextBaseFeeWei == 4_000_000_000 && terms.tipWei == 2_000_000_000)
    let prices = market(baseFee: nil, gasPrices: [3_000_000_000, 5_000_000_000])
    #expect(try self.quote(World.fees(.legacy), prices).1 == .legacy(gasPriceWei: 5_000_000_000))
  }

  @Test func arbitrumOffersNoTip() throws {
    for urgency in Urgency.allCases {
      let (_, terms) = try quote(World.fees(.arbitrum), market(baseFee: 100_000_000), urgency)
      #expect(terms == .dynamic(tipWei: 0, feeCapWei: 200_000_000))
    }
  }

  @Test(arguments: [
    (Urgency.routine, UInt256(5), UInt256(5)), (.urgent, 5, 6_250_000_000), (.liquidation, 5, 10),
    // Only what urgency adds ends at the ceiling of 100; the node's own price is told as it is.
    (.liquidation, 60, 100), (.routine, 101, 101), (.liquidation, 101, 101),
  ])
  func legacyOffersTheNodesPriceTimesTheUrgency(urgency: Urgency, price: UInt256, expected: UInt256) throws {
    let wei = expected < 1_000 ? try expected * Self.gwei : expected
    let market = market(baseFee: nil, gasPrices: [try price * Self.gwei])
    #expect(try quote(World.fees(.legacy), market, urgency).1 == .legacy(gasPriceWei: wei))
  }

  @Test func absurdFeesAreAnErrorAndNoTrap() {
    #expect(throws: EthereumError.self) { try quote(World.fees(.eip1559), market(baseFee: .max)) }
    #expect(throws: EthereumError.self) {
      try quote(World.fees(.legacy), market(baseFee: nil, gasPrices: [.max]), .urgent)
    }
  }

  @Test func percentilesAreAskedForInOneCallAscending() throws {
    let transport = ScriptedTransport { World.plain($0) }
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    let look = try node.look(hashes: [], now: World.now)
    let asked = transport.asked.filter { $0.method == "eth_feeHistory" }
    #expect(asked.count == 1 && asked.first?.params.last == [.number(50), .number(90), .number(99)])
    #expect(look.terms == look.terms(for: .routine) && look.fees == look.fees(for: .routine))
    #expect(look.terms(for: .liquidation).tipWei == 200_000_002)
    let steep = FeePolicy(
      model: .eip1559, ceilingWei: 1, minimumTipWei: 0, tipPercentile: 95, baseFeeMultiple: 2)
    #expect(steep.tipPercentiles.values == [95, 95, 99])
  }
}
