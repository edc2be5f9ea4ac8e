package import Ethereum

/// A round of a feed: the phase (which aggregator stood behind the proxy) above bit 64, the aggregator's own count
/// below. An aggregator without a proxy has phase 0.
package struct RoundID: Hashable, Sendable {
  package let phase: UInt16
  /// From 1.
  package let round: UInt64

  package init(phase: UInt16, round: UInt64) {
    self.phase = phase
    self.round = round
  }

  /// nil above 80 bits.
  package init?(_ raw: UInt256) {
    let high = raw >> 64
    guard let phase = high.asUInt64.flatMap(UInt16.init(exactly:)), let round = (raw ^ (high << 64)).asUInt64 else {
      return nil
    }
    self.phase = phase
    self.round = round
  }

  package var raw: UInt256 { UInt256(UInt64(phase)) << 64 | UInt256(round) }
}

/// What a feed answered once.
package struct FeedRound: Hashable, Sendable {
  package let id: RoundID
  package let price: Price
  /// Unix seconds.
  package let updatedAt: UInt64

  package init(id: RoundID, price: Price, updatedAt: UInt64) {
    self.id = id
    self.price = price
    self.updatedAt = updatedAt
  }
}

extension ChainlinkFeed {
  package func reads(of rounds: [RoundID]) throws(ContractsError) -> [Read] {
    try rounds.map { (id) throws(ContractsError) in
      try ChainlinkAggregator.GetRoundData(roundId: id.raw).read(at: address)
    }
  }

  /// The rounds in the order in which they were asked for; nil for one that was never answered, which some aggregators
  /// say by reverting and others with zeros.
  /// - Throws: where an answer is of another round than the one that was asked for.
  package func rounds(
    _ results: [ReadResult], of ids: [RoundID], decimals: Int
  ) throws(ContractsError) -> [FeedRound?] {
    guard results.count == ids.count else {
      throw .answerCount(what: "rounds of price feed \(address)", expected: ids.count, actual: results.count)
    }
    var rounds: [FeedRound?] = []
    for (id, result) in zip(ids, results) {
      guard result.success else {
        rounds.append(nil)
        continue
      }
      let told = try ChainlinkAggregator.GetRoundData.output(of: result, "a round of price feed \(address)")
      guard told.roundId == id.raw else {
        throw .implausible(what: "price feed \(address), asked for round \(id.raw)", value: "round \(told.roundId)")
      }
      guard told.answer.signum > 0, let updatedAt = told.updatedAt.asUInt64, updatedAt > 0 else {
        rounds.append(nil)
        continue
      }
      rounds.append(
        FeedRound(
          id: id, price: try Price(units: told.answer.magnitude, decimals: decimals, rounding: .down),
          updatedAt: updatedAt))
    }
    return rounds
  }

  /// Which aggregator stood behind the proxy in a phase.
  package func reads(ofPhase phase: UInt16) throws(ContractsError) -> [Read] {
    [try ChainlinkAggregator.PhaseAggregators(phaseId: UInt256(UInt64(phase))).read(at: address)]
  }

  /// nil where there is none, or the feed is no proxy.
  package func aggregator(_ results: [ReadResult]) throws(ContractsError) -> Address? {
    guard let result = results.first, result.success else { return nil }
    let found = try ChainlinkAggregator.PhaseAggregators.output(of: result, "aggregator of price feed \(address)")
    return found == .zero ? nil : found
  }

  package static func latestRead(at aggregator: Address) throws(ContractsError) -> [Read] {
    [try ChainlinkAggregator.LatestRoundData().read(at: aggregator)]
  }

  /// An aggregator's own last round; nil where it will not say.
  package static func latestRound(_ results: [ReadResult]) throws(ContractsError) -> UInt64? {
    guard let result = results.first, result.success else { return nil }
    return try ChainlinkAggregator.LatestRoundData.output(of: result, "the latest round of an aggregator").roundId
      .asUInt64
  }
}
