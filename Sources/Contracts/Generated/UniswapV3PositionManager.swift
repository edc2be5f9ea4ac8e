// Generated from abi/UniswapV3PositionManager.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum UniswapV3PositionManager {
  /// `positions`, selector 0x99fbab88.
  struct Positions: ContractFunction {
    struct Output: Hashable, Sendable {
      let nonce: UInt256
      let operatorAddress: Address
      let token0: Address
      let token1: Address
      let fee: UInt256
      let tickLower: Int256
      let tickUpper: Int256
      let liquidity: UInt256
      let feeGrowthInside0LastX128: UInt256
      let feeGrowthInside1LastX128: UInt256
      let tokensOwed0: UInt256
      let tokensOwed1: UInt256
    }

    let tokenId: UInt256

    static let name = "UniswapV3PositionManager.positions"
    static let selector: [UInt8] = [0x99, 0xfb, 0xab, 0x88]
    static let inputTypes: [ABIType] = [.uint(256)]
    static let outputTypes: [ABIType] = [
      .uint(96), .address, .address, .address, .uint(24), .int(24), .int(24), .uint(128), .uint(256), .uint(256),
      .uint(128), .uint(128)
    ]
    var arguments: [ABIValue] { [.uint(tokenId)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(tokenId: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output {
      try Output(
        nonce: reader.uint(), operatorAddress: reader.address(), token0: reader.address(), token1: reader.address(),
        fee: reader.uint(), tickLower: reader.int(), tickUpper: reader.int(), liquidity: reader.uint(),
        feeGrowthInside0LastX128: reader.uint(), feeGrowthInside1LastX128: reader.uint(), tokensOwed0: reader.uint(),
        tokensOwed1: reader.uint()
      )
    }
  }

  /// `ownerOf`, selector 0x6352211e.
  struct OwnerOf: ContractFunction {
    let tokenId: UInt256

    static let name = "UniswapV3PositionManager.ownerOf"
    static let selector: [UInt8] = [0x63, 0x52, 0x21, 0x1e]
    static let inputTypes: [ABIType] = [.uint(256)]
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [.uint(tokenId)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(tokenId: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }
}
