package import Contracts
package import Ethereum

/// What aims know of earlier judgements and of other vaults. Keeper fills it from its memory, which is the journal
/// replayed.
package struct AimState: Hashable, Sendable, Codable {
  /// What this vault's last judgement to be trusted left behind.
  package var last: AimMark?
  /// The other vaults of its portfolio, as each was last assessed.
  package var portfolio: [MemberWorth]

  package init(last: AimMark? = nil, portfolio: [MemberWorth] = []) {
    self.last = last
    self.portfolio = portfolio
  }

  package static let none = AimState()
}

/// What one judgement leaves behind for the next ones. Only one whose head, feeds and sequencer were to be trusted
/// leaves any.
package struct AimMark: Hashable, Sendable, Codable {
  /// Time of the block it was made at, unix seconds.
  package let atSeconds: UInt64
  /// Net asset value.
  package let worth: Usd
  /// Supply of the vault's shares in their smallest units; nil where none are read.
  package let shares: UInt256?
  /// For floors that ratchet.
  package let peak: PeakMark?
  /// For cash-and-carry.
  package let carry: CarryMark?

  package init(
    atSeconds: UInt64, worth: Usd, shares: UInt256? = nil, peak: PeakMark? = nil, carry: CarryMark? = nil
  ) {
    self.atSeconds = atSeconds
    self.worth = worth
    self.shares = shares
    self.peak = peak
    self.carry = carry
  }
}

/// The most a vault was worth.
package struct PeakMark: Hashable, Sendable, Codable {
  package let worth: Usd
  /// Supply of its shares at the time; nil where none were read.
  package let shares: UInt256?
  /// Since when peaks have been counted, unix seconds.
  package let sinceSeconds: UInt64

  package init(worth: Usd, shares: UInt256?, sinceSeconds: UInt64) {
    self.worth = worth
    self.shares = shares
    self.sinceSeconds = sinceSeconds
  }
}

/// Where a cash-and-carry stands.
package struct CarryMark: Hashable, Sendable, Codable {
  /// Whether the spot is to be held against a short.
  package let isOn: Bool
  /// What a short received net of borrowing, a year, as a part of its notional: averaged over time.
  package let averageFunding: Ratio
  /// How much time is in the average.
  package let watchedSeconds: UInt64

  package init(isOn: Bool, averageFunding: Ratio, watchedSeconds: UInt64) {
    self.isOn = isOn
    self.averageFunding = averageFunding
    self.watchedSeconds = watchedSeconds
  }
}

/// What another vault was worth when it was last assessed.
package struct MemberWorth: Hashable, Sendable, Codable {
  package let vault: String
  package let worth: Usd
  /// Time of the block it was assessed at, unix seconds.
  package let atSeconds: UInt64

  package init(vault: String, worth: Usd, atSeconds: UInt64) {
    self.vault = vault
    self.worth = worth
    self.atSeconds = atSeconds
  }
}

// Chosen over the containers' own methods where a coder is synthesised: records from before there were aims with a
// memory have no such member, and those of vaults without one need none.
extension KeyedDecodingContainer {
  func decode(_ type: AimState.Type, forKey key: Key) throws -> AimState {
    try decodeIfPresent(type, forKey: key) ?? .none
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: AimState, forKey key: Key) throws {
    try encodeIfPresent(value == .none ? nil : value, forKey: key)
  }
}

extension AimState: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("last", last)
    try form.put("portfolio", portfolio)
  }
}

extension AimMark: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("atSeconds", atSeconds)
    try form.put("carry", carry)
    try form.put("peak", peak)
    try form.put("shares", shares)
    try form.put("worth", worth)
  }
}

extension PeakMark: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("shares", shares)
    form.put("sinceSeconds", sinceSeconds)
    try form.put("worth", worth)
  }
}

extension CarryMark: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("averageFunding", averageFunding)
    form.put("isOn", isOn)
    form.put("watchedSeconds", watchedSeconds)
  }
}

extension MemberWorth: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("atSeconds", atSeconds)
    form.put("vault", vault)
    try form.put("worth", worth)
  }
}
