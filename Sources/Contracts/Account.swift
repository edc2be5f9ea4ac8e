package import Ethereum

/// What a failure of a call means for whoever sent it.
package enum FailureClass: Hashable, Sendable, Codable {
  /// The account's own rules forbid it. Do not retry: stop and alert.
  case policyDenied(String)
  /// The venue would not take it as it is.
  case venueRefused(String)
  /// Nothing is known to forbid it; the next tick may find it possible.
  case retryable(String)

  package var text: String {
    switch self {
    case .policyDenied(let text), .venueRefused(let text), .retryable(let text): text
    }
  }
}

/// Facts about an account at the block read.
package struct AccountReading: Hashable, Sendable, Codable {
  /// The path from the keeper's key to the vault is switched on (for a Safe: the role module is enabled). Whether the
  /// keeper holds its role is told by `Account.probe`.
  package let isEnabled: Bool
  /// Native currency of the vault: it pays the venue's upfront fees where the account executes by delegatecall.
  package let holderBalanceWei: UInt256
  /// Native currency of the keeper's own address, which pays the gas.
  package let keeperBalanceWei: UInt256

  package init(isEnabled: Bool, holderBalanceWei: UInt256, keeperBalanceWei: UInt256) {
    self.isEnabled = isEnabled
    self.holderBalanceWei = holderBalanceWei
    self.keeperBalanceWei = keeperBalanceWei
  }
}

/// Who executes: how the keeper's one transaction becomes calls of the vault. Pure; never signs or sends.
package protocol Account: Sendable {
  /// From the configuration's vocabulary: "safe-roles", "eoa".
  var name: String { get }
  /// The vault: the address that holds the assets and is `msg.sender` at the venue.
  var holder: Address { get }
  /// Contracts that must carry code on this chain, by name, for the checks at start.
  var contracts: [(name: String, address: Address)] { get }
  /// Errors of the account's own contracts, for revert data.
  var knownErrors: [ABIErrorType] { get }

  /// One call from the keeper that makes the vault do `calls` in order, all or nothing. Throws on an empty list.
  func wrap(_ calls: [Call]) throws(ContractsError) -> Call
  /// The inverse of `wrap`, strict: throws unless `call` is exactly what `wrap` writes.
  func unwrap(_ call: Call) throws(ContractsError) -> [Call]
  func reads(keeper: Address) throws(ContractsError) -> [Read]
  func reading(_ results: [ReadResult]) throws(ContractsError) -> AccountReading
  /// A harmless call for an eth_call from the keeper whose outcome tells whether the keeper holds its role; nil where
  /// there is no role to hold.
  func probe() throws(ContractsError) -> Call?
  /// What the probe's outcome says. `revert` is its revert data, nil when it succeeded.
  func isRoleHeld(probeRevert revert: [UInt8]?) -> Bool
  /// What the revert data of a wrapped call means.
  func classify(revert: [UInt8], venueErrors: [ABIErrorType]) -> FailureClass
}
