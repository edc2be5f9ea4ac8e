/// A short run with everything a promise can live through: several trades, a reorg that takes one back, a call that
/// nobody mines until it is replaced. It is run once for every boundary at which the process can die, and dies there.
package struct CrashPoints {
  package let seed: UInt64
  package let stage: Stage

  /// What the world has beside what all have: which boundaries there are depends on it.
  package enum Stage: String, CaseIterable, Sendable {
    case plain
    /// Private calls that become public: the relay's messages are boundaries, too.
    case relay
    /// Two keepers: so are those to the lease's store, and whichever keeper is at work dies.
    case lease

    var scene: StormScene {
      var scene = StormScene.plain
      switch self {
      case .plain: break
      case .relay: (scene.submission, scene.relayCount) = (.privateThenPublic(afterBlocks: 8), 1)
      case .lease: scene.keeperCount = 2
      }
      return scene
    }
  }

  private static let ticksToComeBack: UInt64 = 3

  package init(seed: UInt64, stage: Stage = .plain) {
    self.seed = seed
    self.stage = stage
  }

  /// The run itself, with deaths at these boundaries.
  package func storm(deaths: [UInt64] = [], keepsTrace: Bool = false) -> Storm {
    var plan = StormPlan(seed: seed).withoutFaults().with(stage.scene)
    // Short, since it is run thousands of times; the calm is as long as the slowest promise needs.
    plan.stormTicks = 94
    // Whoever dies in the reference run's last tick needs a few more to come back.
    plan.calmTicks = 75 + (deaths.isEmpty ? 0 : Self.ticksToComeBack)
    let storm = Storm(plan: plan, keepsTrace: keepsTrace, deaths: deaths)
    storm.script = { world in
      switch world.tick {
      case 4: world.reorganiseNow(depth: 2)
      case 16, 46, 62, 80: world.begin(.oracleJump, until: 0, amount: 0)
      default: break
      }
      // Long enough for a replacement by the usual rule of four blocks.
      world.isCensoring = (17...30).contains(world.tick)
    }
    return storm
  }

  /// What the reference run itself was, without any death.
  package func reference() -> (outcome: StormOutcome, replacements: Int) {
    let storm = storm()
    let outcome = storm.run()
    return (outcome, storm.world.checkers.replacements)
  }

  /// The run that dies at one boundary.
  package func run(dyingAt boundary: UInt64) -> StormOutcome { storm(deaths: [boundary]).run() }
}
