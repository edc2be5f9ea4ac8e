// Generated from abi/ZodiacRoles.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum ZodiacRoles {
  /// `execTransactionWithRole`, selector 0xc6fe8747.
  struct ExecTransactionWithRole: ContractFunction {
    let to: Address
    let value: UInt256
    let data: [UInt8]
    let operation: UInt256
    let roleKey: Bytes32
    let shouldRevert: Bool

    static let name = "ZodiacRoles.execTransactionWithRole"
    static let selector: [UInt8] = [0xc6, 0xfe, 0x87, 0x47]
    static let inputTypes: [ABIType] = [.address, .uint(256), .bytes, .uint(8), .fixedBytes(32), .bool]
    static let outputTypes: [ABIType] = [.bool]
    var arguments: [ABIValue] { [
      .address(to), .uint(value), .bytes(data), .uint(operation), .fixedBytes(roleKey.bytes), .bool(shouldRevert)
    ] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        to: reader.address(), value: reader.uint(), data: reader.bytes(), operation: reader.uint(),
        roleKey: reader.bytes32(), shouldRevert: reader.bool()
      )
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bool {
      try reader.bool()
    }
  }

  /// `allowances`, selector 0x5e7c9fe8.
  struct Allowances: ContractFunction {
    struct Output: Hashable, Sendable {
      let refill: UInt256
      let maxRefill: UInt256
      let period: UInt256
      let balance: UInt256
      let timestamp: UInt256
    }

    let key: Bytes32

    static let name = "ZodiacRoles.allowances"
    static let selector: [UInt8] = [0x5e, 0x7c, 0x9f, 0xe8]
    static let inputTypes: [ABIType] = [.fixedBytes(32)]
    static let outputTypes: [ABIType] = [.uint(128), .uint(128), .uint(64), .uint(128), .uint(64)]
    var arguments: [ABIValue] { [.fixedBytes(key.bytes)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.bytes32())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output {
      try Output(
        refill: reader.uint(), maxRefill: reader.uint(), period: reader.uint(), balance: reader.uint(),
        timestamp: reader.uint()
      )
    }
  }

  /// `avatar`, selector 0x5aef7de6.
  struct Avatar: ContractFunction {
    static let name = "ZodiacRoles.avatar"
    static let selector: [UInt8] = [0x5a, 0xef, 0x7d, 0xe6]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }

  /// `target`, selector 0xd4b83992.
  struct Target: ContractFunction {
    static let name = "ZodiacRoles.target"
    static let selector: [UInt8] = [0xd4, 0xb8, 0x39, 0x92]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }

  /// `owner`, selector 0x8da5cb5b.
  struct Owner: ContractFunction {
    static let name = "ZodiacRoles.owner"
    static let selector: [UInt8] = [0x8d, 0xa5, 0xcb, 0x5b]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
    }
  }

  /// The contract's custom errors.
  static let errors: [ABIErrorType] = [
    ABIErrorType(name: "ConditionViolation", inputParameters: [
      ABIParameter("status", .uint(8)), ABIParameter("info", .fixedBytes(32))
    ]),
    ABIErrorType(name: "NotAuthorized", inputParameters: [ABIParameter("sender", .address)]),
    ABIErrorType(name: "NoMembership", inputParameters: []),
    ABIErrorType(name: "ModuleTransactionFailed", inputParameters: []),
    ABIErrorType(name: "FunctionSignatureTooShort", inputParameters: []),
    ABIErrorType(name: "MalformedMultiEntrypoint", inputParameters: []),
    ABIErrorType(name: "CalldataOutOfBounds", inputParameters: []),
  ]
}
