/// The 1600 bits of Keccak-f: twenty-five 64-bit lanes, `a0` … `a24`, lane (x, y) at x + 5·y.
///
/// Plain stored properties and straight-line rounds: no array, no bounds checks, no allocation.
/// Source: The Keccak reference, version 3.0, sections 1.2 and 2.
struct KeccakState: Sendable {
  private var a0: UInt64 = 0, a1: UInt64 = 0, a2: UInt64 = 0, a3: UInt64 = 0, a4: UInt64 = 0
  private var a5: UInt64 = 0, a6: UInt64 = 0, a7: UInt64 = 0, a8: UInt64 = 0, a9: UInt64 = 0
  private var a10: UInt64 = 0, a11: UInt64 = 0, a12: UInt64 = 0, a13: UInt64 = 0, a14: UInt64 = 0
  private var a15: UInt64 = 0, a16: UInt64 = 0, a17: UInt64 = 0, a18: UInt64 = 0, a19: UInt64 = 0
  private var a20: UInt64 = 0, a21: UInt64 = 0, a22: UInt64 = 0, a23: UInt64 = 0, a24: UInt64 = 0

  /// ι: the round constants.
  private static let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
    0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]

  /// Keccak-f[1600]: 24 rounds.
  private mutating func permute() {
    // Copies, which stay in registers as far as there are any.
    var state = self
    let constants = Self.roundConstants
    for index in constants.indices { state.round(constants[index]) }
    self = state
  }

  /// One round: θ, by which every lane takes in the parity of two neighbouring columns, on the way into ρ and π, by
  /// which lanes are rotated and moved; χ, which combines them within rows; ι. Inlined, so that the lanes of a round
  /// need not go through memory.
  @inline(__always)
  private mutating func round(_ constant: UInt64) {
    let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20
    let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21
    let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22
    let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23
    let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24
    let d0 = c4 ^ rotate(c1, 1)
    let d1 = c0 ^ rotate(c2, 1)
    let d2 = c1 ^ rotate(c3, 1)
    let d3 = c2 ^ rotate(c4, 1)
    let d4 = c3 ^ rotate(c0, 1)
    let b0 = a0 ^ d0
    let b1 = rotate(a6 ^ d1, 44)
    let b2 = rotate(a12 ^ d2, 43)
    let b3 = rotate(a18 ^ d3, 21)
    let b4 = rotate(a24 ^ d4, 14)
    let b5 = rotate(a3 ^ d3, 28)
    let b6 = rotate(a9 ^ d4, 20)
    let b7 = rotate(a10 ^ d0, 3)
    let b8 = rotate(a16 ^ d1, 45)
    let b9 = rotate(a22 ^ d2, 61)
    let b10 = rotate(a1 ^ d1, 1)
    let b11 = rotate(a7 ^ d2, 6)
    let b12 = rotate(a13 ^ d3, 25)
    let b13 = rotate(a19 ^ d4, 8)
    let b14 = rotate(a20 ^ d0, 18)
    let b15 = rotate(a4 ^ d4, 27)
    let b16 = rotate(a5 ^ d0, 36)
    let b17 = rotate(a11 ^ d1, 10)
    let b18 = rotate(a17 ^ d2, 15)
    let b19 = rotate(a23 ^ d3, 56)
    let b20 = rotate(a2 ^ d2, 62)
    let b21 = rotate(a8 ^ d3, 55)
    let b22 = rotate(a14 ^ d4, 39)
    let b23 = rotate(a15 ^ d0, 41)
    let b24 = rotate(a21 ^ d1, 2)
    a0 = b0 ^ (~b1 & b2) ^ constant
    a1 = b1 ^ (~b2 & b3)
    a2 = b2 ^ (~b3 & b4)
    a3 = b3 ^ (~b4 & b0)
    a4 = b4 ^ (~b0 & b1)
    a5 = b5 ^ (~b6 & b7)
    a6 = b6 ^ (~b7 & b8)
    a7 = b7 ^ (~b8 & b9)
    a8 = b8 ^ (~b9 & b5)
    a9 = b9 ^ (~b5 & b6)
    a10 = b10 ^ (~b11 & b12)
    a11 = b11 ^ (~b12 & b13)
    a12 = b12 ^ (~b13 & b14)
    a13 = b13 ^ (~b14 & b10)
    a14 = b14 ^ (~b10 & b11)
    a15 = b15 ^ (~b16 & b17)
    a16 = b16 ^ (~b17 & b18)
    a17 = b17 ^ (~b18 & b19)
    a18 = b18 ^ (~b19 & b15)
    a19 = b19 ^ (~b15 & b16)
    a20 = b20 ^ (~b21 & b22)
    a21 = b21 ^ (~b22 & b23)
    a22 = b22 ^ (~b23 & b24)
    a23 = b23 ^ (~b24 & b20)
    a24 = b24 ^ (~b20 & b21)
  }

  /// `distance` is 1…63.
  @inline(__always)
  private func rotate(_ lane: UInt64, _ distance: UInt64) -> UInt64 {
    lane &<< distance | lane &>> (64 &- distance)
  }

  /// Takes in one block of 136 bytes as seventeen little-endian lanes, and permutes.
  mutating func absorb(_ block: borrowing KeccakBlock) {
    a0 ^= block[0]
    a1 ^= block[1]
    a2 ^= block[2]
    a3 ^= block[3]
    a4 ^= block[4]
    a5 ^= block[5]
    a6 ^= block[6]
    a7 ^= block[7]
    a8 ^= block[8]
    a9 ^= block[9]
    a10 ^= block[10]
    a11 ^= block[11]
    a12 ^= block[12]
    a13 ^= block[13]
    a14 ^= block[14]
    a15 ^= block[15]
    a16 ^= block[16]
    permute()
  }

  /// The first four lanes as 32 bytes: Keccak-256's digest.
  var digest: Bytes32 {
    Bytes32(UInt256(limbs: a3.byteSwapped, a2.byteSwapped, a1.byteSwapped, a0.byteSwapped))
  }
}

/// One block of Keccak-256's rate: 1088 bits.
typealias KeccakBlock = InlineArray<17, UInt64>
