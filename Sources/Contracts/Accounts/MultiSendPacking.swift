import Ethereum

/// The packed list of MultiSendCallOnly: for each call operation (1 byte, 0), target (20), value (32), length (32),
/// data.
enum MultiSendPacking {
  private static let headLength = 1 + 20 + 32 + 32

  static func pack(_ calls: [Call]) -> [UInt8] {
    var packed: [UInt8] = []
    for call in calls {
      packed.append(0)
      packed += call.to.bytes
      packed += call.valueWei.bigEndian32
      packed += UInt256(UInt64(call.data.count)).bigEndian32
      packed += call.data
    }
    return packed
  }

  /// Strict: operation 0 only, no truncated or trailing bytes.
  static func unpack(_ packed: [UInt8]) throws(ContractsError) -> [Call] {
    var rest = packed[...]
    var calls: [Call] = []
    while !rest.isEmpty {
      guard rest.count >= headLength else { throw .notUnwrappable("a call of multiSend is cut short") }
      guard rest.first == 0 else { throw .notUnwrappable("multiSend holds an operation other than a call") }
      let head = Array(rest.prefix(headLength))
      let (to, value, length) = try ContractsError.wrapping { () throws(EthereumError) in
        (
          try Address(bytes: head[1..<21]), try UInt256(bigEndian: head[21..<53]),
          try UInt256(bigEndian: head[53..<85])
        )
      }
      rest = rest.dropFirst(headLength)
      guard let count = length.asInt, count <= rest.count else {
        throw .notUnwrappable("the data of a call of multiSend is cut short")
      }
      calls.append(Call(to: to, valueWei: value, data: Array(rest.prefix(count)), label: ""))
      rest = rest.dropFirst(count)
    }
    return calls
  }
}
