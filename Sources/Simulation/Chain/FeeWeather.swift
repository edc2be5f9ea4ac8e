import Ethereum

/// How full blocks are and what tips they ask for: a regime for a while, then another. The base fee itself follows from
/// the protocol's rule.
struct FeeWeather: Sendable {
  enum Regime: Int, CaseIterable, Sendable {
    case calm, rising, spike, fall
  }

  private(set) var regime = Regime.calm
  private var blocksLeft: UInt64 = 0
  private let usualBaseFeeWei: UInt64
  private let highestBaseFeeWei: UInt64
  private let isQuiet: Bool
  var isCalm = false
  private(set) var spikes: UInt64 = 0

  init(_ plan: StormPlan) {
    usualBaseFeeWei = plan.baseFeeWei
    // Above every ceiling that a plan draws, so that a spike really stops the keeper.
    highestBaseFeeWei = 250_000_000_000
    isQuiet = plan.isQuiet
  }

  /// Gas used by the next block's other transactions, and the least tip that gets one into it.
  mutating func step(baseFeeWei: UInt256, _ draws: inout Draws) -> (used: UInt64, tipWei: UInt256) {
    if blocksLeft == 0 { change(&draws) }
    blocksLeft -= 1
    let fee = baseFeeWei.asUInt64 ?? .max
    let half = SimulatedChain.gasLimit / 2
    let noise = draws.within(0...half / 4)
    let used: UInt64
    var tip = draws.within(100_000_000...1_000_000_000)
    switch regime {
    case .calm:
      used = fee > usualBaseFeeWei ? half * 7 / 8 - noise / 2 : half * 9 / 8 + noise / 2
    case .rising:
      used = fee > usualBaseFeeWei * 6 ? half : half * 5 / 4 + noise
      tip *= 2
    case .spike:
      used = fee > highestBaseFeeWei ? half : SimulatedChain.gasLimit - noise / 8
      tip *= 6
    case .fall:
      used = fee < usualBaseFeeWei / 2 + 1 ? half : noise
    }
    return (used, UInt256(tip))
  }

  private mutating func change(_ draws: inout Draws) {
    guard !isCalm, !isQuiet else {
      regime = .calm
      blocksLeft = 50
      return
    }
    regime = Regime.allCases[draws.weighted([50, 20, 12, 18])]
    blocksLeft = regime == .spike ? draws.within(15...45) : draws.within(20...150)
    if regime == .spike { spikes += 1 }
  }

  /// The storm is over: what comes next is drawn anew.
  mutating func calmDown() {
    isCalm = true
    blocksLeft = 0
  }
}
