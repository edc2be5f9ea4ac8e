package import Ethereum

/// Why this tick could not look. Nothing was sent because of it; the next tick looks again.
package enum NodeFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// No answer came over the wire.
  case transport(EndpointID, TransportFailure)
  /// The server answered with an HTTP status that is not 200. `excerpt` is cut and printable.
  case status(EndpointID, Int, retryAfterSeconds: Int?, excerpt: String)
  /// The answer is no JSON-RPC answer to what was asked.
  case malformed(EndpointID, what: String)
  /// The node answered one of the questions with an error.
  case refused(EndpointID, method: String, RPCErrorObject)
  /// The endpoint serves another chain than the configuration names.
  case wrongChain(EndpointID, expected: UInt64, actual: UInt64)
  /// The endpoint's head claims a time that has not come.
  case fromTheFuture(EndpointID, timestamp: UInt64, now: UInt64)
  /// The endpoint is so far behind the decided head that it is not heard in this tick.
  case lagging(EndpointID, blocks: UInt64, head: UInt64)
  /// At the decided height the endpoint names another block; it is not heard in this tick.
  case dissenting(EndpointID, number: UInt64, says: Bytes32, decided: Bytes32)
  /// The endpoint's answers can be read, and make no sense in the contracts that they are about. That may be the
  /// contracts' doing.
  case implausible(EndpointID, what: String)
  /// Two endpoints that agree on the head do not agree on what follows from it.
  case contradicting(EndpointID, what: String)
  /// The endpoint's logs leave out what a receipt of ours proves: its silence about an order means nothing.
  case logsMissing(EndpointID, block: UInt64)
  /// The endpoint failed so often in a row that it is left alone for a while.
  case leftAlone(EndpointID, seconds: UInt64)
  /// Fewer endpoints than the quorum gave a head at all.
  case tooFew(needed: Int, heard: Int, [NodeFailure])
  /// There is no block that enough endpoints vouch for.
  case disagreeing(needed: Int, [HeadClaim])
  /// Every endpoint failed; the first failure of each, in the configuration's order.
  case everywhere([NodeFailure])

  package var description: String {
    switch self {
    case .transport(let endpoint, let failure): "endpoint \(endpoint): \(failure)"
    case .status(let endpoint, let status, let retryAfter, let excerpt):
      "endpoint \(endpoint): HTTP \(status)\(retryAfter.map { ", retry after \($0) s" } ?? ""): \(excerpt)"
    case .malformed(let endpoint, let what): "endpoint \(endpoint): \(what)"
    case .refused(let endpoint, let method, let error): "endpoint \(endpoint): \(method): \(error)"
    case .implausible(let endpoint, let what): "endpoint \(endpoint): what it says makes no sense: \(what)"
    case .wrongChain(let endpoint, let expected, let actual):
      "endpoint \(endpoint) serves chain \(actual), the configuration names \(expected); correct the URL or the chainID"
    case .fromTheFuture(let endpoint, let timestamp, let now):
      "endpoint \(endpoint): its head is of \(timestamp), and it is \(now); if every endpoint says so, set this clock"
    case .lagging(let endpoint, let blocks, let head):
      "endpoint \(endpoint) is \(blocks) blocks behind the decided head \(head) and is not heard"
    case .dissenting(let endpoint, let number, let says, let decided):
      "endpoint \(endpoint) says block \(number) is \(says), decided is \(decided); it is not heard"
    case .contradicting(let endpoint, let what): "endpoint \(endpoint) contradicts another: \(what)"
    case .logsMissing(let endpoint, let block):
      "endpoint \(endpoint): its logs lack an event that a receipt of ours proves in block \(block)"
    case .leftAlone(let endpoint, let seconds): "endpoint \(endpoint) keeps failing and is left alone for \(seconds) s"
    case .tooFew(let needed, let heard, let failures):
      "\(heard) endpoints gave a head and the quorum is \(needed): "
        + failures.map(\.description).joined(separator: "; ")
    case .disagreeing(let needed, let claims):
      "no block has the word of \(needed) endpoints: " + claims.map(\.description).joined(separator: "; ")
    case .everywhere(let failures):
      "no endpoint could be used: " + failures.map(\.description).joined(separator: "; ")
    }
  }

  /// A short code for counters and journal records.
  package var code: String {
    switch self {
    case .transport(_, .cancelled): "interrupted"
    case .transport: "nodeUnreachable"
    case .status: "nodeHTTPError"
    case .malformed: "nodeAnswerMalformed"
    case .refused: "nodeRefused"
    case .wrongChain: "nodeWrongChain"
    case .fromTheFuture: "nodeFromTheFuture"
    case .lagging: "nodeLagging"
    case .dissenting: "nodeDissents"
    case .implausible: "nodeAnswerImplausible"
    case .contradicting: "nodesContradict"
    case .logsMissing: "nodeLogsMissing"
    case .leftAlone: "nodeLeftAlone"
    case .tooFew: "nodesTooFew"
    case .disagreeing: "nodesDisagree"
    case .everywhere(let failures): failures.count == 1 ? failures[0].code : "nodesUnusable"
    }
  }
}

extension NodeFailure {
  /// Whether the endpoint itself is out of order, as far as this tells: what its breaker counts. A node that answers
  /// "no such block" is well.
  var countsAgainst: (endpoint: EndpointID, retryAfterSeconds: UInt64?)? {
    switch self {
    case .transport(_, .cancelled): nil
    case .transport(let endpoint, _), .malformed(let endpoint, _), .wrongChain(let endpoint, _, _),
      .fromTheFuture(let endpoint, _, _):
      (endpoint, nil)
    case .status(let endpoint, _, let retryAfterSeconds, _):
      (endpoint, retryAfterSeconds.flatMap { UInt64(exactly: $0) })
    case .refused(let endpoint, _, let error): error.meansTooManyRequests ? (endpoint, nil) : nil
    case .lagging, .dissenting, .implausible, .contradicting, .logsMissing, .leftAlone, .tooFew, .disagreeing,
      .everywhere:
      nil
    }
  }
}

extension RPCErrorObject {
  /// How providers say inside of an answer what HTTP says with 429.
  var meansTooManyRequests: Bool {
    code == -32_005 || code == 429 || message.lowercased().contains("rate limit")
      || message.lowercased().contains("too many requests")
  }
}
