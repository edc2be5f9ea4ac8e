import Ethereum

// A chain without a base fee. Its market of block space is the same: what others call the base fee is here the least
// price that the makers of blocks take, which nobody tells, and of which `eth_gasPrice` is a guess. A transaction pays
// the whole price that it offers.

extension UnsignedTransaction {
  /// Type 0 of one chain (EIP-155): the only kind that all chains without a base fee take.
  var isLegacy: Bool {
    if case .legacy(_, protected: true) = kind { true } else { false }
  }
}
