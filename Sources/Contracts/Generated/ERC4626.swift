// Generated from abi/ERC4626.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum ERC4626 {
  /// `asset`, selector 0x38d52e0f.
  struct Asset: ContractFunction {
    static let name = "ERC4626.asset"
    static let selector: [UInt8] = [0x38, 0xd5, 0x2e, 0x0f]
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

  /// `totalAssets`, selector 0x01e1d114.
  struct TotalAssets: ContractFunction {
    static let name = "ERC4626.totalAssets"
    static let selector: [UInt8] = [0x01, 0xe1, 0xd1, 0x14]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `totalSupply`, selector 0x18160ddd.
  struct TotalSupply: ContractFunction {
    static let name = "ERC4626.totalSupply"
    static let selector: [UInt8] = [0x18, 0x16, 0x0d, 0xdd]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `convertToAssets`, selector 0x07a2d13a.
  struct ConvertToAssets: ContractFunction {
    let shares: UInt256

    static let name = "ERC4626.convertToAssets"
    static let selector: [UInt8] = [0x07, 0xa2, 0xd1, 0x3a]
    static let inputTypes: [ABIType] = [.uint(256)]
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [.uint(shares)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(shares: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }
}
