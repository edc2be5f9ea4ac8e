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
  /// Every endpoint failed; the first failure of each, in the configuration's order.
  case everywhere([NodeFailure])

  package var description: String {
    switch self {
    case .transport(let endpoint, let failure): "endpoint \(endpoint): \(failure)"
    case .status(let endpoint, let status, let retryAfter, let excerpt):
      "endpoint \(endpoint): HTTP \(status)\(retryAfter.map { ", retry after \($0) s" } ?? ""): \(excerpt)"
    case .malformed(let endpoint, let what): "endpoint \(endpoint): \(what)"
    case .refused(let endpoint, let method, let error): "endpoint \(endpoint): \(method): \(error)"
    case .wrongChain(let endpoint, let expected, let actual):
      "endpoint \(endpoint) serves chain \(actual), the configuration names \(expected); correct the URL or the chainID"
    case .fromTheFuture(let endpoint, let timestamp, let now):
      "endpoint \(endpoint): its head is of \(timestamp), and it is \(now); if every endpoint says so, set this clock"
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
    case .everywhere(let failures): failures.count == 1 ? failures[0].code : "nodesUnusable"
    }
  }
}
