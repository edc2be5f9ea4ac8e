/// The protocol's rules of fees.
package enum Fees {
  /// The base fee of the block after one with these figures (EIP-1559): up or down by at most an eighth, in proportion
  /// to how far the gas used is from half the limit.
  /// - Throws: `.arithmeticOverflow` for figures no chain has.
  package static func nextBaseFee(
    parentBaseFee: UInt256, gasUsed: UInt64, gasLimit: UInt64
  ) throws(EthereumError) -> UInt256 {
    let target = gasLimit / 2
    guard target > 0, gasUsed != target else { return parentBaseFee }
    let divisor: UInt256 = 8
    if gasUsed > target {
      let rise =
        try UInt256.mulDiv(parentBaseFee, UInt256(gasUsed - target), UInt256(target), rounding: .down) / divisor
      return try parentBaseFee + max(rise, .one)
    }
    let fall = try UInt256.mulDiv(parentBaseFee, UInt256(target - gasUsed), UInt256(target), rounding: .down) / divisor
    return try parentBaseFee - fall
  }

  /// What a transaction offers per gas. A legacy gas price is both.
  package struct Caps: Hashable, Sendable {
    package var tipWei: UInt256
    package var feeCapWei: UInt256

    package init(tipWei: UInt256, feeCapWei: UInt256) {
      self.tipWei = tipWei
      self.feeCapWei = feeCapWei
    }
  }

  /// Whether a node takes `new` in the place of `old`: both caps higher, each by at least 10 % (geth's
  /// `PriceBump` of 10; others ask less).
  package static func replacementMeets(old: Caps, new: Caps) -> Bool {
    meets(old.tipWei, new.tipWei) && meets(old.feeCapWei, new.feeCapWei)
  }

  private static func meets(_ old: UInt256, _ new: UInt256) -> Bool {
    // new ≥ old · 110 / 100, rounded down as geth does, and new > old.
    do { return try new > old && new >= UInt256.mulDiv(old, 110, 100, rounding: .down) } catch { return false }
  }

  /// Both caps raised by thousandths, rounded up: 125 is +12.5 %.
  /// - Throws: `.arithmeticOverflow`.
  package static func bumped(_ caps: Caps, byThousandths thousandths: UInt64) throws(EthereumError) -> Caps {
    let factor = try UInt256(1000) + UInt256(thousandths)
    return Caps(
      tipWei: try UInt256.mulDiv(caps.tipWei, factor, 1000, rounding: .up),
      feeCapWei: try UInt256.mulDiv(caps.feeCapWei, factor, 1000, rounding: .up))
  }

  /// The least caps that replace a transaction on every node that asks for `bumpPercent` more (10, or 100 for blobs):
  /// rounded up and above the old ones, whichever way a node rounds.
  /// - Throws: `.arithmeticOverflow`.
  package static func leastReplacement(of old: Caps, bumpPercent: UInt64) throws(EthereumError) -> Caps {
    let factor = try UInt256(100) + UInt256(bumpPercent)
    func least(_ cap: UInt256) throws(EthereumError) -> UInt256 {
      try max(UInt256.mulDiv(cap, factor, 100, rounding: .up), cap + .one)
    }
    return Caps(tipWei: try least(old.tipWei), feeCapWei: try least(old.feeCapWei))
  }

  /// The base fee after so many full blocks, an eighth more for each: what a fee cap must cover to be mined within
  /// them.
  /// - Throws: `.arithmeticOverflow` for figures no chain has.
  package static func worstBaseFee(
    from baseFee: UInt256, afterBlocks blocks: UInt64
  ) throws(EthereumError) -> UInt256 {
    var fee = baseFee
    var left = blocks
    // Ends early: some 1,500 full blocks take any fee beyond 256 bits.
    while left > 0 {
      fee = try nextBaseFee(parentBaseFee: fee, gasUsed: 2, gasLimit: 2)
      left -= 1
    }
    return fee
  }
}
