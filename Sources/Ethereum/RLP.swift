/// Why bytes are not one canonical RLP item, and the offset of the item at fault.
package enum RLPFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  case truncated(offset: Int, needed: Int, available: Int)
  case trailingBytes(offset: Int, count: Int)
  /// A byte below 0x80 wrapped in a string of length one, or a long form for a length below 56.
  case notCanonical(offset: Int)
  case lengthHasLeadingZeros(offset: Int)
  /// A list whose items do not end where the list ends.
  case overrun(offset: Int)
  case tooLarge(bytes: Int, limit: Int)
  case tooDeep(offset: Int, limit: Int)
  case tooManyItems(offset: Int, limit: Int)
  case notAnInteger(reason: String)
  case wrongKind(expected: String)

  package var description: String {
    switch self {
    case .empty: "RLP: no bytes; an item has at least one"
    case .truncated(let offset, let needed, let available):
      "RLP: item at byte \(offset) needs \(needed) bytes, \(available) are left"
    case .trailingBytes(let offset, let count): "RLP: \(count) bytes after the end of the item at byte \(offset)"
    case .notCanonical(let offset): "RLP: item at byte \(offset) is not in its shortest form"
    case .lengthHasLeadingZeros(let offset): "RLP: length of the item at byte \(offset) has leading zeros"
    case .overrun(let offset): "RLP: item at byte \(offset) reaches beyond the list it is in"
    case .tooLarge(let bytes, let limit): "RLP: \(bytes) bytes exceed the limit of \(limit)"
    case .tooDeep(let offset, let limit): "RLP: nested deeper than \(limit) lists at byte \(offset)"
    case .tooManyItems(let offset, let limit): "RLP: more than \(limit) items at byte \(offset)"
    case .notAnInteger(let reason): "RLP: not a canonical integer: \(reason)"
    case .wrongKind(let expected): "RLP: expected \(expected)"
    }
  }
}

/// Recursive Length Prefix: byte strings and lists of them (Yellow Paper, appendix B).
package enum RLP: Hashable, Sendable {
  case bytes([UInt8])
  case list([RLP])

  /// An integer: big-endian without leading zeros, zero as the empty string.
  package static func integer(_ value: UInt256) -> RLP { .bytes(value.minimalBigEndian) }

  /// Bounds on RLP taken from outside.
  package struct Limits: Sendable {
    package var bytes: Int
    package var depth: Int
    package var items: Int

    /// - Parameters:
    ///   - bytes: 1 MiB by default: eight times geth's largest pooled transaction (128 kB).
    ///   - depth: 16 by default: a transaction nests four lists; every level costs stack.
    ///   - items: 65,536 by default: twice the storage keys an access list can pay for in a 60-million-gas block
    ///     (1,900 gas each), and small beside the bytes they need.
    package init(bytes: Int = 1 << 20, depth: Int = 16, items: Int = 1 << 16) {
      self.bytes = bytes
      self.depth = depth
      self.items = items
    }

    package static let standard = Limits()
  }

  // MARK: Encoding

  package func encoded() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(encodedCount)
    write(to: &output)
    return output
  }

  /// Bytes of the whole item with its header.
  private var encodedCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count == 1 && bytes[0] < 0x80 ? 1 : Self.headerCount(bytes.count) + bytes.count
    case .list:
      Self.listCount(payload: payloadCount)
    }
  }

  private var payloadCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .list(let items): items.reduce(0) { $0 + $1.encodedCount }
    }
  }

  /// Takes the count as a value: a list that asked for its payload twice would double the work at each level of
  /// nesting.
  private static func listCount(payload: Int) -> Int { headerCount(payload) + payload }

  private static func headerCount(_ payload: Int) -> Int {
    payload < 56 ? 1 : 1 + (64 - payload.leadingZeroBitCount + 7) / 8
  }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .bytes(let bytes):
      if bytes.count == 1, bytes[0] < 0x80 {
        output.append(bytes[0])
      } else {
        Self.writeHeader(bytes.count, base: 0x80, to: &output)
        output += bytes
      }
    case .list(let items):
      Self.writeHeader(payloadCount, base: 0xc0, to: &output)
      for item in items { item.write(to: &output) }
    }
  }

  private static func writeHeader(_ count: Int, base: UInt8, to output: inout [UInt8]) {
    guard count >= 56 else {
      output.append(base + UInt8(count))
      return
    }
    let length = UInt256(UInt64(count)).minimalBigEndian
    output.append(base + 55 + UInt8(length.count))
    output += length
  }

  // MARK: Decoding

  /// Reads exactly one item that fills `bytes`.
  ///
  /// Strict: shortest forms only, no leading zeros in lengths, nothing after the end; so a decoded item encodes to the
  /// same bytes.
  /// - Throws: `.rlp`.
  package static func decode(_ bytes: [UInt8], limits: Limits = .standard) throws(EthereumError) -> RLP {
    guard bytes.count <= limits.bytes else { throw .rlp(.tooLarge(bytes: bytes.count, limit: limits.bytes)) }
    guard !bytes.isEmpty else { throw .rlp(.empty) }
    var reader = RLPReader(bytes: bytes, limits: limits)
    let item = try reader.item(end: bytes.count, depth: 0)
    guard reader.offset == bytes.count else {
      throw .rlp(.trailingBytes(offset: 0, count: bytes.count - reader.offset))
    }
    return item
  }

  // MARK: Readings

  /// The items of a list.
  /// - Throws: `.rlp(.wrongKind)`.
  package func items() throws(EthereumError) -> [RLP] {
    guard case .list(let items) = self else { throw .rlp(.wrongKind(expected: "a list, found a byte string")) }
    return items
  }

  /// The bytes of a byte string.
  /// - Throws: `.rlp(.wrongKind)`.
  package func string() throws(EthereumError) -> [UInt8] {
    guard case .bytes(let bytes) = self else { throw .rlp(.wrongKind(expected: "a byte string, found a list")) }
    return bytes
  }

  /// The value of a byte string that is an integer without leading zeros, at most 32 bytes.
  /// - Throws: `.rlp(.wrongKind)`, `.rlp(.notAnInteger)`.
  package func unsignedInteger() throws(EthereumError) -> UInt256 {
    let bytes = try string()
    guard bytes.first != 0 else { throw .rlp(.notAnInteger(reason: "it has leading zeros")) }
    guard bytes.count <= 32 else { throw .rlp(.notAnInteger(reason: "it has \(bytes.count) bytes, more than 32")) }
    return try UInt256(bigEndian: bytes)
  }
}

/// A cursor over RLP bytes. Recursion is bounded by `limits.depth`, allocation by `limits.items` and the bytes given.
private struct RLPReader {
  let bytes: [UInt8]
  let limits: RLP.Limits
  var offset = 0
  var items = 0

  init(bytes: [UInt8], limits: RLP.Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The item at `offset`, which must end at or before `end`.
  mutating func item(end: Int, depth: Int) throws(EthereumError) -> RLP {
    let start = offset
    items += 1
    guard items <= limits.items else { throw .rlp(.tooManyItems(offset: start, limit: limits.items)) }
    guard start < end else { throw .rlp(.truncated(offset: start, needed: 1, available: 0)) }
    let first = bytes[start]
    offset += 1
    switch first {
    case ..<0x80: return .bytes([first])
    case ..<0xb8: return .bytes(try shortString(Int(first - 0x80), start: start, end: end))
    case ..<0xc0:
      let count = try length(lengthBytes: Int(first - 0xb7), start: start, end: end)
      return .bytes(try take(count, start: start, end: end))
    case ..<0xf8: return .list(try list(Int(first - 0xc0), start: start, end: end, depth: depth))
    default:
      let count = try length(lengthBytes: Int(first - 0xf7), start: start, end: end)
      return .list(try list(count, start: start, end: end, depth: depth))
    }
  }

  private mutating func shortString(_ count: Int, start: Int, end: Int) throws(EthereumError) -> [UInt8] {
    let string = try take(count, start: start, end: end)
    guard count != 1 || string[0] >= 0x80 else { throw .rlp(.notCanonical(offset: start)) }
    return string
  }

  private mutating func list(_ count: Int, start: Int, end: Int, depth: Int) throws(EthereumError) -> [RLP] {
    guard depth < limits.depth else { throw .rlp(.tooDeep(offset: start, limit: limits.depth)) }
    guard count <= end - offset else {
      throw .rlp(.truncated(offset: start, needed: count, available: end - offset))
    }
    let listEnd = offset + count
    var elements: [RLP] = []
    while offset < listEnd { elements.append(try item(end: listEnd, depth: depth + 1)) }
    return elements
  }

  /// A length of 1…8 bytes: no leading zero, at least 56, and no more than what is left.
  private mutating func length(lengthBytes: Int, start: Int, end: Int) throws(EthereumError) -> Int {
    let digits = try take(lengthBytes, start: start, end: end)
    guard digits.first != 0 else { throw .rlp(.lengthHasLeadingZeros(offset: start)) }
    let length = digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 56 else { throw .rlp(.notCanonical(offset: start)) }
    guard length <= UInt64(end - offset) else {
      throw .rlp(.truncated(offset: start, needed: Int(clamping: length), available: end - offset))
    }
    return Int(length)
  }

  private mutating func take(_ count: Int, start: Int, end: Int) throws(EthereumError) -> [UInt8] {
    guard count <= end - offset else {
      throw .rlp(.truncated(offset: start, needed: count, available: end - offset))
    }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }
}
