/// What the transport allows itself and its peers.
package struct TransportLimits: Sendable {
  /// Largest answer, counted after decompression. 32 MiB holds the largest honest answer a keeper asks for, an
  /// `eth_getLogs` at a provider's cap of 10,000 logs, some 10 MB, three times over.
  package var responseBytes = 32 << 20
  /// Largest set of answer headers. Providers send 1 to 2 kB; web servers cut requests at 8 to 16 kB.
  package var headerBytes = 64 << 10
  /// Time for name, TCP and TLS together. The kernel repeats a lost SYN after 1 s and 3 s; 4 s lets both through.
  package var connectMilliseconds = 4000
  /// Connections to one host. A tick sends one batch to each endpoint, so one is the rule; 8 bounds what many chains
  /// behind one provider can open.
  package var connectionsPerHost = 8
  /// Idle connections kept over all hosts. More than any sane list of endpoints.
  package var idleConnections = 32
  /// A connection idle for longer is not used again. Load balancers drop idle connections from 60 s on, and a request
  /// on a connection that is just being dropped becomes an uncertain one.
  package var idleSeconds = 50
  /// Longest wait an endpoint can ask for by Retry-After. A longer one is cut: failing over is the caller's business.
  package var retryAfterSeconds = 3600

  package init() {}
}
