import Ethereum
import Outbox

/// Where the first exchange's answers of one endpoint will be found.
struct LookPlaces {
  let hashes: [Bytes32]
  let chainID: Batch.Place<UInt64>
  let head: Batch.Place<BlockHeader?>
  let pooledNonce: Batch.Place<UInt64>?
  let history: Batch.Place<FeeHistory>?
  let gasPrice: Batch.Place<UInt256>?
  let receipts: [Batch.Place<Receipt?>]
  let transactions: [Batch.Place<TransactionInfo?>]

  init(chain: ChainSettings, hashes: [Bytes32], sender: Address?, in batch: inout Batch) {
    self.hashes = hashes
    chainID = batch.ask(.chainID())
    head = batch.ask(.block(.latest))
    pooledNonce = sender.map { batch.ask(.transactionCount($0, at: .pending)) }
    switch chain.fees.model {
    case .eip1559:
      history = batch.ask(
        .feeHistory(
          blocks: FeePolicy.historyBlocks, newest: .latest, percentiles: chain.fees.tipPercentiles.values))
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
struct EndpointView: Sendable {
  let endpoint: EndpointID
  let head: BlockHeader
  let history: FeeHistory?
  let gasPriceWei: UInt256?
  /// nil where the node keeps no pool, or none for us: its silence means nothing.
  let pooledNonce: UInt64?
  let receipts: [Receipt]
  let pooled: [Bytes32]

  /// A minute beyond our own clock: no chain's rules let a block be as far ahead of the world, and an honest machine's
  /// clock is not as far behind. A head from the future must not be believed even once: everything later would look
  /// stale beside it.
  private static let toleratedFutureSeconds: UInt64 = 60

  /// What another endpoint says in the same bytes.
  init(_ endpoint: EndpointID, as other: EndpointView) {
    self.endpoint = endpoint
    head = other.head
    history = other.history
    gasPriceWei = other.gasPriceWei
    pooledNonce = other.pooledNonce
    receipts = other.receipts
    pooled = other.pooled
  }

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
    history = try places.history.map { (place) throws(NodeFailure) in try answers.take(place) }
    gasPriceWei = try places.gasPrice.map { (place) throws(NodeFailure) in try answers.take(place) }
    // Asked each for itself, so that the endpoint whose fees make no sense is the one that is left out.
    do {
      _ = try chain.fees.quote(
        FeeMarket(
          head: head, histories: history.map { [$0] } ?? [], gasPricesWei: gasPriceWei.map { [$0] } ?? []),
        urgency: .liquidation)
    } catch {
      throw .malformed(endpoint, what: "its fees make no sense: \(error)")
    }
    if let place = places.pooledNonce, case .success(let nonce) = try answers.outcome(place) {
      pooledNonce = nonce
    } else {
      pooledNonce = nil
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
