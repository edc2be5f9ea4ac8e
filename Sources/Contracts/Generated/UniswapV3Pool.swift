// Generated from abi/UniswapV3Pool.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum UniswapV3Pool {
  /// `slot0`, selector 0x3850c7bd.
  struct Slot0: ContractFunction {
    struct Output: Hashable, Sendable {
      let sqrtPriceX96: UInt256
      let tick: Int256
      let observationIndex: UInt256
      let observationCardinality: UInt256
      let observationCardinalityNext: UInt256
      let feeProtocol: UInt256
      let unlocked: Bool
    }

    static let name = "UniswapV3Pool.slot0"
    static let selector: [UInt8] = [0x38, 0x50, 0xc7, 0xbd]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(160), .int(24), .uint(16), .uint(16), .uint(16), .uint(8), .bool]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output {
      try Output(
        sqrtPriceX96: reader.uint(), tick: reader.int(), observationIndex: reader.uint(),
        observationCardinality: reader.uint(), observationCardinalityNext: reader.uint(), feeProtocol: reader.uint(),
        unlocked: reader.bool()
      )
    }
  }

  /// `token0`, selector 0x0dfe1681.
  struct Token0: ContractFunction {
    static let name = "UniswapV3Pool.token0"
    static let selector: [UInt8] = [0x0d, 0xfe, 0x16, 0x81]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }

  /// `token1`, selector 0xd21220a7.
  struct Token1: ContractFunction {
    static let name = "UniswapV3Pool.token1"
    static let selector: [UInt8] = [0xd2, 0x12, 0x20, 0xa7]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }

  /// `fee`, selector 0xddca3f43.
  struct Fee: ContractFunction {
    static let name = "UniswapV3Pool.fee"
    static let selector: [UInt8] = [0xdd, 0xca, 0x3f, 0x43]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(24)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }
}
