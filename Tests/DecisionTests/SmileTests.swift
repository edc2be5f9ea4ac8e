import Contracts
import Ethereum
import Foundation
import Quant
import Testing

@testable import Decision

/// A book whose volatility moves with the price: its delta by Quant's formula where the marks give a slope, and by each
/// strike's own volatility, with a word, where they do not.
struct SmileTests {
  private static let strikes: [(Price, Ratio)] = [(2500, 0.75), (3000, 0.65), (3600, 0.58), (4200, 0.56)]

  private func option(
    _ strike: Price, _ volatility: Ratio?, _ stickiness: Ratio?, quantity: Quantity = -10, isCall: Bool = true,
    seconds: UInt64 = 2_592_000, markedAt: UInt64 = World.now - 60, source: String = "book", rate: Ratio = 0.03
  ) -> ExposureReading {
    .option(
      OptionReading(
        source: source, index: 0, expiry: World.now + seconds, strike: strike, quantity: quantity, isCall: isCall,
        markVolatility: volatility, markedAt: markedAt,
        terms: OptionTerms(
          interestRate: rate, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24, skewStickiness: stickiness)))
  }

  private func book(_ stickiness: Ratio?, isCall: Bool = true, count: Int = 4) -> [ExposureReading] {
    Self.strikes.prefix(count).map { option($0.0, $0.1, stickiness, isCall: isCall) }
  }

  private func assessed(_ readings: [ExposureReading]) throws -> Assessment {
    try Assessment(
      World.observation(exposures: readings), policy: World.policy(), circumstances: World.known())
  }

  private func deltas(_ readings: [ExposureReading]) throws -> [Double] {
    try assessed(readings).exposures.map(\.delta.approximateDouble)
  }

  /// The parabola of four marks by its normal equations, and the delta as d Black/dS of an option whose volatility
  /// moves: by differences.
  @Test(arguments: [(0, true), (0, false), (0.5, true), (2, false), (3, true)] as [(Ratio, Bool)])
  func theDeltaIsThatOfAPriceWhoseVolatilityMoves(stickiness: Ratio, isCall: Bool) throws {
    let years = 2_592_000.0 / 31_536_000
    let carry = exp(0.03 * years)
    let forward = 3000 * carry
    let marks = Self.strikes.map { (log($0.0.approximateDouble / forward), $0.1.approximateDouble) }
    let (level, slope, bend) = Self.parabola(marks)
    let found = try deltas(book(stickiness, isCall: isCall))
    #expect(try assessed(book(stickiness, isCall: isCall)).exposureWarnings == [])
    for (index, (strike, volatility)) in Self.strikes.enumerated() {
      let place = marks[index].0
      let skew = slope + 2 * bend * place
      // R: at the money the volatility moves by R × skew × d ln S, so at a strike by (R − 1) × skew.
      func price(_ spot: Double) throws -> Double {
        let moved = volatility.approximateDouble + (stickiness.approximateDouble - 1) * skew * log(spot / 3000)
        return try BlackScholesMerton.price(
          isCall ? .call : .put, spot: spot, strike: strike.approximateDouble, years: years, rate: 0.03,
          volatility: moved)
      }
      let expected = try (price(3000.5) - price(2999.5)) * -10
      #expect(abs(found[index] - expected) < 2e-5, "\(strike): \(found[index]), \(expected)")
    }
    _ = level
  }

  /// a + b k + c k² by Cramer's rule.
  private static func parabola(_ points: [(Double, Double)]) -> (Double, Double, Double) {
    func sum(_ body: ((Double, Double)) -> Double) -> Double { points.reduce(0) { $0 + body($1) } }
    let (n, x, xx) = (Double(points.count), sum { $0.0 }, sum { $0.0 * $0.0 })
    let (xxx, xxxx) = (sum { pow($0.0, 3) }, sum { pow($0.0, 4) })
    let (y, xy, xxy) = (sum { $0.1 }, sum { $0.0 * $0.1 }, sum { $0.0 * $0.0 * $0.1 })
    func determinant(_ m: [[Double]]) -> Double {
      m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    }
    let whole = determinant([[n, x, xx], [x, xx, xxx], [xx, xxx, xxxx]])
    return (
      determinant([[y, x, xx], [xy, xx, xxx], [xxy, xxx, xxxx]]) / whole,
      determinant([[n, y, xx], [x, xy, xxx], [xx, xxy, xxxx]]) / whole,
      determinant([[n, x, y], [x, xx, xy], [xx, xxx, xxy]]) / whole
    )
  }

  /// One is each strike's own volatility, and so is silence: the numbers of before there was a choice.
  @Test func stickyStrikeIsWhatWasAlwaysCounted() throws {
    let still = try deltas(book(nil))
    for (one, other) in zip(try deltas(book(1)), still) { #expect(abs(one - other) < 1e-11) }
    #expect(try assessed(book(nil)).figures.allSatisfy { !$0.name.contains("smile") })
    // The lower strikes are the wilder: a smile that moves along lifts the volatility of each as the price rises.
    for (moving, other) in zip(try deltas(book(0)), still) { #expect(moving < other - 0.01) }
    let figures = try assessed(book(0)).figures.filter { $0.name.hasSuffix("smile's part of delta") }
    #expect(figures.count == 4 && figures.allSatisfy { $0.unit == "ETH" && $0.source.contains("of 4 strikes") })
  }

  /// Each thing that keeps the marks from giving a slope: the strike's own volatility, and a warning.
  @Test func withoutASlopeTheStrikeKeepsItsVolatility() throws {
    func expectStill(_ readings: [ExposureReading], _ still: [ExposureReading], _ comment: Comment) throws {
      #expect(try assessed(readings).exposureWarnings == [.smileSlopeUnknown], comment)
      #expect(try deltas(readings) == deltas(still), comment)
    }
    try expectStill(book(0, count: 2), book(nil, count: 2), "two strikes")
    #expect(try assessed(book(0, count: 3)).exposureWarnings == [])
    let near: [Ratio?] = [nil, 0]
    func narrow(_ stickiness: Ratio?) -> [ExposureReading] {
      ([3000, 3050, 3100] as [Price]).map { option($0, 0.6, stickiness) }
    }
    try expectStill(narrow(near[1]), narrow(near[0]), "three per cent")
    func twice(_ stickiness: Ratio?) -> [ExposureReading] {
      [option(2500, 0.7, stickiness), option(3500, 0.6, stickiness), option(3500, 0.61, stickiness, isCall: false)]
    }
    try expectStill(twice(0), twice(nil), "call and put of one strike")
    func scattered(_ stickiness: Ratio?) -> [ExposureReading] {
      [
        option(2500, 0.7, stickiness), option(3000, 0.65, stickiness, seconds: 5_000_000),
        option(3500, 0.6, stickiness, source: "other"),
      ]
    }
    try expectStill(scattered(0), scattered(nil), "three expiries and books")
    // Slopes at which a digital option would cost less than nothing.
    func absurd(_ stickiness: Ratio?) -> [ExposureReading] {
      [option(2800, 0.1, stickiness), option(3000, 1, stickiness), option(3200, 2.4, stickiness)]
    }
    #expect(try assessed(absurd(0)).exposureWarnings == [.smileSlopeUnknown])
  }

  /// An old mark is no part of a smile, and an option without one is not moved by it.
  @Test func onlyMarksThatCountMakeASmile() throws {
    let old = option(3000, 2, 0, markedAt: World.now - 5_000)
    let readings = [book(0)[0], book(0)[2], book(0)[3]]
    let (with, without) = (try deltas(readings + [old]), try deltas(readings))
    #expect(with.prefix(3).elementsEqual(without))
    let bare = option(3100, nil, 0)
    let (mixed, plain) = (try deltas(readings + [bare]), try deltas([option(3100, nil, nil)]))
    #expect(mixed.last == plain.last && mixed.prefix(3).elementsEqual(without))
    #expect(try assessed(readings + [bare]).exposureWarnings == [.smileSlopeUnknown])
  }

  /// Terms of before there was a choice are written as they were.
  @Test func recordsOfBeforeAreReadAsTheyWere() throws {
    let terms = OptionTerms(interestRate: 0, maximumMarkAgeSeconds: 60, expiryHoldSeconds: 1)
    let text = String(decoding: try JSONCoding.encode(terms), as: UTF8.self)
    #expect(!text.contains("skewStickiness"))
    #expect(try JSONCoding.decode(OptionTerms.self, from: Array(text.utf8)) == terms)
    let moving = OptionTerms(
      interestRate: 0, maximumMarkAgeSeconds: 60, expiryHoldSeconds: 1, skewStickiness: 0.5)
    #expect(try JSONCoding.decode(OptionTerms.self, from: JSONCoding.encode(moving)) == moving)
  }
}
