import Ethereum

/// A look at the lease's store from outside, for `check`: takes nothing, and renews nothing.
package struct LeaseInspection {
  package struct Leader: Hashable, Sendable {
    /// As the leader key names it; fit for a line.
    package let holder: String
    package let remainingSeconds: Int64
  }

  /// What one member said.
  package enum Finding: Hashable, Sendable {
    case nobodyLeads
    case leads(Leader)
    case failed(String)
  }

  private let settings: LeaseSettings
  private let transport: any Transport

  package init(settings: LeaseSettings, transport: any Transport) {
    self.settings = settings
    self.transport = transport
  }

  /// What a member says about the leader.
  package func ask(_ member: LeaseSettings.Member) -> Finding {
    do {
      let key = settings.keys.leader
      let range = try answer(member, .range, EtcdRequest.encoded(EtcdRequest.range(key))).range()
      guard let leader = range.entries.first else { return .nobodyLeads }
      let remaining = try answer(member, .timeToLive, EtcdRequest.lease(leader.lease)).remaining(leader.lease)
      return .leads(Leader(holder: LeaseFence.holder(leader), remainingSeconds: remaining))
    } catch {
      return .failed(error.description)
    }
  }

  private func answer(
    _ member: LeaseSettings.Member, _ method: EtcdMethod, _ body: [UInt8]
  ) throws(EtcdFailure) -> EtcdAnswer {
    let replies = transport.exchange(
      [Outgoing(endpoint: member.endpoint(method), body: body)],
      deadlineMilliseconds: settings.exchangeDeadlineMilliseconds)
    guard let reply = replies.first else { throw .malformed("no reply") }
    return try EtcdAnswer(reply, cluster: nil)
  }
}
