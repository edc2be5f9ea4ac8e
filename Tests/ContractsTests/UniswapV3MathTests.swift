import BigInt
import Ethereum
import Testing

@testable import Contracts

/// The integers of Uniswap v3 against values of the protocol's own tests and against fractions without width.
@Suite struct UniswapV3MathTests {
  private typealias Pool = UniswapV3Math

  private func word(_ text: String) throws -> UInt256 { try UInt256(decimal: text) }
  private func big(_ value: UInt256) -> BigInt { BigInt(value.description) ?? 0 }
  private func word(_ value: BigInt) throws -> UInt256 { try UInt256(decimal: value.description) }

  /// √(a/b) in Q64.96, down.
  private func root(_ a: BigInt, _ b: BigInt) throws -> UInt256 { try word(((a << 192) / b).squareRoot()) }

  private let ether: UInt256 = 1_000_000_000_000_000_000

  @Test func theEndsOfTheTicks() throws {
    #expect(try Pool.sqrtPrice(atTick: Pool.minimumTick) == Pool.minimumSqrtPrice)
    #expect(try Pool.sqrtPrice(atTick: Pool.maximumTick) == Pool.maximumSqrtPrice)
    #expect(Pool.maximumSqrtPrice.description == "1461446703485210103287273052203988822378723970342")
    #expect(try Pool.sqrtPrice(atTick: 0) == Pool.q96)
    for tick in [Pool.minimumTick - 1, Pool.maximumTick + 1, .min, .max] {
      #expect(throws: ContractsError.self) { try Pool.sqrtPrice(atTick: tick) }
    }
    #expect(try Pool.tick(atSqrtPrice: Pool.minimumSqrtPrice) == Pool.minimumTick)
    #expect(throws: ContractsError.self) { try Pool.tick(atSqrtPrice: Pool.maximumSqrtPrice) }
    #expect(throws: ContractsError.self) { try Pool.tick(atSqrtPrice: try Pool.minimumSqrtPrice - .one) }
    #expect(throws: ContractsError.self) { try Pool.tick(atSqrtPrice: .zero) }
    #expect(throws: ContractsError.self) { try Pool.tick(atSqrtPrice: .max) }
  }

  /// Values of the protocol's tests at powers of two and at odd ticks.
  @Test(arguments: [
    (-50, "79030349367926598376800521322"), (50, "79426470787362580746886972461"),
    (100, "79625275426524748796330556128"), (-500, "77272108795590369356373805297"),
    (4_000, "96768528593268422080558758223"), (-50_000, "6504256538020985011912221507"),
    (150_000, "143194173941309278083010301478497"), (-250_000, "295440463448801648376846"),
    (738_203, "847134979253254120489401328389043031315994541"),
  ])
  func rootPricesOfTicks(tick: Int, expected: String) throws {
    #expect(try Pool.sqrtPrice(atTick: tick).description == expected)
  }

  /// A tick's root price belongs to it, and one unit less to the tick below; the price is 1.0001^tick to 30 bits at
  /// least.
  @Test func ticksAndRootPricesGoBothWays() throws {
    for tick in stride(from: Pool.minimumTick + 1, to: Pool.maximumTick, by: 9_973) {
      let price = try Pool.sqrtPrice(atTick: tick)
      #expect(try Pool.tick(atSqrtPrice: price) == tick)
      #expect(try Pool.tick(atSqrtPrice: try price - .one) == tick - 1)
    }
    // The book's pool: ticks of 5,000, 4,545 and 5,500.
    for (price, tick) in [(5_000, 85_176), (4_545, 84_222), (5_500, 86_129)] {
      #expect(try Pool.tick(atSqrtPrice: root(BigInt(price), 1)) == tick)
    }
  }

  @Test func pricesAfterAmounts() throws {
    let one = Pool.q96
    let tenth: UInt256 = 100_000_000_000_000_000
    #expect(
      try Pool.nextSqrtPrice(from: one, liquidity: ether, amountIn: tenth, zeroForOne: false)
        == word("87150978765690771352898345369"))
    #expect(
      try Pool.nextSqrtPrice(from: one, liquidity: ether, amountIn: tenth, zeroForOne: true)
        == word("72025602285694852357767227579"))
    #expect(
      try Pool.nextSqrtPrice(from: one, liquidity: ether, amountOut: tenth, zeroForOne: false)
        == word("88031291682515930659493278152"))
    #expect(
      try Pool.nextSqrtPrice(from: one, liquidity: ether, amountOut: tenth, zeroForOne: true)
        == word("71305346262837903834189555302"))
    #expect(
      try Pool.nextSqrtPrice(from: one, liquidity: try ether * 10, amountIn: .one << 100, zeroForOne: true)
        == word("624999999995069620"))
    // The fall-back where a product does not fit.
    #expect(try Pool.nextSqrtPrice(from: one, liquidity: .one, amountIn: UInt256.max >> 1, zeroForOne: true) == .one)
    #expect(try Pool.nextSqrtPrice(from: .one, liquidity: .one, amountIn: .one << 255, zeroForOne: true) == .one)
    for down in [true, false] {
      #expect(try Pool.nextSqrtPrice(from: one, liquidity: tenth, amountIn: .zero, zeroForOne: down) == one)
      #expect(try Pool.nextSqrtPrice(from: one, liquidity: tenth, amountOut: .zero, zeroForOne: down) == one)
      #expect(throws: ContractsError.self) {
        try Pool.nextSqrtPrice(from: .zero, liquidity: .one, amountIn: tenth, zeroForOne: down)
      }
      #expect(throws: ContractsError.self) {
        try Pool.nextSqrtPrice(from: one, liquidity: .zero, amountIn: tenth, zeroForOne: down)
      }
      #expect(throws: ContractsError.self) {
        try Pool.nextSqrtPrice(from: one, liquidity: .one, amountOut: .max, zeroForOne: down)
      }
    }
    let price = try (UInt256.one << 160) - .one
    #expect(throws: ContractsError.self) {
      try Pool.nextSqrtPrice(from: price, liquidity: 1024, amountIn: 1024, zeroForOne: false)
    }
    // A pool of 4 and of 262,144 units gives out less than all.
    let reserves = try word("20282409603651670423947251286016")
    for (amount, down) in [(4, false), (5, false), (262_144, true), (262_145, true)] as [(UInt256, Bool)] {
      #expect(throws: ContractsError.self) {
        try Pool.nextSqrtPrice(from: reserves, liquidity: 1024, amountOut: amount, zeroForOne: down)
      }
    }
    let far = try Pool.nextSqrtPrice(
      from: word("1025574284609383690408304870162715216695788925244"),
      liquidity: word("50015962439936049619261659728067971248"), amountIn: 406, zeroForOne: true)
    #expect(far == (try word("1025574284609383582644711336373707553698163132913")))
  }

  @Test func amountsBetweenPrices() throws {
    let higher = try root(121, 100)
    for (rounding, base, quote) in [
      (Rounding.up, "90909090909090910", "100000000000000000"), (.down, "90909090909090909", "99999999999999999"),
    ] {
      #expect(
        try Pool.amount0(between: Pool.q96, and: higher, liquidity: ether, rounding: rounding) == word(base))
      #expect(
        try Pool.amount1(between: higher, and: Pool.q96, liquidity: ether, rounding: rounding) == word(quote))
      #expect(try Pool.amount0(between: higher, and: higher, liquidity: ether, rounding: rounding) == .zero)
      #expect(try Pool.amount1(between: higher, and: Pool.q96, liquidity: .zero, rounding: rounding) == .zero)
    }
    #expect(throws: ContractsError.self) {
      try Pool.amount0(between: .zero, and: higher, liquidity: ether, rounding: .up)
    }
    #expect(throws: ContractsError.self) {
      try Pool.amount1(between: .zero, and: .max, liquidity: ether, rounding: .up)
    }
    #expect(throws: ContractsError.self) {
      try Pool.amount1(between: Pool.q96, and: higher, liquidity: .max, rounding: .up)
    }
  }

  private struct Expected {
    var price: String?
    let input, output, fee: String
  }

  private func expectStep(
    _ from: UInt256, _ to: UInt256, _ liquidity: UInt256, _ remaining: Pool.Remaining, _ fee: UInt64,
    _ expected: Expected
  ) throws {
    let step = try Pool.swapStep(
      from: from, to: to, liquidity: liquidity, remaining: remaining, feeMillionths: fee)
    #expect(step.amountIn.description == expected.input)
    #expect(step.amountOut.description == expected.output)
    #expect(step.fee.description == expected.fee)
    #expect(step.sqrtPrice.description == expected.price ?? to.description)
  }

  @Test func stepsOfASwap() throws {
    let two = try ether * 2
    let near = try root(101, 100)
    let capped = Expected(input: "9975124224178055", output: "9925619580021728", fee: "5988667735148")
    try expectStep(Pool.q96, near, two, .input(ether), 600, capped)
    try expectStep(Pool.q96, near, two, .output(ether), 600, capped)
    let spent = try Pool.nextSqrtPrice(
      from: Pool.q96, liquidity: two, amountIn: word("999400000000000000"), zeroForOne: false)
    try expectStep(
      Pool.q96, root(1_000, 100), two, .input(ether), 600,
      Expected(
        price: spent.description, input: "999400000000000000", output: "666399946655997866", fee: "600000000000000"))
    let received = try Pool.nextSqrtPrice(from: Pool.q96, liquidity: two, amountOut: ether, zeroForOne: false)
    try expectStep(
      Pool.q96, root(10_000, 100), two, .output(ether), 600,
      Expected(
        price: received.description, input: "2000000000000000000", output: "1000000000000000000",
        fee: "1200720432259356"))
    try expectStep(
      word("417332158212080721273783715441582"), word("1452870262520218020823638996"),
      word("159344665391607089467575320103"), .output(.one), 1,
      Expected(price: "417332158212080721273783715441581", input: "1", output: "1", fee: "1"))
    try expectStep(
      2, 1, 1, .input(word("3915081100057732413702495386755767")), 1,
      Expected(input: "39614081257132168796771975168", output: "0", fee: "39614120871253040049813"))
    try expectStep(
      2_413, word("79887613182836312"), word("1985041575832132834610021537970"), .input(10), 1_872,
      Expected(price: "2413", input: "0", output: "0", fee: "10"))
    let reserves = try word("20282409603651670423947251286016")
    try expectStep(
      reserves, word(big(reserves) * 11 / 10), 1_024, .output(4), 3_000,
      Expected(input: "26215", output: "0", fee: "79"))
    try expectStep(
      reserves, word(big(reserves) * 9 / 10), 1_024, .output(263_000), 3_000,
      Expected(input: "1", output: "26214", fee: "1"))
    #expect(throws: ContractsError.self) {
      try Pool.swapStep(
        from: Pool.q96, to: near, liquidity: two, remaining: .input(ether), feeMillionths: 1_000_000)
    }
  }

  /// The book's swap of 42 USDC.
  @Test func theBooksSwap() throws {
    let step = try Pool.swapStep(
      from: word("5602277097478614198912276234240"), to: Pool.maximumSqrtPrice,
      liquidity: word("1517882343751509868544"), remaining: .input(word("42000000000000000000")), feeMillionths: 0)
    #expect(step.sqrtPrice.description == "5604469350942327889444743441197")
    #expect(step.amountOut.description == "8396714242162444")
    // The book mints at the range's exact ends, these are its ticks: 0.9990 ether and 5,000 USDC within a thousandth.
    let minted = try Pool.amounts(
      at: word("5602277097478614198912276234240"), from: Pool.sqrtPrice(atTick: 84_222),
      to: Pool.sqrtPrice(atTick: 86_129), liquidity: word("1517882343751509868544"), rounding: .up)
    #expect(abs(minted.amount0.approximateDouble / 998_976_618_347_425_280 - 1) < 1e-3)
    #expect(abs(minted.amount1.approximateDouble / 5e21 - 1) < 1e-3)
  }

  /// SplitMix64, so that a failing run can be repeated.
  private struct Generator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    /// Of any width from 1 to `bits` bits.
    mutating func word(bits: Int) -> UInt256 {
      let whole = UInt256(limbs: next(), next(), next(), next())
      return whole >> (256 - 1 - Int(next() % UInt64(bits)))
    }
  }

  /// Whatever a pool is asked, it pays no more than its exact share and takes no less, by at most a unit or two; and
  /// nothing traps.
  @Test func theRoundingFavoursThePool() throws {
    var numbers = Generator(state: 15)
    let q96 = BigInt(1) << 96
    var compared = 0
    for _ in 0..<400 {
      let (a, b) = (numbers.word(bits: 160), numbers.word(bits: 160))
      let liquidity = numbers.word(bits: 128)
      do {
        let up0 = try Pool.amount0(between: a, and: b, liquidity: liquidity, rounding: .up)
        let down0 = try Pool.amount0(between: a, and: b, liquidity: liquidity, rounding: .down)
        let up1 = try Pool.amount1(between: a, and: b, liquidity: liquidity, rounding: .up)
        let down1 = try Pool.amount1(between: a, and: b, liquidity: liquidity, rounding: .down)
        let (lower, upper) = (min(big(a), big(b)), max(big(a), big(b)))
        let exact0 = (big(liquidity) * q96 * (upper - lower)).quotientAndRemainder(dividingBy: lower * upper)
        #expect(big(down0) <= exact0.quotient && exact0.quotient - big(down0) <= 1)
        #expect(big(up0) >= exact0.quotient + (exact0.remainder == 0 ? 0 : 1) && big(up0) - exact0.quotient <= 2)
        let exact1 = (big(liquidity) * (upper - lower)).quotientAndRemainder(dividingBy: q96)
        #expect(big(down1) == exact1.quotient)
        #expect(big(up1) == exact1.quotient + (exact1.remainder == 0 ? 0 : 1))
        compared += 1
      } catch { continue }
    }
    #expect(compared > 100)
  }

  /// A step never passes its target, never spends or pays more than asked, and its price is where its amounts lead.
  @Test func stepsKeepTheirBounds() throws {
    var numbers = Generator(state: 16)
    var compared = 0
    for round in 0..<400 {
      let (from, to) = (numbers.word(bits: 160), numbers.word(bits: 160))
      let liquidity = numbers.word(bits: 128)
      let amount = numbers.word(bits: 200)
      let remaining: Pool.Remaining = round % 2 == 0 ? .input(amount) : .output(amount)
      do {
        let step = try Pool.swapStep(
          from: from, to: to, liquidity: liquidity, remaining: remaining, feeMillionths: numbers.next() % 100_000)
        let (lower, upper) = (min(from, to), max(from, to))
        #expect(step.sqrtPrice >= lower && step.sqrtPrice <= upper)
        switch remaining {
        case .input: #expect(try step.amountIn + step.fee <= amount)
        case .output: #expect(step.amountOut <= amount)
        }
        compared += 1
      } catch { continue }
    }
    #expect(compared > 100)
  }

  /// Liquidity made of amounts never needs more than them.
  @Test func liquidityOfAmountsFitsThem() throws {
    var numbers = Generator(state: 17)
    for _ in 0..<200 {
      let lower = Int(numbers.next() % 400_000) - 200_000
      let upper = lower + 1 + Int(numbers.next() % 50_000)
      let here = try Pool.sqrtPrice(atTick: lower - 10_000 + Int(numbers.next() % 70_000))
      let (a, b) = (try Pool.sqrtPrice(atTick: lower), try Pool.sqrtPrice(atTick: upper))
      let amounts = Pool.TokenAmounts(amount0: numbers.word(bits: 90), amount1: numbers.word(bits: 90))
      do {
        let liquidity = try Pool.liquidity(at: here, from: b, to: a, amounts: amounts)
        let needed = try Pool.amounts(at: here, from: a, to: b, liquidity: liquidity, rounding: .up)
        #expect(needed.amount0 <= amounts.amount0 || needed.amount0 == .one)
        #expect(needed.amount1 <= amounts.amount1 || needed.amount1 == .one)
        let paid = try Pool.amounts(at: here, from: a, to: b, liquidity: liquidity, rounding: .down)
        #expect(paid.amount0 <= needed.amount0 && paid.amount1 <= needed.amount1)
      } catch { continue }
    }
  }
}
