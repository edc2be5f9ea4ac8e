import Contracts
import Ethereum
import Foundation
import Outbox
import Testing

@testable import Decision
@testable import Keeper
@testable import Simulation

/// What a vault holds beside spot and venue: read with everything else, signed books opened, records judged again.
@Suite struct ExposureTests {
  private let signed: JSON
  private let terms = OptionTerms(interestRate: .zero, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24)

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let fixture = try JSON.parse(Array(Data(contentsOf: folder.appending(path: "Fixtures/Contracts/exposures.json"))))
    signed = try #require(fixture["signed"])
  }

  private func text(_ name: String) throws -> String { try #require(signed[name]?.string) }

  private func book() throws -> SignedOptionBook {
    SignedOptionBook(
      name: "desk", path: "desk.json", signer: try Address(hex: text("signer")), chainID: 42_161, terms: terms)
  }

  private func summary(_ readings: [ExposureReading]) throws -> OptionBookReading {
    guard case .optionBook(let summary)? = readings.first else { throw Missing() }
    return summary
  }

  private struct Missing: Error {}

  // MARK: signed books

  @Test func aBookCountsByItsSignersWordAlone() throws {
    let holder = try Address(hex: text("holder"))
    let papers = MemoryPapers()
    var books = SignedBooks()
    #expect(throws: PaperFailure.self) { try books.open(book(), holder: holder, papers: papers) }
    papers.write(try text("good"), to: "desk.json")
    let first = try books.open(book(), holder: holder, papers: papers)
    #expect(first.count == 3)
    #expect(try summary(first).sequence == 7)
    // By the one who should, for this chain and this version of the form, and for nothing else.
    for name in ["otherSigner", "otherChain", "otherVersion"] {
      papers.write(try text(name), to: "desk.json")
      #expect(throws: BookFailure.self, "\(name)") { try books.open(book(), holder: holder, papers: papers) }
    }
    for name in ["otherVault", "otherName"] {
      papers.write(try text(name), to: "desk.json")
      #expect(throws: ContractsError.self, "\(name)") { try books.open(book(), holder: holder, papers: papers) }
    }
    // A changed byte is a changed signer, or no signer at all.
    papers.write(try text("good").replacingOccurrences(of: "\"3500", with: "\"3600"), to: "desk.json")
    #expect(throws: (any Error).self) { try books.open(book(), holder: holder, papers: papers) }
    papers.write(try text("good"), to: "desk.json")
    #expect(try books.open(book(), holder: holder, papers: papers) == first)
  }

  @Test func sequenceNumbersDoNotGoBack() throws {
    let holder = try Address(hex: text("holder"))
    let papers = MemoryPapers()
    var books = SignedBooks()
    for (name, sequence, highest) in [("good", 7, 7), ("next", 8, 8), ("good", 7, 8), ("empty", 9, 9)] {
      papers.write(try text(name), to: "desk.json")
      let found = try summary(books.open(book(), holder: holder, papers: papers))
      #expect((found.sequence, found.highestSequence) == (UInt64(sequence), UInt64(highest)), "\(name)")
    }
    var other = SignedBooks()
    other.raise("desk", to: 20)
    other.raise("desk", to: 5)
    other.raise("another", to: 50)
    #expect(try summary(other.open(book(), holder: holder, papers: papers)).highestSequence == 20)
  }

  // MARK: in the tick

  private func look(_ exposures: (VaultSettings) throws -> [ExposureSetting]) throws -> Seen {
    let wiring = StormWiring(plan: StormPlan(seed: 5).withoutFaults())
    let world = wiring.world(keepsTrace: false)
    world.beginTick(0)
    let keeper = try wiring.keeper(on: StormStore(world), world: world)
    let old = keeper.watches[0]
    let vault = VaultSettings(
      name: old.vault.name, account: old.vault.account, venue: old.vault.venue, reader: old.vault.reader,
      priceFeed: old.vault.priceFeed, quoteFeed: old.vault.quoteFeed, sequencerFeed: old.vault.sequencerFeed,
      policy: old.vault.policy, attemptLimit: old.vault.attemptLimit, exposures: try exposures(old.vault))
    var watch = Watch(vault: vault, keeper: old.keeper, node: old.node, papers: MemoryPapers())
    return try watch.observe(hashes: [], heights: [], orders: [], now: StormClock(world).now().unixSeconds)
  }

  /// A token is no book and no pool, and a file may be missing: each says so, and all else is seen as before.
  @Test func whatCannotBeReadIsToldAndMixesNothingUp() throws {
    let without = try look { _ in [] }
    let with = try look { vault in
      let token = try #require(vault.reader.tokens.compactMap(\.address).first)
      return [
        .optionBook(ContractOptionBook(name: "book", contract: token, terms: terms)),
        .signedOptionBook(try book()),
        .uniswapV3(
          UniswapV3Positions(
            name: "pool", manager: token, pool: token, tokenIDs: [1, 2], base: token, baseDecimals: 18, quote: token,
            quoteDecimals: 6)),
        .powerPerpetual(
          PowerPerpetualHolding(
            name: "power", token: token, decimals: 18, controller: token, scale: 10_000, fundingSeconds: 1)),
      ]
    }
    #expect(with.observation.exposures.map(\.source) == ["book", "desk", "pool", "power"])
    for reading in with.observation.exposures {
      guard case .unreadable = reading else {
        Issue.record("\(reading)")
        continue
      }
    }
    #expect(with.observation.venue == without.observation.venue && with.observation.venue != nil)
    #expect(with.observation.vault == without.observation.vault)
    #expect(with.observation.account == without.observation.account)
    #expect(with.observation.price == without.observation.price)
    #expect(with.venueReads?.first == without.venueReads?.first)
  }

  // MARK: records

  private func written(_ count: Int) throws -> (MemoryJournalStore, TickWorld) {
    let settings: [ExposureSetting] = [
      .optionBook(ContractOptionBook(name: "book", contract: TickWorld.address(0x51), terms: terms)),
      .signedOptionBook(try book()),
    ]
    var world = try TickWorld(seed: 3, exposures: settings)
    let (terms, strike) = (terms, try Price(decimal: "3200"))
    world.exposures = { now in
      // One that is short, one that expires on the way, one whose mark grows old now and then.
      let option = { (index: Int, expiry: UInt64, quantity: Quantity, markedAt: UInt64) in
        ExposureReading.option(
          OptionReading(
            source: "book", index: index, expiry: expiry, strike: strike,
            quantity: quantity, isCall: index == 0, markVolatility: Ratio(raw: 700_000_000_000_000_000),
            markedAt: markedAt, terms: terms))
      }
      let age: UInt64 = now % 13 == 0 ? 4_000 : 10
      return [
        option(0, 1_800_000_000, Quantity(raw: -3_000_000_000_000_000_000), now - age),
        option(1, 1_700_000_600, Quantity(raw: 2_000_000_000_000_000_000), now),
        .optionBook(
          OptionBookReading(
            source: "desk", sequence: now / 100, highestSequence: now / 100, validUntil: 1 << 62, optionCount: 0)),
      ]
    }
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    for index in 0..<count {
      if index == count / 2 { try world.restart(from: journal.reader) }
      try world.tick(into: journal)
    }
    return (store, world)
  }

  @Test func decisionsWithExposuresComeOutAgain() throws {
    let (store, world) = try written(150)
    let replayed = try ReplayTests.replay(store)
    #expect(replayed.first == nil, "\(replayed.first.map { "\($0)" } ?? "")")
    #expect(replayed.different == 0 && replayed.compared > 130)
    #expect(world.codes["optionMarkStale", default: 0] > 0, "\(world.codes)")
    #expect(world.codes.keys.contains { $0.hasPrefix("place") }, "\(world.codes)")
    var last: UInt64 = 0
    var rules: [ExposureSetting] = []
    try JournalReader(store).replayTicks { (tick) throws(JournalFailure) in
      for (name, sequence) in tick.signedBooks where name == "desk" { last = sequence }
      do {
        if let inputs = try tick.inputs() { #expect(inputs.observation.exposures.count == 3) }
        rules = try tick.rules()?.exposures ?? rules
      } catch { Issue.record("\(error)") }
    }
    #expect(last > 17_000_000)
    #expect(rules == world.vault.exposures)

    // A keeper that starts again knows how far the book had come; one whose vault has none does not ask.
    let wiring = StormWiring(plan: StormPlan(seed: 5).withoutFaults())
    let storm = wiring.world(keepsTrace: false)
    storm.beginTick(0)
    let old = try wiring.keeper(on: StormStore(storm), world: storm).watches[0]
    var watch = Watch(vault: world.vault, keeper: old.keeper, node: old.node)
    try watch.remember(signedBooksFrom: JournalReader(store))
    let holder = try Address(hex: text("holder"))
    let papers = MemoryPapers()
    papers.write(try text("good"), to: "desk.json")
    #expect(try summary(watch.signedBooks.open(book(), holder: holder, papers: papers)).highestSequence == last)
  }

  /// Where nothing stands, an answer without a word comes back, of which a node without the state is suspected
  /// elsewhere: that is told of the exposures alone, and of all of them.
  @Test func anExposureThatAnswersNothingIsNoReasonToSeeNothing() throws {
    let without = try look { _ in [] }
    let nowhere = TickWorld.address(0x77)
    let with = try look { _ in
      [
        .optionBook(ContractOptionBook(name: "book", contract: nowhere, terms: terms)),
        .signedOptionBook(try book()),
        .optionBook(ContractOptionBook(name: "other", contract: nowhere, terms: terms)),
      ]
    }
    let reasons = with.observation.exposures.compactMap { reading in
      if case .unreadable(let exposure) = reading { "\(exposure.source): \(exposure.reason)" } else { nil }
    }
    #expect(reasons.count == 3 && reasons[0].contains("as if no contract stood there"), "\(reasons)")
    #expect(reasons[2].hasPrefix("other: "))
    #expect(with.observation.venue == without.observation.venue && with.observation.venue != nil)
    #expect(with.observation.price == without.observation.price)
  }

  /// Sequence numbers use all 64 bits, and a journal keeps each.
  @Test(arguments: [UInt64(Int64.max), UInt64(Int64.max) + 1, .max])
  func aSequenceLosesNoDigit(sequence: UInt64) throws {
    let reading = ExposureReading.optionBook(
      OptionBookReading(
        source: "desk", sequence: sequence, highestSequence: sequence, validUntil: 5, optionCount: 0))
    // As ticks are written.
    let bytes = try JSON(encoding: [reading]).encoded()
    #expect(String(decoding: bytes, as: UTF8.self).contains("\(sequence)"))
    #expect(try JSONCoding.decode([ExposureReading].self, from: bytes) == [reading])
    let written = try JSON.parse(bytes)[0]?["optionBook"]?["_0"]
    #expect(written?["highestSequence"]?.whole == sequence)
  }
}
