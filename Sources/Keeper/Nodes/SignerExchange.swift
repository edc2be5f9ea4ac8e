package import Wallet

/// The door to a remote signer through a transport: one endpoint of its own, one deadline.
package final class SignerExchange: SignerDoor {
  private let transport: any Transport
  private let endpoint: EndpointID
  private let deadlineMilliseconds: Int

  /// - Parameter deadlineMilliseconds: how long a signer may take; then the tick ends and the next one asks again.
  package init(transport: any Transport, endpoint: EndpointID, deadlineMilliseconds: Int) {
    self.transport = transport
    self.endpoint = endpoint
    self.deadlineMilliseconds = deadlineMilliseconds
  }

  package func exchange(_ body: [UInt8]) -> SignerReply {
    let replies = transport.exchange(
      [Outgoing(endpoint: endpoint, body: body)], deadlineMilliseconds: deadlineMilliseconds)
    switch replies.first {
    case .answer(let status, let body, _): return .answer(status: status, body: body)
    case .failed(let failure): return .silent(reason: failure.description)
    case nil: return .silent(reason: "the transport gave no reply")
    }
  }
}
