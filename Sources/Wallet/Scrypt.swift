import CSecp256k1

/// scrypt (RFC 7914): a key derivation that needs memory as well as time.
///
/// The loop is our own because swift-crypto's refuses parameters that real keystores carry: n ≥ 2^(16·r), which the
/// official keystore vectors use, and r ≥ 17 at p = 1. Its first and last step are swift-crypto's PBKDF2-HMAC-SHA256.
enum Scrypt {
  /// Derives `length` bytes. The caller has checked `parameters` against its limits; this takes
  /// 128·r·(n + p + 2) bytes and wipes them.
  static func derive(
    passphrase: SecretBytes, salt: [UInt8], parameters: ScryptParameters, length: Int
  ) throws(WalletError) -> SecretBytes {
    let blockWords = 32 * parameters.blockSize
    let laneBytes = 4 * blockWords
    let initial = try PBKDF2.derive(
      passphrase: passphrase, salt: salt, iterations: 1, length: laneBytes * parameters.parallelism)
    let mixed = SecretBytes(count: initial.count) { (destination: UnsafeMutableRawBufferPointer) in
      let scratch = Scratch(words: blockWords * (parameters.cost + 2))
      defer { scratch.free() }
      initial.withBytes { source in
        for lane in 0..<parameters.parallelism {
          let range = lane * laneBytes..<(lane + 1) * laneBytes
          mix(
            UnsafeRawBufferPointer(rebasing: source[range]),
            into: UnsafeMutableRawBufferPointer(rebasing: destination[range]),
            scratch: scratch.base, cost: parameters.cost, blockSize: parameters.blockSize)
        }
      }
    }
    return try PBKDF2.derive(passphrase: passphrase, saltSecret: mixed, iterations: 1, length: length)
  }

  /// Working memory that is wiped before it is given back: it holds what the passphrase became.
  private struct Scratch {
    let base: UnsafeMutablePointer<UInt32>
    let words: Int

    init(words: Int) {
      self.words = words
      base = UnsafeMutablePointer<UInt32>.allocate(capacity: words)
      base.initialize(repeating: 0, count: words)
    }

    func free() {
      vk_wipe(base, words * MemoryLayout<UInt32>.stride)
      base.deallocate()
    }
  }

  /// ROMix (RFC 7914 section 5): fills `cost` blocks, then visits them in an order that the data itself decides.
  /// `scratch` holds cost + 2 blocks of 32·blockSize words.
  private static func mix(
    _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer,
    scratch: UnsafeMutablePointer<UInt32>, cost: Int, blockSize: Int
  ) {
    let words = 32 * blockSize
    var block = scratch + cost * words
    var other = block + words
    for index in 0..<words {
      block[index] = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
    }
    for index in 0..<cost {
      (scratch + index &* words).update(from: block, count: words)
      mixBlock(block, into: other, blockSize: blockSize)
      swap(&block, &other)
    }
    // cost is a power of two, so the mask is the remainder; the low word suffices because cost < 2^32.
    let mask = UInt32(truncatingIfNeeded: cost &- 1)
    for _ in 0..<cost {
      let visited = scratch + Int(block[words &- 16] & mask) &* words
      var index = 0
      while index < words {
        block[index] ^= visited[index]
        index &+= 1
      }
      mixBlock(block, into: other, blockSize: blockSize)
      swap(&block, &other)
    }
    for index in 0..<words {
      destination.storeBytes(of: block[index].littleEndian, toByteOffset: 4 &* index, as: UInt32.self)
    }
  }

  /// BlockMix (RFC 7914 section 4): 2·blockSize chained Salsa20/8 cores, even results first, odd results behind them.
  private static func mixBlock(
    _ input: UnsafeMutablePointer<UInt32>, into output: UnsafeMutablePointer<UInt32>, blockSize: Int
  ) {
    var previous = UnsafePointer(input + (2 &* blockSize &- 1) &* 16)
    for index in 0..<(2 &* blockSize) {
      let target = output + ((index >> 1) &+ (index & 1) &* blockSize) &* 16
      salsa(previous, input + index &* 16, into: target)
      previous = UnsafePointer(target)
    }
  }

  /// Salsa20/8 of `left` xor `right` (RFC 7914 section 3), sixteen words each; the state lives in locals so that the
  /// optimiser keeps it in registers.
  @inline(__always)
  private static func salsa(
    _ left: UnsafePointer<UInt32>, _ right: UnsafeMutablePointer<UInt32>, into target: UnsafeMutablePointer<UInt32>
  ) {
    let i0 = left[0] ^ right[0], i1 = left[1] ^ right[1], i2 = left[2] ^ right[2], i3 = left[3] ^ right[3]
    let i4 = left[4] ^ right[4], i5 = left[5] ^ right[5], i6 = left[6] ^ right[6], i7 = left[7] ^ right[7]
    let i8 = left[8] ^ right[8], i9 = left[9] ^ right[9], i10 = left[10] ^ right[10], i11 = left[11] ^ right[11]
    let i12 = left[12] ^ right[12], i13 = left[13] ^ right[13], i14 = left[14] ^ right[14], i15 = left[15] ^ right[15]
    var x0 = i0, x1 = i1, x2 = i2, x3 = i3, x4 = i4, x5 = i5, x6 = i6, x7 = i7
    var x8 = i8, x9 = i9, x10 = i10, x11 = i11, x12 = i12, x13 = i13, x14 = i14, x15 = i15
    var round = 0
    while round < 4 {
      // The columns, then the rows, of the 4 × 4 state.
      quarter(&x0, &x4, &x8, &x12)
      quarter(&x5, &x9, &x13, &x1)
      quarter(&x10, &x14, &x2, &x6)
      quarter(&x15, &x3, &x7, &x11)
      quarter(&x0, &x1, &x2, &x3)
      quarter(&x5, &x6, &x7, &x4)
      quarter(&x10, &x11, &x8, &x9)
      quarter(&x15, &x12, &x13, &x14)
      round &+= 1
    }
    target[0] = x0 &+ i0
    target[1] = x1 &+ i1
    target[2] = x2 &+ i2
    target[3] = x3 &+ i3
    target[4] = x4 &+ i4
    target[5] = x5 &+ i5
    target[6] = x6 &+ i6
    target[7] = x7 &+ i7
    target[8] = x8 &+ i8
    target[9] = x9 &+ i9
    target[10] = x10 &+ i10
    target[11] = x11 &+ i11
    target[12] = x12 &+ i12
    target[13] = x13 &+ i13
    target[14] = x14 &+ i14
    target[15] = x15 &+ i15
  }

  /// The quarter round of Salsa20.
  @inline(__always)
  private static func quarter(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32) {
    b ^= rotate(a &+ d, 7)
    c ^= rotate(b &+ a, 9)
    d ^= rotate(c &+ b, 13)
    a ^= rotate(d &+ c, 18)
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &<< count | word &>> (32 &- count)
  }
}
