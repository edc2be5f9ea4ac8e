package import Ethereum

/// A feed of the world.
package enum WorldFeed: Hashable, Sendable {
  case base, quote
}

/// What others do to the world between blocks, without transactions of their own.
extension ContractWorld {
  /// A new round of a feed, observed in this block; without an answer the last one again.
  package mutating func publish(_ feed: WorldFeed, answer: Int64? = nil, in block: BlockContext) {
    publish(feed, answer: answer, updatedAt: block.timestamp)
  }

  /// A new round that claims any time, also one long past.
  package mutating func publish(_ feed: WorldFeed, answer: Int64?, updatedAt: UInt64) {
    func next(_ last: FeedState) -> FeedState {
      var round = last
      round.round = last.round.addingReportingOverflow(.one).value
      if let answer { round.answer = Int256(Int(answer)) }
      round.startedAt = UInt256(updatedAt)
      round.updatedAt = UInt256(updatedAt)
      return round
    }
    switch feed {
    case .base: state.baseFeed = next(state.baseFeed)
    case .quote: state.quoteFeed = next(state.quoteFeed)
    }
  }

  /// Answer and time of a feed's newest round.
  package func latest(_ feed: WorldFeed) -> (answer: Int256, updatedAt: UInt64) {
    let round = feed == .base ? state.baseFeed : state.quoteFeed
    return (round.answer, round.updatedAt.asUInt64 ?? 0)
  }

  package mutating func setSequencer(isUp: Bool, in block: BlockContext) {
    state.sequencer.round = state.sequencer.round.addingReportingOverflow(.one).value
    state.sequencer.answer = isUp ? .zero : .one
    state.sequencer.startedAt = UInt256(block.timestamp)
    state.sequencer.updatedAt = UInt256(block.timestamp)
  }

  package var isPaused: Bool {
    get { state.shares.isPaused }
    set { state.shares.isPaused = newValue }
  }

  /// Whether the keeper holds its role. Taking it away leaves it one of the modifier's modules.
  package var isRoleHeld: Bool {
    get { state.roles.isKeeperMember && state.roles.isKeeperEnabled }
    set {
      state.roles.isKeeperMember = newValue
      if newValue { state.roles.isKeeperEnabled = true }
    }
  }

  /// Whether the Safe has the Roles modifier enabled.
  package var isModuleEnabled: Bool {
    get { state.roles.isModuleEnabled }
    set { state.roles.isModuleEnabled = newValue }
  }

  /// Whether the modifier knows the keeper at all.
  package var isKeeperEnabled: Bool {
    get { state.roles.isKeeperEnabled }
    set { state.roles.isKeeperEnabled = newValue }
  }

  /// Whether the venue's router still holds its roles.
  package var isRouterController: Bool {
    get { state.venue.isRouterController }
    set { state.venue.isRouterController = newValue }
  }

  package var isMarketDisabled: Bool {
    get { state.venue.bools[site.keys.isDisabled] ?? false }
    set { state.venue.bools[site.keys.isDisabled] = newValue }
  }

  /// The price that orders execute at, moved from the feed's by hundredths of a percent.
  package var executionShiftBasisPoints: Int64 {
    get { state.executionShiftBasisPoints }
    set { state.executionShiftBasisPoints = newValue }
  }

  /// An added cost of every execution as a part of its size, 30 decimals: it moves fills past their acceptable price.
  package var adverseImpact: UInt256 {
    get { state.venue.uint(site.keys.adverseImpact) }
    set { state.venue.uints[site.keys.adverseImpact] = newValue }
  }

  /// 30 decimals per second; positive when longs pay shorts.
  package mutating func setFundingFactor(_ perSecond: Int256) {
    state.venue.ints[site.keys.fundingFactor] = perSecond
  }

  /// Somebody brings wrapped ether, with the ether that backs it, or takes some away (down to nothing).
  package mutating func addBase(_ units: UInt256, to account: Address) {
    state.wrapped.balances[account] = sure { try (state.wrapped.balances[account] ?? .zero) + units }
    state.wrapped.totalSupply = sure { try state.wrapped.totalSupply + units }
    setBalance(of: plan.addresses.wrappedNative, to: state.wrapped.totalSupply)
  }

  package mutating func removeBase(_ units: UInt256, from account: Address) {
    let taken = min(units, state.wrapped.balances[account] ?? .zero)
    state.wrapped.balances[account] = sure { try (state.wrapped.balances[account] ?? .zero) - taken }
    state.wrapped.totalSupply = sure { try state.wrapped.totalSupply - taken }
    setBalance(of: plan.addresses.wrappedNative, to: state.wrapped.totalSupply)
  }

  package mutating func addQuote(_ units: UInt256, to account: Address) {
    state.quote.balances[account] = sure { try (state.quote.balances[account] ?? .zero) + units }
    state.quote.totalSupply = sure { try state.quote.totalSupply + units }
  }

  package mutating func removeQuote(_ units: UInt256, from account: Address) {
    let taken = min(units, state.quote.balances[account] ?? .zero)
    state.quote.balances[account] = sure { try (state.quote.balances[account] ?? .zero) - taken }
    state.quote.totalSupply = sure { try state.quote.totalSupply - taken }
  }

  /// What the vault's owner lets the venue's router pull.
  package mutating func setAllowance(base: UInt256? = nil, quote: UInt256? = nil) {
    let pair = TokenState.Pair(owner: plan.holder, spender: plan.addresses.router)
    if let base { state.wrapped.allowances[pair] = base }
    if let quote { state.quote.allowances[pair] = quote }
  }
}
