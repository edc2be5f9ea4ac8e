import Ethereum

// The few functions that carry other calls, written down once more: the wallet trusts nobody else's reading of what it
// signs.

/// Calls that hold calls.
enum Wrappers {
  /// Zodiac Roles 2.1: to, value, data, operation, role key, whether a failure reverts.
  static let roleCall = ABIFunction(
    name: "execTransactionWithRole", inputs: [.address, .uint256, .bytes, .uint(8), .bytes32, .bool])
  /// MultiSendCallOnly 1.4.1: a packed list (`MultiSendList`).
  static let multiSend = ABIFunction(name: "multiSend", inputs: [.bytes])
  /// Several calls to the contract itself, by the same sender, as routers have it.
  static let batch = ABIFunction(name: "multicall", inputs: [.array(.bytes)])

  private static let callList = ABIType.array(.tuple([.address, .bytes]))

  /// What carries calls in a form that is not unwrapped here, or only in its one place. A plain rule for any of these
  /// would allow everything.
  private static let forbidden: [ABIFunction] = [
    roleCall, multiSend,
    ABIFunction(
      name: "execTransactionWithRoleReturnData", inputs: [.address, .uint256, .bytes, .uint(8), .bytes32, .bool]),
    ABIFunction(name: "execTransactionFromModule", inputs: [.address, .uint256, .bytes, .uint(8)]),
    ABIFunction(name: "execTransactionFromModuleReturnData", inputs: [.address, .uint256, .bytes, .uint(8)]),
    ABIFunction(
      name: "execTransaction",
      inputs: [
        .address, .uint256, .bytes, .uint(8), .uint256, .uint256, .uint256, .address, .address, .bytes,
      ]),
    ABIFunction(name: "aggregate", inputs: [callList]),
    ABIFunction(name: "tryAggregate", inputs: [.bool, callList]),
    ABIFunction(name: "blockAndAggregate", inputs: [callList]),
    ABIFunction(name: "tryBlockAndAggregate", inputs: [.bool, callList]),
    ABIFunction(name: "aggregate3", inputs: [.array(.tuple([.address, .bool, .bytes]))]),
    ABIFunction(name: "aggregate3Value", inputs: [.array(.tuple([.address, .bool, .uint256, .bytes]))]),
    ABIFunction(name: "multicall", inputs: [.uint256, .array(.bytes)]),
    ABIFunction(name: "multicall", inputs: [.bytes32, .array(.bytes)]),
    ABIFunction(name: "execute", inputs: [.address, .uint256, .bytes]),
    ABIFunction(name: "execute", inputs: [.address, .uint256, .bytes, .uint(8)]),
    ABIFunction(name: "executeBatch", inputs: [.array(.address), .array(.uint256), .array(.bytes)]),
    ABIFunction(name: "executeBatch", inputs: [.array(.tuple([.address, .uint256, .bytes]))]),
  ]

  static func isForbidden(_ selector: [UInt8]) -> Bool { name(of: selector) != nil }

  /// The wrapper that begins with these bytes, for the refusal.
  static func name(of selector: [UInt8]) -> String? { forbidden.first { $0.selector == selector }?.signature }
}

/// One call, whoever carries it.
struct InnerCall: Hashable {
  let to: Address
  let valueWei: UInt256
  let data: [UInt8]
}

/// What `execTransactionWithRole` says.
struct RoleCall {
  let inner: InnerCall
  let operation: UInt256
  let roleKey: Bytes32
  let shouldRevert: Bool

  /// Strict: nothing may stand in padding, in gaps or behind the end.
  init(_ data: [UInt8]) throws(EthereumError) {
    let values = try Wrappers.roleCall.decodeCall(data, limits: .canonical)
    guard values.count == 6 else {
      throw .abi(.count(what: "arguments of execTransactionWithRole", expected: 6, found: values.count))
    }
    inner = InnerCall(to: try values[0].asAddress(), valueWei: try values[1].asUInt(), data: try values[2].asBytes())
    operation = try values[3].asUInt()
    roleKey = try values[4].asBytes32()
    shouldRevert = try values[5].asBool()
  }
}

/// The packed list inside of `multiSend`: operation (1 byte), target (20), value (32), length (32), data.
enum MultiSendList {
  private static let headLength = 85

  enum Fault: Error {
    case cutShort(call: Int)
    /// An operation other than a plain call.
    case operation(UInt8, call: Int)
    case tooMany
  }

  static func read(_ packed: [UInt8], limit: Int) throws(Fault) -> [InnerCall] {
    var calls: [InnerCall] = []
    var place = 0
    while place < packed.count {
      guard calls.count < limit else { throw .tooMany }
      let number = calls.count + 1
      guard packed.count - place >= headLength else { throw .cutShort(call: number) }
      guard packed[place] == 0 else { throw .operation(packed[place], call: number) }
      let (to, value, length): (Address, UInt256, UInt256)
      do {
        to = try Address(bytes: packed[place + 1..<place + 21])
        value = try UInt256(bigEndian: packed[place + 21..<place + 53])
        length = try UInt256(bigEndian: packed[place + 53..<place + 85])
      } catch {
        throw .cutShort(call: number)
      }
      place += headLength
      guard let count = length.asInt, count <= packed.count - place else { throw .cutShort(call: number) }
      calls.append(InnerCall(to: to, valueWei: value, data: Array(packed[place..<place + count])))
      place += count
    }
    return calls
  }
}
