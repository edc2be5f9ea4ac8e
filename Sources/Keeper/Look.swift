import Decision
import Ethereum
import Outbox

/// What the endpoints said when they were first asked: where the chain stands, what gas costs, and what became of the
/// transactions we asked about. The first exchange of every tick.
struct Look: Sendable {
  /// What each usable endpoint said, in the configuration's order.
  fileprivate let views: [EndpointView]
  /// The one whose head is judged.
  fileprivate let chosen: EndpointView
  /// The hashes that were asked about. Every endpoint in `endpoints` answered for each of them.
  let asked: [Bytes32]
  /// Every configured endpoint answered every question.
  let isComplete: Bool

  var head: BlockHeader { chosen.head }
  var fees: FeeQuote { chosen.fees }
  /// What a transaction signed now would offer.
  var terms: FeeTerms { chosen.terms }
  /// The endpoints to ask further, the one that named `head` first. All of them serve the configured chain.
  var endpoints: [EndpointID] {
    [chosen.endpoint] + views.map(\.endpoint).filter { $0 != chosen.endpoint }
  }
  /// Receipts of ours, from any endpoint. Whether their blocks are canonical is for the next exchange to say.
  var receipts: [Receipt] { views.flatMap(\.receipts) }
  /// Hashes of ours that some endpoint holds unmined.
  var pooled: [Bytes32] { views.flatMap(\.pooled) }

  /// The same answers with the next lower head, for when nobody serves reads at this one (a head that only one backend
  /// of a provider has seen, or that nobody has). nil when there is none.
  func retreating() -> Look? {
    let lower = views.filter { $0.head.hash != head.hash && $0.head.number <= head.number }
    guard let next = EndpointView.farthest(lower) else { return nil }
    return Look(views: views.filter { $0.head.hash != head.hash }, chosen: next, asked: asked, isComplete: false)
  }

  /// What was seen of each hash. A receipt outweighs a pool, a pool outweighs silence; of several receipts, one in a
  /// canonical block outweighs all others, whichever endpoint it came from.
  func sightings(_ canonical: [CanonicalBlock]) -> [TransactionSighting] {
    asked.map { hash in
      let told = receipts.filter { $0.transactionHash == hash }
      let proved = told.first { receipt in
        canonical.contains { $0.number == receipt.blockNumber && $0.hash == receipt.blockHash }
      }
      if let receipt = proved ?? told.first {
        return TransactionSighting(hash: hash, sighting: .receipt(Inclusion(receipt), canonicalHash: nil))
      }
      return TransactionSighting(hash: hash, sighting: pooled.contains(hash) ? .inPool : .unknown)
    }
  }

  var mark: HeadMark { HeadMark(number: head.number, hash: head.hash, timestamp: head.timestamp) }
}

extension Node {
  /// Asks every endpoint for its head, for fees and for these hashes, in one exchange.
  /// - Throws: `everywhere` if no endpoint of the right chain gave a head.
  mutating func look(hashes: [Bytes32], now: UInt64) throws(NodeFailure) -> Look {
    var asked: [(endpoint: EndpointID, batch: Batch)] = []
    var places: [LookPlaces] = []
    for endpoint in chain.endpoints {
      var batch = Batch()
      places.append(LookPlaces(chain: chain, hashes: hashes, in: &batch))
      asked.append((endpoint, batch))
    }
    var views: [EndpointView] = []
    var failed: [NodeFailure] = []
    for (result, place) in zip(ask(asked), places) {
      do throws(NodeFailure) {
        views.append(try EndpointView(result.get(), place, chain, now: now))
      } catch {
        failed.append(error)
      }
    }
    for failure in failed { note(failure) }
    guard let best = EndpointView.farthest(views) else { throw .everywhere(failed) }
    return Look(views: views, chosen: best, asked: hashes, isComplete: views.count == chain.endpoints.count)
  }
}

/// Where the first exchange's answers of one endpoint will be found.
private struct LookPlaces {
  let hashes: [Bytes32]
  let chainID: Batch.Place<UInt64>
  let head: Batch.Place<BlockHeader?>
  let history: Batch.Place<FeeHistory>?
  let gasPrice: Batch.Place<UInt256>?
  let receipts: [Batch.Place<Receipt?>]
  let transactions: [Batch.Place<TransactionInfo?>]

  init(chain: ChainSettings, hashes: [Bytes32], in batch: inout Batch) {
    self.hashes = hashes
    chainID = batch.ask(.chainID())
    head = batch.ask(.block(.latest))
    switch chain.fees.model {
    case .eip1559:
      // Twenty blocks: four minutes of mainnet, long enough that one odd block does not set the tip.
      history = batch.ask(.feeHistory(blocks: 20, newest: .latest, percentiles: [chain.fees.tipPercentile]))
      gasPrice = nil
    case .legacy:
      history = nil
      gasPrice = batch.ask(.gasPrice())
    case .arbitrum:
      history = nil
      gasPrice = nil
    }
    receipts = hashes.map { batch.ask(.receipt($0)) }
    transactions = hashes.map { batch.ask(.transaction($0)) }
  }
}

/// What one endpoint says in the first exchange.
private struct EndpointView: Sendable {
  let endpoint: EndpointID
  let head: BlockHeader
  let fees: FeeQuote
  let terms: FeeTerms
  let receipts: [Receipt]
  let pooled: [Bytes32]

  /// The one with the highest head; of equals the first.
  static func farthest(_ views: [EndpointView]) -> EndpointView? {
    var best: EndpointView?
    for view in views where best == nil || view.head.number > (best?.head.number ?? 0) { best = view }
    return best
  }

  /// A minute beyond our own clock: no chain's rules let a block be as far ahead of the world, and an honest machine's
  /// clock is not as far behind. A head from the future must not be believed even once: everything later would look
  /// stale beside it.
  private static let toleratedFutureSeconds: UInt64 = 60

  init(_ answers: Answers, _ places: LookPlaces, _ chain: ChainSettings, now: UInt64) throws(NodeFailure) {
    endpoint = answers.endpoint
    let chainID = try answers.take(places.chainID)
    guard chainID == chain.chainID else {
      throw .wrongChain(endpoint, expected: chain.chainID, actual: chainID)
    }
    guard let head = try answers.take(places.head) else {
      throw .malformed(endpoint, what: "it has no latest block; is it still starting?")
    }
    guard head.timestamp <= now.addingReportingOverflow(Self.toleratedFutureSeconds).partialValue else {
      throw .fromTheFuture(endpoint, timestamp: head.timestamp, now: now)
    }
    self.head = head
    let market = FeeMarket(
      head: head, history: try places.history.map { (place) throws(NodeFailure) in try answers.take(place) },
      gasPriceWei: try places.gasPrice.map { (place) throws(NodeFailure) in try answers.take(place) })
    do {
      (fees, terms) = try chain.fees.quote(market)
    } catch {
      throw .malformed(endpoint, what: "its fees make no sense: \(error)")
    }
    var receipts: [Receipt] = []
    var pooled: [Bytes32] = []
    for (index, hash) in places.hashes.enumerated() {
      // A receipt for another hash than asked for is a lie or a mix-up; it must not be taken for ours.
      if let receipt = try answers.take(places.receipts[index]) {
        guard receipt.transactionHash == hash else {
          throw .malformed(endpoint, what: "asked for the receipt of \(hash), got that of \(receipt.transactionHash)")
        }
        receipts.append(receipt)
      } else if let info = try answers.take(places.transactions[index]), info.hash == hash {
        pooled.append(hash)
      }
    }
    self.receipts = receipts
    self.pooled = pooled
  }
}

extension Inclusion {
  init(_ receipt: Receipt) {
    self.init(
      transactionHash: receipt.transactionHash, blockNumber: receipt.blockNumber, blockHash: receipt.blockHash,
      succeeded: receipt.status, gasUsed: receipt.gasUsed, effectiveGasPriceWei: receipt.effectiveGasPrice ?? .zero)
  }
}
