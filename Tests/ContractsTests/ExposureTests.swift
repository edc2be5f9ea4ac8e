import Ethereum
import Foundation
import TestSupport
import Testing

@testable import Contracts

/// What stands on chain and in files beside spot and venue, against answers of eth-abi and books signed by eth-account.
struct ExposureTests {
  private let fixture: JSON
  private let holder: Address
  private let terms = OptionTerms(interestRate: .zero, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24)

  init() throws {
    let data = try Data(contentsOf: Fixture.fixturesFolder.appending(path: "Contracts/exposures.json"))
    fixture = try JSON.parse(Array(data))
    holder = try Address(hex: "0x1111111111111111111111111111111111111111")
  }

  private func bytes(_ json: JSON?) throws -> [UInt8] { try Hex.decode(json?.string ?? "", limit: 1 << 20) }
  private func answer(_ json: JSON?) throws -> ReadResult { ReadResult(success: true, data: try bytes(json)) }
  private func address(_ digit: Int) throws -> Address {
    try Address(hex: "0x" + String(repeating: "\(digit)", count: 40))
  }

  private var weth: Address {
    get throws { try Address(hex: "0x82af49447d8a07e3bd95bd0d56f35241523fbab1") }
  }
  private var usdc: Address {
    get throws { try Address(hex: "0xaf88d065e77c8cc2239327c5edb3a432268e5831") }
  }

  private func source(_ entry: JSON) throws -> UniswapV3Positions {
    UniswapV3Positions(
      name: "lp", manager: try address(5), pool: try address(6), tokenIDs: [42], base: try weth,
      baseDecimals: Int(entry["baseDecimals"]?.integer ?? 0), quote: try usdc,
      quoteDecimals: Int(entry["quoteDecimals"]?.integer ?? 0))
  }

  private func answers(_ entry: JSON) throws -> [ReadResult] {
    try ["slot0", "token0", "token1", "fee", "position", "owner"].map { try answer(entry[$0]) }
  }

  private func isClose(_ value: Double, _ expected: String?, _ tolerance: Double = 1e-9, floor: Double = 0) -> Bool {
    guard let expected = expected.flatMap(Double.init) else { return false }
    return abs(value - expected) <= tolerance * max(abs(expected), floor)
  }

  // MARK: liquidity

  @Test func positionsHoldWhatTheTextbookSays() throws {
    for entry in fixture["liquidity"]?.array ?? [] {
      let name = entry["name"]?.string ?? ""
      let source = try source(entry)
      #expect(try source.reads(holder: holder).count == 6)
      guard case .liquidity(let reading)? = try source.readings(answers(entry), holder: holder).first else {
        Issue.record("\(name): no reading")
        continue
      }
      #expect(reading.isHeld)
      #expect(reading.baseIsToken0 == entry["baseIsToken0"]?.bool, "\(name)")
      let root = try reading.sqrtPrice(
        base: Price(decimal: entry["price"]?.string ?? ""), quote: Price(decimal: entry["quotePrice"]?.string ?? ""))
      let holding = try reading.holding(at: root)
      // Half the digits of a root price are lost at the far ends of the ticks; a unit is lost to rounding anywhere.
      let base = try holding.base + holding.owedBase
      let quote = try holding.quote + holding.owedQuote
      #expect(isClose(base.approximateDouble, entry["base"]?.string, floor: 1e-6), "\(name): \(base)")
      #expect(isClose(quote.approximateDouble, entry["quote"]?.string, 1e-9, floor: 2e3), "\(name): \(quote)")
      // The pool of the fixture shows 1 % more than the oracle's root price, whichever way round.
      let shown = reading.poolSqrtPrice.approximateDouble / root.approximateDouble
      #expect(abs(shown - 1.01) < 1e-6, "\(name): \(shown)")
    }
  }

  @Test func rootsAreFloored() throws {
    var generator = SplitMix64(7)
    for _ in 0..<2_000 {
      let bits = Int.random(in: 0...255, using: &generator)
      let word =
        UInt256(
          limbs: generator.next(), generator.next(), generator.next(), generator.next()) >> bits
      let root = word.squareRoot
      #expect(try root * root <= word)
      let next = try root + .one
      let square = next.multipliedReportingOverflow(by: next)
      #expect(square.overflow || square.value > word)
    }
    #expect(UInt256.max.squareRoot == (UInt256.one << 128).subtractingReportingOverflow(.one).value)
    #expect(UInt256.zero.squareRoot == .zero)
    #expect(UInt256(2).squareRoot == .one)
    #expect(UInt256(4).squareRoot == 2)
  }

  @Test func aPositionOfOthersIsToldAndOneOfAnotherPoolRefused() throws {
    guard let entry = fixture["liquidity"]?[0] else { return }
    let source = try source(entry)
    let good = try answers(entry)
    guard case .liquidity(let foreign)? = try source.readings(good, holder: try address(9)).first else {
      Issue.record("no reading")
      return
    }
    #expect(!foreign.isHeld)

    var swapped = good
    swapped.swapAt(1, 2)
    // The pool's tokens the other way round are not those of the position.
    #expect(throws: ContractsError.self) { try source.readings(swapped, holder: holder) }
    var otherFee = good
    otherFee[3] = ReadResult(success: true, data: UInt256(3_000).bigEndian32)
    #expect(throws: ContractsError.self) { try source.readings(otherFee, holder: holder) }
    var stranger = good
    stranger[1] = ReadResult(success: true, data: UInt256(1).bigEndian32)
    #expect(throws: ContractsError.self) { try source.readings(stranger, holder: holder) }
    for index in good.indices {
      var reverted = good
      reverted[index] = ReadResult(success: false, data: [])
      #expect(throws: ContractsError.self) { try source.readings(reverted, holder: holder) }
      var short = good
      short[index] = ReadResult(success: true, data: Array(good[index].data.dropLast(1)))
      #expect(throws: ContractsError.self) { try source.readings(short, holder: holder) }
    }
    #expect(throws: ContractsError.self) { try source.readings(Array(good.dropLast()), holder: holder) }
  }

  /// Words at the edges in every place: an error or a reading, never a trap.
  @Test func hostileAnswersNeverTrap() throws {
    guard let entry = fixture["liquidity"]?[0] else { return }
    let source = try source(entry)
    let book = ContractOptionBook(name: "book", contract: try address(7), terms: terms)
    let power = PowerPerpetualHolding(
      name: "power", token: try address(7), decimals: 18, controller: try address(8), scale: 10_000,
      fundingSeconds: 1_512_000)
    var generator = SplitMix64(11)
    let words: [UInt256] = [
      0, 1, .max, UInt256.one << 255, UInt256.one << 128, (UInt256.one << 160), 887_272, 32, 64, 192,
      UInt256(UInt64.max),
    ]
    var refused = 0
    for _ in 0..<1_000 {
      var results = try answers(entry)
      for index in results.indices where Bool.random(using: &generator) {
        var data = results[index].data
        let word = words.randomElement(using: &generator) ?? 0
        let place = 32 * Int.random(in: 0..<max(data.count / 32, 1), using: &generator)
        data.replaceSubrange(place..<place + 32, with: word.bigEndian32)
        results[index] = ReadResult(success: true, data: data)
      }
      do {
        for case .liquidity(let reading) in try source.readings(results, holder: holder) {
          let price = Price(raw: words.randomElement(using: &generator) ?? 0)
          _ = try reading.holding(at: reading.sqrtPrice(base: price, quote: Price(raw: 1_000_000_000_000_000_000)))
        }
      } catch { refused += 1 }
      var data = try bytes(fixture["book"]?["answer"])
      let place = 32 * Int.random(in: 0..<data.count / 32, using: &generator)
      data.replaceSubrange(
        place..<place + 32, with: (words.randomElement(using: &generator) ?? 0).bigEndian32)
      do { _ = try book.readings([ReadResult(success: true, data: data)], holder: holder) } catch { refused += 1 }
      let two = (0..<2).map { _ in
        ReadResult(success: true, data: (words.randomElement(using: &generator) ?? 0).bigEndian32)
      }
      do { _ = try power.readings(two, holder: holder) } catch { refused += 1 }
    }
    #expect(refused > 1_000)
  }

  // MARK: option books

  @Test func aContractsBookIsRead() throws {
    let book = ContractOptionBook(name: "book", contract: try address(7), terms: terms)
    let readings = try book.readings([answer(fixture["book"]?["answer"])], holder: holder)
    #expect(readings.count == 2)
    guard case .option(let first)? = readings.first, case .option(let second)? = readings.last else {
      Issue.record("no options")
      return
    }
    #expect(first.quantity == (try Quantity(decimal: "-300")))
    #expect(first.strike == (try Price(decimal: "3500")))
    #expect(first.isCall && !second.isCall)
    #expect(first.markVolatility == (try Ratio(decimal: "0.65")))
    #expect(second.markVolatility == nil)
    #expect(try book.readings([answer(fixture["book"]?["empty"])], holder: holder).isEmpty)
    for name in ["largest", "tooMany"] {
      #expect(throws: ContractsError.self) {
        try book.readings([answer(fixture["book"]?[name])], holder: holder)
      }
    }
    #expect(throws: ContractsError.self) {
      try book.readings([ReadResult(success: false, data: [])], holder: holder)
    }
    // An offset and a count, then expiry as the first and the mark's time as the last of six words.
    for (word, isRead) in [(UInt256.one << 63, false), ((UInt256.one << 63) >> 1, true)] {
      for place in [64, 224] {
        var data = try bytes(fixture["book"]?["answer"])
        data.replaceSubrange(place..<place + 32, with: word.bigEndian32)
        let result = ReadResult(success: true, data: data)
        if isRead {
          #expect(try book.readings([result], holder: holder).count == 2)
        } else {
          #expect(throws: ContractsError.self) { try book.readings([result], holder: holder) }
        }
      }
    }
  }

  private var signedBook: SignedOptionBook {
    get throws {
      SignedOptionBook(
        name: "desk", path: "book.json", signer: try Address(hex: fixture["signed"]?["signer"]?.string ?? ""),
        chainID: 42_161, terms: terms)
    }
  }

  private func paper(_ name: String) -> [UInt8] { Array((fixture["signed"]?[name]?.string ?? "").utf8) }

  @Test func aSignedBookHashesAsWalletsHashIt() throws {
    let content = try signedBook.content(paper("good"), holder: holder)
    #expect(content.signingHash.description == fixture["signed"]?["typedDataHash"]?.string)
    #expect(content.sequence == 7)
    #expect(content.options.count == 2)
    #expect(content.options.first?.quantity == (try Quantity(decimal: "-300")))
    // What was signed for another chain or version hashes to something else here, and so has another signer.
    for name in ["otherChain", "otherVersion"] {
      #expect(try signedBook.content(paper(name), holder: holder).signingHash == content.signingHash)
    }
    for name in ["otherVault", "otherName", "largest"] {
      #expect(throws: ContractsError.self, "\(name)") { try signedBook.content(paper(name), holder: holder) }
    }
    #expect(throws: ContractsError.self) { try signedBook.content(paper("good"), holder: try address(3)) }
  }

  @Test func hostileBytesAreAnError() throws {
    let good = paper("good")
    let book = try signedBook
    let hash = try book.content(good, holder: holder).signingHash
    var generator = SplitMix64(3)
    var refused = 0
    for round in 0..<1_200 {
      var bytes = good
      switch round % 4 {
      case 0: bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      case 2:
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        bytes.insert(contentsOf: bytes[start..<min(start + 40, bytes.count)], at: start)
      default:
        bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
        }
      }
      do {
        let content = try book.content(bytes, holder: holder)
        // Read all the same: then it says the same, or was not signed.
        #expect(content.signingHash != hash || content.options.count == 2)
      } catch { refused += 1 }
    }
    #expect(refused > 600)
    #expect(throws: ContractsError.self) {
      try book.content([UInt8](repeating: 0x20, count: SignedOptionBook.byteLimit + 1), holder: holder)
    }
    #expect(throws: ContractsError.self) {
      try book.content([UInt8](repeating: 0x5b, count: 10_000), holder: holder)
    }
  }

  @Test func settingsSayWhatWasReadFromWhere() throws {
    let one = ExposureSetting.optionBook(ContractOptionBook(name: "b", contract: try address(1), terms: terms))
    let other = ExposureSetting.optionBook(
      ContractOptionBook(
        name: "b", contract: try address(1),
        terms: OptionTerms(interestRate: .one, maximumMarkAgeSeconds: 1, expiryHoldSeconds: 1)))
    #expect(one.reads(as: other))
    #expect(!one.reads(as: .optionBook(ContractOptionBook(name: "b", contract: try address(2), terms: terms))))
    #expect(!one.reads(as: .signedOptionBook(try signedBook)))
    for setting in [one, other, .signedOptionBook(try signedBook)] {
      let written = try JSONEncoder().encode(setting)
      #expect(try JSONDecoder().decode(ExposureSetting.self, from: written) == setting)
    }
  }

  /// A sequence number has the 64 bits of its signed type; a time has 63.
  @Test func sequenceNumbersHaveAllTheirBits() throws {
    let text = String(decoding: paper("good"), as: UTF8.self)
    let large = text.replacingOccurrences(of: "\"sequence\": \"7\"", with: "\"sequence\": \"18446744073709551615\"")
      .replacingOccurrences(of: "\"sequence\":\"7\"", with: "\"sequence\":\"18446744073709551615\"")
      .replacingOccurrences(of: "\"sequence\":7", with: "\"sequence\":\"18446744073709551615\"")
      .replacingOccurrences(of: "\"sequence\": 7", with: "\"sequence\": \"18446744073709551615\"")
    #expect(large != text)
    #expect(try signedBook.content(Array(large.utf8), holder: holder).sequence == .max)
    let larger = large.replacingOccurrences(of: "18446744073709551615", with: "18446744073709551616")
    #expect(throws: ContractsError.self) { try signedBook.content(Array(larger.utf8), holder: holder) }
  }
}
