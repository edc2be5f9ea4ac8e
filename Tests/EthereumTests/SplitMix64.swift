@testable import Ethereum
import TestSupport

/// What Tests/Fixtures/make_ethereum_fixtures.py draws, draw for draw.
extension SplitMix64 {
  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      var draw = next()
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: draw))
        draw >>= 8
      }
    }
    return Array(bytes.prefix(count))
  }

  mutating func uint(_ bits: Int) throws -> UInt256 {
    let mask = UInt256.max >> (256 - bits)
    switch below(4) {
    case 0: return .zero
    case 1: return mask
    case 2: return UInt256(UInt64(below(256))) & mask
    default: return try UInt256(bigEndian: bytes(32)) & mask
    }
  }

  mutating func int(_ bits: Int) throws -> Int256 {
    let pattern = try uint(bits)
    let isNegative = pattern >> (bits - 1) != .zero
    return Int256(bits: isNegative ? pattern | ~(UInt256.max >> (256 - bits)) : pattern)
  }

  private static let letters = ["a", "Z", "0", " ", "\"", "\\", "\n", "é", "漢", "🦊"]

  mutating func text() -> String {
    var text = ""
    for _ in 0..<below(40) { text += Self.letters[below(Self.letters.count)] }
    return text
  }

  /// A value of `type`, drawn as the script draws it.
  mutating func value(_ type: ABIType) throws -> ABIValue {
    switch type {
    case .uint(let bits): return .uint(try uint(bits))
    case .int(let bits): return .int(try int(bits))
    case .address: return .address(try Address(bytes: bytes(20)))
    case .bool: return .bool(next() & 1 == 1)
    case .fixedBytes(let count): return .fixedBytes(bytes(count))
    case .bytes: return .bytes(bytes(below(70)))
    case .string: return .string(text())
    case .function: return .fixedBytes(bytes(24))
    case .array(let element): return .array(try values(element, count: below(4)))
    case .fixedArray(let element, let count): return .array(try values(element, count: count))
    case .tuple(let types):
      var values: [ABIValue] = []
      for type in types { values.append(try value(type)) }
      return .tuple(values)
    }
  }

  private mutating func values(_ type: ABIType, count: Int) throws -> [ABIValue] {
    var values: [ABIValue] = []
    for _ in 0..<count { values.append(try value(type)) }
    return values
  }

  /// A random type, for fuzzing; not the script's draw.
  mutating func type(depth: Int) -> ABIType {
    switch below(depth == 0 ? 8 : 12) {
    case 0: .uint(8 * (1 + below(32)))
    case 1: .int(8 * (1 + below(32)))
    case 2: .address
    case 3: .bool
    case 4: .fixedBytes(1 + below(32))
    case 5: .bytes
    case 6: .string
    case 7: .function
    case 8: .array(type(depth: depth - 1))
    case 9: .fixedArray(type(depth: depth - 1), below(4))
    default: .tuple((0..<below(4)).map { _ in type(depth: depth - 1) })
    }
  }
}
