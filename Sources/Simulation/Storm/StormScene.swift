/// What only some worlds have. Each is drawn from a stream of its own, so that a seed without any of them is the world
/// that it always was.
package struct StormScene: Hashable, Sendable {
  /// Who hears of the vaults' calls before they are mined.
  package enum Submission: Hashable, Sendable {
    case `public`
    case `private`
    case privateThenPublic(afterBlocks: UInt64)
  }

  package var submission = Submission.public
  /// Endpoints that keep what they are sent to themselves and the makers of blocks.
  package var relayCount = 0
  /// A chain without a base fee: one gas price, transactions of type 0.
  package var hasLegacyGas = false
  /// By which rule the vaults' bands are found.
  package var band = Band.fixed

  package enum Band: Hashable, Sendable {
    case fixed
    case timeWeighted
    case adaptive
  }

  /// Vaults of the one key, in one process.
  package var vaultCount = 1
  /// Keepers of the one key, on a machine each, with a lease between them.
  package var keeperCount = 1

  /// Somebody used the key in a block before the keepers' first look, and a reorg takes that back. nil: nobody did.
  package var earlyStranger: EarlyStranger?

  package struct EarlyStranger: Hashable, Sendable {
    /// At the latest; sooner where no reorg of the world is as deep. nil: never.
    package var undoneAtTick: UInt64?
    /// Nobody has the transaction any more.
    package var isForGood: Bool

    package init(undoneAtTick: UInt64?, isForGood: Bool) {
      self.undoneAtTick = undoneAtTick
      self.isForGood = isForGood
    }
  }

  /// The world of one public vault, on a chain with a base fee, with one keeper.
  package static let plain = StormScene()

  package init() {}

  init(seed: UInt64) {
    var relays = Draws(seed: seed, "scene relays")
    if relays.chance(of: Self.aQuarter) {
      // A relay that is asked first and one that is asked when it fails, or only one.
      relayCount = Int(relays.within(1...2))
      // Long enough for a relay to have its chance, short enough to come about in a storm.
      submission = relays.chance(of: 40_000) ? .private : .privateThenPublic(afterBlocks: relays.within(5...25))
    }
    var gas = Draws(seed: seed, "scene gas")
    hasLegacyGas = gas.chance(of: Self.aQuarter)
    var vaults = Draws(seed: seed, "scene vaults")
    vaultCount = vaults.chance(of: Self.aQuarter) ? 2 : 1
    var keepers = Draws(seed: seed, "scene keepers")
    keeperCount = keepers.chance(of: Self.aQuarter) ? 2 : 1
    var bands = Draws(seed: seed, "scene bands")
    if bands.chance(of: Self.aQuarter) { band = bands.chance(of: 50_000) ? .timeWeighted : .adaptive }
    var early = Draws(seed: seed, "scene early stranger")
    if early.chance(of: Self.aQuarter / 2) {
      // Later than the first look, which is at tick 2.
      earlyStranger = EarlyStranger(undoneAtTick: early.within(3...11), isForGood: early.chance(of: 70_000))
    }
  }

  private static let aQuarter: UInt64 = 25_000

  /// What is there beside a plain world, for counting.
  package var features: [StormFeature] {
    var features: [StormFeature] = []
    switch submission {
    case .public: break
    case .private: features.append(.privateCalls)
    case .privateThenPublic: features.append(.privateThenPublicCalls)
    }
    if hasLegacyGas { features.append(.legacyGas) }
    if vaultCount > 1 { features.append(.twoVaults) }
    if keeperCount > 1 { features.append(.twoKeepers) }
    switch band {
    case .fixed: break
    case .timeWeighted: features.append(.timeWeightedBand)
    case .adaptive: features.append(.adaptiveBand)
    }
    if earlyStranger != nil { features.append(.earlyStranger) }
    return features
  }
}

/// What a seed may have drawn, by the name it is counted under.
package enum StormFeature: String, CaseIterable, Sendable {
  case privateCalls, privateThenPublicCalls, legacyGas, twoVaults, twoKeepers, timeWeightedBand, adaptiveBand,
    earlyStranger
}
