package import Contracts
package import Decision
package import Outbox

/// One vault as the configuration describes it.
package struct VaultSettings: Sendable {
  package let name: String
  package let account: any Account
  package let venue: any Venue
  package let reader: VaultReader
  package let priceFeed: ChainlinkFeed
  /// nil takes the quote token as one dollar.
  package let quoteFeed: ChainlinkFeed?
  package let sequencerFeed: SequencerFeed?
  package let policy: Policy
  /// How many orders that came to nothing are tried again within a day.
  package let attemptLimit: Int
  /// What orders placed within a day may trade; nil for no limit.
  package let turnoverPerDay: Usd?
  /// How far the sum of what fills lost against the oracle's price may stand below its best; nil for no limit.
  package let lossLimit: Usd?
  /// The native currency's feed, for gas budgets in dollars; nil where the base asset is the native currency itself, or
  /// nothing is counted in dollars.
  package let nativeFeed: ChainlinkFeed?
  /// Who hears of its transactions before they are mined.
  package let submission: SubmissionPolicy
  /// What it holds beside spot and venue.
  package let exposures: [ExposureSetting]
  /// How it is told how much the price moves.
  package let volatility: VolatilitySettings

  package init(
    name: String, account: any Account, venue: any Venue, reader: VaultReader, priceFeed: ChainlinkFeed,
    quoteFeed: ChainlinkFeed?, sequencerFeed: SequencerFeed?, policy: Policy, attemptLimit: Int,
    turnoverPerDay: Usd? = nil, lossLimit: Usd? = nil, nativeFeed: ChainlinkFeed? = nil,
    submission: SubmissionPolicy = .public, exposures: [ExposureSetting] = [],
    volatility: VolatilitySettings = VolatilitySettings()
  ) {
    self.name = name
    self.account = account
    self.venue = venue
    self.reader = reader
    self.priceFeed = priceFeed
    self.quoteFeed = quoteFeed
    self.sequencerFeed = sequencerFeed
    self.policy = policy
    self.attemptLimit = attemptLimit
    self.turnoverPerDay = turnoverPerDay
    self.lossLimit = lossLimit
    self.nativeFeed = nativeFeed
    self.submission = submission
    self.exposures = exposures
    self.volatility = volatility
  }
}

/// Who hears of a vault's transactions before they are mined.
package struct SubmissionPolicy: Hashable, Sendable {
  package let route: Route
  /// The largest distance of a worst price from the oracle's for what goes out publicly after it was private: tighter
  /// than the vault's own, since whoever held it back has seen it. nil where nothing changes from private to public.
  package let publicPriceBound: Ratio?

  package init(route: Route, publicPriceBound: Ratio? = nil) {
    self.route = route
    self.publicPriceBound = publicPriceBound
  }

  package static let `public` = SubmissionPolicy(route: .public)
}
