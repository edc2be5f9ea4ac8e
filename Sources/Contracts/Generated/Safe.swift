// Generated from abi/Safe.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum Safe {
  /// `isModuleEnabled`, selector 0x2d9ad53d.
  struct IsModuleEnabled: ContractFunction {
    let module: Address

    static let name = "Safe.isModuleEnabled"
    static let selector: [UInt8] = [0x2d, 0x9a, 0xd5, 0x3d]
    static let inputTypes: [ABIType] = [.address]
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [.address(module)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(module: reader.address())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }

  /// `nonce`, selector 0xaffed0e0.
  struct Nonce: ContractFunction {
    static let name = "Safe.nonce"
    static let selector: [UInt8] = [0xaf, 0xfe, 0xd0, 0xe0]
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

  /// `getThreshold`, selector 0xe75235b8.
  struct GetThreshold: ContractFunction {
    static let name = "Safe.getThreshold"
    static let selector: [UInt8] = [0xe7, 0x52, 0x35, 0xb8]
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

  /// `getOwners`, selector 0xa0e67e2b.
  struct GetOwners: ContractFunction {
    static let name = "Safe.getOwners"
    static let selector: [UInt8] = [0xa0, 0xe6, 0x7e, 0x2b]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.array(.address)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [Address] {
      try reader.list { (reader) throws(ContractsError) in try reader.address() }
    }
  }

  /// `VERSION`, selector 0xffa1ad74.
  struct VERSION: ContractFunction {
    static let name = "Safe.VERSION"
    static let selector: [UInt8] = [0xff, 0xa1, 0xad, 0x74]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.string]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> String {
      try reader.string()
    }
  }
}
