import Contracts
import Decision
import Ethereum
import Outbox

extension Watch {
  /// Sees everything one decision needs: the head that enough endpoints vouch for and the fate of our transactions
  /// (first exchange), all reads at that head's hash (second), and those that need a price, at the same hash (third).
  /// - Parameters:
  ///   - doubted: a nonce that was used, and not by us as far as is known: then its user is looked for.
  ///   - isFresh: nothing of ours is known of this key: then it matters whether what used it before is final.
  ///   - doubtsRole: somebody said that our role is missing: then all that vouch for the head are asked.
  mutating func observe(
    hashes: [Bytes32], heights: [UInt64], orders: [OrderQuestion], doubted: UInt64? = nil, isFresh: Bool = false,
    doubtsRole: Bool = false, now: UInt64
  ) throws(WatchFailure) -> Seen {
    node.beginTick(now)
    node.usesRelays = vault.submission.route != .public
    let heights = heights + (doubted == nil ? [] : node.stranger.map { [$0.blockNumber] } ?? [])
    do {
      var look = try node.look(hashes: hashes, sender: keeper, now: now)
      let first: FirstRound
      do {
        first = try firstRound(
          look, heights: heights, orders: orders, isFresh: isFresh, doubted: doubted, doubtsRole: doubtsRole)
      } catch NodeFailure.everywhere(let failures) {
        guard let lower = try look.retreating() else { throw NodeFailure.everywhere(failures) }
        look = lower
        first = try firstRound(
          look, heights: heights, orders: orders, isFresh: isFresh, doubted: doubted, doubtsRole: doubtsRole)
      }
      for failure in first.consensus.notes { node.note(failure) }
      if let code = first.multicallCode, !code.isEmpty { node.multicallCode = code }
      let second = try secondRound(look, first)
      let stranger = stranger(at: doubted, look, first.consensus, first.endpoints(look))
      let exposures = exposures(first.exposures)
      return try Seen(look, first, second, exposures, strangerHash: stranger, watch: self)
    } catch {
      throw WatchFailure(error)
    }
  }

  /// The reads from one endpoint and, in the same exchange, the opinions of as many others as the quorum has.
  private mutating func firstRound(
    _ look: Look, heights: [UInt64], orders: [OrderQuestion], isFresh: Bool, doubted: UInt64?, doubtsRole: Bool
  ) throws -> FirstRound {
    // What is final matters only to calls that are not settled, and to the first nonce.
    let mattersFinality = !look.asked.isEmpty || doubted != nil || isFresh
    let deep = isFresh ? node.deepBlock(below: look.head) : nil
    let asksTags =
      mattersFinality && look.vouchers.count { !node.untagged.contains($0) } >= node.chain.quorum
    let queries =
      orders.isEmpty ? [] : vault.venue.logQueries(orderKeys: orders.map(\.key), account: vault.account.holder)
    let standing = try standingReads ?? StandingReads(self)
    standingReads = standing
    var batch = Batch()
    let places = FirstPlaces(look, standing, watch: self, in: &batch)
    let opinion = OpinionPlaces(
      look, sender: keeper, heights: heights, orders: orders, queries: queries, asksTags: asksTags, deep: deep,
      probe: standing.probe, in: &batch)
    var besideBatch = Batch()
    let besidePlaces = OpinionPlaces(
      look, sender: keeper, heights: heights, orders: orders, queries: queries, asksTags: asksTags, deep: deep,
      probe: doubtsRole ? standing.probe : nil, in: &besideBatch)
    let others = doubtsRole ? look.vouchers.count : node.chain.quorum - 1
    let beside = look.vouchers.dropFirst().prefix(others).map { ($0, besideBatch) }
    let asked = try node.ask(inTurn: look.endpoints, batch, beside: beside) { (answers) throws(NodeFailure) in
      let said = try opinion.opinion(answers)
      return (try FirstRound(answers, places, said), said)
    }
    var (first, said) = asked.answer
    var opinions = [said]
    for answers in asked.others where answers.endpoint != asked.endpoint {
      do throws(NodeFailure) {
        opinions.append(try besidePlaces.opinion(answers))
      } catch {
        node.note(error)
      }
    }
    for opinion in opinions where opinion.knowsNoTags && !node.untagged.contains(opinion.endpoint) {
      node.untagged.append(opinion.endpoint)
    }
    if opinions.contains(where: \.isDeepTooYoung) { node.deepens() }
    for case .failure(let failure)? in opinions.map(\.probe) { node.note(failure) }
    first.consensus = consensus(opinions, orders, queries, look)
    first.role = RoleView(opinions, of: vault.account, needed: node.chain.quorum)
    for failure in first.role.contradictions { node.note(failure) }
    first.orderKeys = orders.map(\.key)
    return first
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

/// What is read at every head, in the same words each time.
struct StandingReads {
  fileprivate let slices: ReadSlices
  fileprivate let calls: ReadCalls
  /// Of the exposures, apart from the rest: a contract that somebody else wrote may burn all the gas of the call it is
  /// in, and must not take the vault's own state with it. Nil where there are none on chain.
  fileprivate let exposures: (slices: ReadSlices, calls: ReadCalls)?
  fileprivate let probe: PreparedCall?

  init(_ watch: Watch) throws(ContractsError) {
    let vault = watch.vault
    var slices = ReadSlices()
    slices.add(try vault.priceFeed.reads())
    slices.add(try vault.quoteFeed?.reads() ?? [])
    slices.add(try vault.sequencerFeed?.reads() ?? [])
    slices.add(try vault.nativeFeed?.reads() ?? [])
    slices.add(try vault.reader.reads())
    slices.add(try vault.account.reads(keeper: watch.keeper))
    var others = ReadSlices()
    for source in vault.exposures.compactMap(\.source) {
      others.add(try source.reads(holder: vault.account.holder))
    }
    exposures =
      others.all.isEmpty ? nil : (others, try ReadCalls(others.all, multicall3: watch.node.chain.multicall3))
    // Last: the first round takes the venue's reads from the end.
    slices.add(try vault.venue.reads(account: vault.account.holder))
    self.slices = slices
    calls = try ReadCalls(slices.all, multicall3: watch.node.chain.multicall3)
    probe = try vault.account.probe().map { call in
      PreparedCall(CallRequest(to: call.to, data: call.data, from: watch.keeper))
    }
  }
}

/// Where the answers of the second exchange will be found.
private struct FirstPlaces {
  let slices: ReadSlices
  let reads: ReadRound
  /// At the same block hash, in an aggregate of their own.
  let exposures: (slices: ReadSlices, round: ReadRound)?
  let keeperBalance: Batch.Place<UInt256>
  let multicallCode: Batch.Place<[UInt8]>?

  init(_ look: Look, _ standing: StandingReads, watch: Watch, in batch: inout Batch) {
    let at = BlockReference.hash(look.head.hash)
    slices = standing.slices
    let multicall3 = watch.node.chain.multicall3
    reads = ReadRound(standing.calls, at: look.head.hash, in: &batch)
    exposures = standing.exposures.map { ($0.slices, ReadRound($0.calls, at: look.head.hash, in: &batch)) }
    keeperBalance = batch.ask(.balance(watch.keeper, at: at))
    multicallCode = watch.node.multicallCode == nil ? multicall3.map { batch.ask(.code($0, at: at)) } : nil
  }
}

/// The answers of the second exchange, taken apart.
private struct FirstRound {
  let endpoint: EndpointID
  let priceFeed: [ReadResult]
  let quoteFeed: [ReadResult]
  let sequencer: [ReadResult]
  let nativeFeed: [ReadResult]
  let spot: [ReadResult]
  let account: [ReadResult]
  /// Of each source on chain; a failure where none of them could be told.
  let exposures: Result<[[ReadResult]], NodeFailure>
  let venue: [ReadResult]
  let venueReads: [Read]
  let keeperBalanceWei: UInt256
  let multicallCode: [UInt8]?
  /// What this endpoint and others of the quorum say of nonces, blocks and logs.
  var consensus: Consensus
  var role = RoleView(isHeld: true, agreed: true)
  var orderKeys: [Bytes32] = []

  init(_ answers: Answers, _ places: FirstPlaces, _ opinion: Opinion) throws(NodeFailure) {
    endpoint = answers.endpoint
    let parts = places.slices.cut(try places.reads.results(answers))
    (priceFeed, quoteFeed, sequencer) = (parts[0], parts[1], parts[2])
    (nativeFeed, spot, account) = (parts[3], parts[4], parts[5])
    venue = parts[parts.count - 1]
    if let asked = places.exposures {
      exposures = Result { () throws(NodeFailure) in asked.slices.cut(try asked.round.results(answers)) }
    } else {
      exposures = .success([])
    }
    venueReads = Array(places.slices.all.suffix(venue.count))
    keeperBalanceWei = try answers.take(places.keeperBalance)
    // Whoever answers the reads must tell of the role, too.
    if case .failure(let failure)? = opinion.probe { throw failure }
    multicallCode = try places.multicallCode.map { (place) throws(NodeFailure) in try answers.take(place) }
    consensus = Consensus([opinion], needed: 1)
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

  /// A feed that cannot be read leaves the native currency without a price, which is refused where gas is counted in
  /// dollars. It must not keep what is promised already from being settled.
  func nativePrice(watch: Watch) -> FeedReading? {
    do { return try watch.vault.nativeFeed?.reading(nativeFeed) } catch { return nil }
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
  fileprivate init(
    _ look: Look, _ first: FirstRound, _ second: SecondRound?, _ exposures: [ExposureReading], strangerHash: Bytes32?,
    watch: Watch
  ) throws(ContractsError) {
    let vault = watch.vault
    let prices = try first.prices(watch: watch)
    var state: VenueState?
    if let second {
      state = try vault.venue.state(
        account: vault.account.holder, first: first.venue, second: second.results, price: second.price,
        collateralPrice: second.collateralPrice, now: look.head.timestamp)
    }
    let account = try vault.account.reading(first.account)
    self.look = look
    endpoints = first.endpoints(look)
    observation = Observation(
      head: Head(number: look.head.number, hash: look.head.hash, timestamp: look.head.timestamp), price: prices.price,
      quotePrice: prices.quote, nativePrice: first.nativePrice(watch: watch),
      sequencer: try vault.sequencerFeed?.reading(first.sequencer),
      vault: try vault.reader.reading(first.spot),
      account: AccountReading(
        isEnabled: account.isEnabled, holderBalanceWei: account.holderBalanceWei,
        keeperBalanceWei: first.keeperBalanceWei),
      isRoleHeld: first.role.isHeld, venue: state, exposures: exposures)
    role = first.role
    let consensus = first.consensus
    evidence = NodeEvidence(
      lane: watch.lane, head: look.mark, minedNonce: consensus.minedNonce, agreedNonce: consensus.agreedNonce,
      pooledNonce: look.pooledNonce,
      safeNonce: consensus.safeNonce, finalizedNonce: consensus.finalizedNonce,
      deepNonce: consensus.deepNonce, sightings: look.sightings(consensus.canonical), canonical: consensus.canonical,
      isComplete: look.isComplete,
      strangerHash: strangerHash)
    fates = state.map { consensus.fates(of: first.orderKeys, $0, vault.venue) } ?? []
    venueReads = second.map {
      VenueReads(first: first.venueReads, second: $0.reads, price: $0.price, collateralPrice: $0.collateralPrice)
    }
    multicallCode = watch.node.multicallCode
  }
}
