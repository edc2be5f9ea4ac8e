package import Ethereum

/// Tokens of a power perpetual that a vault holds, with the factor by which past funding has shrunk them.
package struct PowerPerpetualHolding: ExposureSource, Hashable, Codable {
  package let name: String
  package let token: Address
  package let decimals: Int
  /// Who knows the normalisation factor.
  package let controller: Address
  package let scale: UInt64
  package let fundingSeconds: UInt64

  package init(
    name: String, token: Address, decimals: Int, controller: Address, scale: UInt64, fundingSeconds: UInt64
  ) {
    self.name = name
    self.token = token
    self.decimals = decimals
    self.controller = controller
    self.scale = scale
    self.fundingSeconds = fundingSeconds
  }

  package func reads(holder: Address) throws(ContractsError) -> [Read] {
    [
      try ERC20.BalanceOf(account: holder).read(at: token),
      try PowerPerpetualController.GetExpectedNormalizationFactor().read(at: controller),
    ]
  }

  package func readings(_ results: [ReadResult], holder: Address) throws(ContractsError) -> [ExposureReading] {
    guard results.count == 2 else {
      throw .answerCount(what: "power perpetual \(name)", expected: 2, actual: results.count)
    }
    let units = try ERC20.BalanceOf.output(of: results[0], "balance of \(name)")
    let factor = try PowerPerpetualController.GetExpectedNormalizationFactor.output(
      of: results[1], "normalisation factor of \(name)")
    // It begins at 1 and funding makes it smaller; what is above a thousand, or nothing, is another contract's number.
    guard factor > .zero, factor < UInt256(1_000_000_000_000_000_000) << 10 else {
      throw .implausible(what: "normalisation factor of \(name)", value: "\(factor)")
    }
    return [
      .powerPerpetual(
        PowerPerpetualReading(
          source: name, units: units, decimals: decimals, normalisation: Ratio(raw: try FixedPoint.signed(factor)),
          scale: scale, fundingSeconds: fundingSeconds))
    ]
  }
}
