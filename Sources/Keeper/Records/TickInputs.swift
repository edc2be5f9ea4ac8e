package import Contracts
package import Decision
package import Ethereum
import Outbox

/// What one judgement was made from and what it came to: everything that a second judge needs to reach the same one.
/// How the keeper came to see it (nodes, endpoints, retries) is not part of it.
package struct TickInputs: Hashable, Sendable {
  package let observation: Observation
  package var circumstances: Circumstances
  /// What simulating the approved proposal gave; nil where none was made.
  package internal(set) var simulation: Simulation?
  /// How the judgement ended; nil where it could not be made.
  package internal(set) var ruling: TickRuling?

  package init(_ observation: Observation, _ circumstances: Circumstances) {
    self.observation = observation
    self.circumstances = circumstances
  }
}

/// How a judgement ended, before anything beyond it (a budget, a marker, a lost connection) could stop the act.
package struct TickRuling: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable {
    case refused
    /// The guards let it pass, and no simulation was made.
    case approved
    case cleared
  }
  package let kind: Kind
  /// The refusal's code, or the plan's ("placeLimit").
  package let code: String
  /// Keccak-256 of the data of the call that was cleared.
  package let dataHash: Bytes32?

  init(_ verdict: Verdict) {
    dataHash = nil
    switch verdict.ruling {
    case .refused(let refusal): (kind, code) = (.refused, refusal.code.rawValue)
    case .approved(let approved): (kind, code) = (.approved, approved.plan.code)
    }
  }

  init(_ clearance: Clearance) {
    switch clearance.ruling {
    case .refused(let refusal): (kind, code, dataHash) = (.refused, refusal.code.rawValue, nil)
    case .cleared(let cleared):
      (kind, code, dataHash) = (.cleared, cleared.proposal.approved.plan.code, cleared.dataHash)
    }
  }
}

/// By what a vault was judged, as a record carries it: with this and the inputs a decision can be made again where
/// neither the configuration file nor a node is at hand.
package struct Rules: Hashable, Sendable, Codable {
  package let policy: Policy
  /// nil for kinds that no configuration knows.
  package let venue: WrittenVenue?
  package let account: WrittenAccount?
  package let holder: Address
  package let reader: VaultReader
  package let priceFeed: ChainlinkFeed
  package let quoteFeed: ChainlinkFeed?
  package let sequencerFeed: SequencerFeed?
  package let exposures: [ExposureSetting]

  package init(_ vault: VaultSettings) {
    policy = vault.policy
    venue = WrittenVenue(vault.venue)
    account = WrittenAccount(vault.account)
    holder = vault.account.holder
    reader = vault.reader
    priceFeed = vault.priceFeed
    quoteFeed = vault.quoteFeed
    sequencerFeed = vault.sequencerFeed
    exposures = vault.exposures
  }
}

// Chosen over the containers' own methods where a coder is synthesised: records from before there were exposures have
// no such member, and those without any need none.
extension KeyedDecodingContainer {
  func decode(_ type: [ExposureSetting].Type, forKey key: Key) throws -> [ExposureSetting] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [ExposureSetting], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}

/// A property that is carried along and is no part of its owner's written form nor of its equality.
@propertyWrapper
package struct Unwritten<Value: Sendable>: Hashable, Sendable, Codable {
  package var wrappedValue: Value?

  package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
  package init(from decoder: any Decoder) { wrappedValue = nil }
  package func encode(to encoder: any Encoder) {}
  package static func == (left: Self, right: Self) -> Bool { true }
  package func hash(into hasher: inout Hasher) {}
}

// Chosen over the containers' own methods where a coder is synthesised: without them an empty member would be written.
extension KeyedEncodingContainer {
  mutating func encode<Value>(_ value: Unwritten<Value>, forKey key: Key) {}
}

extension KeyedDecodingContainer {
  func decode<Value>(_ type: Unwritten<Value>.Type, forKey key: Key) -> Unwritten<Value> {
    Unwritten(wrappedValue: nil)
  }
}
