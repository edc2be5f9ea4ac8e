/// Chance that a seed decides. Each name is a stream of its own: one more draw in one stream moves no other, so a seed
/// stays the same world when something new learns to be drawn.
package struct Draws: Sendable {
  private var state: UInt64

  package init(seed: UInt64, _ stream: String) {
    // FNV-1a of the name, mixed with the seed twice, so that neighbouring seeds share nothing.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    state = Self.mixed(Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash)
  }

  /// A stream of this one's own, by number: what is drawn for one order or one block does not move the next one's.
  package func stream(_ number: UInt64) -> Draws {
    var child = self
    child.state = Self.mixed(state ^ Self.mixed(number &+ 1))
    return child
  }

  /// SplitMix64.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Below `bound`, which is above 0. The bias is below 2⁻³² for the small bounds used here.
  package mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

  package mutating func within(_ range: ClosedRange<UInt64>) -> UInt64 {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  package mutating func index(below count: Int) -> Int { Int(below(UInt64(count))) }

  /// True this many times in 100,000.
  package mutating func chance(of perHundredThousand: UInt64) -> Bool { below(100_000) < perHundredThousand }

  package mutating func pick<Element>(_ list: [Element]) -> Element { list[index(below: list.count)] }

  /// An index, with the given weights.
  package mutating func weighted(_ weights: [UInt64]) -> Int {
    var rest = below(max(weights.reduce(0, +), 1))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return weights.count - 1
  }

  /// About normal with mean 0 and a standard deviation of 1,000: the sum of twelve uniform draws.
  package mutating func bell() -> Int64 {
    var sum: Int64 = 0
    for _ in 0..<12 { sum += Int64(below(1_001)) }
    return sum - 6_000
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
  }
}
