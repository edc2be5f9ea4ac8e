// Generated from abi/GMXRoleStore.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXRoleStore {
  /// `hasRole`, selector 0xac4ab3fb.
  struct HasRole: ContractFunction {
    let account: Address
    let roleKey: Bytes32

    static let name = "GMXRoleStore.hasRole"
    static let selector: [UInt8] = [0xac, 0x4a, 0xb3, 0xfb]
    static let inputTypes: [ABIType] = [.address, .fixedBytes(32)]
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [.address(account), .fixedBytes(roleKey.bytes)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(account: reader.address(), roleKey: reader.bytes32())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }
}
