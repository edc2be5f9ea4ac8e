import Foundation

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

  mutating func bits() -> UInt64 {
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
  mutating func uniform() -> Double { Double((bits() >> 11) + 1) * 0x1p-53 }

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

  /// A draw between two numbers, even in its logarithm.
  mutating func between(_ lower: Double, _ upper: Double) -> Double {
    exp(log(lower) + (log(upper) - log(lower)) * uniform())
  }
}
