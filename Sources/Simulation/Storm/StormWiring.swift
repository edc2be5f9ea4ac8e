import Contracts
import Decision
import Ethereum
import Keeper
import Outbox
import Wallet

/// The one place that knows how a keeper is put together: production parts, simulated doors.
struct StormWiring {
  let plan: StormPlan
  let contractPlan: WorldPlan
  let key: LocalSigner
  let vaults: [VaultSettings]
  private let transportNames: [EndpointID]
  static let configurationHash = Keccak256.hash(Array("storm".utf8))

  init(plan: StormPlan) {
    self.plan = plan
    var draws = Draws(seed: plan.seed, "wiring")
    key = Self.key(seed: plan.seed)
    var world = WorldPlan(
      // Drawn in either case. Two vaults are two Safes: an address holds one vault.
      keeper: key.address, account: draws.chance(of: 50_000) && plan.scene.vaultCount == 1 ? .eoa : .safeRoles,
      chainID: StormPlan.chainID,
      genesisTime: StormPlan.startUnixSeconds)
    let ether: UInt64 = 1_000_000_000
    // A vault of this many tenths of an ether, and as many dollars as make it worth hedging.
    world.baseUnits = Self.gwei(draws.within(100...400) * ether / 10)
    world.quoteUnits = UInt256(draws.within(30_000...120_000) * 1_000_000)
    world.keeperWei = Self.gwei(20 * ether)
    world.safeWei = Self.gwei(18 * ether)
    world.feeAllowanceWei = Self.gwei(50 * ether)
    if plan.scene.vaultCount > 1 { world.sibling = Self.sibling(plan) }
    contractPlan = world
    transportNames = (0..<plan.nodeCount).map { EndpointID(index: $0, name: "node\($0)") }
    do {
      var vaults = [try Self.vaultSettings(world, plan, 0, &draws)]
      if plan.scene.vaultCount > 1 {
        var draws = Draws(seed: plan.seed, "wiring sibling")
        vaults.append(try Self.vaultSettings(world, plan, 1, &draws))
      }
      self.vaults = vaults
    } catch {
      preconditionFailure("the drawn settings make sense: \(error)")
    }
  }

  /// A vault beside the first, drawn as that one is.
  private static func sibling(_ plan: StormPlan) -> SiblingPlan {
    var draws = Draws(seed: plan.seed, "sibling")
    let ether: UInt64 = 1_000_000_000
    return SiblingPlan(
      safeWei: gwei(18 * ether), baseUnits: gwei(draws.within(100...400) * ether / 10),
      quoteUnits: UInt256(draws.within(30_000...120_000) * 1_000_000))
  }

  private static func gwei(_ amount: UInt64) -> UInt256 {
    UInt256(amount).multipliedReportingOverflow(by: 1_000_000_000).value
  }

  /// The curve's tables cost more than a run's other beginnings; one key serves all seeds, since nothing is drawn
  /// from it.
  private static func key(seed: UInt64) -> LocalSigner {
    var draws = Draws(seed: seed, "key")
    do {
      var entropy = draws.bytes(32)
      let context = try Secp256k1(wipingSeed: &entropy)
      var scalar = draws.bytes(32)
      return LocalSigner(key: try context.key(wiping: &scalar), context: context)
    } catch {
      preconditionFailure("a drawn scalar is a key: \(error)")
    }
  }

  func world(keepsTrace: Bool) -> SimulatedWorld {
    let world = SimulatedWorld(
      plan: plan, signer: key, contracts: ContractWorld(contractPlan), keepsTrace: keepsTrace)
    if plan.scene.keeperCount > 1 { world.openLeaseStore() }
    return world
  }

  /// A process: everything it remembers comes from the journal.
  func keeper(on store: StormStore, world: SimulatedWorld) throws -> Keeper {
    let journal = try Journal(open: store, newestObservations: 60)
    let clock = StormClock(world)
    var transport: any Transport = StormTransport(world)
    var fence: any WriterFence = LocalFence()
    if let store = world.leaseStore {
      let settings = store.settings[world.running]
      let leased = LeasedTransport(transport, settings: settings, clock: clock)
      fence = LeaseFence(settings: settings, transport: leased, clock: clock)
      transport = leased
    }
    let watches = vaults.map { vault in
      Watch(vault: vault, keeper: key.address, node: Node(chain: chain, transport: transport))
    }
    let policy = try DerivedPolicy([
      DerivedPolicy.Chain(settings: chain, vaults: vaults, valueCeilingWei: plan.gasBudgetWei)
    ]).policy
    return try Keeper(
      watches: watches, journal: journal, signer: PolicedSigner(StormSigner(key, world), policy: policy),
      sender: Sender(transport: transport), fence: fence, clock: clock, desk: StormDesk(world),
      configurationHash: Self.configurationHash)
  }

  private var chain: ChainSettings {
    ChainSettings(
      name: "storm", chainID: StormPlan.chainID, endpoints: transportNames, relays: plan.relays,
      multicall3: MulticallBatch.canonicalAddress, exchangeDeadlineMilliseconds: plan.deadlineMilliseconds,
      fees: FeePolicy(
        model: plan.scene.hasLegacyGas ? .legacy : .eip1559, ceilingWei: plan.feeCeilingWei, minimumTipWei: 100_000_000,
        tipPercentile: 50,
        baseFeeMultiple: 2),
      gasLimit: 6_000_000, gasMarginPercent: 20, clearNonceReserveWei: Self.gwei(10_000_000),
      lane: LanePolicy(
        chainID: StormPlan.chainID, depth: Patience(blocks: plan.finalityBlocks, seconds: plan.finalityBlocks * 8),
        feeCeilingWei: plan.feeCeilingWei,
        clearAfter: Patience(blocks: StormPolicy.clearAfterBlocks, seconds: StormPolicy.clearAfterSeconds),
        gasBudgetWei: plan.gasBudgetWei))
  }

  // MARK: The vault

  private static func vaultSettings(
    _ world: WorldPlan, _ plan: StormPlan, _ vault: Int, _ draws: inout Draws
  ) throws -> VaultSettings {
    let wanted = plan.wanted(ofVault: vault)
    let dollar: (UInt64) throws -> Usd = { try Usd(units: UInt256($0), decimals: 0, rounding: .down) }
    // Fifteen minutes, so that a feed that falls silent is noticed within a storm.
    let settings = try world.seen(byVault: vault).settings(
      impactProbe: try dollar(StormPolicy.maximumClipDollars), heartbeatSeconds: 900, marginSeconds: 120)
    let millionth: UInt64 = 1_000_000_000_000
    func ratio(_ millionths: UInt64) -> Ratio { Ratio(raw: Int256(Int(millionths * millionth))) }
    let policy = try Policy(
      target: .fractionOfNetAssetValue(ratio(wanted.targetMillionths)),
      band: band(
        plan.scene.band,
        FixedBand(
          width: ratio(wanted.bandMillionths), of: .target, reset: draws.chance(of: 70_000) ? .centre : .edge),
        widest: ratio(StormPolicy.widestBandMillionths)),
      minimumClip: try dollar(draws.within(50...200)), maximumClip: try dollar(StormPolicy.maximumClipDollars),
      orders: OrderPreference(
        limitOffset: ratio(draws.within(0...20) * 100), patienceSeconds: draws.pick([0, 120, 300, 600]),
        urgentBands: ratio(draws.within(2...8) * 1_000_000)),
      priceBound: ratio(20_000), leverage: ratio(2_000_000), maximumHeadAgeSeconds: plan.maximumHeadAgeSeconds,
      cancelsWhenHalted: false)
    return VaultSettings(
      name: StormPolicy.vaultNames[vault], account: settings.account, venue: settings.venue, reader: settings.reader,
      priceFeed: settings.priceFeed, quoteFeed: settings.quoteFeed, sequencerFeed: settings.sequencerFeed,
      policy: policy, attemptLimit: plan.attemptLimit, submission: submission(plan.scene.submission, ratio(10_000)))
  }

  private static func band(_ drawn: StormScene.Band, _ fixed: FixedBand, widest: Ratio) -> BandRule {
    switch drawn {
    case .fixed: .fixed(fixed)
    // Closed after a quarter of a storm, so that every age comes about.
    case .timeWeighted: .timeWeighted(TimeWeightedBand(fixed, minimumIntervalSeconds: 60, maximumAgeSeconds: 5_400))
    case .adaptive:
      .adaptive(
        AdaptiveBand(trackingError: Ratio(raw: 30_000_000_000_000_000), widest: widest, fallback: fixed))
    }
  }

  /// - Parameter publicBound: half of the vault's own, since whoever held a call back has seen it.
  private static func submission(_ drawn: StormScene.Submission, _ publicBound: Ratio) -> SubmissionPolicy {
    switch drawn {
    case .public: .public
    case .private: SubmissionPolicy(route: .relay)
    case .privateThenPublic(let blocks):
      SubmissionPolicy(route: .relayThenPublic(afterBlocks: blocks), publicPriceBound: publicBound)
    }
  }

  // MARK: The truth

  /// Orders executed against the vault's position.
  func trades(_ contracts: ContractWorld?) -> UInt64 {
    UInt64(contracts?.records.positionChanges.count { $0.type != .liquidation } ?? 0)
  }

  /// How far a vault is outside its band; nil where it is inside, or as near as a smallest clip.
  func driftOutsideBand(_ block: SimulatedBlock, vault: Int) -> String? {
    guard let contracts = block.contracts else { return nil }
    let picture = HedgePicture(contracts, in: block.context, plan: plan, vault: vault)
    let drift = picture.distance(of: contracts.exposure(of: contracts.plan.holders[vault]))
    let allowed = picture.halfWidth + picture.slack
    return drift > allowed ? "drift is \(drift) of the base's smallest units, \(allowed) are inside" : nil
  }
}
