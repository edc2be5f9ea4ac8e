// Generated from abi/GMXEventEmitter.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXEventEmitter {
  /// `EventUtils.AddressKeyValue`
  struct AddressKeyValue: ContractStruct {
    let key: String
    let value: Address

    static let abiType = ABIType.tuple([.string, .address])
    var abiValue: ABIValue { .tuple([.string(key), .address(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.address())
    }
  }

  /// `EventUtils.AddressArrayKeyValue`
  struct AddressArrayKeyValue: ContractStruct {
    let key: String
    let value: [Address]

    static let abiType = ABIType.tuple([.string, .array(.address)])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .address($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.address() })
    }
  }

  /// `EventUtils.AddressItems`
  struct AddressItems: ContractStruct {
    let items: [AddressKeyValue]
    let arrayItems: [AddressArrayKeyValue]

    static let abiType = ABIType.tuple([.array(AddressKeyValue.abiType), .array(AddressArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(AddressKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(AddressArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.UintKeyValue`
  struct UintKeyValue: ContractStruct {
    let key: String
    let value: UInt256

    static let abiType = ABIType.tuple([.string, .uint(256)])
    var abiValue: ABIValue { .tuple([.string(key), .uint(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.uint())
    }
  }

  /// `EventUtils.UintArrayKeyValue`
  struct UintArrayKeyValue: ContractStruct {
    let key: String
    let value: [UInt256]

    static let abiType = ABIType.tuple([.string, .array(.uint(256))])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .uint($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.uint() })
    }
  }

  /// `EventUtils.UintItems`
  struct UintItems: ContractStruct {
    let items: [UintKeyValue]
    let arrayItems: [UintArrayKeyValue]

    static let abiType = ABIType.tuple([.array(UintKeyValue.abiType), .array(UintArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(UintKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(UintArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.IntKeyValue`
  struct IntKeyValue: ContractStruct {
    let key: String
    let value: Int256

    static let abiType = ABIType.tuple([.string, .int(256)])
    var abiValue: ABIValue { .tuple([.string(key), .int(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.int())
    }
  }

  /// `EventUtils.IntArrayKeyValue`
  struct IntArrayKeyValue: ContractStruct {
    let key: String
    let value: [Int256]

    static let abiType = ABIType.tuple([.string, .array(.int(256))])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .int($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.int() })
    }
  }

  /// `EventUtils.IntItems`
  struct IntItems: ContractStruct {
    let items: [IntKeyValue]
    let arrayItems: [IntArrayKeyValue]

    static let abiType = ABIType.tuple([.array(IntKeyValue.abiType), .array(IntArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(IntKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(IntArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.BoolKeyValue`
  struct BoolKeyValue: ContractStruct {
    let key: String
    let value: Bool

    static let abiType = ABIType.tuple([.string, .bool])
    var abiValue: ABIValue { .tuple([.string(key), .bool(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.bool())
    }
  }

  /// `EventUtils.BoolArrayKeyValue`
  struct BoolArrayKeyValue: ContractStruct {
    let key: String
    let value: [Bool]

    static let abiType = ABIType.tuple([.string, .array(.bool)])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .bool($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.bool() })
    }
  }

  /// `EventUtils.BoolItems`
  struct BoolItems: ContractStruct {
    let items: [BoolKeyValue]
    let arrayItems: [BoolArrayKeyValue]

    static let abiType = ABIType.tuple([.array(BoolKeyValue.abiType), .array(BoolArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(BoolKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(BoolArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.Bytes32KeyValue`
  struct Bytes32KeyValue: ContractStruct {
    let key: String
    let value: Bytes32

    static let abiType = ABIType.tuple([.string, .fixedBytes(32)])
    var abiValue: ABIValue { .tuple([.string(key), .fixedBytes(value.bytes)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.bytes32())
    }
  }

  /// `EventUtils.Bytes32ArrayKeyValue`
  struct Bytes32ArrayKeyValue: ContractStruct {
    let key: String
    let value: [Bytes32]

    static let abiType = ABIType.tuple([.string, .array(.fixedBytes(32))])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .fixedBytes($0.bytes) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.bytes32() })
    }
  }

  /// `EventUtils.Bytes32Items`
  struct Bytes32Items: ContractStruct {
    let items: [Bytes32KeyValue]
    let arrayItems: [Bytes32ArrayKeyValue]

    static let abiType = ABIType.tuple([.array(Bytes32KeyValue.abiType), .array(Bytes32ArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(Bytes32KeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(Bytes32ArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.BytesKeyValue`
  struct BytesKeyValue: ContractStruct {
    let key: String
    let value: [UInt8]

    static let abiType = ABIType.tuple([.string, .bytes])
    var abiValue: ABIValue { .tuple([.string(key), .bytes(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.bytes())
    }
  }

  /// `EventUtils.BytesArrayKeyValue`
  struct BytesArrayKeyValue: ContractStruct {
    let key: String
    let value: [[UInt8]]

    static let abiType = ABIType.tuple([.string, .array(.bytes)])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .bytes($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.bytes() })
    }
  }

  /// `EventUtils.BytesItems`
  struct BytesItems: ContractStruct {
    let items: [BytesKeyValue]
    let arrayItems: [BytesArrayKeyValue]

    static let abiType = ABIType.tuple([.array(BytesKeyValue.abiType), .array(BytesArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(BytesKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(BytesArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.StringKeyValue`
  struct StringKeyValue: ContractStruct {
    let key: String
    let value: String

    static let abiType = ABIType.tuple([.string, .string])
    var abiValue: ABIValue { .tuple([.string(key), .string(value)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.string())
    }
  }

  /// `EventUtils.StringArrayKeyValue`
  struct StringArrayKeyValue: ContractStruct {
    let key: String
    let value: [String]

    static let abiType = ABIType.tuple([.string, .array(.string)])
    var abiValue: ABIValue { .tuple([.string(key), .array(value.map { .string($0) })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(key: reader.string(), value: reader.list { (reader) throws(ContractsError) in try reader.string() })
    }
  }

  /// `EventUtils.StringItems`
  struct StringItems: ContractStruct {
    let items: [StringKeyValue]
    let arrayItems: [StringArrayKeyValue]

    static let abiType = ABIType.tuple([.array(StringKeyValue.abiType), .array(StringArrayKeyValue.abiType)])
    var abiValue: ABIValue { .tuple([.array(items.map { $0.abiValue }), .array(arrayItems.map { $0.abiValue })]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        items: reader.list { (reader) throws(ContractsError) in try reader.tuple(StringKeyValue.self) },
        arrayItems: reader.list { (reader) throws(ContractsError) in try reader.tuple(StringArrayKeyValue.self) }
      )
    }
  }

  /// `EventUtils.EventLogData`
  struct EventLogData: ContractStruct {
    let addressItems: AddressItems
    let uintItems: UintItems
    let intItems: IntItems
    let boolItems: BoolItems
    let bytes32Items: Bytes32Items
    let bytesItems: BytesItems
    let stringItems: StringItems

    static let abiType = ABIType.tuple([
      AddressItems.abiType, UintItems.abiType, IntItems.abiType, BoolItems.abiType, Bytes32Items.abiType,
      BytesItems.abiType, StringItems.abiType
    ])
    var abiValue: ABIValue { .tuple([
      addressItems.abiValue, uintItems.abiValue, intItems.abiValue, boolItems.abiValue, bytes32Items.abiValue,
      bytesItems.abiValue, stringItems.abiValue
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        addressItems: reader.tuple(AddressItems.self), uintItems: reader.tuple(UintItems.self),
        intItems: reader.tuple(IntItems.self), boolItems: reader.tuple(BoolItems.self),
        bytes32Items: reader.tuple(Bytes32Items.self), bytesItems: reader.tuple(BytesItems.self),
        stringItems: reader.tuple(StringItems.self)
      )
    }
  }

  /// Event `EventLog1`, topic 0x137a44067c8961cd7e1d876f4754a5a3a75989b4552f1843fc69c3b372def160.
  struct EventLog1Event: ContractEvent {
    let msgSender: Address
    let eventName: String
    let eventNameHash: Bytes32
    let topic1: Bytes32
    let eventData: EventLogData

    static let topic0 = Keccak256.hash(
      utf8: "EventLog1(address,string,string,bytes32,(((string,address)[],(string,address[])[]),((string,uint256)[],("
        + "string,uint256[])[]),((string,int256)[],(string,int256[])[]),((string,bool)[],(string,bool[])[]),((strin"
        + "g,bytes32)[],(string,bytes32[])[]),((string,bytes)[],(string,bytes[])[]),((string,string)[],(string,stri"
        + "ng[])[])))")
    static let indexedTypes: [ABIType] = [.fixedBytes(32), .fixedBytes(32)]
    static let dataTypes: [ABIType] = [.address, .string, EventLogData.abiType]
    static func read(indexed: inout ABIReader, data: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        msgSender: data.address(), eventName: data.string(), eventNameHash: indexed.bytes32(),
        topic1: indexed.bytes32(), eventData: data.tuple(EventLogData.self)
      )
    }
  }

  /// Event `EventLog2`, topic 0x468a25a7ba624ceea6e540ad6f49171b52495b648417ae91bca21676d8a24dc5.
  struct EventLog2Event: ContractEvent {
    let msgSender: Address
    let eventName: String
    let eventNameHash: Bytes32
    let topic1: Bytes32
    let topic2: Bytes32
    let eventData: EventLogData

    static let topic0 = Keccak256.hash(
      utf8: "EventLog2(address,string,string,bytes32,bytes32,(((string,address)[],(string,address[])[]),((string,uint"
        + "256)[],(string,uint256[])[]),((string,int256)[],(string,int256[])[]),((string,bool)[],(string,bool[])[])"
        + ",((string,bytes32)[],(string,bytes32[])[]),((string,bytes)[],(string,bytes[])[]),((string,string)[],(str"
        + "ing,string[])[])))")
    static let indexedTypes: [ABIType] = [.fixedBytes(32), .fixedBytes(32), .fixedBytes(32)]
    static let dataTypes: [ABIType] = [.address, .string, EventLogData.abiType]
    static func read(indexed: inout ABIReader, data: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        msgSender: data.address(), eventName: data.string(), eventNameHash: indexed.bytes32(),
        topic1: indexed.bytes32(), topic2: indexed.bytes32(), eventData: data.tuple(EventLogData.self)
      )
    }
  }
}
