package import Ethereum

/// A Chainlink aggregator (AggregatorV3Interface) as a price in dollars. Reads only facts; see `FeedLimits`.
/// `answeredInRound` is deprecated by its maker and not used.
package struct ChainlinkFeed: Hashable, Sendable, Codable {
  package let address: Address
  package let limits: FeedLimits

  package init(address: Address, limits: FeedLimits) {
    self.address = address
    self.limits = limits
  }

  package func reads() throws(ContractsError) -> [Read] {
    [
      try ChainlinkAggregator.LatestRoundData().read(at: address),
      try ChainlinkAggregator.Decimals().read(at: address),
    ]
  }

  package func reading(_ results: [ReadResult]) throws(ContractsError) -> FeedReading {
    guard results.count == 2 else {
      throw .answerCount(what: "price feed \(address)", expected: 2, actual: results.count)
    }
    let round = try ChainlinkAggregator.LatestRoundData.output(of: results[0], "price feed \(address)")
    let decimals = try ChainlinkAggregator.Decimals.output(of: results[1], "decimals of price feed \(address)")
    guard let decimals = decimals.asInt, decimals <= 36 else {
      throw .implausible(what: "decimals of price feed \(address)", value: "\(decimals)")
    }
    guard let updatedAt = round.updatedAt.asUInt64 else {
      throw .implausible(what: "price feed \(address), updatedAt", value: "\(round.updatedAt)")
    }
    let isPrice = round.answer.signum > 0
    let price = isPrice ? try Price(units: round.answer.magnitude, decimals: decimals, rounding: .down) : nil
    return FeedReading(
      price: price, rawAnswer: round.answer, updatedAt: updatedAt, roundID: round.roundId, decimals: decimals,
      limits: limits)
  }
}

/// Chainlink's uptime feed of a layer-2 sequencer: answer 0 is up, 1 is down, and a round that was never started
/// (startedAt 0) counts as down.
package struct SequencerFeed: Hashable, Sendable, Codable {
  package let address: Address
  /// How long after a restart nothing is done, so that others can react to prices first. 300 s is GMX's own value,
  /// Chainlink's example uses 3600 s.
  package let graceSeconds: UInt64

  package init(address: Address, graceSeconds: UInt64) {
    self.address = address
    self.graceSeconds = graceSeconds
  }

  package func reads() throws(ContractsError) -> [Read] {
    [try ChainlinkAggregator.LatestRoundData().read(at: address)]
  }

  package func reading(_ results: [ReadResult]) throws(ContractsError) -> SequencerReading {
    guard let result = results.first, results.count == 1 else {
      throw .answerCount(what: "sequencer feed \(address)", expected: 1, actual: results.count)
    }
    let round = try ChainlinkAggregator.LatestRoundData.output(of: result, "sequencer feed \(address)")
    guard let since = round.startedAt.asUInt64 else {
      throw .implausible(what: "sequencer feed \(address), startedAt", value: "\(round.startedAt)")
    }
    return SequencerReading(isUp: round.answer == .zero && since > 0, since: since, graceSeconds: graceSeconds)
  }
}
