package import Ethereum

/// Every effect of the program on the world and of the world on the program, as one hash: two runs that differ in a
/// single byte or in their order end in different ones.
package struct Trace: Sendable {
  private var hasher = Keccak256Hasher()
  private var pending: [UInt8] = []
  /// The last long body and its digest: several nodes are asked the same, and say the same.
  private var last: (bytes: [UInt8], digest: UInt64) = ([], Trace.fold([]))
  /// Lines for a person, kept only where one wants to read them.
  package private(set) var lines: [String] = []
  package let keepsLines: Bool
  package private(set) var effects: UInt64 = 0

  package init(keepsLines: Bool) {
    self.keepsLines = keepsLines
    pending.reserveCapacity(4_096)
  }

  /// Notes an effect: what it was, when, and the bytes it was made of.
  package mutating func note(_ kind: StaticString, at milliseconds: UInt64, _ bytes: [UInt8] = []) {
    effects += 1
    kind.withUTF8Buffer { pending.append(contentsOf: $0) }
    append(milliseconds)
    append(UInt64(bytes.count))
    append(digest(of: bytes))
    if pending.count >= 4_000 {
      hasher.update(pending)
      pending.removeAll(keepingCapacity: true)
    }
  }

  package mutating func say(_ line: @autoclosure () -> String) {
    if keepsLines { lines.append(line()) }
  }

  package var hash: Bytes32 {
    var copy = hasher
    copy.update(pending)
    return copy.finalize()
  }

  private mutating func append(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { pending.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
  }

  private mutating func digest(of bytes: [UInt8]) -> UInt64 {
    guard bytes.count >= 256 else { return Self.fold(bytes) }
    if last.bytes != bytes { last = (bytes, Self.fold(bytes)) }
    return last.digest
  }

  /// A quick digest of long bodies, eight bytes at a time: Keccak over every answer would cost more than the world
  /// itself, and nobody here wants to deceive.
  private static func fold(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { buffer in
      var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(buffer.count)
      var place = 0
      while place + 8 <= buffer.count {
        hash = (hash ^ buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 32
        place += 8
      }
      while place < buffer.count {
        hash = (hash ^ UInt64(buffer[place])) &* 0xff51_afd7_ed55_8ccd
        place += 1
      }
      return hash ^ (hash >> 29)
    }
  }
}
