/// The fields of an encoded transaction, read in order; every throw names the field.
struct TransactionFields {
  /// All fields, also those read.
  let all: [RLP]
  private var items: ArraySlice<RLP>
  private let type: UInt8

  init(_ bytes: [UInt8], type: UInt8, count: Int, limits: RLP.Limits) throws(EthereumError) {
    let item: RLP
    do { item = try RLP.decode(bytes, limits: limits) } catch {
      throw .transaction(.malformed(error.rlpFailure))
    }
    guard case .list(let items) = item else {
      throw .transaction(.malformed(.wrongKind(expected: "a list, found a byte string")))
    }
    guard items.count == count else {
      throw .transaction(.fieldCount(type: type, expected: count, found: items.count))
    }
    all = items
    self.items = items[...]
    self.type = type
  }

  private mutating func next() throws(EthereumError) -> RLP {
    guard let item = items.popFirst() else {
      throw .transaction(.fieldCount(type: type, expected: all.count + 1, found: all.count))
    }
    return item
  }

  mutating func integer(_ name: String) throws(EthereumError) -> UInt256 {
    try Self.integer(next(), name)
  }

  mutating func bytes(_ name: String) throws(EthereumError) -> [UInt8] {
    try Self.bytes(next(), name)
  }

  mutating func list(_ name: String) throws(EthereumError) -> [RLP] {
    try Self.list(next(), name)
  }

  mutating func nonce() throws(EthereumError) -> UInt64 {
    let value = try integer("nonce")
    guard let nonce = value.asUInt64 else { throw .transaction(.nonceTooHigh(value)) }
    return nonce
  }

  mutating func gasLimit() throws(EthereumError) -> UInt64 {
    let value = try integer("gasLimit")
    guard let limit = value.asUInt64 else { throw .transaction(.gasLimitTooHigh(value)) }
    return limit
  }

  mutating func chainID() throws(EthereumError) -> UInt64 {
    let value = try integer("chainId")
    guard let id = value.asUInt64 else { throw .transaction(.chainIDTooHigh(value)) }
    return id
  }

  /// Twenty bytes, or none: nil.
  mutating func recipient() throws(EthereumError) -> Address? {
    let bytes = try bytes("to")
    guard !bytes.isEmpty else { return nil }
    guard bytes.count == 20 else { throw .transaction(.recipientLength(bytes.count)) }
    return try Address(bytes: bytes)
  }

  mutating func accessList() throws(EthereumError) -> [AccessListEntry] {
    var entries: [AccessListEntry] = []
    for (index, item) in try list("accessList").enumerated() {
      func failure(_ reason: String) -> EthereumError { .transaction(.accessListEntry(index: index, reason: reason)) }
      guard case .list(let pair) = item, pair.count == 2, case .bytes(let address) = pair[0], address.count == 20,
        case .list(let keyItems) = pair[1]
      else { throw failure("it must be an address of 20 bytes and a list of keys") }
      var keys: [Bytes32] = []
      keys.reserveCapacity(keyItems.count)
      for key in keyItems {
        guard case .bytes(let bytes) = key, bytes.count == 32 else { throw failure("a key must have 32 bytes") }
        keys.append(try Bytes32(bytes: bytes))
      }
      entries.append(AccessListEntry(address: try Address(bytes: address), storageKeys: keys))
    }
    return entries
  }

  /// r and s, the last two fields.
  mutating func signature(yParity: UInt256) throws(EthereumError) -> Signature {
    guard yParity <= .one, let parity = yParity.asUInt64 else { throw .transaction(.signatureParity(yParity)) }
    let r = try integer("r")
    let s = try integer("s")
    return try Signature(yParity: UInt8(truncatingIfNeeded: parity), r: r, s: s)
  }

  static func integer(_ item: RLP, _ name: String) throws(EthereumError) -> UInt256 {
    do { return try item.unsignedInteger() } catch {
      throw .transaction(.field(name: name, error.rlpFailure))
    }
  }

  static func bytes(_ item: RLP, _ name: String) throws(EthereumError) -> [UInt8] {
    do { return try item.string() } catch { throw .transaction(.field(name: name, error.rlpFailure)) }
  }

  static func list(_ item: RLP, _ name: String) throws(EthereumError) -> [RLP] {
    do { return try item.items() } catch { throw .transaction(.field(name: name, error.rlpFailure)) }
  }
}

extension EthereumError {
  /// The RLP failure within; RLP's functions throw nothing else.
  fileprivate var rlpFailure: RLPFailure {
    if case .rlp(let failure) = self { failure } else { .notAnInteger(reason: description) }
  }
}
