package import Ethereum

/// The integer mathematics of Uniswap v3's pools, each result as the contracts round it: a step off by one unit would
/// make a simulated swap differ from the mined one.
///
/// Prices are square roots of token 1 per token 0 in Q64.96. Written from the protocol's definitions (Adams,
/// Zinsmeister, Salem, Keefer and Robinson 2021, "Uniswap v3 Core", section 6) and compared with the values of its own
/// tests. Where a contract would revert, these throw.
package enum UniswapV3Math {
  /// A square root of a price, in units of 2⁻⁹⁶, as wide as the contracts hold it (160 bits).
  package typealias SqrtPriceX96 = UInt256

  package static let minimumTick = -887_272
  package static let maximumTick = 887_272
  /// The root price of the lowest tick.
  package static let minimumSqrtPrice: SqrtPriceX96 = 4_295_128_739
  /// The root price of the highest tick, 1461446703485210103287273052203988822378723970342; pools stay below it.
  package static let maximumSqrtPrice = UInt256(limbs: 0x5d95_1d52_6398_8d26, 0xefd1_fc6a_5064_8849, 0xfffd_8963, 0)

  /// 2⁹⁶.
  static let q96 = UInt256.one << 96
  /// 2¹⁶⁰, above every root price.
  static let sqrtPriceLimit = UInt256.one << 160
  /// 2¹²⁸, above every liquidity.
  static let liquidityLimit = UInt256.one << 128
  /// Fees are in millionths.
  static let feeUnits: UInt256 = 1_000_000

  // MARK: Ticks

  /// √(1.0001^tick) in Q64.96, rounded up from Q128.128 as the contracts do.
  /// - Throws: `.notRepresentable` for a tick beyond ±887272.
  package static func sqrtPrice(atTick tick: Int) throws(ContractsError) -> SqrtPriceX96 {
    guard (minimumTick...maximumTick).contains(tick) else {
      throw .notRepresentable(what: "a pool's tick", value: "\(tick)")
    }
    let size = tick.magnitude
    // 1/√(1.0001^|tick|) in Q128.128, a factor for each bit of |tick|.
    var ratio = UInt256.one << 128
    for (bit, factor) in tickFactors.enumerated() where size >> bit & 1 == 1 {
      // At most 2¹²⁸ times less than 2¹²⁸: nothing is lost.
      ratio = ratio.multipliedReportingOverflow(by: factor).value >> 128
    }
    if tick > 0 { ratio = try wrap { () throws(EthereumError) in try UInt256.max / ratio } }
    let price = ratio >> 32
    return ratio & 0xffff_ffff == .zero ? price : try wrap { () throws(EthereumError) in try price + .one }
  }

  /// The greatest tick whose root price is at most `price`.
  /// - Throws: `.notRepresentable` below the lowest tick's root price, and from the highest's on, where no pool can be.
  package static func tick(atSqrtPrice price: SqrtPriceX96) throws(ContractsError) -> Int {
    guard price >= minimumSqrtPrice, price < maximumSqrtPrice else {
      throw .notRepresentable(what: "a pool's root price", value: "\(price)")
    }
    // sqrtPrice(lower) ≤ price < sqrtPrice(upper)
    var (lower, upper) = (minimumTick, maximumTick)
    while upper - lower > 1 {
      let middle = lower + (upper - lower) / 2
      if try sqrtPrice(atTick: middle) <= price { lower = middle } else { upper = middle }
    }
    return lower
  }

  /// 2¹²⁸/√(1.0001^(2^i)) for i = 0…19, the protocol's own roundings.
  private static let tickFactors: [UInt256] = [
    UInt256(limbs: 0xaa2d_162d_1a59_4001, 0xfffc_b933_bd6f_ad37, 0, 0),
    UInt256(limbs: 0x59a4_6990_580e_213a, 0xfff9_7272_373d_4132, 0, 0),
    UInt256(limbs: 0xef12_357c_f3c7_fdcc, 0xfff2_e50f_5f65_6932, 0, 0),
    UInt256(limbs: 0x1c36_24ea_a094_1cd0, 0xffe5_caca_7e10_e4e6, 0, 0),
    UInt256(limbs: 0xc9db_5883_5c92_6644, 0xffcb_9843_d60f_6159, 0, 0),
    UInt256(limbs: 0x472e_6896_dfb2_54c0, 0xff97_3b41_fa98_c081, 0, 0),
    UInt256(limbs: 0x43ec_78b3_26b5_2861, 0xff2e_a164_66c9_6a38, 0, 0),
    UInt256(limbs: 0x11c4_61f1_969c_3053, 0xfe5d_ee04_6a99_a2a8, 0, 0),
    UInt256(limbs: 0xdcff_c83b_479a_a3a4, 0xfcbe_86c7_900a_88ae, 0, 0),
    UInt256(limbs: 0x6f2b_074c_f781_5e54, 0xf987_a725_3ac4_1317, 0, 0),
    UInt256(limbs: 0x940c_7a39_8e4b_70f3, 0xf339_2b08_22b7_0005, 0, 0),
    UInt256(limbs: 0x43b2_9c7f_a6e8_89d9, 0xe715_9475_a2c2_9b74, 0, 0),
    UInt256(limbs: 0x845a_d8f7_92aa_5825, 0xd097_f3bd_fd20_22b8, 0, 0),
    UInt256(limbs: 0x8a65_dc1f_90e0_61e5, 0xa9f7_4646_2d87_0fdf, 0, 0),
    UInt256(limbs: 0x90bb_3df6_2baf_32f7, 0x70d8_69a1_56d2_a1b8, 0, 0),
    UInt256(limbs: 0x8123_1505_542f_cfa6, 0x31be_135f_97d0_8fd9, 0, 0),
    UInt256(limbs: 0xc677_de54_f3e9_9bc9, 0x09aa_508b_5b7a_84e1, 0, 0),
    UInt256(limbs: 0x6699_c329_225e_e604, 0x005d_6af8_dedb_8119, 0, 0),
    UInt256(limbs: 0x1ea9_2604_1bed_fe98, 0x0000_2216_e584_f5fa, 0, 0),
    UInt256(limbs: 0x91f7_dc42_444e_8fa2, 0x0000_0000_048a_1703, 0, 0),
  ]

  private static func wrap<T>(_ body: () throws(EthereumError) -> T) throws(ContractsError) -> T {
    try ContractsError.wrapping(body)
  }
}
