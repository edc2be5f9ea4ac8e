import Contracts
import Ethereum
import Foundation
import TestSupport
import Testing

@testable import Decision

/// What liquidity, options and power perpetuals do to an assessment and to what is done.
struct ExposureTests {
  private let fixture: JSON

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    fixture = try JSON.parse(Array(Data(contentsOf: folder.appending(path: "Fixtures/Contracts/exposures.json"))))
  }

  // MARK: readings

  static let terms = OptionTerms(interestRate: .zero, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24)

  static func option(
    _ quantity: Quantity = -10, strike: Price = 3500, isCall: Bool = true, seconds: UInt64 = 2_592_000,
    volatility: Ratio? = 0.65, markedAt: UInt64 = World.now - 60, rate: Ratio = 0
  ) -> ExposureReading {
    .option(
      OptionReading(
        source: "book", index: 0, expiry: World.now + seconds, strike: strike, quantity: quantity, isCall: isCall,
        markVolatility: volatility, markedAt: markedAt,
        terms: OptionTerms(interestRate: rate, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24)))
  }

  static func expired(_ seconds: UInt64) -> ExposureReading {
    .option(
      OptionReading(
        source: "book", index: 0, expiry: World.now - seconds, strike: 3500, quantity: -10, isCall: true,
        markVolatility: 0.65, markedAt: World.now, terms: terms))
  }

  static func liquidity(
    _ liquidity: UInt256 = 10_000_000_000_000_000, lower: Int = -201_240, upper: Int = -191_150, isHeld: Bool = true,
    owed: (UInt256, UInt256) = (0, 0), baseIsToken0: Bool = true, decimals: (Int, Int) = (18, 6),
    pool: UInt256 = 1 << 80
  ) -> ExposureReading {
    .liquidity(
      LiquidityReading(
        source: "lp", tokenID: 7, isHeld: isHeld, lowerTick: lower, upperTick: upper, liquidity: liquidity,
        owed0: owed.0, owed1: owed.1, baseIsToken0: baseIsToken0, baseDecimals: decimals.0, quoteDecimals: decimals.1,
        poolSqrtPrice: pool))
  }

  static func power(units: UInt256 = 1_000_000_000_000_000_000) -> ExposureReading {
    .powerPerpetual(
      PowerPerpetualReading(
        source: "power", units: units, decimals: 18, normalisation: 0.8, scale: 10_000, fundingSeconds: 1_512_000))
  }

  static func book(sequence: UInt64 = 3, highest: UInt64 = 3, validFor: UInt64 = 60) -> ExposureReading {
    .optionBook(
      OptionBookReading(
        source: "desk", sequence: sequence, highestSequence: highest, validUntil: World.now + validFor, optionCount: 0))
  }

  private func observation(_ exposures: [ExposureReading], price: Price = 3000, quote: Price? = nil) -> Observation {
    let usual = World.observation(price: World.feed(price), quotePrice: quote.map { World.feed($0, minimum: 0.5) })
    return Observation(
      head: usual.head, price: usual.price, quotePrice: usual.quotePrice, sequencer: nil, vault: usual.vault,
      account: usual.account, isRoleHeld: true, venue: usual.venue, exposures: exposures)
  }

  private static var known: Circumstances {
    get throws {
      let estimate = try VolatilityEstimate(.ewma, annual: 0.9, source: "test")
      return World.circumstances { $0.volatility = [estimate] }
    }
  }

  private func assessed(
    _ exposures: [ExposureReading], price: Price = 3000, quote: Price? = nil,
    circumstances: Circumstances = World.circumstances()
  ) throws -> Assessment {
    try Assessment(
      observation(exposures, price: price, quote: quote), policy: World.policy(), circumstances: circumstances)
  }

  private func isClose(_ value: Double, _ expected: String?, _ tolerance: Double = 1e-9, floor: Double) -> Bool {
    guard let expected = expected.flatMap(Double.init) else { return false }
    return abs(value - expected) <= tolerance * max(abs(expected), floor)
  }

  // MARK: against other people's numbers

  @Test func liquidityIsWorthWhatTheTextbookSays() throws {
    for entry in fixture["liquidity"]?.array ?? [] {
      let name = entry["name"]?.string ?? ""
      let weth = try Address(hex: "0x82af49447d8a07e3bd95bd0d56f35241523fbab1")
      let usdc = try Address(hex: "0xaf88d065e77c8cc2239327c5edb3a432268e5831")
      let source = UniswapV3Positions(
        name: name, manager: .zero, pool: .zero, tokenIDs: [1], base: weth,
        baseDecimals: Int(entry["baseDecimals"]?.integer ?? 0), quote: usdc,
        quoteDecimals: Int(entry["quoteDecimals"]?.integer ?? 0))
      let results = try ["slot0", "token0", "token1", "fee", "position", "owner"].map {
        ReadResult(success: true, data: try Hex.decode(entry[$0]?.string ?? "", limit: 4096))
      }
      let readings = try source.readings(
        results, holder: try Address(hex: "0x1111111111111111111111111111111111111111"))
      let price = try Price(decimal: entry["price"]?.string ?? "")
      let found = try assessed(readings, price: price, quote: Price(decimal: entry["quotePrice"]?.string ?? ""))
      #expect(found.exposureRefusals.isEmpty, "\(name): \(found.exposureRefusals.map(\.text))")
      let exposure = try #require(found.exposures.first, "\(name)")
      #expect(isClose(exposure.delta.approximateDouble, entry["base"]?.string, floor: 1e-6), "\(name)")
      #expect(isClose(exposure.value.approximateDouble, entry["value"]?.string, floor: 2e3), "\(name)")
      #expect(isClose(exposure.gamma, entry["gamma"]?.string, floor: 1e-12), "\(name): \(exposure.gamma)")
      let divergence = try #require(found.figures.first { $0.name.hasSuffix("pool's price over oracle's") })
      let shown = try #require(Double(divergence.value))
      // 1.01² − 1, and 1/1.01² − 1 where the pool prices the quote.
      #expect(abs(shown - (entry["baseIsToken0"]?.bool == true ? 2.01 : -1.9703)) < 2e-4, "\(name): \(shown)")
    }
  }

  @Test func optionsAreWorthWhatTheTextbookSays() throws {
    for entry in fixture["options"]?.array ?? [] {
      let text = { (key: String) in entry[key]?.string ?? "" }
      let reading = Self.option(
        try Quantity(decimal: text("quantity")), strike: try Price(decimal: text("strike")),
        isCall: entry["isCall"]?.bool ?? false, seconds: UInt64(entry["seconds"]?.integer ?? 0),
        volatility: try Ratio(decimal: text("volatility")), rate: try Ratio(decimal: text("rate")))
      let found = try assessed([reading], price: Price(decimal: text("price")))
      let exposure = try #require(found.exposures.first)
      let size = abs(Double(text("quantity")) ?? 0)
      // Value and delta of one are rounded at 8 and 12 places.
      #expect(isClose(exposure.value.approximateDouble, text("value"), 1e-9, floor: size * 10), "\(entry.text)")
      #expect(isClose(exposure.delta.approximateDouble, text("delta"), 1e-9, floor: size), "\(entry.text)")
      #expect(isClose(exposure.gamma, text("gamma"), 1e-9, floor: 1e-9), "\(entry.text)")
      #expect(isClose(exposure.vega, text("vega"), 1e-9, floor: 1e-6), "\(entry.text)")
      #expect(isClose(exposure.theta, text("theta"), 1e-9, floor: 1e-6), "\(entry.text)")
    }
  }

  @Test func powerPerpetualsAreWorthWhatTheTextbookSays() throws {
    for entry in fixture["power"]?.array ?? [] {
      let text = { (key: String) in entry[key]?.string ?? "" }
      let source = PowerPerpetualHolding(
        name: "power", token: .zero, decimals: 18, controller: .zero, scale: 10_000, fundingSeconds: 1_512_000)
      let results = try ["balance", "factor"].map {
        ReadResult(success: true, data: try Hex.decode(text($0), limit: 64))
      }
      let estimate = try VolatilityEstimate(.garch, annual: Double(text("volatility")) ?? 0, source: "test")
      let found = try assessed(
        source.readings(results, holder: .zero), price: Price(decimal: text("price")),
        circumstances: World.circumstances { $0.volatility = [estimate] })
      let exposure = try #require(found.exposures.first)
      for (value, key) in [
        (exposure.value.approximateDouble, "value"), (exposure.delta.approximateDouble, "delta"),
        (exposure.gamma, "gamma"), (exposure.vega, "vega"), (exposure.theta, "theta"),
      ] { #expect(isClose(value, text(key), 1e-9, floor: 1e-3), "\(key): \(value)") }
    }
  }

  // MARK: properties

  @Test func whatIsWrittenIsTheMirrorOfWhatIsHeld() throws {
    for isCall in [true, false] {
      for strike: Price in [2000, 3000, 3500, 9000] {
        let long = try assessed([Self.option(10, strike: strike, isCall: isCall)])
        let short = try assessed([Self.option(-10, strike: strike, isCall: isCall)])
        #expect(try long.greeks.delta + short.greeks.delta == 40)
        #expect(long.greeks.gamma == -short.greeks.gamma)
        #expect(long.greeks.theta == -short.greeks.theta)
        #expect(long.greeks.vega == -short.greeks.vega)
        #expect(long.greeks.gamma >= 0 && long.greeks.vega >= 0)
        // Both are rounded down.
        let sum = try #require(long.exposures.first).value + #require(short.exposures.first).value
        #expect(!sum.isPositive && sum.raw.magnitude <= 2)
      }
    }
  }

  @Test func exposuresAddUp() throws {
    let readings = [Self.option(-10), Self.liquidity(), Self.power(), Self.option(4, strike: 2800, isCall: false)]
    let circumstances = try Self.known
    let nothing = try assessed([], circumstances: circumstances)
    let all = try assessed(readings, circumstances: circumstances)
    var (delta, value, gamma) = (nothing.delta, nothing.netAssetValue, 0.0)
    for reading in readings {
      let one = try assessed([reading], circumstances: circumstances)
      delta = try delta + one.delta - nothing.delta
      value = try value + one.netAssetValue - nothing.netAssetValue
      gamma += one.greeks.gamma
    }
    #expect(all.delta == delta)
    #expect(all.netAssetValue == value)
    #expect(abs(all.greeks.gamma - gamma) < 1e-12)
    #expect(all.exposures.count == 4)
    // The target of a fraction moves too; what the exposures add to the drift's motion is their gamma.
    let neutral = try World.policy(target: .absolute(0), band: FixedBand(width: 1, of: .netAssetValue, reset: .centre))
    let drift = try Assessment(observation(readings), policy: neutral, circumstances: circumstances)
    #expect(drift.gammaOfDrift == drift.greeks.gamma)
  }

  @Test func liquidityIsShortGammaInItsRangeAndHasNoneOutside() throws {
    #expect(try assessed([Self.liquidity()]).greeks.gamma < 0)
    for price: Price in [1000, 9000] { #expect(try assessed([Self.liquidity()], price: price).greeks.gamma == 0) }
    // All base below the range, none above it.
    let below = try #require(try assessed([Self.liquidity()], price: 1000).exposures.first)
    #expect(below.value == (try Price(1000).value(of: below.delta, rounding: .down)))
    #expect(try #require(try assessed([Self.liquidity()], price: 9000).exposures.first).delta.isZero)
    // Delta is how value moves: half a dollar to both sides.
    let up = try assessed([Self.liquidity()], price: 3000.5).exposures[0].value
    let down = try assessed([Self.liquidity()], price: 2999.5).exposures[0].value
    let delta = try assessed([Self.liquidity()]).exposures[0].delta
    #expect(abs(try (up - down).approximateDouble - delta.approximateDouble) < 1e-6)
  }

  /// Whoever trades in the pool moves its price, and none of ours.
  @Test func thePoolsOwnPriceMovesNothing() throws {
    let one = try assessed([Self.liquidity(pool: 1 << 70)])
    let other = try assessed([Self.liquidity(pool: 1 << 100)])
    #expect(one.exposures == other.exposures)
    #expect(one.drift == other.drift)
  }

  @Test func theHedgeFollowsTheExposures() throws {
    let neutral = try World.policy(
      target: .absolute(0), band: FixedBand(width: 0.01, of: .netAssetValue, reset: .centre),
      orders: World.orders(patience: 0))
    // 20 on the spot and some 41 in the pool.
    let plain = try World.judgement(policy: neutral)
    let pool = try World.judgement(observation([Self.liquidity()]), policy: neutral)
    let (less, more) = (try #require(plain.calibration).due, try #require(pool.calibration).due)
    #expect(less == -20 && more < less)
    let extra = try (less - more).approximateDouble
    #expect(abs(extra - 41.137527742) < 1e-6)
    #expect(try #require(pool.plan?.actions.first?.trade).change.isNegative)
    // Puts held take from the delta, and so from what is sold.
    let hedged = try World.judgement(observation([Self.option(20, strike: 4000, isCall: false)]), policy: neutral)
    #expect(try #require(hedged.calibration).due > less)
  }

  // MARK: refusals

  @Test func whatIsInDoubtIsNotTradedOn() throws {
    let cases: [(ExposureReading, Refusal.Code?)] = [
      (Self.option(), nil),
      (Self.option(volatility: nil), .optionVolatilityUnknown),
      (Self.option(volatility: 100), .optionVolatilityUnknown),
      (Self.option(volatility: -1), .optionVolatilityUnknown),
      (Self.option(0, volatility: nil), nil),
      (Self.option(seconds: 23), .optionExpiring),
      (Self.option(seconds: 24), nil),
      (Self.expired(0), nil),
      (Self.expired(100), nil),
      (Self.option(markedAt: World.now - 3_600), nil),
      (Self.option(markedAt: World.now - 3_601), .optionMarkStale),
      (Self.option(markedAt: World.now + 3_601), .optionMarkStale),
      (Self.option(markedAt: .max), .optionMarkStale),
      (Self.power(), .optionVolatilityUnknown),
      (Self.power(units: 0), nil),
      (Self.liquidity(), nil),
      (Self.liquidity(isHeld: false), .exposureNotHeld),
      (Self.liquidity(lower: 10, upper: 10), .exposureUnreadable),
      (Self.liquidity(lower: -900_000), .exposureUnreadable),
      (Self.liquidity(.max), .exposureUnreadable),
      (Self.liquidity(decimals: (255, -1)), .exposureUnreadable),
      (Self.option(Quantity(raw: .min)), .exposureUnreadable),
      (Self.option(strike: Price(raw: 0)), .exposureUnreadable),
      (.unreadable(UnreadableExposure(source: "x", reason: "no code")), .exposureUnreadable),
      (Self.book(), nil),
      (Self.book(sequence: 2), .optionBookReplayed),
      (Self.book(validFor: 0), nil),
      (
        .optionBook(
          OptionBookReading(
            source: "desk", sequence: 1, highestSequence: 1, validUntil: World.now - 1, optionCount: 0)),
        .optionBookExpired
      ),
    ]
    for (reading, code) in cases {
      let judgement = try World.judgement(observation([reading]))
      let check = try #require(judgement.verdict.checks.first { $0.name == "exposures" })
      #expect(check.code == code, "\(reading)")
      // One that is in doubt spoils all, wherever it stands.
      let among = try World.judgement(observation([Self.option(), reading, Self.liquidity()]))
      #expect(among.verdict.checks.first { $0.name == "exposures" }?.code == code, "\(reading)")
      if let code {
        #expect(code.standing == .unknown)
        #expect(!code.isOrdinary)
      }
    }
    #expect(try World.judgement().verdict.checks.first { $0.name == "exposures" }?.outcome == .notApplicable)
  }

  @Test func aForecastStandsInForAMark() throws {
    let readings = [Self.option(volatility: nil, markedAt: 0), Self.power()]
    let judgement = try World.judgement(observation(readings), circumstances: Self.known)
    #expect(judgement.code == nil, "\(judgement.verdict)")
    let marked = try assessed([Self.option(volatility: 0.9)])
    #expect(judgement.assessment?.exposures.first?.delta == marked.exposures.first?.delta)
  }

  @Test func whatHasExpiredCountsNoMore() throws {
    let nothing = try assessed([])
    let expired = try assessed([Self.expired(0)])
    #expect(expired.exposures.isEmpty)
    #expect(expired.delta == nothing.delta && expired.netAssetValue == nothing.netAssetValue)
    // Chain time counts where it is ahead of the clock.
    let late = try Assessment(
      observation([Self.option(seconds: 100)]), policy: World.policy(),
      circumstances: World.circumstances { $0.nowSeconds = World.now + 101 })
    #expect(late.exposures.isEmpty)
  }

  @Test func aHaltTakesOrdersBackWhateverIsInDoubt() throws {
    let usual = World.observation(orders: [World.order(-5, updatedAt: World.now - 1000)])
    let doubtful = Observation(
      head: usual.head, price: usual.price, quotePrice: nil, sequencer: nil, vault: usual.vault,
      account: usual.account, isRoleHeld: true, venue: usual.venue,
      exposures: [.unreadable(UnreadableExposure(source: "x", reason: "y"))])
    let halted = World.circumstances { $0.isHalted = true }
    #expect(try World.judgement(doubtful, circumstances: halted).actions == ["cancel"])
    #expect(try World.judgement(doubtful, circumstances: halted).code == nil)
    #expect(try World.judgement(doubtful).code == .exposureUnreadable)
  }

  /// A liquidation is near a position of the venue; a pool or an option is none.
  @Test func urgencyLooksAtTheVenuesPositionAlone() throws {
    let position = World.short(-10, liquidationPrice: 3200)
    let usual = World.observation(positions: [position])
    let neutral = try World.policy(
      target: .absolute(0), band: FixedBand(width: 0.001, of: .netAssetValue, reset: .centre))
    // 10 long beside, so that buying would take from the short and selling add to it.
    for (exposure, urgency) in [(Self.option(-40, strike: 2000), Urgency.liquidation), (Self.liquidity(), .urgent)] {
      let observation = Observation(
        head: usual.head, price: usual.price, quotePrice: nil, sequencer: nil, vault: usual.vault,
        account: usual.account, isRoleHeld: true, venue: usual.venue, exposures: [exposure])
      let calibration = try #require(World.judgement(observation, policy: neutral).calibration)
      #expect(calibration.urgency == urgency || (urgency == .urgent && calibration.urgency == .routine))
    }
  }

  // MARK: hostile readings, and written forms

  @Test func absurdReadingsNeverTrap() throws {
    var generator = SplitMix64(99)
    let words: [UInt256] = [
      0, 1, 1_000_000_000_000_000_000, UInt256(UInt64.max), UInt256.one << 127, UInt256.one << 128, UInt256.one << 159,
      UInt256.one << 200, UInt256.one << 254, UInt256.one << 255, .max,
    ]
    let numbers = [0, 1, -1, 6, 18, 77, 78, 255, -887_272, 887_272, 887_273, Int.max, Int.min]
    let times: [UInt64] = [0, 1, World.now, World.now + 1, World.now + 30, World.now + 3_000_000, .max]
    for _ in 0..<3_000 {
      func word() -> UInt256 { words.randomElement(using: &generator) ?? 0 }
      func number() -> Int { numbers.randomElement(using: &generator) ?? 0 }
      func time() -> UInt64 { times.randomElement(using: &generator) ?? 0 }
      let reading: ExposureReading
      switch Int.random(in: 0...3, using: &generator) {
      case 0:
        reading = .liquidity(
          LiquidityReading(
            source: "x", tokenID: word(), isHeld: true, lowerTick: number(), upperTick: number(), liquidity: word(),
            owed0: word(), owed1: word(), baseIsToken0: Bool.random(using: &generator), baseDecimals: number(),
            quoteDecimals: number(), poolSqrtPrice: word()))
      case 1:
        reading = .option(
          OptionReading(
            source: "x", index: number(), expiry: time(), strike: Price(raw: word()),
            quantity: Quantity(raw: Int256(bits: word())), isCall: Bool.random(using: &generator),
            markVolatility: Bool.random(using: &generator) ? Ratio(raw: Int256(bits: word())) : 0.5, markedAt: time(),
            terms: OptionTerms(
              interestRate: Ratio(raw: Int256(bits: word())), maximumMarkAgeSeconds: time(), expiryHoldSeconds: time()))
        )
      case 2:
        reading = .powerPerpetual(
          PowerPerpetualReading(
            source: "x", units: word(), decimals: number(), normalisation: Ratio(raw: Int256(bits: word())),
            scale: time(), fundingSeconds: time()))
      default:
        reading = .optionBook(
          OptionBookReading(
            source: "x", sequence: time(), highestSequence: time(), validUntil: time(), optionCount: number()))
      }
      let price = Bool.random(using: &generator) ? Price(3000) : Price(raw: word())
      do {
        let judgement = try World.judgement(
          observation([reading, Self.option()], price: price), circumstances: Self.known)
        for exposure in judgement.assessment?.exposures ?? [] {
          #expect(exposure.gamma.isFinite && exposure.theta.isFinite && exposure.vega.isFinite)
        }
      } catch is DecisionError {}
    }
  }

  @Test func anObservationWithExposuresIsReadBack() throws {
    let readings = [
      Self.option(), Self.option(volatility: nil), Self.liquidity(.max, owed: (.max, 1)), Self.power(), Self.book(),
      .unreadable(UnreadableExposure(source: "x", reason: "a \"reason\"")),
    ]
    let written = observation(readings)
    let json = try JSONCoding.encode(written)
    #expect(try JSONCoding.decode(Observation.self, from: json) == written)
    #expect(try JSON.parse(json) == JSON(encoding: written))
    // Without any there is no member, and a record from before reads as none.
    let bare = try JSON.parse(JSONCoding.encode(observation([])))
    #expect(bare["exposures"] == nil)
    #expect(try JSONCoding.decode(Observation.self, from: bare.encoded()).exposures.isEmpty)
  }

  @Test func everyNumberIsToldWithUnitAndSource() throws {
    let figures = try assessed(
      [Self.option(), Self.liquidity(), Self.power(), Self.book(), Self.expired(5)], circumstances: Self.known
    ).figures
    for name in [
      "book[0] call 3500 delta", "book[0] call 3500 value", "book[0] call 3500 vega", "lp position 7 delta",
      "lp position 7 value", "lp position 7 pool's price over oracle's", "power delta", "desk sequence", "exposures",
      "exposure value", "net gamma", "net theta", "net vega",
    ] { #expect(figures.contains { $0.name == name && !$0.source.isEmpty }, "\(name)") }
    #expect(figures.first { $0.name == "net gamma" }?.unit == "ETH/USD")
    #expect(figures.first { $0.name == "net theta" }?.unit == "USD/year")
    // A vault without exposures is told of as before.
    #expect(!(try assessed([]).figures.contains { $0.name == "net gamma" }))
  }
}
