import Ethereum
import Wallet

/// What goes on for a while in the vault's world and on the machine, and until which tick.
struct StormSpells: Sendable {
  var clockUntil: UInt64?
  var operatorUntil: UInt64?
  var diskUntil: UInt64?
  var pauseUntil: UInt64?
  var roleUntil: UInt64?
  var staleUntil: UInt64?
  var sequencerUntil: UInt64?
  var poorUntil: UInt64?
}

/// Draws the weather at the beginning of every tick.
extension SimulatedWorld {
  func beginTick(_ number: UInt64) {
    tick = number
    if number == plan.stormTicks { calmDown() }
    endSpells()
    if let early = plan.scene.earlyStranger {
      if number == 0 { intrude(beforeUs: true) }
      if number == early.undoneAtTick.map({ min($0, plan.deepestReorg) }) {
        reorganiseNow(depth: number, losing: early.isForGood)
      }
    }
    guard !isCalm else { return }
    for index in publicNodes { changeCondition(of: index) }
    for index in nodes.indices where nodes[index].isRelay { changeRelay(index) }
    if machines.count > 1 { troubleKeepers() }
    if draws.weather.chance(of: plan.eventChance) { event() }
    if draws.machine.chance(of: plan.crashChance) { deathAt = boundaries + 1 + draws.machine.below(80) }
    if plan.hasStranger, !plan.isQuiet, number == 300 + plan.seed % 1_200 { intrude() }
  }

  /// The storm is over: everything is as it should be, and stays so.
  private func calmDown() {
    isCalm = true
    fees.calmDown()
    deathAt = nil
    trace.say("the storm is over")
    for index in nodes.indices {
      nodes[index].condition = nil
      nodes[index].tip = chain.tip
      nodes[index].pool.settle(minedNonce: chain.head.nonce)
    }
    stalledUntil = 0
    haltReason = nil
    for index in machines.indices { machines[index].recover() }
    pauseAt = nil
    leaseStore?.calmDown()
    outside.calmDown()
    spells = StormSpells()
  }

  // MARK: Nodes

  private func changeCondition(of index: Int) {
    if let condition = nodes[index].condition {
      guard tick >= condition.untilTick else { return }
      nodes[index].condition = nil
      nodes[index].tip = chain.tip
      nodes[index].pool.settle(minedNonce: chain.head.nonce)
    }
    guard draws.weather.chance(of: plan.conditionChance) else { return }
    let kind = draws.weather.pick(
      [
        .deadNode, .rateLimited, .laggingNode, .staleNode, .wrongHead, .wrongNonce, .noLogs, .wrongReceipt, .futureHead,
        .wrongChain, .swallowed, .delay, .hang, .acknowledgementLost, .deadNode, .laggingNode,
      ] as [FaultKind])
    let length = draws.weather.within(1...20)
    let amount = kind == .staleNode ? draws.weather.within(1...30) : draws.weather.below(5)
    if kind.isLie {
      let others = publicNodes.filter { $0 != index }
      let isAlone =
        others.contains { nodes[$0].condition?.kind.isLie == true }
        || others.allSatisfy { nodes[$0].condition != nil }
      guard !isAlone else { return }
    }
    nodes[index].condition = NodeCondition(kind: kind, untilTick: tick + length, amount: amount)
    if kind == .laggingNode { tally.count(kind) }
    trace.say("\(nodes[index].endpoint) suffers \(kind.rawValue) (\(amount)) for \(length) ticks")
  }

  // MARK: The vault and the machine

  private func event() {
    let kind = draws.weather.pick(
      [
        .clockForward, .clockBack, .operatorHalt, .vaultPaused, .roleRevoked, .oracleStale, .oracleJump, .oracleJump,
        .sequencerDown, .fullDisk, .poolDrop, .poolDrop, .blockStall, .poorKeeper,
      ] as [FaultKind])
    let until = tick + draws.weather.within(3...60)
    let amount = draws.weather.within(0...9)
    begin(kind, until: until, amount: amount)
  }

  /// Starts a spell; for tests, too.
  func begin(_ kind: FaultKind, until: UInt64, amount: UInt64) {
    tally.count(kind)
    trace.say("\(kind.rawValue) until tick \(until)")
    switch kind {
    case .clockForward, .clockBack:
      let size = Int64([20, 45, 70, 120, 300, 900, 3_600, 7_200, 86_400, 600][Int(amount)])
      machines[Int(amount) % machines.count].clockErrorSeconds = kind == .clockForward ? size : -size
      spells.clockUntil = until
    case .operatorHalt:
      haltReason = "the operator looks at something"
      haltSinceTick = tick
      spells.operatorUntil = until
    case .vaultPaused:
      outside.isPaused = true
      outside.pausedVault = Int(amount) % plan.scene.vaultCount
      spells.pauseUntil = until
    case .roleRevoked:
      outside.isRoleRevoked = true
      outside.revokedVault = Int(amount) % plan.scene.vaultCount
      spells.roleUntil = until
    case .oracleStale:
      outside.isFeedStale = true
      // Longer than a heartbeat, or nobody would notice.
      spells.staleUntil = until + 110
    case .oracleJump: outside.jump(byPerMille: [-90, -60, -45, -30, -25, 25, 30, 45, 60, 90][Int(amount)])
    case .sequencerDown:
      outside.isSequencerDown = true
      spells.sequencerUntil = until
    case .fullDisk:
      machines[Int(amount) % machines.count].isDiskFull = true
      spells.diskUntil = tick + 1 + amount / 2
    case .poolDrop:
      builders.dropAll()
      for index in nodes.indices { nodes[index].pool.dropAll() }
    case .blockStall: stalledUntil = milliseconds + 30_000 * (amount + 1)
    case .poorKeeper:
      outside.isKeeperPoor = true
      spells.poorUntil = until
    default: preconditionFailure("\(kind.rawValue) is no spell")
    }
  }

  private func endSpells() {
    func isOver(_ until: UInt64?) -> Bool { until.map { tick >= $0 } ?? false }
    if isOver(spells.clockUntil) {
      for index in machines.indices { machines[index].clockErrorSeconds = 0 }
      spells.clockUntil = nil
    }
    if isOver(spells.operatorUntil) { (haltReason, spells.operatorUntil) = (nil, nil) }
    if isOver(spells.diskUntil) {
      for index in machines.indices { machines[index].isDiskFull = false }
      spells.diskUntil = nil
    }
    if isOver(spells.pauseUntil) { (outside.isPaused, spells.pauseUntil) = (false, nil) }
    if isOver(spells.roleUntil) { (outside.isRoleRevoked, spells.roleUntil) = (false, nil) }
    if isOver(spells.staleUntil) { (outside.isFeedStale, spells.staleUntil) = (false, nil) }
    if isOver(spells.sequencerUntil) { (outside.isSequencerDown, spells.sequencerUntil) = (false, nil) }
    if isOver(spells.poorUntil) { (outside.isKeeperPoor, spells.poorUntil) = (false, nil) }
  }

  /// Somebody else uses the keeper's key: a transfer to itself at the next nonce, at a price that outbids everything.
  /// - Parameter beforeUs: before any promise of the keeper, which need not halt for it.
  func intrude(beforeUs: Bool = false) {
    let price: UInt256 = 400_000_000_000
    let transaction = UnsignedTransaction(
      kind: plan.scene.hasLegacyGas
        ? .legacy(gasPriceWei: price, protected: true) : .dynamicFee(tipWei: price, feeCapWei: price),
      chainID: StormPlan.chainID, nonce: chain.head.nonce,
      gasLimit: 21_000, to: keeper, valueWei: .zero, data: [], accessList: [])
    let signed: SignedTransaction
    do { signed = try intruder.sign(transaction) } catch {
      preconditionFailure("a transfer can be signed: \(error)")
    }
    tally.count(.stranger)
    checkers.intruded(signed.hash, tick: tick, mustHalt: !beforeUs)
    trace.say("a stranger signs nonce \(transaction.nonce) with the keeper's key: \(signed.hash)")
    builders.drop(nonce: transaction.nonce)
    let pooled = PooledTransaction(signed: signed, sender: keeper)
    _ = builders.add(pooled, nonce: chain.head.nonce, balanceWei: balanceWei(at: chain.tip))
  }
}
