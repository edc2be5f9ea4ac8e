import Outbox

/// How well each relay does. A relay that takes a transaction and does nothing with it looks like one that works, so
/// what is counted is whether it answers: to submissions, and to a sign of life that is asked for in each tick of a
/// vault that sends through it. It is never asked for the chain's state.
///
/// A relay is bad from 30 % failures among the last 20 answers on, and good again from 10 %: six failures in four
/// minutes of ticks are no hiccup, a call sent there would only wait; and the wider gap back keeps a relay that is just
/// coming up from changing sides at every tick.
package struct RelayHealth: Hashable, Sendable {
  /// Four minutes of ticks at 12 s.
  static let window = 20
  private static let badFromFailures = 6
  private static let goodFromFailures = 2

  private struct Relay: Hashable, Sendable {
    let endpoint: EndpointID
    /// Whether the latest ones failed, oldest first; at most `window`.
    var failures: [Bool] = []
    var isBad = false
    var breaker = Breaker(.standard)
  }

  private var relays: [Relay]

  init(_ endpoints: [EndpointID]) { relays = endpoints.map { Relay(endpoint: $0) } }

  /// Those to send to, in the configuration's order.
  package var usable: [EndpointID] {
    relays.filter { !$0.isBad && !$0.breaker.isOpen }.map(\.endpoint)
  }

  /// Those to ask for a sign of life. One that hangs would hold up every tick, so that has a breaker, too.
  func toAsk(_ now: UInt64) -> [EndpointID] { relays.filter { $0.breaker.allows(now) }.map(\.endpoint) }

  /// For `check` and for the words of a refusal: "relay flash: 6 of the last 20 failed, not used".
  package var descriptions: [String] {
    relays.map { relay in
      let failed = relay.failures.count { $0 }
      let use = relay.isBad || relay.breaker.isOpen ? ", not used" : ""
      return "relay \(relay.endpoint): \(failed) of the last \(relay.failures.count) answers failed\(use)"
    }
  }

  mutating func note(_ endpoint: EndpointID, failed: Bool, _ now: UInt64) {
    guard let index = relays.firstIndex(where: { $0.endpoint == endpoint }) else { return }
    relays[index].failures.append(failed)
    if relays[index].failures.count > Self.window { relays[index].failures.removeFirst() }
    if failed { relays[index].breaker.failed(now) } else { relays[index].breaker.succeeded() }
    let count = relays[index].failures.count { $0 }
    if count >= Self.badFromFailures { relays[index].isBad = true }
    if count <= Self.goodFromFailures { relays[index].isBad = false }
  }

  /// Counts what relays said to a submission; the words of others are passed over.
  mutating func note(_ answers: [EndpointAnswer], _ now: UInt64) {
    for answer in answers {
      guard let relay = relays.first(where: { $0.endpoint.name == answer.endpoint }) else { continue }
      note(relay.endpoint, failed: answer.submission.isFailureOfEndpoint, now)
    }
  }
}

extension Submission {
  /// Whether the endpoint did not do its part. A rejection with a reason in the bytes is its part.
  fileprivate var isFailureOfEndpoint: Bool {
    switch self {
    case .accepted, .alreadyKnown: false
    case .rejected(let rejection): rejection == .busy || rejection == .endpointRefuses
    case .notSent, .maybeAccepted: true
    }
  }
}
