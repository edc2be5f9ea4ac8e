import Ethereum
package import Outbox

/// Where signed bytes go now.
package enum Dispatch: Hashable, Sendable {
  /// To these, one after the other, until one may have taken them.
  case inTurn([EndpointID])
  /// To all of these at once.
  case atOnce([EndpointID])
  /// Nowhere yet.
  case wait(code: String, reason: String)
}

/// Why a route is closed for now.
package struct RouteClosure: Hashable, Sendable {
  package let code: String
  package let reason: String
}

/// What decides where a promise's bytes go.
package struct Passage: Hashable, Sendable {
  package let route: Route
  /// A no-op does nothing that could be traded against, and must get through where a relay holds its nonce: it is
  /// always public.
  package let isNoOp: Bool
  /// From the head at which the first attempt was signed to the one at hand.
  package let blocksWaited: UInt64
  /// Whether any public endpoint was handed an attempt of this promise. What the public has seen stays public.
  package let wasPublic: Bool
  /// Sent before: now all that may hear it hear it.
  package let isRepeat: Bool

  package init(route: Route, isNoOp: Bool, blocksWaited: UInt64, wasPublic: Bool, isRepeat: Bool) {
    self.route = route
    self.isNoOp = isNoOp
    self.blocksWaited = blocksWaited
    self.wasPublic = wasPublic
    self.isRepeat = isRepeat
  }

  /// Whether public endpoints get the bytes now. Else relays do; never both at one time.
  package var isPublic: Bool {
    if isNoOp { return true }
    switch route {
    case .public: return true
    case .relay: return false
    case .relayThenPublic(let afterBlocks): return wasPublic || blocksWaited >= afterBlocks
    }
  }
}

extension ChainSettings {
  /// The code of a call that waits because nothing may hear it.
  package static let noRelayCode = "noHealthyRelay"

  /// Which endpoints get the bytes now.
  /// - Parameters:
  ///   - heard: the public endpoints that were heard in this tick, the best first.
  ///   - reachable: the public endpoints that can be spoken to at all.
  package func dispatch(
    _ passage: Passage, heard: [EndpointID], reachable: [EndpointID], relays: RelayHealth
  ) -> Dispatch {
    guard !passage.isPublic else {
      if passage.isRepeat || sending == .all {
        return .atOnce(heard + reachable.filter { !heard.contains($0) })
      }
      return .inTurn(heard)
    }
    guard !relays.usable.isEmpty else {
      return .wait(
        code: Self.noRelayCode,
        reason: "the call is private and no relay can be used: " + relays.descriptions.joined(separator: "; "))
    }
    return passage.isRepeat ? .atOnce(relays.usable) : .inTurn(relays.usable)
  }
}

extension Passage {
  /// Of bytes that were signed for a promise, at a head.
  init(_ promise: Promise, _ hash: Bytes32, at head: HeadMark, among publicEndpoints: [EndpointID], isRepeat: Bool) {
    let first = promise.attempts.first?.signedAt ?? head
    let names = publicEndpoints.map(\.name)
    self.init(
      route: promise.intent.route,
      isNoOp: promise.attempts.first { $0.transactionHash == hash }?.kind == .noOp,
      blocksWaited: head.number > first.number ? head.number - first.number : 0,
      wasPublic: promise.attempts.contains { attempt in attempt.answers.contains { names.contains($0.endpoint) } },
      isRepeat: isRepeat)
  }
}

extension Node {
  /// Which endpoints get a promise's bytes now.
  func dispatch(
    _ promise: Promise, _ hash: Bytes32, at head: HeadMark, heard: [EndpointID], isRepeat: Bool
  ) -> Dispatch {
    chain.dispatch(
      Passage(promise, hash, at: head, among: chain.endpoints, isRepeat: isRepeat), heard: heard,
      reachable: inOrder(breakers.allowed(now, needed: 1)), relays: relays)
  }

  /// Why nothing new may be promised on a route now; nil where it may. Asked before a nonce is used, since a call that
  /// cannot be sent should not hold one.
  package func closure(of route: Route) -> RouteClosure? {
    let first = Passage(route: route, isNoOp: false, blocksWaited: 0, wasPublic: false, isRepeat: false)
    let dispatch = chain.dispatch(first, heard: chain.endpoints, reachable: chain.endpoints, relays: relays)
    guard case .wait(let code, let reason) = dispatch else { return nil }
    return RouteClosure(code: code, reason: reason)
  }

  /// What relays said to a submission counts for their health.
  mutating func note(_ answers: [EndpointAnswer]) { relays.note(answers, now) }
}

extension Keeper {
  /// Hands journaled bytes to whoever may hear them now.
  /// - Returns: what each said; nil where nobody may hear them yet, which the report then says.
  mutating func dispatch(
    _ transaction: JournaledTransaction, _ seen: Seen, _ vault: Int, isRepeat: Bool, _ report: inout TickReport
  ) throws(TickEnd) -> [EndpointAnswer]? {
    guard let promise = outbox.state.openPromise(transaction.intentID) else { return nil }
    if watches[vault].isTooLooseForPublic(transaction, of: promise, at: seen.evidence.head) {
      report.note(event: "awaitsPublicBound", "\(transaction.hash) was private; what replaces it is decided first")
      return nil
    }
    let dispatch = watches[vault].node.dispatch(
      promise, transaction.hash, at: seen.evidence.head, heard: seen.endpoints, isRepeat: isRepeat)
    var answers: [EndpointAnswer] = []
    switch dispatch {
    case .atOnce(let endpoints):
      answers = try send(transaction, to: endpoints, vault)
    case .inTurn(let endpoints):
      for endpoint in endpoints where Submission.strongest(of: answers)?.mayBeKnown != true {
        answers += try send(transaction, to: [endpoint], vault)
      }
    case .wait(let code, let reason):
      report.note(event: code, reason)
      return nil
    }
    watches[vault].node.note(answers)
    return answers
  }
}
