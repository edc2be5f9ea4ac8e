package import Contracts
package import Ethereum

/// The block at which everything of one decision was read.
package struct Head: Hashable, Sendable, Codable {
  package let number: UInt64
  package let hash: Bytes32
  /// Unix seconds.
  package let timestamp: UInt64

  package init(number: UInt64, hash: Bytes32, timestamp: UInt64) {
    self.number = number
    self.hash = hash
    self.timestamp = timestamp
  }
}

/// Everything read on chain for one decision, all at `head`.
package struct Observation: Hashable, Sendable, Codable {
  package let head: Head
  /// The base asset's feed.
  package let price: FeedReading
  /// The quote token's feed; nil where the configuration takes it as one dollar.
  package let quotePrice: FeedReading?
  /// The native currency's feed; nil where none is configured.
  package let nativePrice: FeedReading?
  /// Nil on chains without a sequencer.
  package let sequencer: SequencerReading?
  package let vault: VaultReading
  package let account: AccountReading
  /// Whether the keeper holds its role, from the account's probe.
  package let isRoleHeld: Bool
  /// Nil when a feed gave no price, so that the reads that need one could not be made.
  package let venue: VenueState?
  /// What the vault holds beside spot and venue, by source in the configuration's order.
  package let exposures: [ExposureReading]

  package init(
    head: Head, price: FeedReading, quotePrice: FeedReading?, nativePrice: FeedReading? = nil,
    sequencer: SequencerReading?, vault: VaultReading, account: AccountReading, isRoleHeld: Bool, venue: VenueState?,
    exposures: [ExposureReading] = []
  ) {
    self.head = head
    self.price = price
    self.quotePrice = quotePrice
    self.nativePrice = nativePrice
    self.sequencer = sequencer
    self.vault = vault
    self.account = account
    self.isRoleHeld = isRoleHeld
    self.venue = venue
    self.exposures = exposures
  }

  /// The quote token's price: from its feed, or one dollar where there is none; nil when the feed has no usable answer.
  var collateralPrice: Price? {
    guard let quotePrice else { return .oneDollar }
    return quotePrice.price
  }

  /// What the base asset is called, from the first spot token that counts as base.
  var baseSymbol: String {
    vault.balances.first { $0.token.role == .base }?.token.symbol ?? "base"
  }
}

// Chosen over the containers' own methods where a coder is synthesised: records from before there were exposures have
// no such member, and those without any need none.
extension KeyedDecodingContainer {
  func decode(_ type: [ExposureReading].Type, forKey key: Key) throws -> [ExposureReading] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [ExposureReading], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}

extension Price {
  static let oneDollar = Price(raw: 1_000_000_000_000_000_000)
}

extension OpenOrder {
  /// It may still change the position, or hold collateral. An expired order counts as long as the venue lists it.
  var isStanding: Bool {
    switch state {
    case .filled, .cancelled: false
    case .pending, .resting, .partial, .frozen, .expired, .unknown: true
    }
  }

  /// It adds collateral to a position and trades nothing.
  var isTopUp: Bool { kind == .marketIncrease && change.isZero }

  /// A kind this keeper never places: somebody else's stop, swap or liquidation.
  var isForeign: Bool {
    switch kind {
    case .marketIncrease, .limitIncrease, .marketDecrease, .limitDecrease: false
    case .stopLossDecrease, .stopIncrease, .swap, .liquidation: true
    }
  }
}
