// Generated from abi/MultiSend.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum MultiSend {
  /// `multiSend`, selector 0x8d80ff0a, payable.
  struct MultiSend: ContractFunction {
    let transactions: [UInt8]

    static let name = "MultiSend.multiSend"
    static let selector: [UInt8] = [0x8d, 0x80, 0xff, 0x0a]
    static let inputTypes: [ABIType] = [.bytes]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [.bytes(transactions)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(transactions: reader.bytes())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }
}
