import Ethereum
import Outbox

/// A transaction of our key that is none of ours, and the block that holds it.
struct Stranger: Hashable, Sendable {
  let nonce: UInt64
  let hash: Bytes32
  let blockNumber: UInt64
  let blockHash: Bytes32
}

/// Finding out in which block a nonce was used, from the number of the sender's transactions at some heights: first at
/// distances that double from the head, then between the two that enclose the block, always several at a time. Heights
/// whose state a node has thrown away tell nothing.
struct NonceHunt: Hashable, Sendable {
  let nonce: UInt64
  /// The highest height known to be before the transaction; nil while none is.
  private(set) var before: UInt64?
  /// The lowest height known to be after it, or at it.
  private(set) var after: UInt64
  private var isFirst = true
  private(set) var isGivenUp = false

  /// How far back is looked: 8,192 blocks are more than a day of mainnet, and a doubt is looked into at the tick that
  /// first has it.
  private static let distances: [UInt64] = (0...13).map { 1 << $0 }
  /// How many heights are asked for at once between two known ones: 8,192 blocks are one block after four rounds.
  private static let parts: UInt64 = 10

  init(nonce: UInt64, head: UInt64) {
    self.nonce = nonce
    after = head
  }

  /// The block that used the nonce, once it is known.
  var block: UInt64? {
    if after == 0 { return 0 }
    guard let before, before + 1 == after else { return nil }
    return after
  }

  /// The heights to ask for next, ascending; empty when there is nothing more to learn.
  var heights: [UInt64] {
    guard block == nil, !isGivenUp else { return [] }
    if isFirst {
      let heights = Self.distances.filter { $0 <= after }.map { after - $0 }.reversed()
      // A chain as short as that is looked at from its beginning.
      return heights.first == 0 || heights.count == Self.distances.count ? Array(heights) : [0] + heights
    }
    guard let before, before < after else { return [] }
    let span = after - before
    let wanted = (1..<Self.parts).map { before + span * $0 / Self.parts }
    return wanted.filter { $0 > before && $0 < after }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// Takes in the counts at `heights`; nil where the node could not tell.
  mutating func hear(_ counts: [(height: UInt64, count: UInt64?)]) {
    let known = (before, after)
    for (height, count) in counts {
      guard let count else { continue }
      if count > nonce {
        if height < after { after = height }
      } else if height < after, before.map({ height > $0 }) ?? true {
        before = height
      }
    }
    if let before, before >= after { isGivenUp = true }
    if before == nil || (!isFirst && known == (before, after)) { isGivenUp = true }
    isFirst = false
  }
}

extension Watch {
  /// How many exchanges a search may take in one tick: two for the distance, four to close in and one for the block,
  /// with one to spare. What is not found then is looked for again in the next tick.
  private static let searchExchanges = 8

  /// The transaction that used a nonce in doubt, if it can be found; remembered as long as its block stands.
  mutating func stranger(at nonce: UInt64?, _ look: Look, _ consensus: Consensus, _ endpoints: [EndpointID]) -> Bytes32?
  {
    guard let nonce, consensus.minedNonce > nonce else {
      node.stranger = nil
      return nil
    }
    if let known = node.stranger, known.nonce == nonce,
      consensus.canonical.contains(CanonicalBlock(number: known.blockNumber, hash: known.blockHash))
    {
      return known.hash
    }
    node.stranger = node.findStranger(
      sender: keeper, nonce: nonce, head: look.head.number, endpoints, exchanges: Self.searchExchanges)
    // What we signed ourselves is no stranger, even where its receipt is being kept from us.
    if let found = node.stranger, look.asked.contains(found.hash) { node.stranger = nil }
    return node.stranger?.hash
  }
}

extension Node {
  /// Never fails: who cannot be found this time is looked for again.
  mutating func findStranger(
    sender: Address, nonce: UInt64, head: UInt64, _ endpoints: [EndpointID], exchanges limit: Int
  ) -> Stranger? {
    let last = exchanges + limit
    var hunt = NonceHunt(nonce: nonce, head: head)
    do throws(NodeFailure) {
      while exchanges + 1 < last {
        let heights = hunt.heights
        if heights.isEmpty { break }
        hunt.hear(try counts(of: sender, at: heights, endpoints))
      }
      guard let number = hunt.block, exchanges < last else { return nil }
      var batch = Batch()
      let place = batch.ask(.fullBlock(number))
      let block = try ask(inTurn: endpoints, batch) { (answers) throws(NodeFailure) in try answers.take(place) }.answer
      guard let block, block.header.number == number,
        let culprit = block.transactions.first(where: { $0.from == sender && $0.nonce == nonce })
      else { return nil }
      return Stranger(nonce: nonce, hash: culprit.hash, blockNumber: number, blockHash: block.header.hash)
    } catch {
      note(error)
      return nil
    }
  }

  private mutating func counts(
    of sender: Address, at heights: [UInt64], _ endpoints: [EndpointID]
  ) throws(NodeFailure) -> [(height: UInt64, count: UInt64?)] {
    var batch = Batch()
    let places = heights.map { batch.ask(.transactionCount(sender, at: .number($0))) }
    return try ask(inTurn: endpoints, batch) { (answers) throws(NodeFailure) in
      var counts: [(height: UInt64, count: UInt64?)] = []
      for (height, place) in zip(heights, places) {
        if case .success(let count) = try answers.outcome(place) {
          counts.append((height, count))
        } else {
          counts.append((height, nil))
        }
      }
      return counts
    }.answer
  }
}
