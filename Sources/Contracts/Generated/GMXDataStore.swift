// Generated from abi/GMXDataStore.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXDataStore {
  /// `getUint`, selector 0xbd02d0f5.
  struct GetUint: ContractFunction {
    let key: Bytes32

    static let name = "GMXDataStore.getUint"
    static let selector: [UInt8] = [0xbd, 0x02, 0xd0, 0xf5]
    static let inputTypes: [ABIType] = [.fixedBytes(32)]
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [.fixedBytes(key.bytes)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.bytes32())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `getBytes32Count`, selector 0xf3903b9f.
  struct GetBytes32Count: ContractFunction {
    let setKey: Bytes32

    static let name = "GMXDataStore.getBytes32Count"
    static let selector: [UInt8] = [0xf3, 0x90, 0x3b, 0x9f]
    static let inputTypes: [ABIType] = [.fixedBytes(32)]
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [.fixedBytes(setKey.bytes)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(setKey: reader.bytes32())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }
}
