package import Ethereum

/// A token the vault holds on the spot, beside its venue.
package struct SpotToken: Hashable, Sendable, Codable {
  package enum Role: String, Hashable, Sendable, Codable {
    /// Counts in the delta, at the base price.
    case base
    /// Counts in net asset value only, at the quote price.
    case quote
  }
  package let symbol: String
  /// Nil for the chain's native currency.
  package let address: Address?
  package let decimals: Int
  package let role: Role

  package init(symbol: String, address: Address?, decimals: Int, role: Role) {
    self.symbol = symbol
    self.address = address
    self.decimals = decimals
    self.role = role
  }
}

package struct SpotBalance: Hashable, Sendable, Codable {
  package let token: SpotToken
  package let units: UInt256

  package init(token: SpotToken, units: UInt256) {
    self.token = token
    self.units = units
  }

  /// In whole tokens, rounded down: what we do not surely have does not count.
  package func amount() throws(ContractsError) -> Quantity {
    try Quantity(units: units, decimals: token.decimals, rounding: .down)
  }
}

/// Facts about a vault at the block read.
package struct VaultReading: Hashable, Sendable, Codable {
  /// In the order of the configuration.
  package let balances: [SpotBalance]
  /// ERC-4626 figures in the smallest units of the asset and of the share; nil without a share token.
  package let totalAssets: UInt256?
  package let totalSupply: UInt256?
  /// False where the vault has nothing to pause.
  package let isPaused: Bool

  package init(balances: [SpotBalance], totalAssets: UInt256?, totalSupply: UInt256?, isPaused: Bool) {
    self.balances = balances
    self.totalAssets = totalAssets
    self.totalSupply = totalSupply
    self.isPaused = isPaused
  }
}
