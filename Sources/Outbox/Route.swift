/// By which way signed bytes are to reach a block producer. The nonce is the same on every way, so whatever happens one
/// of them is mined at most.
package enum Route: Hashable, Sendable, Codable, CustomStringConvertible {
  /// To the pools everybody reads.
  case `public`
  /// To relays only, never to a public pool: the call must not be seen before it is mined.
  case relay
  /// To relays first; to the public pools as well once this many blocks have passed since the first signature.
  case relayThenPublic(afterBlocks: UInt64)

  package var description: String {
    switch self {
    case .public: "public"
    case .relay: "relay"
    case .relayThenPublic(let blocks): "relay, public after \(blocks) blocks"
    }
  }
}

/// How much a call loses by waiting; decides what is offered for its gas.
package enum Urgency: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// The band is left, nothing burns.
  case routine
  /// Every block of waiting costs more than the dearer gas.
  case urgent
  /// The position is close to being liquidated: almost any fee is cheaper.
  case liquidation

  package var description: String { rawValue }
}
