import Ethereum

/// What the vault's world does without us: prices move, feeds fall silent, roles are taken away, the venue's keepers
/// execute orders or not. Drawn block by block; a reorg does not take it back, since the world is not on the chain.
struct Outside: Sendable {
  /// The market's price in dollars with eight decimals.
  private(set) var price: UInt64
  private let volatility: Int64
  private let isQuiet: Bool
  var isPaused = false
  var isRoleRevoked = false
  /// Which vault that concerns.
  var pausedVault = 0
  var revokedVault = 0
  var isFeedStale = false
  var isSequencerDown = false
  var isKeeperPoor = false
  private var isCalm = false
  /// What somebody brings into the vault or takes out of it with the next block.
  private var flow: Flow?
  private var flowVault = 0
  private let vaultCount: Int

  private enum Flow {
    case bringsBase(UInt256), takesBase(UInt256), bringsQuote(UInt256), takesQuote(UInt256)
  }

  init(_ plan: StormPlan) {
    price = 300_000_000_000
    volatility = plan.volatilityPerBlock
    isQuiet = plan.isQuiet
    vaultCount = plan.scene.vaultCount
  }

  /// A block's worth of the market.
  mutating func step(isCalm: Bool, _ draws: inout Draws) {
    // In the calm a tenth: what is due must be doable before it is due again.
    let spread = isCalm ? volatility / 10 : volatility
    move(byMillionths: draws.bell() * spread / 1_000)
    flow = nil
    // About nine an hour: customers of the vault, whose shares are redeemed or bought.
    guard !isCalm, draws.chance(of: 3_000) else { return }
    let base = UInt256(draws.within(2...25)).multipliedReportingOverflow(by: 100_000_000_000_000_000).value
    let quote = UInt256(draws.within(1_000...12_000) * 1_000_000)
    flow = draws.pick([.bringsBase(base), .takesBase(base), .bringsQuote(quote), .takesQuote(quote)])
    if vaultCount > 1 { flowVault = draws.index(below: vaultCount) }
  }

  mutating func jump(byPerMille step: Int64) { move(byMillionths: step * 1_000) }

  /// Stays between 1,500 and 6,000 dollars: beyond, the vault's feed limits and not the storm would rule.
  private mutating func move(byMillionths step: Int64) {
    let moved = Int64(price) + Int64(price) / 1_000_000 * step
    price = UInt64(min(max(moved, 150_000_000_000), 600_000_000_000))
  }

  // MARK: On the chain

  /// Carries all of it into a block's state.
  func apply(to contracts: inout ContractWorld, in block: BlockContext) {
    if !isFeedStale {
      let last = contracts.latest(.base)
      // A deviation of 0.2 % or ten minutes of age, whichever comes first.
      let known = last.answer.magnitude.asUInt64 ?? 0
      let distance = known > price ? known - price : price - known
      if distance > known / 500 || block.timestamp > last.updatedAt + 600 {
        contracts.publish(.base, answer: Int64(price), in: block)
      }
      if block.timestamp > contracts.latest(.quote).updatedAt + 600 { contracts.publish(.quote, in: block) }
    }
    for vault in 0..<vaultCount {
      let isPausedHere = isPaused && pausedVault == vault
      if contracts.isPaused(vault: vault) != isPausedHere { contracts.setPaused(isPausedHere, vault: vault) }
      guard contracts.plan.account == .safeRoles else { continue }
      let isRevokedHere = isRoleRevoked && revokedVault == vault
      if contracts.isRoleHeld(vault: vault) == isRevokedHere { contracts.setRoleHeld(!isRevokedHere, vault: vault) }
    }
    if contracts.plan.account == .safeRoles { changeMeans(of: contracts.plan.keeper, in: &contracts) }
    let isUp = contracts.state.sequencer.answer == .zero
    if isUp == isSequencerDown { contracts.setSequencer(isUp: !isSequencerDown, in: block) }
    let holder = contracts.plan.holders[flowVault]
    switch flow {
    case .bringsBase(let units): contracts.addBase(units, to: holder)
    case .takesBase(let units): contracts.removeBase(units, from: holder)
    case .bringsQuote(let units): contracts.addQuote(units, to: holder)
    case .takesQuote(let units): contracts.removeQuote(units, from: holder)
    case nil: break
    }
  }

  /// A keeper that runs out of money, and somebody who tops it up.
  private func changeMeans(of keeper: Address, in contracts: inout ContractWorld) {
    let little: UInt256 = 3_000_000_000_000_000
    let enough: UInt256 = 1_000_000_000_000_000_000
    if isKeeperPoor {
      if contracts.balance(of: keeper) > little { contracts.setBalance(of: keeper, to: little) }
    } else if contracts.balance(of: keeper) < enough {
      contracts.setBalance(of: keeper, to: enough.addingReportingOverflow(enough).value)
    }
  }

  /// Lets the venue's keepers do what is drawn for each order: execute it soon or late, give it back, freeze it.
  func runOrders(
    on contracts: inout ContractWorld, in block: BlockContext, _ draws: Draws, _ tally: inout FaultTally
  ) -> [EmittedLog] {
    var happened: [FaultKind] = []
    let logs = contracts.runOrderKeeper(in: block) { order in
      let name = order.key.word & UInt256(UInt64.max)
      var fate = draws.stream((name.asUInt64 ?? 0) ^ order.changedInBlock)
      let isLate = !isCalm && !isQuiet && fate.chance(of: 15_000)
      let delay = isLate ? fate.within(10...60) : fate.within(1...3)
      let roll = fate.below(100)
      guard block.number >= order.changedInBlock + delay, order.isTriggered else { return .wait }
      if isLate { happened.append(.orderLate) }
      if isCalm || isQuiet || roll < 76 { return .execute() }
      if roll < 92 {
        happened.append(.orderCancelled)
        return .cancel(.expired)
      }
      happened.append(.orderFrozen)
      return .freeze(.emptyPosition)
    }
    for kind in happened { tally.count(kind) }
    return logs
  }

  mutating func calmDown() {
    isCalm = true
    isPaused = false
    isRoleRevoked = false
    isFeedStale = false
    isSequencerDown = false
    isKeeperPoor = false
  }
}
