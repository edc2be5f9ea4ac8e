import Foundation
import Quant

/// The spread of what hedging a short call costs, over random paths from a fixed seed: the same figure on every run.
struct HedgeSimulation {
  struct Market {
    let spot: Double
    /// Annual, of the underlying's expected price.
    let drift: Double
    let volatility: Double
    let rate: Double
    let years: Double
  }

  /// Of the cost's present value where cash earns interest, of its plain sum where it does not. USD per option.
  let standardDeviation: Double

  /// At least 200,000, and up to a million where paths are short: the standard deviation's own relative error is then
  /// below 0.2 %, and where hedges are rare and the printed figure large, below 0.1 %.
  static func paths(rehedges: Int) -> Int { min(max(200_000, 10_000_000 / max(rehedges, 1)), 1_000_000) }
  static let seed: UInt64 = 0x5EED_0F_4ED6E

  init(
    _ market: Market, strike: Double, rehedges: Int, strategy: HedgeReplay.Strategy, earnsInterest: Bool
  ) throws {
    guard rehedges > 0 else { throw LabError("a simulation needs steps") }
    let paths = Self.paths(rehedges: rehedges)
    let interval = market.years / Double(rehedges)
    let growth = earnsInterest ? exp(market.rate * interval) : 1
    let drift = (market.drift - 0.5 * market.volatility * market.volatility) * interval
    let deviation = market.volatility * interval.squareRoot()
    var normals = NormalDraws(seed: Self.seed)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<paths {
      var account = try HedgeAccount()
      var price = market.spot
      for step in 0..<rehedges {
        let left = Double(rehedges - step) * interval
        account.trade(
          to: try HedgeReplay.position(.call, price, strike, market.rate, left, strategy), at: price)
        account.accrue(growth)
        price *= exp(drift + deviation * normals.next())
      }
      account.trade(to: 0, at: price)
      let cost = OptionKind.call.payoff(spot: price, strike: strike) - account.cash
      sum += cost
      squares += cost * cost
    }
    let mean = sum / Double(paths)
    let variance = max(squares / Double(paths) - mean * mean, 0)
    let discount = earnsInterest ? exp(-market.rate * market.years) : 1
    standardDeviation = variance.squareRoot() * discount
  }
}

/// Normal numbers by Box and Muller (1958) from xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64.
struct NormalDraws {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  private var kept: Double?

  init(seed: UInt64) {
    var seed = seed
    func mixed() -> UInt64 {
      seed &+= 0x9E37_79B9_7F4A_7C15
      var z = seed
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (mixed(), mixed(), mixed(), mixed())
  }

  private mutating func bits() -> UInt64 {
    let sum = state.0 &+ state.3
    let result = (sum << 23 | sum >> 41) &+ state.0
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }

  /// Uniform in (0, 1].
  private mutating func uniform() -> Double { Double((bits() >> 11) + 1) * 0x1p-53 }

  mutating func next() -> Double {
    if let value = kept {
      kept = nil
      return value
    }
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    kept = radius * sin(angle)
    return radius * cos(angle)
  }
}
