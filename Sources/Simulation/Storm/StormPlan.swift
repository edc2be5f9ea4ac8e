package import Ethereum

/// What one seed decides before anything happens: lengths, policies, and how rough it gets. What happens when is drawn
/// on the way, each from its own stream.
package struct StormPlan: Sendable {
  package let seed: UInt64
  /// Six hours of storm and two of calm, as 12-second ticks.
  package var stormTicks: UInt64 = 1_800
  package var calmTicks: UInt64 = 600
  package static let tickSeconds: UInt64 = 12
  /// 1 January 2026: any time will do that all clocks of the world agree on.
  package static let startUnixSeconds: UInt64 = 1_767_225_600
  package static let chainID: UInt64 = 1

  /// Public endpoints.
  package let nodeCount: Int
  /// How many blocks deep a reorg is at most: less than what the keeper calls final, which is all it can be asked.
  package let deepestReorg: UInt64
  package let finalityBlocks: UInt64
  package let deadlineMilliseconds: Int
  package let feeCeilingWei: UInt256
  package let gasBudgetWei: UInt256
  package let attemptLimit: Int
  /// Standard deviation of the price over a block, in millionths.
  package let volatilityPerBlock: Int64
  /// How long observations are kept: short, so that starts read little.
  package let observationsKeptSeconds: UInt64
  package let maximumHeadAgeSeconds: UInt64
  package let baseFeeWei: UInt64
  package let hasStranger: Bool
  /// The part of net asset value that stays exposed, and the band's half-width as a part of it, in millionths.
  package let targetMillionths: UInt64
  package let bandMillionths: UInt64
  private let siblingTargetMillionths: UInt64
  private let siblingBandMillionths: UInt64
  /// What this world has beside what all have.
  package var scene: StormScene

  /// Chances in 100,000 at each tick of the storm.
  package var crashChance: UInt64
  package var conditionChance: UInt64
  package var reorgChance: UInt64
  package var eventChance: UInt64
  /// Chance in 100,000 for each message of the storm to be damaged.
  package var messageFaultChance: UInt64

  package init(seed: UInt64) {
    self.seed = seed
    var draws = Draws(seed: seed, "plan")
    nodeCount = Int(draws.within(2...4))
    finalityBlocks = draws.within(4...12)
    deepestReorg = finalityBlocks - 1
    deadlineMilliseconds = Int(draws.within(3...8)) * 1_000
    feeCeilingWei = UInt256(draws.within(40...120) * 1_000_000_000)
    // One in five is short of gas money: then the budget ends the day's hedging.
    let milliether = draws.chance(of: 20_000) ? draws.within(900...4_000) : draws.within(12_000...18_000)
    gasBudgetWei = UInt256(milliether * 1_000_000_000_000_000)
    attemptLimit = Int(draws.within(8...40))
    volatilityPerBlock = Int64(draws.within(700...1_800))
    observationsKeptSeconds = draws.within(300...900)
    maximumHeadAgeSeconds = draws.within(90...150)
    baseFeeWei = draws.within(2...15) * 1_000_000_000
    hasStranger = draws.chance(of: 8_000)
    targetMillionths = draws.within(20...40) * 10_000
    bandMillionths = draws.within(10...40) * 1_000
    crashChance = draws.within(150...600)
    conditionChance = draws.within(500...2_500)
    reorgChance = draws.within(150...900)
    eventChance = draws.within(600...1_500)
    messageFaultChance = draws.within(200...3_000)
    scene = StormScene(seed: seed)
    var sibling = Draws(seed: seed, "plan sibling")
    siblingTargetMillionths = sibling.within(20...40) * 10_000
    siblingBandMillionths = sibling.within(10...40) * 1_000
  }

  /// What is wanted of a vault, in millionths as above.
  func wanted(ofVault vault: Int) -> (targetMillionths: UInt64, bandMillionths: UInt64) {
    vault == 0
      ? (targetMillionths, bandMillionths) : (siblingTargetMillionths, siblingBandMillionths)
  }

  /// The same world where nothing goes wrong.
  package func withoutFaults() -> StormPlan {
    var plan = self
    plan.crashChance = 0
    plan.conditionChance = 0
    plan.reorgChance = 0
    plan.eventChance = 0
    plan.messageFaultChance = 0
    plan.isQuiet = true
    return plan
  }

  /// The same world with this scene in the place of the drawn one.
  package func with(_ scene: StormScene) -> StormPlan {
    var plan = self
    plan.scene = scene
    return plan
  }

  /// Neither strangers nor lost transactions, oracles or orders that fail.
  package private(set) var isQuiet = false

  package var totalTicks: UInt64 { stormTicks + calmTicks }
}
