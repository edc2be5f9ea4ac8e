import Ethereum

/// The door to the nodes with the lease's renewal riding along: every exchange carries one keep-alive more than was
/// asked for, and its reply is taken out again. So a keeper renews as often as it speaks to anybody, needs no thread,
/// and one that cannot finish its exchanges loses the lease by itself.
package final class LeasedTransport: Transport {
  private let transport: any Transport
  private let clock: any TimeSource
  private let members: [LeaseSettings.Member]
  /// Which member is asked: the first one that did not fail last.
  private(set) var preferred = 0
  /// The lease to renew; nil while there is none.
  private(set) var term: LeaseTerm?
  /// Whether the last renewal was answered. Who can not reach the store just now should not sign what he could not put
  /// there either.
  private(set) var isRenewed = false

  package init(_ transport: any Transport, settings: LeaseSettings, clock: any TimeSource) {
    self.transport = transport
    self.clock = clock
    members = settings.members
  }

  package func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
    let now = clock.now().monotonicMilliseconds
    guard let term, !term.isOver(now) else {
      return transport.exchange(outgoing, deadlineMilliseconds: deadlineMilliseconds)
    }
    let renewal = Outgoing(endpoint: members[preferred].endpoint(.keepAlive), body: EtcdRequest.lease(term.lease))
    var replies = transport.exchange(outgoing + [renewal], deadlineMilliseconds: deadlineMilliseconds)
    precondition(replies.count == outgoing.count + 1, "a transport answers every message")
    hear(replies.removeLast(), to: term, askedAt: now)
    return replies
  }

  /// A lease was granted: from now on it is renewed.
  func begin(_ term: LeaseTerm) {
    self.term = term
    isRenewed = true
  }

  /// The lease is renewed no more.
  func end() {
    term = nil
    isRenewed = false
  }

  /// Takes the next member for the next exchange.
  func turnToNextMember() { preferred = (preferred + 1) % members.count }

  private func hear(_ reply: Reply, to asked: LeaseTerm, askedAt: UInt64) {
    do {
      let remaining = try EtcdAnswer(reply, cluster: asked.cluster).keptAlive(asked.lease)
      term?.hear(remainingSeconds: remaining, askedAt: askedAt)
      isRenewed = true
    } catch {
      // Not renewed: the age goes on, and the next exchange asks another member.
      isRenewed = false
      turnToNextMember()
    }
  }
}

extension EtcdAnswer {
  /// - Parameter cluster: the one that must have answered; nil for any.
  init(_ reply: Reply, cluster: String?) throws(EtcdFailure) {
    switch reply {
    case .failed(let failure): throw .transport(failure)
    case .answer(let status, let body, _):
      guard status == 200 else { throw EtcdFailure(status: status, body: body) }
      try self.init(body)
    }
    if let cluster, header.cluster != cluster { throw .otherCluster(found: header.cluster, expected: cluster) }
  }
}
