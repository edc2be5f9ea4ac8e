package import Ethereum

/// What a call is for. Halts and budgets distinguish by it.
package enum Purpose: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// Changes the vault's exposure.
  case act
  /// Withdraws one of our own resting orders. By policy the one thing a halted keeper may still sign.
  case cancelOrder
  /// Consumes a nonce with a transfer of nothing to ourselves.
  case clearNonce

  package var description: String { rawValue }
}

/// A figure as the judge gave it, kept as text so that the journal computes nothing.
package struct NotedFigure: Hashable, Sendable, Codable {
  package let name: String
  /// Decimal text, rounded to the unit.
  package let value: String
  package let unit: String
  package let source: String

  package init(name: String, value: String, unit: String, source: String) {
    self.name = name
    self.value = value
    self.unit = unit
    self.source = source
  }
}

/// Why a call was decided: the judge's own words and figures, opaque here.
package struct Grounds: Hashable, Sendable, Codable {
  /// One line for people: "increase short by 3.2 ETH, limit 2 520 USD".
  package let summary: String
  /// The call as people read it: "Roles → MultiSend → ExchangeRouter.multicall(…)".
  package let call: String
  package let figures: [NotedFigure]

  package init(summary: String, call: String = "", figures: [NotedFigure] = []) {
    self.summary = summary
    self.call = call
    self.figures = figures
  }
}

/// One decision that is to be served by at most one mined call: what, from whom, why, and on which picture of the
/// world.
package struct PromiseIntent: Hashable, Sendable, Codable {
  /// keccak over everything that makes the decision what it is: not over `grounds`, which are words about it, nor over
  /// what counts, sends or checks it (`turnover` to `expectation`), which the journal's chain protects. Two intents
  /// with the same id are the same decision, and the second one is refused.
  package let id: Bytes32
  package let chainID: UInt64
  /// The keeper's address, which signs.
  package let sender: Address
  /// The vault's name in the configuration.
  package let vault: String
  package let purpose: Purpose
  package let to: Address
  package let valueWei: UInt256
  package let data: Octets
  package let gasLimit: UInt64
  /// What the call hands to a venue beside gas (an execution fee), wei. Counts in the gas budget, because a venue's
  /// keeper spends it on gas for us.
  package let upfrontFeeWei: UInt256
  /// Hash of the configuration that decided.
  package let configurationHash: Bytes32
  /// The head at which it was decided and simulated.
  package let decidedAt: HeadMark
  package let grounds: Grounds
  /// What the call may trade, USD with 18 decimals. Counts in the vault's turnover.
  package let turnover: UInt256
  /// USD for a whole native coin at the decision, 18 decimals; nil where nobody asked. Turns wei into the budget's
  /// quote currency.
  package let nativePrice: UInt256?
  package let route: Route
  package let urgency: Urgency
  /// What must hold on the block that mines the call. The Keeper's affair, opaque here; null if nothing was expected.
  package let expectation: JSON

  package init(
    chainID: UInt64, sender: Address, vault: String, purpose: Purpose, to: Address, valueWei: UInt256,
    data: [UInt8], gasLimit: UInt64, upfrontFeeWei: UInt256, configurationHash: Bytes32, decidedAt: HeadMark,
    grounds: Grounds, turnover: UInt256 = .zero, nativePrice: UInt256? = nil, route: Route = .public,
    urgency: Urgency = .routine, expectation: JSON = .null
  ) {
    self.chainID = chainID
    self.sender = sender
    self.vault = vault
    self.purpose = purpose
    self.to = to
    self.valueWei = valueWei
    self.data = Octets(data)
    self.gasLimit = gasLimit
    self.upfrontFeeWei = upfrontFeeWei
    self.configurationHash = configurationHash
    self.decidedAt = decidedAt
    self.grounds = grounds
    self.turnover = turnover
    self.nativePrice = nativePrice
    self.route = route
    self.urgency = urgency
    self.expectation = expectation
    id = Self.identity(
      chainID: chainID, sender: sender, vault: vault, purpose: purpose, to: to, valueWei: valueWei, data: data,
      gasLimit: gasLimit, upfrontFeeWei: upfrontFeeWei, configurationHash: configurationHash, decidedAt: decidedAt)
  }

  /// Reads what any version has written: a field that an older one did not know has the value it had there in effect.
  package init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: CodingKeys.self)
    id = try record.decode(Bytes32.self, forKey: .id)
    chainID = try record.decode(UInt64.self, forKey: .chainID)
    sender = try record.decode(Address.self, forKey: .sender)
    vault = try record.decode(String.self, forKey: .vault)
    purpose = try record.decode(Purpose.self, forKey: .purpose)
    to = try record.decode(Address.self, forKey: .to)
    valueWei = try record.decode(UInt256.self, forKey: .valueWei)
    data = try record.decode(Octets.self, forKey: .data)
    gasLimit = try record.decode(UInt64.self, forKey: .gasLimit)
    upfrontFeeWei = try record.decode(UInt256.self, forKey: .upfrontFeeWei)
    configurationHash = try record.decode(Bytes32.self, forKey: .configurationHash)
    decidedAt = try record.decode(HeadMark.self, forKey: .decidedAt)
    grounds = try record.decode(Grounds.self, forKey: .grounds)
    turnover = try record.decodeIfPresent(UInt256.self, forKey: .turnover) ?? .zero
    nativePrice = try record.decodeIfPresent(UInt256.self, forKey: .nativePrice)
    route = try record.decodeIfPresent(Route.self, forKey: .route) ?? .public
    urgency = try record.decodeIfPresent(Urgency.self, forKey: .urgency) ?? .routine
    expectation = try record.decodeIfPresent(JSON.self, forKey: .expectation) ?? .null
  }

  /// Whose nonce it will take.
  package var lane: LaneID { LaneID(chainID: chainID, sender: sender) }

  /// Whether `id` belongs to the other fields; false means that a record was made up.
  var hasOwnIdentity: Bool {
    id
      == Self.identity(
        chainID: chainID, sender: sender, vault: vault, purpose: purpose, to: to, valueWei: valueWei,
        data: data.bytes, gasLimit: gasLimit, upfrontFeeWei: upfrontFeeWei, configurationHash: configurationHash,
        decidedAt: decidedAt)
  }

  /// Fields of fixed length first, the two of free length as their hashes, so that no two intents share an input.
  private static func identity(
    chainID: UInt64, sender: Address, vault: String, purpose: Purpose, to: Address, valueWei: UInt256,
    data: [UInt8], gasLimit: UInt64, upfrontFeeWei: UInt256, configurationHash: Bytes32, decidedAt: HeadMark
  ) -> Bytes32 {
    var bytes = Array("vaultkeeper intent 1\n\(purpose.rawValue)\n".utf8)
    bytes += JournalEntry.bigEndian(chainID)
    bytes += sender.bytes
    bytes += to.bytes
    bytes += valueWei.bigEndian32
    bytes += JournalEntry.bigEndian(gasLimit)
    bytes += upfrontFeeWei.bigEndian32
    bytes += configurationHash.bytes
    bytes += JournalEntry.bigEndian(decidedAt.number)
    bytes += decidedAt.hash.bytes
    bytes += Keccak256.hash(Array(vault.utf8)).bytes
    bytes += Keccak256.hash(data).bytes
    return Keccak256.hash(bytes)
  }
}
