import Ethereum
import Foundation
import Testing

@testable import Contracts

@Suite struct OracleTests {
  private let feed = ChainlinkFeed(
    address: Scenario.weth,
    limits: FeedLimits(heartbeatSeconds: 3600, marginSeconds: 60, minimum: nil, maximum: nil))

  private func round(_ answer: Int256, startedAt: UInt256 = 90, updatedAt: UInt256 = 100) -> ReadResult {
    let words = [UInt256(7).bigEndian32, answer.bits.bigEndian32, startedAt.bigEndian32, updatedAt.bigEndian32]
    return ReadResult(success: true, data: words.flatMap { $0 } + UInt256(7).bigEndian32)
  }

  private func word(_ value: UInt256) -> ReadResult { ReadResult(success: true, data: value.bigEndian32) }

  @Test func price() throws {
    let reading = try feed.reading([round(300_012_345_678), word(8)])
    #expect(reading.price?.description == "3000.12345678")
    #expect(reading.updatedAt == 100)
    #expect(reading.roundID == 7)
    #expect(reading.limits.maximumAgeSeconds == 3660)
    #expect(FeedLimits(heartbeatSeconds: .max, marginSeconds: 1, minimum: nil, maximum: nil).maximumAgeSeconds == .max)
  }

  @Test func outsideItsLimitsAPriceIsNotPlausible() throws {
    let limits = FeedLimits(
      heartbeatSeconds: 3600, marginSeconds: 60, minimum: try Price(decimal: "1000"),
      maximum: try Price(decimal: "9000"))
    let feed = ChainlinkFeed(address: Scenario.weth, limits: limits)
    for (dollars, isPlausible) in [(999, false), (1_000, true), (9_000, true), (9_001, false)] as [(Int256, Bool)] {
      let reading = try feed.reading([round(dollars * 100_000_000), word(8)])
      #expect((reading.plausiblePrice == reading.price) == isPlausible && reading.price != nil)
    }
    #expect(try self.feed.reading([round(1), word(8)]).plausiblePrice?.description == "0.00000001")
    #expect(try self.feed.reading([round(0), word(8)]).plausiblePrice == nil)
  }

  @Test func zeroAndNegativeAreNoPrice() throws {
    for answer in [Int256.zero, -1, .min] {
      let reading = try feed.reading([round(answer), word(8)])
      #expect(reading.price == nil)
      #expect(reading.rawAnswer == answer)
    }
  }

  @Test func hostileAnswersAreErrors() {
    let truncated = ReadResult(success: true, data: Array(round(1).data.dropLast()))
    for results in [
      [], [round(1)], [round(.max), word(0)], [round(1), word(256)], [round(1), word(37)], [truncated, word(8)],
      [round(1, updatedAt: .max), word(8)], [ReadResult(success: false, data: []), word(8)],
      [ReadResult(success: true, data: []), word(8)],
    ] {
      #expect(throws: ContractsError.self) { try feed.reading(results) }
    }
  }

  @Test func sequencer() throws {
    let feed = SequencerFeed(address: Scenario.weth, graceSeconds: 300)
    #expect(try feed.reading([round(0)]) == SequencerReading(isUp: true, since: 90, graceSeconds: 300))
    #expect(try feed.reading([round(1)]).isUp == false)
    #expect(try feed.reading([round(2)]).isUp == false)
    #expect(try feed.reading([round(0, startedAt: 0)]).isUp == false, "a round never started")
    #expect(throws: ContractsError.self) { try feed.reading([]) }
    #expect(throws: ContractsError.self) { try feed.reading([round(0, startedAt: .max)]) }
  }

  @Test func vault() throws {
    let reader = VaultReader(
      holder: Scenario.account,
      tokens: [
        SpotToken(symbol: "ETH", address: nil, decimals: 18, role: .base),
        SpotToken(symbol: "USDC", address: Scenario.usdc, decimals: 6, role: .quote),
      ], erc4626: Scenario.weth, pausable: Scenario.roles)
    #expect(
      try reader.reads().map(\.to)
        == [MulticallBatch.canonicalAddress, Scenario.usdc, Scenario.weth, Scenario.weth, Scenario.roles])
    let reading = try reader.reading([word(10_000_000_000_000_000_000), word(5_000_000), word(9), word(8), word(1)])
    #expect(reading.balances.map(\.token.symbol) == ["ETH", "USDC"])
    #expect(try reading.balances[1].amount().description == "5")
    #expect(reading.totalAssets == 9)
    #expect(reading.totalSupply == 8)
    #expect(reading.isPaused)
    #expect(throws: ContractsError.self) { try reader.reading([word(1)]) }
    #expect(throws: ContractsError.self) { try reader.reading([word(1), word(1), word(1), word(1), word(2)]) }
    let plain = VaultReader(holder: Scenario.account, tokens: [], erc4626: nil, pausable: nil)
    #expect(try plain.reading([]) == VaultReading(balances: [], totalAssets: nil, totalSupply: nil, isPaused: false))
  }
}

@Suite struct AddressBookTests {
  @Test func everyCommittedBookIsReadable() throws {
    let folder = Fixture.projectFolder.appending(path: "abi/addresses")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".json") }
    #expect(names.count >= 6)
    for name in names {
      let book = try AddressBook(json: Array(Data(contentsOf: folder.appending(path: name))), name: name)
      #expect(!book.entries.isEmpty)
    }
  }

  @Test func gmxOnArbitrumOne() throws {
    let path = Fixture.projectFolder.appending(path: "abi/addresses/gmx-v2.arbitrum-one.json")
    let book = try AddressBook(json: Array(Data(contentsOf: path)), name: "gmx")
    #expect(try GMXv2Configuration.Deployment(book) == Scenario.deployment)
    try book.check(chainID: 42_161)
    #expect(throws: ContractsError.self) { try book.check(chainID: 1) }
    #expect(throws: ContractsError.self) { try book.address("Nothing") }
  }

  /// A sound book with one part replaced.
  private static func book(
    chainID: String = "\"1\"", release: String = "\"1\"",
    contracts: String = #"{"A":"0x1111111111111111111111111111111111111111"}"#, extra: String = ""
  ) -> String {
    #"{"chainID":\#(chainID),"protocol":"a","release":\#(release),"source":"s","contracts":\#(contracts)\#(extra)}"#
  }

  @Test func aSoundBookIsAccepted() throws {
    #expect(try AddressBook(json: Array(Self.book().utf8), name: "x").chainID == 1)
  }

  @Test(arguments: [
    "", "[]", "{}", book(chainID: "1"), book(chainID: "\"01\""), book(chainID: "\"0\""), book(release: "\"\""),
    book(contracts: "{}"), book(contracts: "[]"), book(contracts: #"{"A":1}"#), book(contracts: #"{"A":"0x12"}"#),
    book(contracts: #"{"A":"0x1c3fa76e6E1088bCE750f23a5BFcffa1efEF6A41"}"#), book(extra: #","more":1"#),
  ])
  func faultsNameTheFile(_ text: String) {
    do {
      _ = try AddressBook(json: Array(text.utf8), name: "books/x.json")
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.contains("books/x.json"))
    }
  }
}
