package import Ethereum

/// What a vault holds on the spot, its shares, and whether it is paused.
package struct VaultReader: Hashable, Sendable, Codable {
  /// The address that holds the tokens.
  package let holder: Address
  package let tokens: [SpotToken]
  /// The share token, where the vault has one.
  package let erc4626: Address?
  /// A contract with `paused()`, where the vault has one.
  package let pausable: Address?
  /// For native balances.
  package let multicall: Address

  package init(
    holder: Address, tokens: [SpotToken], erc4626: Address?, pausable: Address?,
    multicall: Address = MulticallBatch.canonicalAddress
  ) {
    self.holder = holder
    self.tokens = tokens
    self.erc4626 = erc4626
    self.pausable = pausable
    self.multicall = multicall
  }

  package func reads() throws(ContractsError) -> [Read] {
    var reads: [Read] = []
    for token in tokens {
      if let address = token.address {
        reads.append(try ERC20.BalanceOf(account: holder).read(at: address))
      } else {
        reads.append(try MulticallBatch.balance(of: holder, multicall: multicall))
      }
    }
    if let erc4626 {
      reads.append(try ERC4626.TotalAssets().read(at: erc4626))
      reads.append(try ERC4626.TotalSupply().read(at: erc4626))
    }
    if let pausable { reads.append(try Pausable.Paused().read(at: pausable)) }
    return reads
  }

  package func reading(_ results: [ReadResult]) throws(ContractsError) -> VaultReading {
    let expected = tokens.count + (erc4626 == nil ? 0 : 2) + (pausable == nil ? 0 : 1)
    guard results.count == expected else {
      throw .answerCount(what: "vault \(holder)", expected: expected, actual: results.count)
    }
    var balances: [SpotBalance] = []
    for (token, result) in zip(tokens, results) {
      // Both functions answer one word.
      balances.append(
        SpotBalance(token: token, units: try ERC20.BalanceOf.output(of: result, "\(token.symbol) of the vault")))
    }
    var rest = results.dropFirst(tokens.count)
    var totals: (assets: UInt256, supply: UInt256)?
    if erc4626 != nil, let assets = rest.popFirst(), let supply = rest.popFirst() {
      totals = (
        try ERC4626.TotalAssets.output(of: assets, "totalAssets of the vault"),
        try ERC4626.TotalSupply.output(of: supply, "totalSupply of the vault")
      )
    }
    var isPaused = false
    if pausable != nil, let paused = rest.popFirst() {
      isPaused = try Pausable.Paused.output(of: paused, "paused() of the vault")
    }
    return VaultReading(
      balances: balances, totalAssets: totals?.assets, totalSupply: totals?.supply, isPaused: isPaused)
  }
}
