/// The block a node is asked about.
package enum BlockReference: Hashable, Sendable {
  case latest
  case safe
  case finalized
  case pending
  case number(UInt64)
  /// Exactly this block, and an error where it is not (or no longer) canonical (EIP-1898).
  case hash(Bytes32)

  /// The JSON-RPC parameter.
  package var json: JSON {
    switch self {
    case .latest: "latest"
    case .safe: "safe"
    case .finalized: "finalized"
    case .pending: "pending"
    case .number(let number): .string(UInt256(number).hexQuantity)
    case .hash(let hash): ["blockHash": .string(hash.description), "requireCanonical": true]
    }
  }
}
