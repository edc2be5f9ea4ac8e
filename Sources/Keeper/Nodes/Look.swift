import Decision
import Ethereum
package import Outbox

/// What the endpoints said when they were first asked: where the chain stands, what gas costs, and what became of the
/// transactions we asked about. The first exchange of every tick.
struct Look: Sendable {
  /// What each endpoint said that is heard, in the configuration's order.
  private let views: [EndpointView]
  /// The blocks with enough vouchers, the highest first. The first of them is judged.
  private let agreements: [Quorum.Agreement]
  private let chain: ChainSettings
  private let offers: ByUrgency<FeeOffer>
  /// The hashes that were asked about. Every endpoint in `endpoints` answered for each of them.
  let asked: [Bytes32]
  /// Every configured public endpoint answered every question, and none of them is left out.
  let isComplete: Bool
  /// Why endpoints that answered are left out.
  let leftOut: [NodeFailure]

  let head: BlockHeader
  /// The endpoints that vouch for `head`.
  let vouchers: [EndpointID]
  /// The endpoints to ask further, those that vouch for `head` first. All of them serve the configured chain.
  let endpoints: [EndpointID]

  /// - Throws: `.disagreeing` where no block has enough vouchers.
  init(_ views: [EndpointView], _ quorum: Quorum, _ chain: ChainSettings, asked: [Bytes32]) throws(NodeFailure) {
    guard !quorum.agreements.isEmpty else {
      throw .disagreeing(needed: quorum.needed, quorum.claims)
    }
    try self.init(views, quorum, quorum.agreements, chain, asked: asked)
  }

  private init(
    _ views: [EndpointView], _ quorum: Quorum, _ agreements: [Quorum.Agreement], _ chain: ChainSettings,
    asked: [Bytes32]
  ) throws(NodeFailure) {
    let decided = agreements[0]
    var heard: [EndpointView] = []
    var leftOut: [NodeFailure] = []
    for view in views {
      if let failure = quorum.objection(to: view.endpoint, at: decided.header, tolerating: chain.maximumLagBlocks) {
        leftOut.append(failure)
      } else {
        heard.append(view)
      }
    }
    head = decided.header
    vouchers = decided.vouchers
    let others = heard.map(\.endpoint).filter { !decided.vouchers.contains($0) }
    let ahead = others.filter { endpoint in
      heard.contains { $0.endpoint == endpoint && $0.head.number > decided.header.number }
    }
    endpoints = decided.vouchers + ahead + others.filter { !ahead.contains($0) }
    offers = try Self.offers(heard.filter { decided.vouchers.contains($0.endpoint) }, head, chain)
    self.views = heard
    self.agreements = agreements
    self.chain = chain
    self.asked = asked
    self.leftOut = leftOut
    isComplete = heard.count == chain.endpoints.count
  }

  /// The highest offer that follows from what the vouching endpoints say, and from the decided block itself.
  private static func offers(
    _ views: [EndpointView], _ head: BlockHeader, _ chain: ChainSettings
  ) throws(NodeFailure) -> ByUrgency<FeeOffer> {
    // The highest word counts, and most endpoints say the same.
    let histories = views.compactMap(\.history).reduce(into: [FeeHistory]()) { if $0.last != $1 { $0.append($1) } }
    let market = FeeMarket(head: head, histories: histories, gasPricesWei: views.compactMap(\.gasPriceWei))
    do {
      return try chain.fees.offers(market)
    } catch {
      throw .malformed(views.first?.endpoint ?? chain.endpoints[0], what: "its fees make no sense: \(error)")
    }
  }

  // MARK: Fees

  /// What gas costs a routine act.
  var fees: FeeQuote { fees(for: .routine) }
  /// What a routine transaction signed now would offer.
  var terms: FeeTerms { terms(for: .routine) }

  func fees(for urgency: Urgency) -> FeeQuote { offers[urgency].quote }
  func terms(for urgency: Urgency) -> FeeTerms { offers[urgency].terms }

  // MARK: Transactions of ours

  /// Receipts of ours, from any endpoint. Whether their blocks are canonical is for the next exchange to say.
  var receipts: [Receipt] { views.flatMap(\.receipts) }
  /// Hashes of ours that some endpoint holds unmined.
  var pooled: [Bytes32] { views.flatMap(\.pooled) }
  /// The sender's next nonce when the pools are counted: the highest of all, since each node has a pool of its own.
  var pooledNonce: UInt64? { views.compactMap(\.pooledNonce).max() }

  /// The same answers with the next lower head, for when nobody serves reads at this one (a head that only one backend
  /// of a provider has seen, or that nobody has). nil when there is none.
  func retreating() throws(NodeFailure) -> Look? {
    // Whoever named this head could not even serve what it named.
    let left = views.filter { $0.head.hash != head.hash }
    let voices = left.map { Quorum.Voice($0.endpoint, head: $0.head) }
    let quorum = Quorum(needed: chain.quorum, voices)
    let lower = quorum.agreements.filter { $0.header.number <= head.number }
    guard !lower.isEmpty else { return nil }
    return try Look(left, quorum, lower, chain, asked: asked)
  }

  /// What was seen of each hash. A receipt outweighs a pool, a pool outweighs silence; of several receipts, one in a
  /// canonical block outweighs all others, whichever endpoint it came from. Where such receipts disagree on whether the
  /// call succeeded, what more endpoints say counts, and as many against as many says nothing.
  func sightings(_ canonical: [CanonicalBlock]) -> [TransactionSighting] {
    asked.map { hash in
      let told = receipts.filter { $0.transactionHash == hash }
      let inChain = told.filter { receipt in
        canonical.contains { $0.number == receipt.blockNumber && $0.hash == receipt.blockHash }
      }
      let successes = inChain.count(where: \.status)
      if !inChain.isEmpty, successes * 2 == inChain.count {
        return TransactionSighting(hash: hash, sighting: .notAnswered)
      }
      let proved = inChain.first { $0.status == (successes * 2 > inChain.count) }
      if let receipt = proved ?? told.first {
        return TransactionSighting(hash: hash, sighting: .receipt(Inclusion(receipt), canonicalHash: nil))
      }
      return TransactionSighting(hash: hash, sighting: pooled.contains(hash) ? .inPool : .unknown)
    }
  }

  var mark: HeadMark { HeadMark(number: head.number, hash: head.hash, timestamp: head.timestamp) }
}

extension Quorum {
  /// Why an endpoint is not heard beside a decided head; nil where it is.
  fileprivate func objection(
    to endpoint: EndpointID, at head: BlockHeader, tolerating lag: UInt64
  ) -> NodeFailure? {
    guard let voice = voices.first(where: { $0.endpoint == endpoint }) else { return nil }
    if head.number > voice.head.number, head.number - voice.head.number > lag {
      return .lagging(endpoint, blocks: head.number - voice.head.number, head: head.number)
    }
    for (number, hash) in [(head.number, head.hash), (head.number &- 1, head.parentHash)] {
      if let says = voice.hash(at: number), says != hash {
        return .dissenting(endpoint, number: number, says: says, decided: hash)
      }
    }
    return nil
  }
}

extension Node {
  /// Asks every endpoint that is not left alone for its head, for fees and for these hashes, in one exchange; where no
  /// block has enough vouchers after that, for their blocks a little further back in a second one.
  /// - Throws: `everywhere` if no endpoint of the right chain gave a head, `tooFew` if fewer did than the quorum needs,
  ///   `disagreeing` if they name no common block.
  mutating func look(hashes: [Bytes32], sender: Address? = nil, now: UInt64) throws(NodeFailure) -> Look {
    self.now = now
    var views: [EndpointView] = []
    var failed: [NodeFailure] = []
    let first = breakers.allowed(now, needed: chain.quorum)
    hear(first, hashes, sender, &views, &failed, relays: usesRelays ? relays.toAsk(now) : [])
    let rest = chain.endpoints.filter { !first.contains($0) }
    // Our own caution must not be what blinds us.
    if views.count < chain.quorum, !rest.isEmpty { hear(rest, hashes, sender, &views, &failed) }
    for failure in failed { note(failure) }
    guard !views.isEmpty else { throw .everywhere(failed) }
    guard views.count >= chain.quorum else {
      throw .tooFew(needed: chain.quorum, heard: views.count, failed)
    }
    views = chain.endpoints.compactMap { endpoint in views.first { $0.endpoint == endpoint } }
    for view in views { heard(view.endpoint) }
    var quorum = Quorum(needed: chain.quorum, views.map { Quorum.Voice($0.endpoint, head: $0.head) })
    if quorum.agreements.isEmpty { askFurtherBack(&quorum) }
    let look = try Look(views, quorum, chain, asked: hashes)
    for failure in look.leftOut { note(failure) }
    return look
  }

  /// The head that the quorum decides on now, and who vouches for it: for `check`.
  package mutating func agreement(now: UInt64) throws(NodeFailure) -> (head: HeadMark, vouchers: [EndpointID]) {
    let look = try look(hashes: [], now: now)
    return (look.mark, look.vouchers)
  }

  private mutating func hear(
    _ endpoints: [EndpointID], _ hashes: [Bytes32], _ sender: Address?, _ views: inout [EndpointView],
    _ failed: inout [NodeFailure], relays: [EndpointID] = []
  ) {
    var batch = Batch()
    let places = LookPlaces(chain: chain, hashes: hashes, sender: sender, in: &batch)
    var signOfLife = Batch()
    let chainID = signOfLife.ask(.chainID())
    let results = ask(endpoints.map { ($0, batch) } + relays.map { ($0, signOfLife) })
    var last: (answers: Answers, view: EndpointView)?
    for result in results.prefix(endpoints.count) {
      do throws(NodeFailure) {
        let answers = try result.get()
        let view: EndpointView
        if let last, answers.isSame(as: last.answers) {
          view = EndpointView(answers.endpoint, as: last.view)
        } else {
          view = try EndpointView(answers, places, chain, now: now)
        }
        last = (answers, view)
        views.append(view)
      } catch {
        failed.append(error)
      }
    }
    for (relay, result) in zip(relays, results.dropFirst(endpoints.count)) { judge(relay, result, chainID) }
  }

  /// Whether a relay lives. One that answers with an error lives, too: some know nothing but sending.
  private mutating func judge(
    _ relay: EndpointID, _ result: Result<Answers, NodeFailure>, _ chainID: Batch.Place<UInt64>
  ) {
    do throws(NodeFailure) {
      let answers = try result.get()
      if case .success(let actual) = try answers.outcome(chainID), actual != chain.chainID {
        throw .wrongChain(relay, expected: chain.chainID, actual: actual)
      }
      relays.note(relay, failed: false, now)
    } catch {
      note(error)
      relays.note(relay, failed: true, now)
    }
  }

  /// Asks every endpoint which blocks stand where enough of them have been.
  private mutating func askFurtherBack(_ quorum: inout Quorum) {
    let heights = quorum.heightsInQuestion
    var batch = Batch()
    let places = heights.map { batch.ask(.block(.number($0))) }
    for result in ask(quorum.voices.map { ($0.endpoint, batch) }) {
      do throws(NodeFailure) {
        let answers = try result.get()
        var headers: [BlockHeader] = []
        for (height, place) in zip(heights, places) {
          guard let header = try answers.take(place) else { continue }
          guard header.number == height else {
            throw .malformed(answers.endpoint, what: "asked for block \(height), got block \(header.number)")
          }
          headers.append(header)
        }
        quorum.hear(headers, from: answers.endpoint)
      } catch {
        note(error)
      }
    }
  }
}

extension Inclusion {
  init(_ receipt: Receipt) {
    self.init(
      transactionHash: receipt.transactionHash, blockNumber: receipt.blockNumber, blockHash: receipt.blockHash,
      succeeded: receipt.status, gasUsed: receipt.gasUsed, effectiveGasPriceWei: receipt.effectiveGasPrice ?? .zero)
  }
}
