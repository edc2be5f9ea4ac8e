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
    for round in 0..<24 {
      mixColumns()
      rotateMoveAndCombine()
      a0 ^= Self.roundConstants[round]
    }
  }

  /// θ: every lane takes in the parity of two neighbouring columns.
  private mutating func mixColumns() {
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
    a0 ^= d0
    a1 ^= d1
    a2 ^= d2
    a3 ^= d3
    a4 ^= d4
    a5 ^= d0
    a6 ^= d1
    a7 ^= d2
    a8 ^= d3
    a9 ^= d4
    a10 ^= d0
    a11 ^= d1
    a12 ^= d2
    a13 ^= d3
    a14 ^= d4
    a15 ^= d0
    a16 ^= d1
    a17 ^= d2
    a18 ^= d3
    a19 ^= d4
    a20 ^= d0
    a21 ^= d1
    a22 ^= d2
    a23 ^= d3
    a24 ^= d4
  }

  /// ρ, π and χ: lanes are rotated, moved, and combined within rows.
  private mutating func rotateMoveAndCombine() {
    let b0 = a0
    let b1 = rotate(a6, 44)
    let b2 = rotate(a12, 43)
    let b3 = rotate(a18, 21)
    let b4 = rotate(a24, 14)
    let b5 = rotate(a3, 28)
    let b6 = rotate(a9, 20)
    let b7 = rotate(a10, 3)
    let b8 = rotate(a16, 45)
    let b9 = rotate(a22, 61)
    let b10 = rotate(a1, 1)
    let b11 = rotate(a7, 6)
    let b12 = rotate(a13, 25)
    let b13 = rotate(a19, 8)
    let b14 = rotate(a20, 18)
    let b15 = rotate(a4, 27)
    let b16 = rotate(a5, 36)
    let b17 = rotate(a11, 10)
    let b18 = rotate(a17, 15)
    let b19 = rotate(a23, 56)
    let b20 = rotate(a2, 62)
    let b21 = rotate(a8, 55)
    let b22 = rotate(a14, 39)
    let b23 = rotate(a15, 41)
    let b24 = rotate(a21, 2)
    a0 = b0 ^ (~b1 & b2)
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
