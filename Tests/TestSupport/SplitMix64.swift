/// The generator of Steele, Lea and Flood (2014): the same draws for the same seed on every machine, and those of the
/// scripts in Tests/Fixtures.
package struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Below `bound`, which is above 0.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
