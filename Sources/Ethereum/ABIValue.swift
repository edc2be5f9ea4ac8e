/// A value of an `ABIType`. Arrays of either kind are `.array`; a function pointer is `.fixedBytes` of 24 bytes.
package enum ABIValue: Hashable, Sendable, CustomStringConvertible {
  case uint(UInt256)
  case int(Int256)
  case address(Address)
  case bool(Bool)
  case fixedBytes([UInt8])
  case bytes([UInt8])
  case string(String)
  case array([ABIValue])
  case tuple([ABIValue])

  /// `bytes32` of a hash or key.
  package static func bytes32(_ value: Bytes32) -> ABIValue { .fixedBytes(value.bytes) }

  /// For people: decimals, hex, and brackets.
  package var description: String {
    switch self {
    case .uint(let value): value.description
    case .int(let value): value.description
    case .address(let value): value.description
    case .bool(let value): value ? "true" : "false"
    case .fixedBytes(let bytes), .bytes(let bytes): Hex.encode(bytes)
    case .string(let text): "\"\(text)\""
    case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .tuple(let members): "(" + members.map(\.description).joined(separator: ", ") + ")"
    }
  }
}

// MARK: - Typed readings

extension ABIValue {
  private func mismatch(_ type: String) -> EthereumError {
    .abi(.valueMismatch(type: type, value: Excerpt.of(description)))
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is a `uint`.
  package func asUInt() throws(EthereumError) -> UInt256 {
    guard case .uint(let value) = self else { throw mismatch("uint") }
    return value
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is an `int`.
  package func asInt() throws(EthereumError) -> Int256 {
    guard case .int(let value) = self else { throw mismatch("int") }
    return value
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is an `address`.
  package func asAddress() throws(EthereumError) -> Address {
    guard case .address(let value) = self else { throw mismatch("address") }
    return value
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is a `bool`.
  package func asBool() throws(EthereumError) -> Bool {
    guard case .bool(let value) = self else { throw mismatch("bool") }
    return value
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is a `bytes32`.
  package func asBytes32() throws(EthereumError) -> Bytes32 {
    guard case .fixedBytes(let bytes) = self, bytes.count == 32 else { throw mismatch("bytes32") }
    return try Bytes32(bytes: bytes)
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is `bytes` or `bytesN`.
  package func asBytes() throws(EthereumError) -> [UInt8] {
    switch self {
    case .bytes(let bytes), .fixedBytes(let bytes): return bytes
    default: throw mismatch("bytes")
    }
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is a `string`.
  package func asString() throws(EthereumError) -> String {
    guard case .string(let value) = self else { throw mismatch("string") }
    return value
  }

  /// - Throws: `.abi(.valueMismatch)` unless this is an array.
  package func asArray() throws(EthereumError) -> [ABIValue] {
    guard case .array(let values) = self else { throw mismatch("array") }
    return values
  }

  /// The members of a tuple that has `count` of them.
  /// - Throws: `.abi(.valueMismatch)`, `.abi(.count)`.
  package func asTuple(_ count: Int) throws(EthereumError) -> [ABIValue] {
    guard case .tuple(let values) = self else { throw mismatch("tuple") }
    guard values.count == count else {
      throw .abi(.count(what: "members of a tuple", expected: count, found: values.count))
    }
    return values
  }
}
