import Contracts
import Ethereum

/// What the hedge should be at a block, from the truth of its contracts. In the base's smallest units, as Double would
/// not do and 256 bits are not needed: a vault of this world holds less than 2⁶² of them in thousandths.
struct HedgePicture {
  let target: Int64
  /// The widest that the vault's rule allows its band: what time narrows is no wider than it began, and what adapts no
  /// wider than its limit, or the fixed band that stands in for it.
  let halfWidth: Int64
  /// What prices move between a decision and a fill, what gas takes out of a vault that pays for it, and the smallest
  /// clip: a fortieth of the target.
  var slack: Int64 { target / 40 + 100_000 }

  /// Microether: 10⁻⁶ of the base.
  private static let unit: UInt256 = 1_000_000_000_000

  init(_ contracts: ContractWorld, in block: BlockContext, plan: StormPlan, vault: Int) {
    let worth = contracts.netAssetValue(of: contracts.plan.holders[vault], in: block)
    let wanted = plan.wanted(ofVault: vault)
    let price = contracts.latest(.base).answer.magnitude
    guard worth.isPositive, price != .zero else {
      (target, halfWidth) = (0, 0)
      return
    }
    do {
      // Dollars with 18 decimals times 10⁸ over a price with 8: base with 18 decimals.
      let base = try UInt256.mulDiv(worth.raw.magnitude, 100_000_000, price, rounding: .down)
      let exposed = try UInt256.mulDiv(base, UInt256(wanted.targetMillionths), 1_000_000, rounding: .down)
      target = Int64(clamping: (try exposed / Self.unit).asUInt64 ?? .max)
      let fixed = target / 1_000_000 * Int64(wanted.bandMillionths)
      let whole = Int64(clamping: (try base / Self.unit).asUInt64 ?? .max)
      halfWidth =
        plan.scene.band == .adaptive
        ? max(fixed, whole / 1_000_000 * Int64(StormPolicy.widestBandMillionths)) : fixed
    } catch {
      preconditionFailure("a vault of this world is worth less than 2²⁵⁶: \(error)")
    }
  }

  /// How far the exposure is from the target, pending orders at their worst.
  ///
  /// - Parameter nativeWei: native currency to count in the place of what there is, where what gas and execution fees
  ///   took is not to be held against an act: the fees come back for the most part, and the budgets judge them.
  /// - Parameter flow: microether that were brought in, and are not counted.
  func distance(of exposure: ExposureTruth, nativeWei: UInt256? = nil, without flow: Int64 = 0) -> Int64 {
    let spent = (nativeWei.map { Self.micro($0) - Self.micro(exposure.nativeWei) } ?? 0) - flow
    let low = Self.micro(exposure.low) + spent - target
    let high = Self.micro(exposure.high) + spent - target
    return Int64(clamping: max(low.magnitude, high.magnitude))
  }

  static func micro(_ units: UInt256) -> Int64 {
    do { return Int64(clamping: (try units / unit).asUInt64 ?? .max) } catch {
      preconditionFailure("the unit is not zero: \(error)")
    }
  }

  private static func micro(_ units: Int256) -> Int64 {
    do {
      let magnitude = Int64(clamping: (try units.magnitude / unit).asUInt64 ?? .max)
      return units.isNegative ? -magnitude : magnitude
    } catch {
      preconditionFailure("the unit is not zero: \(error)")
    }
  }
}

extension Checkers {
  /// A call that placed or amended orders: is any of them larger than a clip may be?
  func judgeClips(_ transaction: PooledTransaction, after: ContractWorld) {
    // Dollars with 30 decimals; one in fifty more, for the venue's own rounding to tokens.
    let dollars = StormPolicy.maximumClipDollars
    let limit = UInt256(dollars + dollars / 50)
    for order in after.records.orders.suffix(8) {
      let isOurs =
        order.senderNonce == transaction.nonce || order.amendments.last?.senderNonce == transaction.nonce
      let size = after.dollars(of: order)
      guard isOurs, size > limit else { continue }
      breach(.spending, "\(transaction.hash) leaves an order of \(size) USD, a clip is at most \(dollars)")
    }
  }

  /// A call of ours took effect. Measured against the target it was decided for, it must not leave the vault farther
  /// out than the band, unless it was farther out before.
  func judgeExposure(
    _ attempt: JournalWitness.Attempt, _ transaction: PooledTransaction, brought: [Int64], before: ContractWorld,
    after: ContractWorld, chain: SimulatedChain
  ) {
    guard let vault = StormPolicy.vaultNames.firstIndex(of: attempt.intent.vault), brought.indices.contains(vault)
    else {
      return breach(.soundness, "\(transaction.hash) is for a vault \"\(attempt.intent.vault)\" that there is not")
    }
    guard let place = chain.place(of: attempt.intent.decidedAt.hash),
      let contracts = chain.blocks[place].contracts
    else { return }
    test(.exposure)
    let picture = HedgePicture(contracts, in: chain.blocks[place].context, plan: plan, vault: vault)
    let holder = after.plan.holders[vault]
    // What customers brought or took between the decision and the block, nobody could decide on.
    let flow = brought[vault] - chain.blocks[place].vaults[vault].broughtMicro
    let earlier = before.exposure(of: holder)
    let old = picture.distance(of: earlier, without: flow)
    let new = picture.distance(of: after.exposure(of: holder), nativeWei: earlier.nativeWei, without: flow)
    guard new > max(old, picture.halfWidth) + picture.slack else { return }
    breach(
      .exposure,
      "\(transaction.hash) moves the vault from \(old) to \(new) microether off its target of \(picture.target), "
        + "the band is \(picture.halfWidth)")
  }
}
