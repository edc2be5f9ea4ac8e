# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice EventUtils.EventLogData: seven kinds of named items, each with a list of values and a list of
        arrays. Bounds are what the venue's largest event needs.
"""

struct AddressItem:
    key: String[32]
    value: address

struct AddressArrayItem:
    key: String[32]
    value: DynArray[address, 4]

struct AddressItems:
    items: DynArray[AddressItem, 7]
    arrayItems: DynArray[AddressArrayItem, 1]

struct UintItem:
    key: String[48]
    value: uint256

struct UintArrayItem:
    key: String[32]
    value: DynArray[uint256, 1]

struct UintItems:
    items: DynArray[UintItem, 32]
    arrayItems: DynArray[UintArrayItem, 1]

struct IntItem:
    key: String[32]
    value: int256

struct IntArrayItem:
    key: String[32]
    value: DynArray[int256, 1]

struct IntItems:
    items: DynArray[IntItem, 5]
    arrayItems: DynArray[IntArrayItem, 1]

struct BoolItem:
    key: String[32]
    value: bool

struct BoolArrayItem:
    key: String[32]
    value: DynArray[bool, 1]

struct BoolItems:
    items: DynArray[BoolItem, 4]
    arrayItems: DynArray[BoolArrayItem, 1]

struct Bytes32Item:
    key: String[32]
    value: bytes32

struct Bytes32ArrayItem:
    key: String[32]
    value: DynArray[bytes32, 4]

struct Bytes32Items:
    items: DynArray[Bytes32Item, 3]
    arrayItems: DynArray[Bytes32ArrayItem, 1]

struct BytesItem:
    key: String[32]
    value: Bytes[512]

struct BytesArrayItem:
    key: String[32]
    value: DynArray[Bytes[32], 1]

struct BytesItems:
    items: DynArray[BytesItem, 1]
    arrayItems: DynArray[BytesArrayItem, 1]

struct StringItem:
    key: String[32]
    value: String[128]

struct StringArrayItem:
    key: String[32]
    value: DynArray[String[32], 1]

struct StringItems:
    items: DynArray[StringItem, 1]
    arrayItems: DynArray[StringArrayItem, 1]

struct EventLogData:
    addressItems: AddressItems
    uintItems: UintItems
    intItems: IntItems
    boolItems: BoolItems
    bytes32Items: Bytes32Items
    bytesItems: BytesItems
    stringItems: StringItems
