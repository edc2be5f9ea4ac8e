// Generated from abi/Pausable.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum Pausable {
  /// `paused`, selector 0x5c975abb.
  struct Paused: ContractFunction {
    static let name = "Pausable.paused"
    static let selector: [UInt8] = [0x5c, 0x97, 0x5a, 0xbb]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }
}
