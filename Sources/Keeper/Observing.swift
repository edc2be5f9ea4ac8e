import Contracts
import Decision
import Ethereum
import Outbox

extension Watch {
  /// Sees everything one decision needs: the head of the chain and the fate of our transactions (first exchange), all
  /// reads at that head's hash (second), and those that need a price, at the same hash (third).
  mutating func observe(
    hashes: [Bytes32], heights: [UInt64], orders: [OrderQuestion], now: UInt64
  ) throws(WatchFailure) -> Seen {
    node.beginTick()
    do {
      var look = try node.look(hashes: hashes, now: now)
      let first: FirstRound
      do {
        first = try firstRound(look, heights: heights, orders: orders)
      } catch NodeFailure.everywhere(let failures) {
        guard let lower = look.retreating() else { throw NodeFailure.everywhere(failures) }
        look = lower
        first = try firstRound(look, heights: heights, orders: orders)
      }
      for refused in first.refusedLogs { node.note(refused) }
      if let code = first.multicallCode, !code.isEmpty { node.multicallCode = code }
      let second = try secondRound(look, first)
      return try Seen(look, first, second, watch: self)
    } catch {
      throw WatchFailure(error)
    }
  }

  private mutating func firstRound(
    _ look: Look, heights: [UInt64], orders: [OrderQuestion]
  ) throws -> FirstRound {
    var batch = Batch()
    let places = try FirstPlaces(look, heights: heights, orders: orders, watch: self, in: &batch)
    return try node.ask(inTurn: look.endpoints, batch) { (answers) throws(NodeFailure) in
      try FirstRound(answers, places)
    }.answer
  }

  private mutating func secondRound(_ look: Look, _ first: FirstRound) throws -> SecondRound? {
    let prices = try first.prices(watch: self)
    guard let price = prices.price.price, !price.isZero, let collateralPrice = prices.collateral else { return nil }
    let reads = try vault.venue.pricedReads(
      account: vault.account.holder, first: first.venue, price: price, collateralPrice: collateralPrice)
    var results: [ReadResult] = []
    if !reads.isEmpty {
      var batch = Batch()
      let round = try ReadRound(reads, at: look.head.hash, multicall3: node.chain.multicall3, in: &batch)
      results = try node.ask(inTurn: first.endpoints(look), batch) { (answers) throws(NodeFailure) in
        try round.results(answers)
      }.answer
    }
    return SecondRound(reads: reads, results: results, price: price, collateralPrice: collateralPrice)
  }
}

/// How far back logs of our orders are asked for. 2,000 blocks is the smallest limit among the larger providers, and
/// half a working day on a chain of 12-second blocks; a fate that lies farther back is told by the position.
private let logWindowBlocks: UInt64 = 2_000

/// Where the answers of the second exchange will be found.
private struct FirstPlaces {
  let slices: ReadSlices
  let reads: ReadRound
  let minedNonce: Batch.Place<UInt64>
  let pooledNonce: Batch.Place<UInt64>
  let keeperBalance: Batch.Place<UInt256>
  let probe: Batch.Place<[UInt8]>?
  let multicallCode: Batch.Place<[UInt8]>?
  let canonical: [(number: UInt64, place: Batch.Place<BlockHeader?>)]
  let logs: [Batch.Place<[Log]>]
  let orderKeys: [Bytes32]

  init(
    _ look: Look, heights: [UInt64], orders: [OrderQuestion], watch: Watch, in batch: inout Batch
  ) throws(ContractsError) {
    let at = BlockReference.hash(look.head.hash)
    let vault = watch.vault
    orderKeys = orders.map(\.key)
    var slices = ReadSlices()
    slices.add(try vault.priceFeed.reads())
    slices.add(try vault.quoteFeed?.reads() ?? [])
    slices.add(try vault.sequencerFeed?.reads() ?? [])
    slices.add(try vault.reader.reads())
    slices.add(try vault.account.reads(keeper: watch.keeper))
    slices.add(try vault.venue.reads(account: vault.account.holder))
    self.slices = slices
    let multicall3 = watch.node.chain.multicall3
    reads = try ReadRound(slices.all, at: look.head.hash, multicall3: multicall3, in: &batch)
    minedNonce = batch.ask(.transactionCount(watch.keeper, at: at))
    pooledNonce = batch.ask(.transactionCount(watch.keeper, at: .pending))
    keeperBalance = batch.ask(.balance(watch.keeper, at: at))
    probe = try vault.account.probe().map { call in
      batch.ask(.call(CallRequest(to: call.to, data: call.data, from: watch.keeper), at: at))
    }
    multicallCode = watch.node.multicallCode == nil ? multicall3.map { batch.ask(.code($0, at: at)) } : nil
    let asked = heights + look.receipts.map(\.blockNumber).filter { $0 <= look.head.number }
    canonical = asked.sorted().reduce(into: [UInt64]()) { if $0.last != $1 { $0.append($1) } }
      .map { ($0, batch.ask(.block(.number($0)))) }
    let oldest = orders.map(\.fromBlock).min() ?? look.head.number
    let from = max(oldest, look.head.number > logWindowBlocks ? look.head.number - logWindowBlocks : 0)
    let queries =
      orders.isEmpty
      ? [] : vault.venue.logQueries(orderKeys: orders.map(\.key), account: vault.account.holder)
    logs = queries.map { query in
      batch.ask(
        .logs(
          LogFilter(
            blocks: .range(from: .number(from), to: .number(look.head.number)), addresses: [query.address],
            topics: query.topics)))
    }
  }
}

/// The answers of the second exchange, taken apart.
private struct FirstRound {
  let endpoint: EndpointID
  let priceFeed: [ReadResult]
  let quoteFeed: [ReadResult]
  let sequencer: [ReadResult]
  let spot: [ReadResult]
  let account: [ReadResult]
  let venue: [ReadResult]
  let venueReads: [Read]
  let minedNonce: UInt64
  let pooledNonce: UInt64?
  let keeperBalanceWei: UInt256
  /// nil without a probe.
  let probe: CallOutcome?
  let multicallCode: [UInt8]?
  let canonical: [CanonicalBlock]
  let logs: [Log]
  /// Logs only tell what became of an order; a node that will not give them must not keep us from settling and judging.
  let refusedLogs: [NodeFailure]
  let orderKeys: [Bytes32]

  init(_ answers: Answers, _ places: FirstPlaces) throws(NodeFailure) {
    endpoint = answers.endpoint
    let parts = places.slices.cut(try places.reads.results(answers))
    (priceFeed, quoteFeed, sequencer) = (parts[0], parts[1], parts[2])
    (spot, account, venue) = (parts[3], parts[4], parts[5])
    venueReads = Array(places.slices.all.suffix(venue.count))
    minedNonce = try answers.take(places.minedNonce)
    // Not every node keeps a pool; its silence means nothing.
    if case .success(let pooled) = try answers.outcome(places.pooledNonce) {
      pooledNonce = pooled
    } else {
      pooledNonce = nil
    }
    keeperBalanceWei = try answers.take(places.keeperBalance)
    probe = try places.probe.map { (place) throws(NodeFailure) in try answers.call(place) }
    multicallCode = try places.multicallCode.map { (place) throws(NodeFailure) in try answers.take(place) }
    var canonical: [CanonicalBlock] = []
    for (number, place) in places.canonical {
      if let header = try answers.take(place) { canonical.append(CanonicalBlock(number: number, hash: header.hash)) }
    }
    self.canonical = canonical
    var logs: [Log] = []
    var refusedLogs: [NodeFailure] = []
    for place in places.logs {
      switch try answers.outcome(place) {
      case .success(let found): logs += found
      case .failure(let error): refusedLogs.append(.refused(endpoint, method: "eth_getLogs", error))
      }
    }
    self.logs = logs.filter { !$0.removed }
    self.refusedLogs = refusedLogs
    orderKeys = places.orderKeys
  }

  /// The endpoints to go on with: this one first, since it has shown that it holds the block.
  func endpoints(_ look: Look) -> [EndpointID] { [endpoint] + look.endpoints.filter { $0 != endpoint } }

  private static let oneDollar = Price(raw: 1_000_000_000_000_000_000)

  func prices(watch: Watch) throws(ContractsError) -> (price: FeedReading, quote: FeedReading?, collateral: Price?) {
    let price = try watch.vault.priceFeed.reading(priceFeed)
    guard let feed = watch.vault.quoteFeed else { return (price, nil, Self.oneDollar) }
    let quote = try feed.reading(quoteFeed)
    return (price, quote, quote.price.flatMap { $0.isZero ? nil : $0 })
  }
}

/// The third exchange: the venue's reads that need a price.
private struct SecondRound {
  let reads: [Read]
  let results: [ReadResult]
  let price: Price
  let collateralPrice: Price
}

extension Seen {
  fileprivate init(_ look: Look, _ first: FirstRound, _ second: SecondRound?, watch: Watch) throws(ContractsError) {
    let vault = watch.vault
    let prices = try first.prices(watch: watch)
    var state: VenueState?
    if let second {
      state = try vault.venue.state(
        account: vault.account.holder, first: first.venue, second: second.results, price: second.price,
        collateralPrice: second.collateralPrice, now: look.head.timestamp)
    }
    let isRoleHeld: Bool
    switch first.probe {
    case .none: isRoleHeld = true
    case .returned: isRoleHeld = vault.account.isRoleHeld(probeRevert: nil)
    case .reverted(let data): isRoleHeld = vault.account.isRoleHeld(probeRevert: data)
    }
    let account = try vault.account.reading(first.account)
    self.look = look
    endpoints = first.endpoints(look)
    observation = Observation(
      head: Head(number: look.head.number, hash: look.head.hash, timestamp: look.head.timestamp), price: prices.price,
      quotePrice: prices.quote, sequencer: try vault.sequencerFeed?.reading(first.sequencer),
      vault: try vault.reader.reading(first.spot),
      account: AccountReading(
        isEnabled: account.isEnabled, holderBalanceWei: account.holderBalanceWei,
        keeperBalanceWei: first.keeperBalanceWei),
      isRoleHeld: isRoleHeld, venue: state)
    evidence = NodeEvidence(
      lane: watch.lane, head: look.mark, minedNonce: first.minedNonce, pooledNonce: first.pooledNonce,
      sightings: look.sightings(first.canonical), canonical: first.canonical, isComplete: look.isComplete)
    // Without the venue's state it is unknown what is still listed, and nothing follows.
    fates =
      state.map { state in
        first.orderKeys.compactMap { key in
          let listed = state.orders.first { $0.key == key }
          guard listed != nil || first.refusedLogs.isEmpty else { return nil }
          return OrderFate(
            key: key, state: vault.venue.classify(order: key, logs: first.logs, stillListed: listed),
            updatedAt: listed?.updatedAt)
        }
      } ?? []
    venueReads = second.map {
      VenueReads(first: first.venueReads, second: $0.reads, price: $0.price, collateralPrice: $0.collateralPrice)
    }
    multicallCode = watch.node.multicallCode
  }
}
