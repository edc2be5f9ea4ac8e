package import Ethereum

/// The options that a vault's own contract lists (abi/OptionBook.json).
package struct ContractOptionBook: ExposureSource, Hashable, Codable {
  /// What a desk writes on one asset: some expiries of some strikes. Far more is no book but an attempt to keep us
  /// busy.
  package static let optionLimit = 256

  package let name: String
  package let contract: Address
  package let terms: OptionTerms

  package init(name: String, contract: Address, terms: OptionTerms) {
    self.name = name
    self.contract = contract
    self.terms = terms
  }

  package func reads(holder: Address) throws(ContractsError) -> [Read] {
    [try OptionBook.Options().read(at: contract)]
  }

  package func readings(_ results: [ReadResult], holder: Address) throws(ContractsError) -> [ExposureReading] {
    guard let result = results.first, results.count == 1 else {
      throw .answerCount(what: "options of \(name)", expected: 1, actual: results.count)
    }
    // Before anything is decoded: six words each, an offset and a count.
    guard result.data.count <= 64 + 192 * Self.optionLimit else {
      throw .implausible(what: "option book \(contract)", value: "more than \(Self.optionLimit) options")
    }
    let options = try OptionBook.Options.output(of: result, "options of \(contract)")
    var readings: [ExposureReading] = []
    for (index, option) in options.enumerated() {
      let (expiry, markedAt) = (
        try OptionReading.seconds(option.expiry, "expiry of option \(index) of \(name)"),
        try OptionReading.seconds(option.markedAt, "mark's time of option \(index) of \(name)")
      )
      readings.append(
        .option(
          try OptionReading(
            source: name, index: index, expiry: expiry, strike: Price(raw: option.strike),
            quantity: Quantity(raw: option.quantity), isCall: option.isCall, rawVolatility: option.markVolatility,
            markedAt: markedAt, terms: terms)))
    }
    return readings
  }
}

extension OptionReading {
  /// No time has more than 63 bits, and sums of two such have room.
  static func seconds(_ word: UInt256, _ what: String) throws(ContractsError) -> UInt64 {
    guard let seconds = word.asUInt64, seconds <= UInt64(Int64.max) else {
      throw .implausible(what: what, value: "\(word)")
    }
    return seconds
  }

  /// From a book's words: a volatility of zero is none.
  init(
    source: String, index: Int, expiry: UInt64, strike: Price, quantity: Quantity, isCall: Bool, rawVolatility: UInt256,
    markedAt: UInt64, terms: OptionTerms
  ) throws(ContractsError) {
    guard !strike.isZero else { throw .implausible(what: "option \(index) of \(source), its strike", value: "0") }
    let volatility = rawVolatility == .zero ? nil : Ratio(raw: try FixedPoint.signed(rawVolatility))
    self.init(
      source: source, index: index, expiry: expiry, strike: strike, quantity: quantity, isCall: isCall,
      markVolatility: volatility, markedAt: markedAt, terms: terms)
  }
}
