// Generated from abi/ERC20.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum ERC20 {
  /// `balanceOf`, selector 0x70a08231.
  struct BalanceOf: ContractFunction {
    let account: Address

    static let name = "ERC20.balanceOf"
    static let selector: [UInt8] = [0x70, 0xa0, 0x82, 0x31]
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

  /// `allowance`, selector 0xdd62ed3e.
  struct Allowance: ContractFunction {
    let owner: Address
    let spender: Address

    static let name = "ERC20.allowance"
    static let selector: [UInt8] = [0xdd, 0x62, 0xed, 0x3e]
    static let inputTypes: [ABIType] = [.address, .address]
    static let outputTypes: [ABIType] = [.uint(256)]
    var arguments: [ABIValue] { [.address(owner), .address(spender)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(owner: reader.address(), spender: reader.address())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `decimals`, selector 0x313ce567.
  struct Decimals: ContractFunction {
    static let name = "ERC20.decimals"
    static let selector: [UInt8] = [0x31, 0x3c, 0xe5, 0x67]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(8)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `symbol`, selector 0x95d89b41.
  struct Symbol: ContractFunction {
    static let name = "ERC20.symbol"
    static let selector: [UInt8] = [0x95, 0xd8, 0x9b, 0x41]
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

  /// `approve`, selector 0x095ea7b3.
  struct Approve: ContractFunction {
    let spender: Address
    let amount: UInt256

    static let name = "ERC20.approve"
    static let selector: [UInt8] = [0x09, 0x5e, 0xa7, 0xb3]
    static let inputTypes: [ABIType] = [.address, .uint(256)]
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [.address(spender), .uint(amount)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(spender: reader.address(), amount: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }

  /// `transfer`, selector 0xa9059cbb.
  struct Transfer: ContractFunction {
    let to: Address
    let amount: UInt256

    static let name = "ERC20.transfer"
    static let selector: [UInt8] = [0xa9, 0x05, 0x9c, 0xbb]
    static let inputTypes: [ABIType] = [.address, .uint(256)]
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [.address(to), .uint(amount)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(to: reader.address(), amount: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }

  /// Event `Transfer`, topic 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef.
  struct TransferEvent: ContractEvent {
    let from: Address
    let to: Address
    let value: UInt256

    static let topic0 = Keccak256.hash(
      utf8: "Transfer(address,address,uint256)")
    static let indexedTypes: [ABIType] = [.address, .address]
    static let dataTypes: [ABIType] = [.uint(256)]
    static func read(indexed: inout ABIReader, data: inout ABIReader) throws(ContractsError) -> Self {
      try Self(from: indexed.address(), to: indexed.address(), value: data.uint())
    }
  }
}
