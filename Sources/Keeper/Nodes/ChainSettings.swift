package import Ethereum
package import Outbox

/// One chain as the configuration describes it. Nothing here is a secret.
package struct ChainSettings: Sendable {
  /// The configuration's name for it, as in log lines.
  package let name: String
  package let chainID: UInt64
  /// The public endpoints, which read and send: in order of preference, never empty.
  package let endpoints: [EndpointID]
  /// Endpoints that keep what is sent to them out of the public pools until it is mined, in order of preference. They
  /// take transactions and are asked for nothing about the chain's state.
  package let relays: [EndpointID]
  /// How many of `endpoints` must vouch for a block before it is judged. Default `majority(of:)`.
  package let quorum: Int
  /// How many blocks an endpoint may be behind the decided head and still be heard in this tick. Default 3: half a
  /// minute of mainnet, in which a block reaches every healthy node, so that more is no lag but a standstill.
  package let maximumLagBlocks: UInt64
  /// When an endpoint that keeps failing is left alone, and for how long.
  package let breaker: BreakerPolicy
  /// To how many public endpoints a transaction goes the first time.
  package let sending: Sending
  /// Where Multicall3 stands; nil on chains without it, whose reads go out as one JSON-RPC batch.
  package let multicall3: Address?
  /// The longest that one exchange with the nodes may take.
  package let exchangeDeadlineMilliseconds: Int
  package let fees: FeePolicy
  /// The most gas a transaction of ours may be given. The guards count with it before an estimate is at hand.
  package let gasLimit: UInt64
  /// What is added to a node's estimate, in percent, since state moves between estimate and inclusion.
  package let gasMarginPercent: UInt64
  /// What clearing a stuck nonce may cost; the balance never goes below it.
  package let clearNonceReserveWei: UInt256
  package let lane: LanePolicy

  /// To how many public endpoints a transaction goes the first time it is sent. Sent again, it goes to all of them.
  package enum Sending: String, Hashable, Sendable, CaseIterable {
    /// To one after the other until one may have taken it: one provider learns of it before the others.
    case first
    /// To all of them at once: no single provider can hold it back.
    case all
  }

  /// - Parameter quorum: nil takes the majority of the public endpoints.
  package init(
    name: String, chainID: UInt64, endpoints: [EndpointID], relays: [EndpointID] = [], quorum: Int? = nil,
    maximumLagBlocks: UInt64 = 3, breaker: BreakerPolicy = .standard, sending: Sending = .first, multicall3: Address?,
    exchangeDeadlineMilliseconds: Int, fees: FeePolicy, gasLimit: UInt64, gasMarginPercent: UInt64,
    clearNonceReserveWei: UInt256, lane: LanePolicy
  ) {
    precondition(!endpoints.isEmpty, "a chain has at least one endpoint that can be asked")
    self.name = name
    self.chainID = chainID
    self.endpoints = endpoints
    self.relays = relays
    self.quorum = min(max(quorum ?? Self.majority(of: endpoints.count), 1), endpoints.count)
    self.maximumLagBlocks = maximumLagBlocks
    self.breaker = breaker
    self.sending = sending
    self.multicall3 = multicall3
    self.exchangeDeadlineMilliseconds = exchangeDeadlineMilliseconds
    self.fees = fees
    self.gasLimit = gasLimit
    self.gasMarginPercent = gasMarginPercent
    self.clearNonceReserveWei = clearNonceReserveWei
    self.lane = lane
  }

  /// More than half: one liar among three cannot decide alone, and two majorities can never decide for different
  /// blocks, since they share an endpoint.
  package static func majority(of count: Int) -> Int { count / 2 + 1 }
}
