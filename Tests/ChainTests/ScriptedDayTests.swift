import Ethereum
import Foundation
import Testing

/// A day of prices and gas, the same for every vault.
private enum Day {
  struct Step {
    let price: Double
    let minutes: Int
  }

  static let calm = [3_006.0, 2_994, 3_003].map { Step(price: $0, minutes: 30) }
  static let trend = [3_060.0, 3_120, 3_175, 3_230].map { Step(price: $0, minutes: 30) }
  /// Thirty percent in half an hour, each step below what the breaker takes for a broken feed.
  static let crash = [2_870.0, 2_550, 2_261].map { Step(price: $0, minutes: 10) }
  static let spike = [2_150.0, 2_010].map { Step(price: $0, minutes: 20) }
  static let evening = [2_015.0, 2_008].map { Step(price: $0, minutes: 30) }

  /// Wei per gas: of most of the day, and while everybody wants to sell.
  static let usualBaseFee = 100_000_000
  static let spikeBaseFee = 40_000_000_000
  static let opening = 3_000.0
  /// All of it, and the blocks between.
  static let seconds: Int64 = 8 * 3_600
}

/// What a vault should be, told without the keeper: from the chain, and from formulas written down here.
private protocol Expectation {
  /// Delta of what is held beside spot and perpetual.
  func otherDelta(at price: Double, _ chain: DevChain) throws -> Double
  func otherWorth(at price: Double, _ chain: DevChain) throws -> Double
  func target(at price: Double, worth: Double) -> Double
  /// Of the band; nil where the keeper calculates it, and `explain` tells it.
  func halfWidth(at price: Double, worth: Double) -> Double?
}

/// One vault that lives through the day.
private struct Vault<Kind: Expectation> {
  let chain: DevChain
  let keeper: KeeperProcess
  let kind: Kind

  func worth(at price: Double) throws -> Double {
    try chain.worth(at: price) + kind.otherWorth(at: price, chain)
  }

  /// How far the vault is from its target, and how far it may be.
  func deviation(at price: Double) throws -> (found: Double, allowed: Double) {
    let worth = try worth(at: price)
    let found = try chain.delta() + kind.otherDelta(at: price, chain) - kind.target(at: price, worth: worth)
    // A hundredth of the band for what is owed to the venue, which `worth` does not know.
    return (found.magnitude, 1.01 * (try kind.halfWidth(at: price, worth: worth) ?? halfWidth()))
  }

  func halfWidth() throws -> Double { try figure("half-width") }

  func figure(_ name: String) throws -> Double {
    let figures = (try keeper.explain()["chapters"]?.array ?? []).flatMap { $0["figures"]?.array ?? [] }
    guard let value = figures.first(where: { $0["name"]?.string == name })?["value"]?.string.flatMap(Double.init) else {
      throw DevChain.Failure("explain has no \(name)")
    }
    return value
  }

  func go(to step: Day.Step) throws {
    try chain.call("evm_increaseTime", .integer(Int64(step.minutes * 60)))
    try chain.setPrice(step.price)
  }

  /// Each step's end is inside the band, by the chain.
  func live(_ steps: [Day.Step], _ phase: String) throws {
    for step in steps {
      try go(to: step)
      try settle(at: step.price, phase)
    }
  }

  func settle(at price: Double, _ phase: String) throws {
    try keeper.ticks(until: "insideBand", limit: 16)
    let (found, allowed) = try deviation(at: price)
    #expect(found <= allowed, "\(phase), at \(price)")
  }

  /// While gas costs four hundred times as much: one look at each step, and nothing is sent.
  /// - Returns: how the looks ended.
  func endure(_ steps: [Day.Step]) throws -> [String] {
    let nonce = try chain.keeperNonce()
    try setBaseFee(Day.spikeBaseFee)
    let codes = try steps.map { step in
      try go(to: step)
      return try keeper.tick().code
    }
    #expect(try chain.keeperNonce() == nonce && chain.pooled().isEmpty)
    return codes
  }

  func setBaseFee(_ wei: Int) throws {
    try chain.call("dev_baseFeePath", .array(Array(repeating: .integer(Int64(wei)), count: 200)))
    try chain.mine()
  }

  /// Every order that was placed was executed, and each was one transaction of the keeper; replayed, all decisions come
  /// out again.
  func close(orders: ClosedRange<Int>) throws {
    let created = try chain.events("OrderCreated")
    #expect(orders.contains(created), "\(created) orders")
    #expect(try chain.events("OrderExecuted") == created)
    #expect(try Int(chain.keeperNonce()) == created)
    #expect(try chain.pooled().isEmpty)
    let replayed = try keeper.run("replay")
    #expect(replayed.status == 0 && replayed.output.contains(" 0 different"), "\(replayed)")
    try expectSoundJournal(keeper)
  }

  /// What `explain` prints now is what the page shows, but for numbers, which move with the second of the run.
  func expectShown(_ name: String) throws {
    let told = try keeper.run("explain")
    #expect(told.status == 0)
    try DayDocument.expect(name, told.output)
  }
}

/// The page for operators that shows these days; written anew with VAULTKEEPER_RECORD=1.
private enum DayDocument {
  private static let page = Workplace.root.appendingPathComponent("docs/days.md")

  static func expect(_ name: String, _ output: String) throws {
    // The first lines name the run; the guards' numbers are a line each too long for a page.
    let lines = output.components(separatedBy: "\n")
    let first = lines.firstIndex { $0.hasPrefix("stage") } ?? lines.count
    let last = lines.firstIndex { $0.hasPrefix("guard ") } ?? lines.count
    let ending = lines.dropFirst(2).prefix { !$0.isEmpty }
    let table = lines[first..<max(first, last)].map { $0.replacing(/[ ]+$/, with: "") }
    let shown = (ending + [""] + table).joined(separator: "\n").trimmingCharacters(in: .newlines)
    let (begin, end) = ("<!-- \(name): begin -->\n```\n", "\n```\n<!-- \(name): end -->")
    let text = try String(contentsOf: page, encoding: .utf8)
    guard let from = text.range(of: begin), let to = text.range(of: end), from.upperBound <= to.lowerBound else {
      throw DevChain.Failure("docs/days.md has no place for \(name)")
    }
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      let written = text.replacingCharacters(in: from.upperBound..<to.lowerBound, with: shown)
      try Data(written.utf8).write(to: page)
      return
    }
    #expect(masked(String(text[from.upperBound..<to.lowerBound])) == masked(shown))
  }

  private static func masked(_ text: String) -> String {
    text.replacing(/-?[0-9][0-9.,]*/, with: "0").replacing(/-{2,}/, with: "-").replacing(/[ ]+/, with: " ")
  }
}

/// Three vaults through one day: calm, a rise, a fall by thirty percent, and gas at four hundred times its price. Judged
/// from the chain's state and by formulas of the test, not by the keeper's own report.
@Suite(.serialized)
struct ScriptedDayTests {
  private func settings(_ target: String) -> KeeperSettings {
    var settings = KeeperSettings(patience: "0s")
    settings.target = target
    settings.bandWidth = "2%"
    settings.bandOf = "netAssetValue"
    settings.attemptsPerDay = 6
    settings.heartbeat = "10h"
    return settings
  }

  private func lives<Kind: Expectation>(_ vault: Vault<Kind>, _ name: String) throws -> [String] {
    try vault.setBaseFee(Day.usualBaseFee)
    try vault.settle(at: Day.opening, "opening")
    let opened = try vault.chain.events("OrderCreated")
    #expect(opened == 1)
    try vault.live(Day.calm, "calm")
    #expect(try vault.chain.events("OrderCreated") == opened, "a calm morning needs no order")
    try vault.live(Day.trend, "trend")
    try vault.live(Array(Day.crash.dropLast()), "crash")
    let deepest = Day.crash[Day.crash.count - 1]
    try vault.go(to: deepest)
    try vault.expectShown(name)
    try vault.settle(at: deepest.price, "crash")
    let codes = try vault.endure(Day.spike)
    try vault.setBaseFee(Day.usualBaseFee)
    try vault.live(Day.evening, "evening")
    return codes
  }

  // MARK: A book of written options

  /// Eight calls and eight puts written, at strikes a tenth away, thirty days to go.
  private struct Book: Expectation {
    let expiry: UInt64
    let volatility = 0.65
    let calls = (strike: 3_300.0, quantity: -8.0)
    let puts = (strike: 2_700.0, quantity: -8.0)

    func otherDelta(at price: Double, _ chain: DevChain) throws -> Double {
      let years = try left(chain)
      return calls.quantity * normal(d1(price, calls.strike, years))
        + puts.quantity * (normal(d1(price, puts.strike, years)) - 1)
    }

    func otherWorth(at price: Double, _ chain: DevChain) throws -> Double {
      let years = try left(chain)
      func call(_ strike: Double) -> Double {
        let d = d1(price, strike, years)
        return price * normal(d) - strike * normal(d - volatility * years.squareRoot())
      }
      return calls.quantity * call(calls.strike) + puts.quantity * (call(puts.strike) - price + puts.strike)
    }

    func target(at price: Double, worth: Double) -> Double { 0 }
    func halfWidth(at price: Double, worth: Double) -> Double? { nil }

    private func left(_ chain: DevChain) throws -> Double {
      Double(expiry - (try chain.headSeconds())) / (365 * 86_400)
    }

    private func d1(_ price: Double, _ strike: Double, _ years: Double) -> Double {
      (log(price / strike) + volatility * volatility * years / 2) / (volatility * years.squareRoot())
    }

    private func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
  }

  /// An adaptive band, which gas widens: what a correction costs is worth more drift while gas is dear.
  @Test func aVaultWithWrittenOptions() throws {
    let chain = try DevChain(secondsToLive: Day.seconds)
    let contract = try #require(try chain.call("scenario_optionBook").string)
    let expiry = try chain.headSeconds() + 2_592_000
    for (isCall, terms) in [(true, (3_300, -8)), (false, (2_700, -8))] {
      try chain.call(
        "scenario_addOption", .string(contract), 2_592_000, .integer(Int64(terms.0)), .integer(Int64(terms.1)),
        .bool(isCall), .number(0.65))
    }
    try chain.mine()
    var settings = settings("{deltaNeutral: true}")
    settings.band =
      "{kind: adaptive, trackingError: 1%, typicalGasPrice: 0.1 gwei, fallback: {width: 2%, of: netAssetValue}}"
    settings.vaultMore = "volatility: {configured: 65%, feedRounds: false}"
    settings.exposures = ["{kind: optionBook, name: book, contract: \"\(contract)\", maximumMarkAge: 2d}"]
    let vault = Vault(chain: chain, keeper: try KeeperProcess(chain, settings), kind: Book(expiry: expiry))
    let codes = try lives(vault, "options")
    #expect(codes == ["insideBand", "insideBand"])
    let usual = try vault.halfWidth()
    try vault.setBaseFee(Day.spikeBaseFee)
    #expect(try vault.halfWidth() > 1.5 * usual)
    try vault.close(orders: 3...9)
  }

  // MARK: A liquidity position

  /// 10^15 between 2,000 and 4,000: a thousand in whole tokens.
  private struct Liquidity: Expectation {
    private func root(_ price: Double) -> Double { min(max(price, 2_000), 4_000).squareRoot() }

    func otherDelta(at price: Double, _ chain: DevChain) -> Double {
      1_000 * (1 / root(price) - 1 / 4_000.0.squareRoot())
    }

    func otherWorth(at price: Double, _ chain: DevChain) -> Double {
      otherDelta(at: price, chain) * price + 1_000 * (root(price) - 2_000.0.squareRoot())
    }

    func target(at price: Double, worth: Double) -> Double { 0 }
    func halfWidth(at price: Double, worth: Double) -> Double? { 0.02 * worth / price }
  }

  @Test func aVaultWithLiquidity() throws {
    let chain = try DevChain(secondsToLive: Day.seconds)
    let contract = try #require(
      try chain.call("scenario_openLiquidity", 7, 2_000, 4_000, .string("0x38d7ea4c68000"), 3_000).string)
    try chain.mine()
    var settings = settings("{deltaNeutral: true}")
    settings.exposures = [
      "{kind: uniswapV3, name: pool, manager: \"\(contract)\", pool: \"\(contract)\", base: WETH, quote: USDC, "
        + "positions: [7]}"
    ]
    let vault = Vault(chain: chain, keeper: try KeeperProcess(chain, settings), kind: Liquidity())
    let codes = try lives(vault, "liquidity")
    #expect(codes == ["insideBand", "gasBudgetUsed"])
    try vault.close(orders: 2...9)
  }

  // MARK: A floor

  /// Twice what the vault is worth above 80,000 dollars.
  private struct Floor: Expectation {
    static let floor = 80_000.0
    func otherDelta(at price: Double, _ chain: DevChain) -> Double { 0 }
    func otherWorth(at price: Double, _ chain: DevChain) -> Double { 0 }
    func target(at price: Double, worth: Double) -> Double { 2 * max(0, worth - Floor.floor) / price }
    func halfWidth(at price: Double, worth: Double) -> Double? { 0.02 * worth / price }
  }

  @Test func aVaultWithAFloor() throws {
    let chain = try DevChain(secondsToLive: Day.seconds)
    let settings = settings("{insured: {floor: {share: 80%, of: 100000 USD}}}")
    let vault = Vault(chain: chain, keeper: try KeeperProcess(chain, settings), kind: Floor())
    let codes = try lives(vault, "floor")
    #expect(codes == ["insideBand", "gasBudgetUsed"])
    // Held throughout, a vault of 20 ETH would be worth 80,160 dollars here; more than half of it was sold on the way.
    #expect(try vault.worth(at: 2_008) > Floor.floor + 5_000)
    try vault.close(orders: 3...9)
  }
}
