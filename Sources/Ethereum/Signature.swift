/// A recoverable secp256k1 signature as transactions carry it: low s, r and s in 1 … n−1.
package struct Signature: Hashable, Sendable {
  /// 0 or 1: whether the y of the nonce point is odd.
  package let yParity: UInt8
  package let r: UInt256
  package let s: UInt256

  /// The order of secp256k1's group (SEC 2, 2.4.1).
  package static let groupOrder = UInt256(
    limbs: 0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff)
  /// n / 2, the largest s allowed (EIP-2).
  package static let largestS = groupOrder >> 1

  /// - Throws: `.transaction`: `signatureParity`, `signatureRange`, `signatureHighS`.
  package init(yParity: UInt8, r: UInt256, s: UInt256) throws(EthereumError) {
    guard yParity <= 1 else { throw .transaction(.signatureParity(UInt256(UInt64(yParity)))) }
    guard r != .zero, r < Self.groupOrder else { throw .transaction(.signatureRange(name: "r", r)) }
    guard s != .zero, s < Self.groupOrder else { throw .transaction(.signatureRange(name: "s", s)) }
    guard s <= Self.largestS else { throw .transaction(.signatureHighS(s)) }
    self.yParity = yParity
    self.r = r
    self.s = s
  }

  /// The same, of a signature that may have a high s, as all could before EIP-2: (r, n − s) with the other parity signs
  /// the same message with the same key. For reading old signatures; transactions with a high s are not valid.
  /// - Throws: `.transaction`: `signatureParity`, `signatureRange`.
  package init(normalizing yParity: UInt8, r: UInt256, s: UInt256) throws(EthereumError) {
    guard s > Self.largestS, s < Self.groupOrder, yParity <= 1 else {
      try self.init(yParity: yParity, r: r, s: s)
      return
    }
    try self.init(yParity: yParity ^ 1, r: r, s: try Self.groupOrder - s)
  }

  /// r ‖ s, 64 bytes.
  package var compact: [UInt8] { r.bigEndian32 + s.bigEndian32 }
}
