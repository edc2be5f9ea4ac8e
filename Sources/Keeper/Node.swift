import Ethereum

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

  package init(chain: ChainSettings, transport: any Transport) {
    self.chain = chain
    self.transport = transport
  }

  mutating func beginTick() {
    exchanges = 0
    failures = []
  }

  mutating func note(_ failure: NodeFailure) {
    if !failures.contains(failure) { failures.append(failure) }
  }

  /// Asks each endpoint its batch, all in one exchange.
  /// - Returns: one result for each, in the same order. Failures are also noted in `failures`.
  mutating func ask(_ batches: [(endpoint: EndpointID, batch: Batch)]) -> [Result<Answers, NodeFailure>] {
    exchanges += 1
    let outgoing = batches.map { Outgoing(endpoint: $0.endpoint, body: RPCRequest.encodeBatch($0.batch.requests)) }
    let replies = transport.exchange(outgoing, deadlineMilliseconds: chain.exchangeDeadlineMilliseconds)
    precondition(replies.count == outgoing.count, "a transport answers every message")
    return zip(batches, replies).map { asked, reply in
      do throws(NodeFailure) {
        return .success(try Answers(reply, from: asked.endpoint, to: asked.batch))
      } catch {
        note(error)
        return .failure(error)
      }
    }
  }

  /// Asks the endpoints one after the other until one gives an answer that `read` accepts. An exchange each, so one in
  /// all as long as the first is well.
  mutating func ask<Answer>(
    inTurn endpoints: [EndpointID], _ batch: Batch, _ read: (Answers) throws(NodeFailure) -> Answer
  ) throws(NodeFailure) -> (answer: Answer, endpoint: EndpointID) {
    var seen: [NodeFailure] = []
    for endpoint in endpoints {
      switch ask([(endpoint, batch)])[0] {
      case .failure(let failure):
        seen.append(failure)
        // Somebody wants us to stop: no other endpoint need be asked.
        if case .transport(_, .cancelled) = failure { throw .everywhere(seen) }
      case .success(let answers):
        do {
          return (try read(answers), endpoint)
        } catch {
          note(error)
          seen.append(error)
        }
      }
    }
    throw .everywhere(seen)
  }
}
