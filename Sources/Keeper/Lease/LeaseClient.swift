import Ethereum

/// The conversation with the store: one question, asked of one member after the other until one answers.
///
/// Every question can be asked twice without harm. A question that was answered with silence may still have been heard;
/// so a transaction compares what must hold, and when it is asked again its comparison tells what became of the first.
struct LeaseClient {
  let settings: LeaseSettings
  let transport: LeasedTransport
  let clock: any TimeSource

  /// Why no member answered; the failure of each try.
  struct Silence: Error {
    let tries: [(member: String, failure: EtcdFailure)]

    var description: String { tries.map { "\($0.member): \($0.failure)" }.joined(separator: "; ") }
    /// Whether a member has said that there is no such lease.
    var isLeaseGone: Bool { tries.contains { $0.failure.isNotFound } }
  }

  /// - Parameters:
  ///   - cluster: the one that must answer, where a lease was granted by one already.
  ///   - deadlineMilliseconds: for all tries together.
  func ask(
    _ method: EtcdMethod, _ body: [UInt8], cluster: String?, deadlineMilliseconds: Int
  ) throws(Silence) -> EtcdAnswer {
    // Two tries at least: a single member that answered nothing is asked again what it made of the question.
    let tries = max(2, settings.members.count)
    let end = clock.now().monotonicMilliseconds + UInt64(max(0, deadlineMilliseconds))
    var failures: [(member: String, failure: EtcdFailure)] = []
    for turn in 0..<tries {
      let now = clock.now().monotonicMilliseconds
      guard now < end else { break }
      let member = settings.members[transport.preferred]
      let share = max(1, Int(clamping: end - now) / (tries - turn))
      let replies = transport.exchange(
        [Outgoing(endpoint: member.endpoint(method), body: body)], deadlineMilliseconds: share)
      do {
        guard let reply = replies.first else { throw EtcdFailure.malformed("no reply") }
        return try EtcdAnswer(reply, cluster: cluster)
      } catch {
        let failure = error as? EtcdFailure ?? .malformed("\(error)")
        failures.append((member.name, failure))
        if case .transport(.cancelled) = failure { break }
        // An answer that says no such lease is one; another member knows no more.
        if failure.isNotFound { break }
        if transport.preferred == settings.members.firstIndex(where: { $0.name == member.name }) {
          transport.turnToNextMember()
        }
      }
    }
    throw Silence(tries: failures)
  }
}
