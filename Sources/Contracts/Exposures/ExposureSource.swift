package import Ethereum

/// A place where a vault holds something that moves with the base asset's price, beside its spot tokens and its venue.
/// A pure reader: it judges nothing.
package protocol ExposureSource: Sendable {
  /// From the configuration, unique within a vault.
  var name: String { get }
  /// The same list for every block.
  func reads(holder: Address) throws(ContractsError) -> [Read]
  /// What the answers say. Throws where they cannot be true; that is one exposure less to know of, and no reason to
  /// stop looking at the rest.
  func readings(_ results: [ReadResult], holder: Address) throws(ContractsError) -> [ExposureReading]
}

/// An exposure as a configuration names it and a record carries it.
package enum ExposureSetting: Hashable, Sendable, Codable {
  case uniswapV3(UniswapV3Positions)
  case optionBook(ContractOptionBook)
  case signedOptionBook(SignedOptionBook)
  case powerPerpetual(PowerPerpetualHolding)

  package var name: String {
    switch self {
    case .uniswapV3(let source): source.name
    case .optionBook(let source): source.name
    case .signedOptionBook(let source): source.name
    case .powerPerpetual(let source): source.name
    }
  }

  /// Nil for what is not read on chain.
  package var source: (any ExposureSource)? {
    switch self {
    case .uniswapV3(let source): source
    case .optionBook(let source): source
    case .powerPerpetual(let source): source
    case .signedOptionBook: nil
    }
  }

  /// Contracts that must carry code on this chain, by name.
  package var contracts: [(name: String, address: Address)] {
    switch self {
    case .uniswapV3(let source): [("position manager", source.manager), ("pool", source.pool)]
    case .optionBook(let source): [("option book", source.contract)]
    case .powerPerpetual(let source): [("power perpetual", source.token), ("controller", source.controller)]
    case .signedOptionBook: []
    }
  }
}

extension ExposureSetting {
  /// Nil for what has no options.
  package var terms: OptionTerms? {
    switch self {
    case .optionBook(let source): source.terms
    case .signedOptionBook(let source): source.terms
    case .uniswapV3, .powerPerpetual: nil
    }
  }

  /// Whether what was read from this source is what would have been read from `other`: all but the options' terms,
  /// which are a question of the valuation.
  package func reads(as other: ExposureSetting) -> Bool {
    switch (self, other) {
    case (.optionBook(let mine), .optionBook(let theirs)):
      mine.name == theirs.name && mine.contract == theirs.contract
    case (.signedOptionBook(let mine), .signedOptionBook(let theirs)):
      mine.name == theirs.name && mine.signer == theirs.signer && mine.chainID == theirs.chainID
    default: self == other
    }
  }
}

extension ExposureReading {
  /// The same reading under other terms.
  package func valued(by terms: OptionTerms) -> ExposureReading {
    guard case .option(let option) = self else { return self }
    return .option(
      OptionReading(
        source: option.source, index: option.index, expiry: option.expiry, strike: option.strike,
        quantity: option.quantity, isCall: option.isCall, markVolatility: option.markVolatility,
        markedAt: option.markedAt, terms: terms))
  }
}
