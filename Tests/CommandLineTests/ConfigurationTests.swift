import Contracts
import Decision
import Ethereum
import Foundation
import Host
import Keeper
import Outbox
import Testing

@testable import vaultkeeper

@Suite struct ConfigurationTests {
  @Test func everyKeyIsRead() throws {
    let it = try Fixtures.read(Fixtures.full())
    #expect(it.journal.path == "/somewhere/data/vaultkeeper.journal")
    #expect(it.journal.observationSeconds == 14 * 86_400)
    #expect(it.haltMarkerPath == "/run/vaultkeeper/halt")
    #expect(it.addressBookPath == "/somewhere/../addresses")
    #expect(it.tick.intervalSeconds == 2 && it.tick.deadlineSeconds == 5)
    #expect(it.cancelsOrdersWhileHalted)
    #expect(it.key.address.description == "0x90F8bf6A479f320ead074411a4B0e7944Ea8c9C1")
    guard case .keystore("/somewhere/keeper.json", .file(path: "/somewhere/passphrase.txt")) = it.key.holder else {
      return #expect(Bool(false), "a keystore is expected")
    }
    #expect(it.key.policy == nil)

    let chain = try #require(it.chains.first)
    #expect(chain.chainID == 7_777_777_777)
    #expect(chain.endpoints.map(\.name) == ["a", "b", "flash"])
    #expect(chain.endpoints.map(\.role) == [.public, .public, .relay])
    guard case .inline(let url) = chain.endpoints[0].location else { return #expect(Bool(false), "a URL is expected") }
    #expect("\(url)" == "http://127.0.0.1:8545")
    guard case .secret(.credential(name: "rpc-b")) = chain.endpoints[1].location else {
      return #expect(Bool(false), "a credential is expected")
    }
    #expect(chain.endpoints[1].headers.map(\.name) == ["Authorization"])
    #expect(chain.maximumHeadAgeSeconds == 45)
    #expect(chain.fees.ceilingWei == 100_000_000_000 && chain.fees.minimumTipWei == 1_000_000_000)
    #expect(chain.fees.tipPercentiles.values == [60, 80, 95] && chain.fees.baseFeeMultiple == 3)
    #expect(chain.fees.gasPricePercents.values == [100, 130, 250])
    #expect(chain.nodes.quorum == 2 && chain.nodes.maximumLagBlocks == 5 && chain.nodes.sending == .all)
    #expect(chain.nodes.breaker == BreakerPolicy(failures: 4, coolDownSeconds: 20, longestCoolDownSeconds: 300))
    #expect(chain.lane.depth == Patience(blocks: 2, seconds: 30))
    #expect(chain.lane.resendAfter == Patience(blocks: 2, seconds: 20))
    #expect(chain.lane.replaceAfter == Patience(blocks: 3, seconds: 45))
    #expect(chain.lane.replacementPerMille == 150 && chain.lane.attemptsPerPromise == 6)
    #expect(chain.lane.clearAfter == Patience(blocks: 20, seconds: 300))
    #expect(chain.lane.clearingCeilingWei == 300_000_000_000)
    #expect(chain.gas.limit == 4_000_000 && chain.gas.marginPercent == 25)
    #expect(chain.gas.clearLimit == 50_000 && chain.lane.noOpGasLimit == 50_000)
    #expect(chain.gas.perDayWei == 500_000_000_000_000_000 && chain.gas.clearNonceReserveWei == 10_000_000_000_000_000)

    let vault = try #require(it.vaults.first)
    #expect(vault.base.tokens.map(\.symbol) == ["ETH", "WETH"])
    #expect(vault.base.tokens.map(\.role) == [.base, .base] && vault.quote.tokens.map(\.role) == [.quote])
    #expect(vault.oracle.base.limits.maximumAgeSeconds == 3_720)
    #expect(vault.oracle.quote?.limits.maximum?.description == "1.1")
    #expect(vault.oracle.sequencer?.graceSeconds == 300)
    #expect(vault.judgement.target == .fractionOfNetAssetValue(try Ratio(decimal: "0.3")))
    #expect(
      vault.judgement.band.fixed.width == (try Ratio(decimal: "0.04")) && vault.judgement.band.fixed.reset == .edge)
    #expect(vault.judgement.orders.urgentBands == (try Ratio(decimal: "2.5")))
    #expect(vault.judgement.priceBound == (try Ratio(decimal: "0.005")))
    #expect(vault.judgement.execution == (try Self.execution))
    let bound = try Ratio(decimal: "0.0025")
    #expect(
      vault.submission == SubmissionPolicy(route: .relayThenPublic(afterBlocks: 30), publicPriceBound: bound))
    #expect(vault.judgement.minimumClip == (try Usd(decimal: "250")) && vault.judgement.attemptsPerDay == 4)
  }

  private static var execution: ExecutionRules {
    get throws {
      ExecutionRules(
        choice: ChoiceRule(
          frontRunning: try Ratio(decimal: "0.0003"), adverseSelection: try Ratio(decimal: "0.0001"),
          relativeRiskAversion: try Ratio(decimal: "2.5")),
        schedule: ScheduleRule(
          clip: try Usd(decimal: "20000"), impact: try Ratio(decimal: "0.0008"), intervalSeconds: 120,
          horizonSeconds: 1_200),
        liquidation: LiquidationRule(
          horizonSeconds: 1_200, volatilityFactor: try Ratio(decimal: "1.25"), warningSigmas: try Ratio(decimal: "7"),
          actionSigmas: try Ratio(decimal: "3.5"), safeSigmas: try Ratio(decimal: "8"),
          actionProbability: try Ratio(decimal: "0.0005"), gammaLoss: try Ratio(decimal: "0.01"),
          topUp: try Ratio(decimal: "0.6")),
        breakers: BreakerRule(
          jump: try Ratio(decimal: "0.15"), jumpSigmas: try Ratio(decimal: "12"), coolDownSeconds: 900,
          divergence: try Ratio(decimal: "0.01")))
    }
  }

  @Test func aLimitFirstAndWhatIsSafe() throws {
    let first = try Fixtures.read(Fixtures.full("choice: weighed", "choice: limitFirst")).vaults[0]
    #expect(first.judgement.execution.choice == nil)
    let safe = try Fixtures.read(Fixtures.full(" safe: 8,", "")).vaults[0]
    #expect(safe.judgement.execution.liquidation.safeSigmas == (try Ratio(decimal: "7")))
  }

  @Test func theDocumentedFileIsReadAndHasTheDocumentedDefaults() throws {
    let it = try Fixtures.read(Documentation.example())
    let chain = try #require(it.chains.first)
    #expect(it.journal.observationSeconds == 30 * 86_400)
    #expect(it.tick.intervalSeconds == 12 && it.tick.deadlineSeconds == 10)
    #expect(!it.cancelsOrdersWhileHalted)
    #expect(
      chain.fees.minimumTipWei == 100_000_000 && chain.fees.tipPercentiles.values == [50, 90, 99]
        && chain.fees.baseFeeMultiple == 2)
    #expect(chain.fees.gasPricePercents.values == [100, 125, 200])
    // The majority; ten seconds of the model's fast blocks.
    #expect(chain.nodes.quorum == nil && chain.nodes.maximumLagBlocks == 40)
    #expect(chain.nodes.breaker == .standard && chain.nodes.sending == .first)
    #expect(chain.lane.depth == Patience(blocks: 12, seconds: 120))
    // The model is arbitrum: nothing is replaced.
    #expect(chain.lane.replaceAfter == nil)
    #expect(chain.lane.clearAfter == Patience(blocks: 100, seconds: 1_800))
    #expect(chain.lane.replacementPerMille == 125 && chain.lane.attemptsPerPromise == 10)
    // Arbitrum's 2,000,000 gas at twice the ceiling of 2 gwei.
    #expect(chain.lane.noOpGasLimit == 2_000_000 && chain.gas.clearNonceReserveWei == 8_000_000_000_000_000)
    let vault = try #require(it.vaults.first)
    #expect(vault.oracle.quote == nil && vault.shares == nil && vault.pause == nil)
    #expect(vault.oracle.base.limits.marginSeconds == 300 && vault.oracle.sequencer?.graceSeconds == 3_600)
    #expect(vault.submission == .public)
    #expect(vault.judgement.execution == ExecutionRules())
    #expect(vault.judgement.leverage == (try Ratio(decimal: "2")) && vault.judgement.attemptsPerDay == 6)
  }

  @Test func absentSwitchesThingsOff() throws {
    let it = try Fixtures.read(Fixtures.full("    multicall3: canonical\n", "    multicall3: absent\n"))
    #expect(it.chains[0].multicall3 == nil)
    #expect(try Fixtures.read(Fixtures.full("enabled: true", "enabled: false")).chains[0].lane.replaceAfter == nil)
    #expect(try Fixtures.read(Fixtures.full(clear, "    clear: never\n")).chains[0].lane.clearAfter == nil)
  }

  private let clear = "    clear:\n      after: {blocks: 20, time: 5m}\n"

  @Test(arguments: ["", "    clear: {}\n", "    clear:\n", "    clear: {after: {}}\n"])
  func aStuckNonceIsClearedUnlessTheFileSaysNever(written: String) throws {
    let lane = try Fixtures.read(Fixtures.full(clear, written)).chains[0].lane
    #expect(lane.clearAfter == Patience(blocks: 100, seconds: 1_800))
  }

  /// The gas of a clearing, and the reserve that is counted with it at the clearing ceiling of 300 gwei.
  @Test(arguments: [
    ("eip1559", "", 21_000, 6_300_000_000_000_000), ("legacy", "", 21_000, 6_300_000_000_000_000),
    ("arbitrum", "", 2_000_000, 600_000_000_000_000_000),
    ("arbitrum", "clearLimit: 30000, ", 30_000, 9_000_000_000_000_000),
  ])
  func theGasOfAClearingFollowsTheFeeModel(model: String, written: String, gas: UInt64, reserveWei: UInt64) throws {
    let yaml = try Fixtures.full("clearNonceReserve: 0.01 ether, clearLimit: 50000, ", written)
      .replacingOccurrences(of: "model: eip1559", with: "model: \(model)")
    let chain = try Fixtures.read(yaml).chains[0]
    #expect(chain.lane.noOpGasLimit == gas && chain.gas.clearNonceReserveWei == UInt256(reserveWei))
  }

  @Test(arguments: [
    ("0.04", "4%"), ("0.04", "400bp"), ("1", "100%"), ("0.0001", "1bp"),
    ("0.123456789012345678", "12.3456789012345678%"),
  ])
  func ratiosAreExact(decimal: String, written: String) throws {
    guard case .value(let ratio) = Form<Ratio>.ratio("0", "100%").parse(written) else {
      return #expect(Bool(false), "\(written) is a ratio")
    }
    #expect(ratio == (try Ratio(decimal: decimal)))
  }

  @Test(arguments: [
    ("1 wei", "1"), ("40 gwei", "40000000000"), ("0.000000001 gwei", "1"), ("0.05 ether", "50000000000000000"),
    ("1ether", "1000000000000000000"), ("0 wei", "0"),
  ])
  func weiAreExact(written: String, wei: String) throws {
    guard case .value(let value) = Form<UInt256>.wei().parse(written) else {
      return #expect(Bool(false), "\(written) is an amount")
    }
    #expect(value.description == wei)
  }

  @Test(arguments: [
    "0.5 wei", "1.0000000001 gwei", "1", "-1 wei", "1e3 gwei", " 1 wei", "1  wei", "0x1 wei", ".5 ether", "5. ether",
    "99999999999999999999999999999999999999 ether", "1 Ether", "",
  ])
  func amountsThatAreNot(written: String) {
    if case .value(let value) = Form<UInt256>.wei().parse(written) {
      #expect(Bool(false), "\(written) was read as \(value)")
    }
  }

  @Test func volatilityIsRead() throws {
    let vault = try #require(try Fixtures.read(Fixtures.full()).vaults.first)
    let settings = vault.volatility
    #expect(settings.methods == [.ewma, .garch, .har, .implied])
    #expect(settings.configured == (try Ratio(decimal: "0.6")) && settings.readsFeedRounds)
    #expect(settings.historyPath?.hasSuffix("/history.csv") == true)
    #expect(settings.macro?.name == "SPX" && settings.macro?.maximumAgeSeconds == 345_600)
  }

  @Test func anAdaptiveBandReadsTheFeedsRoundsAndOthersDoNot() throws {
    func settings(_ old: String, _ new: String) throws -> VolatilitySettings? {
      let section = """
            volatility:
              sources: [ewma, garch, har, implied]
              configured: 60%
              history: history.csv
              feedRounds: true
              macro: {name: SPX, path: spx.csv, maximumAge: 4d}

        """
      let text = try Fixtures.full(old, new)
      #expect(text.contains(section))
      return try Fixtures.read(text.replacingOccurrences(of: section, with: "")).vaults.first?.volatility
    }
    #expect(try settings("", "") == VolatilitySettings())
    let adaptive = try settings(
      "band: {kind: fixed, width: 4%, of: target, reset: edge}",
      "band: {kind: adaptive, trackingError: 3%, fallback: {width: 4%, of: target}}")
    #expect(adaptive == VolatilitySettings(readsFeedRounds: true))
  }

  @Test(arguments: [
    ("sources: [ewma, garch, har, implied]", "sources: [ewma, ewma]", "vaults[0].volatility.sources"),
    ("sources: [ewma, garch, har, implied]", "sources: [realised]", "vaults[0].volatility.sources[0]"),
    ("configured: 60%", "configured: 0.5%", "vaults[0].volatility.configured"),
    ("feedRounds: true", "feedRounds: often", "vaults[0].volatility.feedRounds"),
    ("{name: SPX, path: spx.csv, maximumAge: 4d}", "{name: SPX}", "vaults[0].volatility.macro.path"),
    ("maximumAge: 4d}", "maximumAge: 1h}", "vaults[0].volatility.macro.maximumAge"),
  ])
  func volatilityThatMakesNoSenseIsNamed(old: String, new: String, key: String) throws {
    let problems = Fixtures.problems(try Fixtures.full(old, new))
    #expect(problems.contains { $0.contains(key) }, "\(problems)")
  }

  @Test func bandsOfEveryKindAreRead() throws {
    let fixed = "band: {kind: fixed, width: 4%, of: target, reset: edge}"
    func band(_ text: String) throws -> BandRule? {
      try Fixtures.read(Fixtures.full(fixed, "band: {\(text)}")).vaults.first?.judgement.band
    }
    let basis = FixedBand(width: try Ratio(decimal: "0.04"), of: .target, reset: .centre)
    #expect(try band("width: 4%, of: target") == .fixed(basis))
    #expect(
      try band("kind: timeWeighted, width: 4%, of: target, minimumInterval: 1h, maximumAge: 2d")
        == .timeWeighted(TimeWeightedBand(basis, minimumIntervalSeconds: 3_600, maximumAgeSeconds: 172_800)))
    #expect(
      try band("kind: adaptive, trackingError: 3%, typicalGasPrice: 2 gwei, fallback: {width: 4%, of: target}")
        == .adaptive(
          AdaptiveBand(
            trackingError: Ratio(decimal: "0.03"), typicalGasPriceWei: 2_000_000_000, fallback: basis)))
  }

  @Test(arguments: [
    ("kind: adaptive, trackingError: 3%", "vaults[0].band.fallback"),
    ("kind: adaptive, trackingError: 0, fallback: {width: 4%, of: target}", "vaults[0].band.trackingError"),
    (
      "kind: adaptive, trackingError: 3%, narrowest: 5%, widest: 4%, fallback: {width: 4%, of: target}",
      "vaults[0].band.widest"
    ),
    ("kind: timeWeighted, width: 4%, of: target, minimumInterval: 2d, maximumAge: 1d", "vaults[0].band.maximumAge"),
    ("kind: timed, width: 4%, of: target", "vaults[0].band.kind"),
  ])
  func bandsThatMakeNoSenseAreNamed(text: String, key: String) throws {
    let fixed = "band: {kind: fixed, width: 4%, of: target, reset: edge}"
    let problems = Fixtures.problems(try Fixtures.full(fixed, "band: {\(text)}"))
    #expect(problems.contains { $0.contains(key) }, "\(problems)")
  }
}
