import Ethereum

/// Numbers of the keeper's policy that are the same for all seeds, known to the wiring and to the checkers alike.
enum StormPolicy {
  /// A third of the usual hedge, so that the first one takes several orders.
  static let maximumClipDollars: UInt64 = 15_000

  /// The vaults' names in the configuration, the first one's first.
  static let vaultNames = ["storm", "sibling"]

  /// The farthest that a band which adapts may be from the target, in millionths of net asset value: somewhat more than
  /// the widest fixed one that is drawn, so that it may be wider, and not at will.
  static let widestBandMillionths: UInt64 = 20_000

  /// Forty blocks of twelve seconds: long enough for a spike to pass, short enough to come about in six hours.
  static let clearAfterBlocks: UInt64 = 40
  static let clearAfterSeconds: UInt64 = 480

  /// What clearing a stuck nonce may offer: twice what an act may.
  static func clearingCeilingWei(_ plan: StormPlan) -> UInt256 {
    plan.feeCeilingWei.addingReportingOverflow(plan.feeCeilingWei).value
  }
}
