import Ethereum
package import Outbox

/// Sends journaled transactions that the writer's fence has admitted. A dry run has no value of this type, and nothing
/// else in the program writes `eth_sendRawTransaction`.
package struct Sender {
  private let transport: any Transport

  package init(transport: any Transport) { self.transport = transport }

  /// Hands the bytes to these endpoints in one exchange, and reads what each says to it. After this returns the
  /// transaction may be mined whatever the answers are: only the chain tells.
  package func submit(
    _ admitted: Admitted, to endpoints: [EndpointID], deadlineMilliseconds: Int
  ) -> [EndpointAnswer] {
    let transaction = admitted.transaction
    let request = NodeCall<Bytes32>.sendRaw(transaction.raw).request(id: 1)
    let body = RPCRequest.encodeBatch([request])
    let replies = transport.exchange(
      endpoints.map { Outgoing(endpoint: $0, body: body) }, deadlineMilliseconds: deadlineMilliseconds)
    return zip(endpoints, replies).map { endpoint, reply in
      EndpointAnswer(endpoint: endpoint.name, submission: Submission(reply, sent: transaction.hash))
    }
  }
}

extension Submission {
  init(_ reply: Reply, sent hash: Bytes32) {
    switch reply {
    case .failed(let failure):
      self = .classify(lost: failure.description, sent: failure.mayHaveBeenSent)
    case .answer(let status, let body, _):
      guard status == 200 else {
        self = .classify(httpStatus: status)
        return
      }
      do {
        let responses = try RPCResponse.decodeBatch(body, expecting: [1])
        self =
          responses.first.map { .classify($0.outcome, sent: hash) }
          ?? .maybeAccepted(why: "the node answered nothing")
      } catch {
        // The node did get the bytes, and what it made of them is not known.
        self = .maybeAccepted(why: "\(error)")
      }
    }
  }
}
