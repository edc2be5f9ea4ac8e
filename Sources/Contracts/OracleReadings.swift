package import Ethereum

/// What a price feed answered. Only facts: whether it is too old or out of bounds is judged elsewhere, against the
/// feed's limits.
package struct FeedReading: Hashable, Sendable, Codable {
  /// Nil when the answer is zero or negative, which is no price.
  package let price: Price?
  package let rawAnswer: Int256
  /// Unix seconds of the answer.
  package let updatedAt: UInt64
  package let roundID: UInt256
  package let decimals: Int
  /// The configured limits, so that a judgement needs nothing else.
  package let limits: FeedLimits

  package init(
    price: Price?, rawAnswer: Int256, updatedAt: UInt64, roundID: UInt256, decimals: Int, limits: FeedLimits
  ) {
    self.price = price
    self.rawAnswer = rawAnswer
    self.updatedAt = updatedAt
    self.roundID = roundID
    self.decimals = decimals
    self.limits = limits
  }

  /// The price where it lies within the feed's limits; of any other the guards refuse to hear, and so must whatever
  /// remembers prices.
  package var plausiblePrice: Price? {
    guard let price, !price.isZero else { return nil }
    if let minimum = limits.minimum, price < minimum { return nil }
    if let maximum = limits.maximum, price > maximum { return nil }
    return price
  }
}

/// How old and how far off a feed's answer may be.
package struct FeedLimits: Hashable, Sendable, Codable {
  /// The feed's promise: it is updated at least this often.
  package let heartbeatSeconds: UInt64
  /// What an update may be late (inclusion of the oracle's transaction).
  package let marginSeconds: UInt64
  package let minimum: Price?
  package let maximum: Price?

  package init(heartbeatSeconds: UInt64, marginSeconds: UInt64, minimum: Price?, maximum: Price?) {
    self.heartbeatSeconds = heartbeatSeconds
    self.marginSeconds = marginSeconds
    self.minimum = minimum
    self.maximum = maximum
  }

  /// The largest age an answer may have; saturates instead of overflowing.
  package var maximumAgeSeconds: UInt64 {
    let (sum, overflow) = heartbeatSeconds.addingReportingOverflow(marginSeconds)
    return overflow ? .max : sum
  }
}

/// What a sequencer uptime feed answered.
package struct SequencerReading: Hashable, Sendable, Codable {
  /// False also when the feed's round is not initialised or its answer is neither 0 nor 1.
  package let isUp: Bool
  /// Unix seconds since which the answer holds; 0 when the round is not initialised.
  package let since: UInt64
  /// How long after the sequencer came back nothing should be done.
  package let graceSeconds: UInt64

  package init(isUp: Bool, since: UInt64, graceSeconds: UInt64) {
    self.isUp = isUp
    self.since = since
    self.graceSeconds = graceSeconds
  }
}
