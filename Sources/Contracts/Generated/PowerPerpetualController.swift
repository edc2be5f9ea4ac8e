// Generated from abi/PowerPerpetualController.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum PowerPerpetualController {
  /// `getExpectedNormalizationFactor`, selector 0x24f5f531.
  struct GetExpectedNormalizationFactor: ContractFunction {
    static let name = "PowerPerpetualController.getExpectedNormalizationFactor"
    static let selector: [UInt8] = [0x24, 0xf5, 0xf5, 0x31]
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
}
