import Contracts
import Decision
import Ethereum
import Outbox

/// A call of ours that a block holds, and what it was cleared for.
struct MinedCall: Hashable, Sendable {
  let vault: String
  let intentID: Bytes32
  let inclusion: Inclusion
  let invariants: Invariants
}

/// What one endpoint's answers about a mined block come to.
enum MinedWord: Hashable, Sendable {
  case holds
  /// With the check that failed and its figures.
  case breached(String)

  var words: String {
    switch self {
    case .holds: "everything is as expected"
    case .breached(let detail): detail
    }
  }
}

/// What the endpoints together say of a mined block.
enum MinedVerdict: Hashable, Sendable {
  /// As many endpoints as the quorum needs say the same.
  case agreed(MinedWord)
  /// Enough of them answered, and they do not agree.
  case disputed
  /// Fewer answered than the quorum needs.
  case unseen
}

extension Watch {
  /// Holds the venue, as the mined block left it, against what the call was cleared for.
  ///
  /// A breach halts, so it takes the word of as many endpoints as a head does. Each tells everything that its word
  /// follows from: the receipt, the prices and the venue, all at the block's hash, where honest nodes cannot differ.
  /// As many are asked as must agree, at once; all others only where those do not.
  mutating func verdict(on call: MinedCall, _ seen: Seen) throws(ContractsError) -> MinedVerdict {
    let endpoints = node.inOrder(seen.endpoints)
    let needed = node.chain.quorum
    var heard = try words(of: Array(endpoints.prefix(needed)), on: call, seen)
    if agreed(heard) == nil, endpoints.count > needed {
      heard += try words(of: Array(endpoints.dropFirst(needed)), on: call, seen)
    }
    let verdict = agreed(heard)
    if let other = heard.first(where: { $0.word == verdict ?? $0.word }) {
      for (endpoint, word) in heard where word != other.word {
        node.note(
          .contradicting(
            endpoint,
            what: "of block \(call.inclusion.blockNumber), which holds a call of ours, it shows: \(word.words); "
              + "\(other.endpoint) shows: \(other.word.words)"))
      }
    }
    if let verdict { return .agreed(verdict) }
    return heard.count < needed ? .unseen : .disputed
  }

  private func agreed(_ heard: [(endpoint: EndpointID, word: MinedWord)]) -> MinedWord? {
    heard.first { candidate in heard.count { $0.word == candidate.word } >= node.chain.quorum }?.word
  }

  /// What each of these endpoints says; those that cannot answer, or whose answers make no sense, are left out and
  /// noted.
  private mutating func words(
    of endpoints: [EndpointID], on call: MinedCall, _ seen: Seen
  ) throws(ContractsError) -> [(endpoint: EndpointID, word: MinedWord)] {
    let watch = self
    var batch = Batch()
    let places = try MinedPlaces(call, watch: watch, in: &batch)
    var first: [MinedBlock] = []
    // A failed exchange is noted already.
    for case .success(let answers) in node.ask(endpoints.map { ($0, batch) }) {
      let block = reading(answers.endpoint) { () throws in try MinedBlock(answers, places, call, watch: watch) }
      if let block { first.append(block) }
    }
    let asking = first.indices.filter { first[$0].secondRound != nil }
    if !asking.isEmpty {
      for (index, result) in zip(asking, node.ask(asking.map { (first[$0].endpoint, first[$0].secondBatch) })) {
        first[index].second = reading(first[index].endpoint) { () throws in
          try first[index].secondRound?.results(result.get())
        }
      }
    }
    let now = seen.look.head.timestamp
    return first.compactMap { block in
      let word = reading(block.endpoint) { () throws in try block.word(call, watch: watch, now: now) }
      return word.map { (block.endpoint, $0) }
    }
  }

  /// Reads what an endpoint said. Whatever is wrong with it is this endpoint's failure and ends nothing.
  private mutating func reading<Value>(_ endpoint: EndpointID, _ body: () throws -> Value?) -> Value? {
    do {
      return try body()
    } catch let failure as NodeFailure {
      node.note(failure)
    } catch {
      node.note(.implausible(endpoint, what: "a mined block: \(error)"))
    }
    return nil
  }
}

/// Where an endpoint's answers about a mined block will be found.
private struct MinedPlaces {
  let receipt: Batch.Place<Receipt?>
  let slices: ReadSlices
  let round: ReadRound

  init(_ call: MinedCall, watch: Watch, in batch: inout Batch) throws(ContractsError) {
    let vault = watch.vault
    receipt = batch.ask(.receipt(call.inclusion.transactionHash))
    var slices = ReadSlices()
    slices.add(try vault.priceFeed.reads())
    slices.add(try vault.quoteFeed?.reads() ?? [])
    slices.add(try vault.venue.reads(account: vault.account.holder))
    self.slices = slices
    round = try ReadRound(
      slices.all, at: call.inclusion.blockHash, multicall3: watch.node.chain.multicall3, in: &batch)
  }
}

/// One endpoint's answers about a mined block.
private struct MinedBlock {
  let endpoint: EndpointID
  /// The orders that the call placed.
  private let placed: [Bytes32]
  private let venue: [ReadResult]
  private let price: Price
  private let collateralPrice: Price
  /// The reads that need the price; nil where the venue has none.
  let secondRound: ReadRound?
  let secondBatch: Batch
  var second: [ReadResult]?

  /// Nil where the endpoint does not know of the call in this block, or there is no price at it: nothing can be said
  /// then, and nobody is to blame.
  init?(_ answers: Answers, _ places: MinedPlaces, _ call: MinedCall, watch: Watch) throws {
    endpoint = answers.endpoint
    let vault = watch.vault
    let parts = places.slices.cut(try places.round.results(answers))
    let quote = try vault.quoteFeed.map { try $0.reading(parts[1]).price }
    guard let receipt = try answers.take(places.receipt), receipt.blockHash == call.inclusion.blockHash,
      receipt.transactionHash == call.inclusion.transactionHash,
      let price = try vault.priceFeed.reading(parts[0]).price, !price.isZero,
      let collateralPrice = quote ?? Price(raw: 1_000_000_000_000_000_000), !collateralPrice.isZero
    else { return nil }
    placed = vault.venue.placedOrders(in: receipt.logs, account: vault.account.holder)
    venue = parts[2]
    (self.price, self.collateralPrice) = (price, collateralPrice)
    let reads = try vault.venue.pricedReads(
      account: vault.account.holder, first: venue, price: price, collateralPrice: collateralPrice)
    var batch = Batch()
    secondRound =
      reads.isEmpty
      ? nil
      : try ReadRound(reads, at: call.inclusion.blockHash, multicall3: watch.node.chain.multicall3, in: &batch)
    secondBatch = batch
  }

  /// Nil where the second answers did not come.
  func word(_ call: MinedCall, watch: Watch, now: UInt64) throws -> MinedWord? {
    guard let second = secondRound == nil ? [] : second else { return nil }
    let vault = watch.vault
    let state = try vault.venue.state(
      account: vault.account.holder, first: venue, second: second, price: price, collateralPrice: collateralPrice,
      now: now)
    let checks = try call.invariants.checks(state, placed: placed)
    guard let breach = checks.first(where: { $0.outcome == .refused }) else { return .holds }
    return .breached("\(breach.name): " + breach.figures.map(\.description).joined(separator: ", "))
  }
}
