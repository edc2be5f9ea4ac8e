// Generated from abi/OptionBook.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum OptionBook {
  /// `options`, selector 0x1069143a.
  struct Options: ContractFunction {
    static let name = "OptionBook.options"
    static let selector: [UInt8] = [0x10, 0x69, 0x14, 0x3a]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.array(Option.abiType)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [Option] {
      try reader.list { (reader) throws(ContractsError) in try reader.tuple(Option.self) }
    }
  }

  /// `Option`
  struct Option: ContractStruct {
    let expiry: UInt256
    let strike: UInt256
    let quantity: Int256
    let isCall: Bool
    let markVolatility: UInt256
    let markedAt: UInt256

    static let abiType = ABIType.tuple([.uint(64), .uint(256), .int(256), .bool, .uint(256), .uint(64)])
    var abiValue: ABIValue { .tuple([
      .uint(expiry), .uint(strike), .int(quantity), .bool(isCall), .uint(markVolatility), .uint(markedAt)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        expiry: reader.uint(), strike: reader.uint(), quantity: reader.int(), isCall: reader.bool(),
        markVolatility: reader.uint(), markedAt: reader.uint()
      )
    }
  }
}
