# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's DataStore: typed values and enumerable sets under 32-byte keys.
        Controllers alone may write.
"""

import gmx_roles as roles
initializes: roles
exports: roles.roleStore

uints: HashMap[bytes32, uint256]
ints: HashMap[bytes32, int256]
bools: HashMap[bytes32, bool]
addresses: HashMap[bytes32, address]
words: HashMap[bytes32, bytes32]

# Sets hold words; a value's place is kept from 1, so that 0 means absent.
values: HashMap[bytes32, DynArray[bytes32, 1024]]
places: HashMap[bytes32, HashMap[bytes32, uint256]]

@deploy
def __init__(role_store: address):
    roles.__init__(role_store)

@view
@external
def getUint(key: bytes32) -> uint256:
    return self.uints[key]

@view
@external
def getInt(key: bytes32) -> int256:
    return self.ints[key]

@view
@external
def getBool(key: bytes32) -> bool:
    return self.bools[key]

@view
@external
def getAddress(key: bytes32) -> address:
    return self.addresses[key]

@view
@external
def getBytes32(key: bytes32) -> bytes32:
    return self.words[key]

@external
def setUint(key: bytes32, item: uint256) -> uint256:
    roles.only("CONTROLLER")
    self.uints[key] = item
    return item

@external
def incrementUint(key: bytes32, item: uint256) -> uint256:
    roles.only("CONTROLLER")
    self.uints[key] += item
    return self.uints[key]

@external
def decrementUint(key: bytes32, item: uint256) -> uint256:
    roles.only("CONTROLLER")
    self.uints[key] -= item
    return self.uints[key]

@external
def setInt(key: bytes32, item: int256) -> int256:
    roles.only("CONTROLLER")
    self.ints[key] = item
    return item

@external
def setBool(key: bytes32, item: bool) -> bool:
    roles.only("CONTROLLER")
    self.bools[key] = item
    return item

@external
def setAddress(key: bytes32, item: address) -> address:
    roles.only("CONTROLLER")
    self.addresses[key] = item
    return item

@external
def setBytes32(key: bytes32, item: bytes32) -> bytes32:
    roles.only("CONTROLLER")
    self.words[key] = item
    return item

@view
@external
def containsBytes32(setKey: bytes32, item: bytes32) -> bool:
    return self.places[setKey][item] != 0

@view
@external
def getBytes32Count(setKey: bytes32) -> uint256:
    return len(self.values[setKey])

@view
@external
def getBytes32ValuesAt(setKey: bytes32, start: uint256, end: uint256) -> DynArray[bytes32, 128]:
    found: DynArray[bytes32, 128] = []
    for i: uint256 in range(start, max(start, min(end, len(self.values[setKey]))), bound=128):
        found.append(self.values[setKey][i])
    return found

@external
def addBytes32(setKey: bytes32, item: bytes32):
    roles.only("CONTROLLER")
    self._add(setKey, item)

@external
def removeBytes32(setKey: bytes32, item: bytes32):
    roles.only("CONTROLLER")
    self._remove(setKey, item)

@view
@external
def containsAddress(setKey: bytes32, item: address) -> bool:
    return self.places[setKey][convert(item, bytes32)] != 0

@view
@external
def getAddressCount(setKey: bytes32) -> uint256:
    return len(self.values[setKey])

@view
@external
def getAddressValuesAt(setKey: bytes32, start: uint256, end: uint256) -> DynArray[address, 128]:
    found: DynArray[address, 128] = []
    for i: uint256 in range(start, max(start, min(end, len(self.values[setKey]))), bound=128):
        found.append(convert(self.values[setKey][i], address))
    return found

@external
def addAddress(setKey: bytes32, item: address):
    roles.only("CONTROLLER")
    self._add(setKey, convert(item, bytes32))

@external
def removeAddress(setKey: bytes32, item: address):
    roles.only("CONTROLLER")
    self._remove(setKey, convert(item, bytes32))

@internal
def _add(setKey: bytes32, item: bytes32):
    if self.places[setKey][item] == 0:
        self.values[setKey].append(item)
        self.places[setKey][item] = len(self.values[setKey])

@internal
def _remove(setKey: bytes32, item: bytes32):
    place: uint256 = self.places[setKey][item]
    if place == 0:
        return
    last: bytes32 = self.values[setKey][len(self.values[setKey]) - 1]
    self.values[setKey][place - 1] = last
    self.places[setKey][last] = place
    self.places[setKey][item] = 0
    self.values[setKey].pop()
