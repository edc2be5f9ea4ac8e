// Generated from abi/GMXOrderHandler.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXOrderHandler {
  /// `executeOrder`, selector 0x7ebc83f7.
  struct ExecuteOrder: ContractFunction {
    let key: Bytes32
    let oracleParams: SetPricesParams

    static let name = "GMXOrderHandler.executeOrder"
    static let selector: [UInt8] = [0x7e, 0xbc, 0x83, 0xf7]
    static let inputTypes: [ABIType] = [.fixedBytes(32), SetPricesParams.abiType]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [.fixedBytes(key.bytes), oracleParams.abiValue] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.bytes32(), oracleParams: reader.tuple(SetPricesParams.self))
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }

  /// `OracleUtils.SetPricesParams`
  struct SetPricesParams: ContractStruct {
    let tokens: [Address]
    let providers: [Address]
    let data: [[UInt8]]

    static let abiType = ABIType.tuple([.array(.address), .array(.address), .array(.bytes)])
    var abiValue: ABIValue { .tuple([
      .array(tokens.map { .address($0) }), .array(providers.map { .address($0) }), .array(data.map { .bytes($0) })
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        tokens: reader.list { (reader) throws(ContractsError) in try reader.address() },
        providers: reader.list { (reader) throws(ContractsError) in try reader.address() },
        data: reader.list { (reader) throws(ContractsError) in try reader.bytes() }
      )
    }
  }
}
