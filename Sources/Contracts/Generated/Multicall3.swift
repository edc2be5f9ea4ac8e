// Generated from abi/Multicall3.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum Multicall3 {
  /// `aggregate3`, selector 0x82ad56cb, payable.
  struct Aggregate3: ContractFunction {
    let calls: [Call3]

    static let name = "Multicall3.aggregate3"
    static let selector: [UInt8] = [0x82, 0xad, 0x56, 0xcb]
    static let inputTypes: [ABIType] = [.array(Call3.abiType)]
    static let outputTypes: [ABIType] = [.array(Result.abiType)]
    var arguments: [ABIValue] { [.array(calls.map { $0.abiValue })] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(calls: reader.list { (reader) throws(ContractsError) in try reader.tuple(Call3.self) })
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [Result] {
      try reader.list { (reader) throws(ContractsError) in try reader.tuple(Result.self) }
    }
  }

  /// `aggregate3Value`, selector 0x174dea71, payable.
  struct Aggregate3Value: ContractFunction {
    let calls: [Call3Value]

    static let name = "Multicall3.aggregate3Value"
    static let selector: [UInt8] = [0x17, 0x4d, 0xea, 0x71]
    static let inputTypes: [ABIType] = [.array(Call3Value.abiType)]
    static let outputTypes: [ABIType] = [.array(Result.abiType)]
    var arguments: [ABIValue] { [.array(calls.map { $0.abiValue })] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(calls: reader.list { (reader) throws(ContractsError) in try reader.tuple(Call3Value.self) })
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [Result] {
      try reader.list { (reader) throws(ContractsError) in try reader.tuple(Result.self) }
    }
  }

  /// `getEthBalance`, selector 0x4d2301cc.
  struct GetEthBalance: ContractFunction {
    let account: Address

    static let name = "Multicall3.getEthBalance"
    static let selector: [UInt8] = [0x4d, 0x23, 0x01, 0xcc]
    static let inputTypes: [ABIType] = [.address]
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [.address(account)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(account: reader.address())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `Multicall3.Call3`
  struct Call3: ContractStruct {
    let target: Address
    let allowFailure: Bool
    let callData: [UInt8]

    static let abiType = ABIType.tuple([.address, .bool, .bytes])
    var abiValue: ABIValue { .tuple([.address(target), .bool(allowFailure), .bytes(callData)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(target: reader.address(), allowFailure: reader.bool(), callData: reader.bytes())
    }
  }

  /// `Multicall3.Result`
  struct Result: ContractStruct {
    let success: Bool
    let returnData: [UInt8]

    static let abiType = ABIType.tuple([.bool, .bytes])
    var abiValue: ABIValue { .tuple([.bool(success), .bytes(returnData)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(success: reader.bool(), returnData: reader.bytes())
    }
  }

  /// `Multicall3.Call3Value`
  struct Call3Value: ContractStruct {
    let target: Address
    let allowFailure: Bool
    let value: UInt256
    let callData: [UInt8]

    static let abiType = ABIType.tuple([.address, .bool, .uint(256), .bytes])
    var abiValue: ABIValue { .tuple([.address(target), .bool(allowFailure), .uint(value), .bytes(callData)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(target: reader.address(), allowFailure: reader.bool(), value: reader.uint(), callData: reader.bytes())
    }
  }
}
