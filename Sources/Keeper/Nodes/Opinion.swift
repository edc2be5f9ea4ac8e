import Contracts
import Ethereum
import Outbox

/// What is asked of several endpoints that vouch for one head, because a single one could leave it out or hold it back
/// without anybody noticing: how many transactions the sender has there, which blocks stand where ours are, and what
/// the logs tell of our orders. One endpoint answers it beside the reads, others of the quorum at the same time.
struct OpinionPlaces {
  private let minedNonce: Batch.Place<UInt64>
  private let tagged: (safe: Batch.Place<UInt64>, finalized: Batch.Place<UInt64>)?
  private let deep: (question: DeepBlock, count: Batch.Place<UInt64>, block: Batch.Place<BlockHeader?>)?
  private let canonical: [(number: UInt64, place: Batch.Place<BlockHeader?>)]
  private let logs: [Batch.Place<[Log]>]
  private let probe: Batch.Place<[UInt8]>?
  private let orders: [OrderQuestion]
  private let from: UInt64
  private let head: BlockHeader

  /// How far back logs of our orders are asked for. 2,000 blocks is the smallest limit among the larger providers, and
  /// half a working day on a chain of 12-second blocks; a fate that lies farther back is told by the position.
  private static let logWindowBlocks: UInt64 = 2_000

  /// - Parameters:
  ///   - queries: for the logs of `orders`.
  ///   - asksTags: whether to ask for the nonce at the safe and the finalised block, too.
  ///   - deep: the block at which the nonce is asked for as well; nil where that is not asked.
  ///   - probe: the call that tells whether the sender holds its role; nil where that is not asked.
  init(
    _ look: Look, sender: Address, heights: [UInt64], orders: [OrderQuestion], queries: [LogQuery], asksTags: Bool,
    deep: DeepBlock? = nil, probe: PreparedCall? = nil, in batch: inout Batch
  ) {
    head = look.head
    self.orders = orders
    minedNonce = batch.ask(.transactionCount(sender, at: .hash(look.head.hash)))
    tagged =
      asksTags
      ? (
        batch.ask(.transactionCount(sender, at: .safe)),
        batch.ask(.transactionCount(sender, at: .finalized))
      ) : nil
    self.deep = deep.map { question in
      (
        question, batch.ask(.transactionCount(sender, at: .number(question.number))),
        batch.ask(.block(.number(question.number)))
      )
    }
    let asked = heights + look.receipts.map(\.blockNumber).filter { $0 <= look.head.number }
    canonical = asked.sorted().reduce(into: [UInt64]()) { if $0.last != $1 { $0.append($1) } }
      .map { ($0, batch.ask(.block(.number($0)))) }
    let oldest = orders.map(\.fromBlock).min() ?? look.head.number
    let from = max(oldest, look.head.number > Self.logWindowBlocks ? look.head.number - Self.logWindowBlocks : 0)
    self.from = from
    logs = queries.map { query in
      batch.ask(
        .logs(
          LogFilter(
            blocks: .range(from: .number(from), to: .number(look.head.number)), addresses: [query.address],
            topics: query.topics)))
    }
    self.probe = probe.map { batch.ask(.call($0, at: .hash(look.head.hash))) }
  }

  func opinion(_ answers: Answers) throws(NodeFailure) -> Opinion {
    var opinion = Opinion(endpoint: answers.endpoint, minedNonce: try answers.take(minedNonce))
    if let tagged {
      let safe = try answers.outcome(tagged.safe)
      let finalized = try answers.outcome(tagged.finalized)
      if case .success(let safe) = safe, case .success(let finalized) = finalized {
        // A count at an earlier block of the same chain is never above the one at the head; what is, is of another.
        opinion.safeNonce = safe <= opinion.minedNonce ? safe : nil
        opinion.finalizedNonce = finalized <= safe && finalized <= opinion.minedNonce ? finalized : nil
      } else {
        opinion.knowsNoTags = true
      }
    }
    if let deep, case .success(let count) = try answers.outcome(deep.count),
      case .success(let header?) = try answers.outcome(deep.block), header.number == deep.question.number
    {
      opinion.isDeepTooYoung = !deep.question.isOldEnough(header)
      opinion.deepNonce = !opinion.isDeepTooYoung && count <= opinion.minedNonce ? count : nil
    }
    for (number, place) in canonical {
      guard let header = try answers.take(place) else { continue }
      guard header.number == number else {
        throw .malformed(answers.endpoint, what: "asked for block \(number), got block \(header.number)")
      }
      opinion.canonical.append(CanonicalBlock(number: number, hash: header.hash))
    }
    for place in logs {
      switch try answers.outcome(place) {
      case .success(let found):
        opinion.logs += found.filter { !$0.removed && $0.blockNumber >= from && $0.blockNumber <= head.number }
      case .failure(let error):
        // Logs only tell what became of an order; a node that will not give them must not keep us from settling.
        opinion.notes.append(.refused(answers.endpoint, method: "eth_getLogs", error))
      }
    }
    if let probe {
      do throws(NodeFailure) { opinion.probe = .success(try answers.call(probe)) } catch {
        opinion.probe = .failure(error)
      }
    }
    if opinion.notes.isEmpty, let missing = orders.first(where: { isMissing($0, in: opinion.logs) }) {
      opinion.notes.append(.logsMissing(answers.endpoint, block: missing.fromBlock))
    }
    return opinion
  }

  /// An order was placed by a call whose receipt we have seen in a block, and placing it is an event that was asked
  /// for. Logs of a stretch with that block, in which nothing is told of the order, leave something out.
  private func isMissing(_ order: OrderQuestion, in found: [Log]) -> Bool {
    guard !logs.isEmpty, order.fromBlock > 0, order.fromBlock >= from, order.fromBlock <= head.number else {
      return false
    }
    return !found.contains { $0.blockNumber == order.fromBlock || $0.topics.contains(order.key) }
  }
}

/// What one endpoint said to it.
struct Opinion: Sendable {
  let endpoint: EndpointID
  let minedNonce: UInt64
  fileprivate(set) var safeNonce: UInt64?
  fileprivate(set) var finalizedNonce: UInt64?
  fileprivate(set) var deepNonce: UInt64?
  /// The block that was to be deep enough is not old enough.
  fileprivate(set) var isDeepTooYoung = false
  fileprivate(set) var knowsNoTags = false
  fileprivate(set) var canonical: [CanonicalBlock] = []
  fileprivate(set) var logs: [Log] = []
  /// How the call that tells of our role ended; nil where it was not asked.
  fileprivate(set) var probe: Result<CallOutcome, NodeFailure>?
  /// Why the logs may not be all there are. Empty: the endpoint's silence about an order is an answer.
  fileprivate(set) var notes: [NodeFailure] = []

  fileprivate init(endpoint: EndpointID, minedNonce: UInt64) {
    self.endpoint = endpoint
    self.minedNonce = minedNonce
  }
}

/// What all opinions come to.
struct Consensus: Sendable {
  /// The highest: a nonce that anybody has seen used is used.
  let minedNonce: UInt64
  /// The lowest, where enough endpoints said one, and zero where fewer did: a nonce that somebody has not seen used,
  /// or that only one was there to count, accuses nobody.
  let agreedNonce: UInt64
  /// The lowest that enough endpoints say, since it ends all waiting; nil where fewer do.
  let safeNonce: UInt64?
  let finalizedNonce: UInt64?
  let deepNonce: UInt64?
  /// The blocks that enough endpoints name and nobody contradicts.
  let canonical: [CanonicalBlock]
  /// Everything that anybody told, each log once, oldest first.
  let logs: [Log]
  /// Of these, what as many endpoints told in the same words as a head takes.
  let agreedLogs: [Log]
  /// Whether enough endpoints were heard, and somebody told all there was to tell about our orders.
  let isSilenceAnAnswer: Bool
  let notes: [NodeFailure]

  /// - Parameters:
  ///   - opinions: never empty, the one beside the reads first.
  ///   - needed: how many endpoints it takes to conclude anything: where the others failed in this one exchange, the
  ///     word of the last is no agreement.
  ///   - others: what further endpoints told in logs.
  init(_ opinions: [Opinion], needed: Int, others: [[Log]] = []) {
    minedNonce = opinions.map(\.minedNonce).max() ?? 0
    agreedNonce = Self.lowest(opinions.map(\.minedNonce), needed) ?? 0
    safeNonce = Self.lowest(opinions.compactMap(\.safeNonce), needed)
    finalizedNonce = Self.lowest(opinions.compactMap(\.finalizedNonce), needed)
    deepNonce = Self.lowest(opinions.compactMap(\.deepNonce), needed)
    var notes = opinions.flatMap(\.notes)
    isSilenceAnAnswer = opinions.count >= needed && opinions.contains { $0.notes.isEmpty }
    var canonical: [CanonicalBlock] = []
    var disputed: [UInt64] = []
    for opinion in opinions {
      for block in opinion.canonical {
        if let other = canonical.first(where: { $0.number == block.number }) {
          guard other.hash != block.hash else { continue }
          disputed.append(block.number)
          notes.append(
            .contradicting(opinion.endpoint, what: "it says block \(block.number) is \(block.hash), not \(other.hash)"))
        } else {
          canonical.append(block)
        }
      }
    }
    self.canonical = canonical.filter { block in
      !disputed.contains(block.number) && opinions.count { $0.canonical.contains(block) } >= needed
    }
    self.notes = notes
    let told = opinions.map(\.logs) + others
    logs = Self.united(told)
    agreedLogs = Self.agreed(told, needed)
  }

  private static func lowest(_ values: [UInt64], _ needed: Int) -> UInt64? {
    values.count >= needed ? values.min() : nil
  }

  /// Each log once: one is known by its block, its transaction and its place in the block.
  private static func united(_ lists: [[Log]]) -> [Log] {
    var logs: [Log] = []
    var known: Set<Place> = []
    for log in lists.joined() where known.insert(Place(log)).inserted { logs.append(log) }
    guard lists.count > 1 else { return logs }
    return logs.sorted { ($0.blockNumber, $0.logIndex) < ($1.blockNumber, $1.logIndex) }
  }

  /// The logs of the first tellers that enough others tell as well; one log told twice by one endpoint counts once.
  private static func agreed(_ lists: [[Log]], _ needed: Int) -> [Log] {
    var votes: [Log: Int] = [:]
    for list in lists {
      for log in Set(list) { votes[log, default: 0] += 1 }
    }
    return united(lists.map { list in list.filter { votes[$0, default: 0] >= needed } })
  }

  private struct Place: Hashable {
    let block: Bytes32
    let transaction: Bytes32
    let index: UInt64

    init(_ log: Log) {
      block = log.blockHash
      transaction = log.transactionHash
      index = log.logIndex
    }
  }
}
