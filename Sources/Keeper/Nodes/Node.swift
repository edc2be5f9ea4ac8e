import Ethereum
import Outbox

/// The conversation with the endpoints of one chain. It reads and never sends: sending is `Sender`'s, which a dry run
/// does not have.
package struct Node {
  let chain: ChainSettings
  private let transport: any Transport
  /// Exchanges since `beginTick`: one call of the transport, however many endpoints it asks.
  package private(set) var exchanges = 0
  /// What went wrong with single endpoints since `beginTick`, also where another one answered.
  package private(set) var failures: [NodeFailure] = []

  /// Multicall3's runtime code once it was read: code at an address does not change, so it is asked for once.
  var multicallCode: [UInt8]?
  /// Endpoints that have said that they do not know the tags `safe` and `finalized`.
  var untagged: [EndpointID] = []
  /// How many times as far back as `finality` says in blocks one must look on this chain to be as far back in seconds.
  private var deepening: UInt64 = 1
  /// Who was found to have used a nonce of ours.
  var stranger: Stranger?

  /// Who is left alone because it keeps failing.
  private(set) var breakers: Breakers
  /// How well the relays do.
  package internal(set) var relays: RelayHealth
  /// Whether the vault sends through relays, so that they are to be asked for a sign of life.
  var usesRelays = false
  /// The running tick's time, unix seconds.
  var now: UInt64 = 0
  /// Who answered, and who was out of order, since `beginTick`.
  private var answered: [EndpointID] = []
  private var outOfOrder: [EndpointID] = []
  /// How many exchanges with a single endpoint ended at their deadline since `beginTick`.
  private var waitedInVain = 0
  /// How many may, before only one endpoint is asked each question. Four deadlines are 40 s at the default: with the
  /// look before them far within the three minutes in which a service manager wants to hear of a tick, and who gets no
  /// answer from four endpoints that just gave their head learns more from the next tick.
  private static let patience = 4

  package init(chain: ChainSettings, transport: any Transport) {
    self.chain = chain
    self.transport = transport
    breakers = Breakers(chain.endpoints, chain.breaker)
    relays = RelayHealth(chain.relays)
  }

  /// - Parameter now: unix seconds; the only time that anything here knows of.
  mutating func beginTick(_ now: UInt64) {
    // A tick in which an endpoint failed once was no good one, even where it answered before or after.
    for endpoint in answered where !outOfOrder.contains(endpoint) { breakers.succeeded(endpoint) }
    exchanges = 0
    failures = []
    answered = []
    outOfOrder = []
    waitedInVain = 0
    self.now = now
  }

  /// The block at which what is counted is final, for who cannot go by the nodes' word.
  func deepBlock(below head: BlockHeader) -> DeepBlock {
    DeepBlock(below: head, chain.lane.depth, deepening: deepening)
  }

  /// Blocks come faster here than `finality` in blocks and in seconds go together: farther back from now on.
  mutating func deepens() { deepening = min(deepening * 2, 4_096) }

  mutating func heard(_ endpoint: EndpointID) {
    if !answered.contains(endpoint) { answered.append(endpoint) }
  }

  /// Notes what went wrong; of an endpoint that is out of order also with its breaker, once in each tick.
  mutating func note(_ failure: NodeFailure) {
    guard !failures.contains(failure) else { return }
    failures.append(failure)
    guard let (endpoint, retryAfterSeconds) = failure.countsAgainst, !outOfOrder.contains(endpoint) else { return }
    outOfOrder.append(endpoint)
    if let seconds = breakers.failed(endpoint, now, retryAfterSeconds: retryAfterSeconds) {
      failures.append(.leftAlone(endpoint, seconds: seconds))
    }
  }

  /// These endpoints without those that were out of order in this tick already, as long as any other is left: one that
  /// hangs costs its deadline once in a tick and not at every question.
  func inOrder(_ endpoints: [EndpointID]) -> [EndpointID] {
    let left = endpoints.filter { !outOfOrder.contains($0) }
    return left.isEmpty ? endpoints : left
  }

  /// Asks each endpoint its batch, all in one exchange.
  /// - Returns: one result for each, in the same order. Failures are also noted in `failures`.
  mutating func ask(_ batches: [(endpoint: EndpointID, batch: Batch)]) -> [Result<Answers, NodeFailure>] {
    exchanges += 1
    var outgoing: [Outgoing] = []
    // Several endpoints are mostly asked the same, and say the same.
    for (index, asked) in batches.enumerated() {
      let isRepeat = index > 0 && batches[index - 1].batch.requests == asked.batch.requests
      outgoing.append(
        Outgoing(endpoint: asked.endpoint, body: isRepeat ? outgoing[index - 1].body : asked.batch.encoded()))
    }
    let replies = transport.exchange(outgoing, deadlineMilliseconds: chain.exchangeDeadlineMilliseconds)
    precondition(replies.count == outgoing.count, "a transport answers every message")
    var results: [Result<Answers, NodeFailure>] = []
    var last: (body: [UInt8], answers: Answers)?
    for (index, reply) in replies.enumerated() {
      let (endpoint, batch) = batches[index]
      do throws(NodeFailure) {
        let body = outgoing[index].body
        let answers: Answers
        if let last, last.body == body, let same = Answers(reply, from: endpoint, as: last.answers) {
          answers = same
        } else {
          answers = try Answers(reply, from: endpoint, to: batch)
        }
        last = (body, answers)
        results.append(.success(answers))
      } catch {
        note(error)
        results.append(.failure(error))
      }
    }
    return results
  }

  /// Asks the endpoints one after the other until one gives an answer that `read` accepts. An exchange each, so one in
  /// all as long as the first is well.
  /// - Parameter beside: questions to others that go out in the first exchange; what they answered is in `others`.
  mutating func ask<Answer>(
    inTurn endpoints: [EndpointID], _ batch: Batch, beside: [(endpoint: EndpointID, batch: Batch)] = [],
    _ read: (Answers) throws(NodeFailure) -> Answer
  ) throws(NodeFailure) -> (answer: Answer, endpoint: EndpointID, others: [Answers]) {
    var seen: [NodeFailure] = []
    var others: [Answers] = []
    var beside = beside
    for endpoint in inOrder(endpoints) {
      if !seen.isEmpty, waitedInVain >= Self.patience { break }
      let results = ask([(endpoint, batch)] + beside.filter { $0.endpoint != endpoint })
      beside = []
      for case .success(let answers) in results.dropFirst() { others.append(answers) }
      switch results[0] {
      case .failure(let failure):
        seen.append(failure)
        if case .transport(_, .timeout) = failure { waitedInVain += 1 }
        // Somebody wants us to stop: no other endpoint need be asked.
        if case .transport(_, .cancelled) = failure { throw .everywhere(seen) }
      case .success(let answers):
        do {
          let answer = try read(answers)
          heard(endpoint)
          return (answer, endpoint, others)
        } catch {
          note(error)
          seen.append(error)
        }
      }
    }
    throw .everywhere(seen)
  }
}
