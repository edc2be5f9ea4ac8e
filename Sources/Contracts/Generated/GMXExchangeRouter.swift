// Generated from abi/GMXExchangeRouter.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXExchangeRouter {
  /// `multicall`, selector 0xac9650d8, payable.
  struct Multicall: ContractFunction {
    let data: [[UInt8]]

    static let name = "GMXExchangeRouter.multicall"
    static let selector: [UInt8] = [0xac, 0x96, 0x50, 0xd8]
    static let inputTypes: [ABIType] = [.array(.bytes)]
    static let outputTypes: [ABIType] = [.array(.bytes)]
    var arguments: [ABIValue] { [.array(data.map { .bytes($0) })] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(data: reader.list { (reader) throws(ContractsError) in try reader.bytes() })
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [[UInt8]] {
      try reader.list { (reader) throws(ContractsError) in try reader.bytes() }
    }
  }

  /// `sendWnt`, selector 0x7d39aaf1, payable.
  struct SendWnt: ContractFunction {
    let receiver: Address
    let amount: UInt256

    static let name = "GMXExchangeRouter.sendWnt"
    static let selector: [UInt8] = [0x7d, 0x39, 0xaa, 0xf1]
    static let inputTypes: [ABIType] = [.address, .uint(256)]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [.address(receiver), .uint(amount)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(receiver: reader.address(), amount: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }

  /// `sendTokens`, selector 0xe6d66ac8, payable.
  struct SendTokens: ContractFunction {
    let token: Address
    let receiver: Address
    let amount: UInt256

    static let name = "GMXExchangeRouter.sendTokens"
    static let selector: [UInt8] = [0xe6, 0xd6, 0x6a, 0xc8]
    static let inputTypes: [ABIType] = [.address, .address, .uint(256)]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [.address(token), .address(receiver), .uint(amount)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(token: reader.address(), receiver: reader.address(), amount: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }

  /// `createOrder`, selector 0xf59c48eb, payable.
  struct CreateOrder: ContractFunction {
    let params: CreateOrderParams

    static let name = "GMXExchangeRouter.createOrder"
    static let selector: [UInt8] = [0xf5, 0x9c, 0x48, 0xeb]
    static let inputTypes: [ABIType] = [CreateOrderParams.abiType]
    static let outputTypes: [ABIType] = [.fixedBytes(32)]
    var arguments: [ABIValue] { [params.abiValue] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(params: reader.tuple(CreateOrderParams.self))
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Bytes32 {
      try reader.bytes32()
    }
  }

  /// `updateOrder`, selector 0xdd5baad2, payable.
  struct UpdateOrder: ContractFunction {
    let key: Bytes32
    let sizeDeltaUsd: UInt256
    let acceptablePrice: UInt256
    let triggerPrice: UInt256
    let minOutputAmount: UInt256
    let validFromTime: UInt256
    let autoCancel: Bool

    static let name = "GMXExchangeRouter.updateOrder"
    static let selector: [UInt8] = [0xdd, 0x5b, 0xaa, 0xd2]
    static let inputTypes: [ABIType] = [
      .fixedBytes(32), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .bool
    ]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [
      .fixedBytes(key.bytes), .uint(sizeDeltaUsd), .uint(acceptablePrice), .uint(triggerPrice), .uint(minOutputAmount),
      .uint(validFromTime), .bool(autoCancel)
    ] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        key: reader.bytes32(), sizeDeltaUsd: reader.uint(), acceptablePrice: reader.uint(), triggerPrice: reader.uint(),
        minOutputAmount: reader.uint(), validFromTime: reader.uint(), autoCancel: reader.bool()
      )
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }

  /// `cancelOrder`, selector 0x7489ec23, payable.
  struct CancelOrder: ContractFunction {
    let key: Bytes32

    static let name = "GMXExchangeRouter.cancelOrder"
    static let selector: [UInt8] = [0x74, 0x89, 0xec, 0x23]
    static let inputTypes: [ABIType] = [.fixedBytes(32)]
    static let outputTypes: [ABIType] = []
    var arguments: [ABIValue] { [.fixedBytes(key.bytes)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.bytes32())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) {}
  }

  /// `claimFundingFees`, selector 0xc41b1ab3, payable.
  struct ClaimFundingFees: ContractFunction {
    let markets: [Address]
    let tokens: [Address]
    let receiver: Address

    static let name = "GMXExchangeRouter.claimFundingFees"
    static let selector: [UInt8] = [0xc4, 0x1b, 0x1a, 0xb3]
    static let inputTypes: [ABIType] = [.array(.address), .array(.address), .address]
    static let outputTypes: [ABIType] = [.array(.uint(256))]
    var arguments: [ABIValue] { [
      .array(markets.map { .address($0) }), .array(tokens.map { .address($0) }), .address(receiver)
    ] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        markets: reader.list { (reader) throws(ContractsError) in try reader.address() },
        tokens: reader.list { (reader) throws(ContractsError) in try reader.address() }, receiver: reader.address()
      )
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [UInt256] {
      try reader.list { (reader) throws(ContractsError) in try reader.uint() }
    }
  }

  /// `dataStore`, selector 0x660d0d67.
  struct DataStore: ContractFunction {
    static let name = "GMXExchangeRouter.dataStore"
    static let selector: [UInt8] = [0x66, 0x0d, 0x0d, 0x67]
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

  /// `orderHandler`, selector 0xb5848305.
  struct OrderHandler: ContractFunction {
    static let name = "GMXExchangeRouter.orderHandler"
    static let selector: [UInt8] = [0xb5, 0x84, 0x83, 0x05]
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

  /// `router`, selector 0xf887ea40.
  struct Router: ContractFunction {
    static let name = "GMXExchangeRouter.router"
    static let selector: [UInt8] = [0xf8, 0x87, 0xea, 0x40]
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

  /// `IBaseOrderUtils.CreateOrderParamsAddresses`
  struct CreateOrderParamsAddresses: ContractStruct {
    let receiver: Address
    let cancellationReceiver: Address
    let callbackContract: Address
    let uiFeeReceiver: Address
    let market: Address
    let initialCollateralToken: Address
    let swapPath: [Address]

    static let abiType = ABIType.tuple([.address, .address, .address, .address, .address, .address, .array(.address)])
    var abiValue: ABIValue { .tuple([
      .address(receiver), .address(cancellationReceiver), .address(callbackContract), .address(uiFeeReceiver),
      .address(market), .address(initialCollateralToken), .array(swapPath.map { .address($0) })
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        receiver: reader.address(), cancellationReceiver: reader.address(), callbackContract: reader.address(),
        uiFeeReceiver: reader.address(), market: reader.address(), initialCollateralToken: reader.address(),
        swapPath: reader.list { (reader) throws(ContractsError) in try reader.address() }
      )
    }
  }

  /// `IBaseOrderUtils.CreateOrderParamsNumbers`
  struct CreateOrderParamsNumbers: ContractStruct {
    let sizeDeltaUsd: UInt256
    let initialCollateralDeltaAmount: UInt256
    let triggerPrice: UInt256
    let acceptablePrice: UInt256
    let executionFee: UInt256
    let callbackGasLimit: UInt256
    let minOutputAmount: UInt256
    let validFromTime: UInt256

    static let abiType = ABIType.tuple([
      .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256)
    ])
    var abiValue: ABIValue { .tuple([
      .uint(sizeDeltaUsd), .uint(initialCollateralDeltaAmount), .uint(triggerPrice), .uint(acceptablePrice),
      .uint(executionFee), .uint(callbackGasLimit), .uint(minOutputAmount), .uint(validFromTime)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        sizeDeltaUsd: reader.uint(), initialCollateralDeltaAmount: reader.uint(), triggerPrice: reader.uint(),
        acceptablePrice: reader.uint(), executionFee: reader.uint(), callbackGasLimit: reader.uint(),
        minOutputAmount: reader.uint(), validFromTime: reader.uint()
      )
    }
  }

  /// `IBaseOrderUtils.CreateOrderParams`
  struct CreateOrderParams: ContractStruct {
    let addresses: CreateOrderParamsAddresses
    let numbers: CreateOrderParamsNumbers
    let orderType: UInt256
    let decreasePositionSwapType: UInt256
    let isLong: Bool
    let shouldUnwrapNativeToken: Bool
    let autoCancel: Bool
    let referralCode: Bytes32
    let dataList: [Bytes32]

    static let abiType = ABIType.tuple([
      CreateOrderParamsAddresses.abiType, CreateOrderParamsNumbers.abiType, .uint(8), .uint(8), .bool, .bool, .bool,
      .fixedBytes(32), .array(.fixedBytes(32))
    ])
    var abiValue: ABIValue { .tuple([
      addresses.abiValue, numbers.abiValue, .uint(orderType), .uint(decreasePositionSwapType), .bool(isLong),
      .bool(shouldUnwrapNativeToken), .bool(autoCancel), .fixedBytes(referralCode.bytes),
      .array(dataList.map { .fixedBytes($0.bytes) })
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        addresses: reader.tuple(CreateOrderParamsAddresses.self), numbers: reader.tuple(CreateOrderParamsNumbers.self),
        orderType: reader.uint(), decreasePositionSwapType: reader.uint(), isLong: reader.bool(),
        shouldUnwrapNativeToken: reader.bool(), autoCancel: reader.bool(), referralCode: reader.bytes32(),
        dataList: reader.list { (reader) throws(ContractsError) in try reader.bytes32() }
      )
    }
  }
}
