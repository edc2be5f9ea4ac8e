/// When an endpoint that keeps failing is left alone.
package struct BreakerPolicy: Hashable, Sendable {
  /// After how many failures in a row. Default 3: one lost connection and its repetition are ordinary.
  package let failures: Int
  /// For how long the first time. Default 30 s: two to three ticks, what a node takes to start again.
  package let coolDownSeconds: UInt64
  /// The longest, reached by doubling. Default 600 s: six probes an hour find an endpoint soon enough when it is
  /// back, and a probe that hangs costs the deadline of an exchange each time. No Retry-After is obeyed beyond it
  /// either, so that no server can send us away for a day.
  package let longestCoolDownSeconds: UInt64

  package init(failures: Int = 3, coolDownSeconds: UInt64 = 30, longestCoolDownSeconds: UInt64 = 600) {
    self.failures = max(failures, 1)
    self.coolDownSeconds = coolDownSeconds
    self.longestCoolDownSeconds = max(coolDownSeconds, longestCoolDownSeconds)
  }

  package static let standard = BreakerPolicy()
}

/// What keeps one endpoint from being asked again and again while it fails: closed, open for a cool-down, then half
/// open for one probe, which closes it or opens it for twice as long.
///
/// Reads no clock: the tick hands its time in. A clock that was set back ends a cool-down, since a probe too early
/// costs an exchange and one too late our sight.
struct Breaker: Hashable, Sendable {
  enum State: Hashable, Sendable {
    case closed(failures: Int)
    case open(sinceSeconds: UInt64, forSeconds: UInt64)
  }

  let policy: BreakerPolicy
  private(set) var state = State.closed(failures: 0)

  init(_ policy: BreakerPolicy) { self.policy = policy }

  /// Whether to ask: closed, or the cool-down is over and a probe is due.
  func allows(_ now: UInt64) -> Bool {
    guard case .open(let since, let duration) = state else { return true }
    return now < since || now - since >= duration
  }

  var isOpen: Bool {
    if case .open = state { true } else { false }
  }

  mutating func succeeded() { state = .closed(failures: 0) }

  /// - Parameter retryAfterSeconds: when the server itself asked us to come back; then it is left alone at once.
  mutating func failed(_ now: UInt64, retryAfterSeconds: UInt64? = nil) {
    let asked = retryAfterSeconds.map { min($0, policy.longestCoolDownSeconds) }
    switch state {
    case .closed(let failures):
      let count = failures < Int.max ? failures + 1 : failures
      if let asked {
        state = .open(sinceSeconds: now, forSeconds: max(asked, 1))
      } else if count >= policy.failures {
        state = .open(sinceSeconds: now, forSeconds: policy.coolDownSeconds)
      } else {
        state = .closed(failures: count)
      }
    case .open(_, let duration):
      // Asked although open, because everybody is: that is no probe, and its failure says nothing new.
      guard allows(now) || asked != nil else { return }
      let (doubled, isTooLarge) = duration.multipliedReportingOverflow(by: 2)
      let longer = min(isTooLarge ? .max : max(doubled, 1), policy.longestCoolDownSeconds)
      state = .open(sinceSeconds: now, forSeconds: max(asked ?? 0, longer))
    }
  }
}

/// The breakers of a chain's endpoints.
struct Breakers: Hashable, Sendable {
  private let endpoints: [EndpointID]
  private var breakers: [Breaker]

  init(_ endpoints: [EndpointID], _ policy: BreakerPolicy) {
    self.endpoints = endpoints
    breakers = endpoints.map { _ in Breaker(policy) }
  }

  /// The endpoints to ask now, in their order: those that are not left alone; where fewer than `needed` are left, all
  /// of them, since our own caution must never be what blinds us.
  func allowed(_ now: UInt64, needed: Int) -> [EndpointID] {
    let allowed = zip(endpoints, breakers).filter { $0.1.allows(now) }.map(\.0)
    return allowed.count >= min(max(needed, 1), endpoints.count) ? allowed : endpoints
  }

  /// The endpoints that are being left alone, probes included.
  var open: [EndpointID] { zip(endpoints, breakers).filter(\.1.isOpen).map(\.0) }

  mutating func succeeded(_ endpoint: EndpointID) {
    guard let index = endpoints.firstIndex(of: endpoint) else { return }
    breakers[index].succeeded()
  }

  /// - Returns: for how many seconds the endpoint is now left alone, where that is new.
  mutating func failed(_ endpoint: EndpointID, _ now: UInt64, retryAfterSeconds: UInt64?) -> UInt64? {
    guard let index = endpoints.firstIndex(of: endpoint) else { return nil }
    let before = breakers[index].state
    breakers[index].failed(now, retryAfterSeconds: retryAfterSeconds)
    guard case .open(_, let seconds) = breakers[index].state, breakers[index].state != before else { return nil }
    return seconds
  }
}
