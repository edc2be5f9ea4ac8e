/// Encoding and decoding of the contract ABI (Solidity documentation, "Contract ABI Specification").
package enum ABI {
  /// Bounds on data taken from outside. Offsets may point anywhere, also many to one place, so a few hundred bytes can
  /// spell an endless value; these end it.
  package struct Limits: Sendable {
    /// Most values decoded in all, at every level.
    package var elements: Int
    /// Most bytes copied into `bytes`, `bytesN` and `string` values in all.
    package var bytes: Int
    /// Whether the data must be exactly what encoding its values gives: no gaps, no shared tails, clean padding,
    /// nothing behind. For data two readers must understand alike, such as calldata to be signed.
    package var requiresCanonical: Bool

    /// - Parameters:
    ///   - elements: 65,536 by default: GMX's largest answer (all markets' figures) has below 20,000.
    ///   - bytes: 4 MiB by default: a Multicall3 answer of 1,000 reads is below 1 MiB.
    package init(elements: Int = 1 << 16, bytes: Int = 4 << 20, requiresCanonical: Bool = false) {
      self.elements = elements
      self.bytes = bytes
      self.requiresCanonical = requiresCanonical
    }

    package static let standard = Limits()
    /// The standard bounds, and only the one canonical encoding.
    package static let canonical = Limits(requiresCanonical: true)
  }

  /// Encodes values as the arguments of a call are: heads, then tails.
  /// - Throws: `.abi`: a value that is not of its type, a wrong count, an impossible type.
  package static func encode(_ values: [ABIValue], as types: [ABIType]) throws(EthereumError) -> [UInt8] {
    for type in types { try type.validate() }
    var encoder = ABIEncoder()
    try encoder.sequence(values, as: types, what: "values")
    return encoder.output
  }

  /// Decodes values laid out as the arguments of a call.
  ///
  /// Strict about bounds and about the unused bits of every word; as in Solidity's own decoder, bytes behind the
  /// end, gaps between tails and the padding after `bytes` and `string` are not looked at, unless
  /// `limits.requiresCanonical`.
  /// - Throws: `.abi`.
  package static func decode(
    _ data: [UInt8], as types: [ABIType], limits: Limits = .standard
  ) throws(EthereumError) -> [ABIValue] {
    for type in types { try type.validate() }
    var decoder = ABIDecoder(data: data, limits: limits)
    let values = try decoder.sequence(types, base: 0)
    if limits.requiresCanonical {
      guard try encode(values, as: types) == data else { throw .abi(.notCanonical) }
    }
    return values
  }

  /// Solidity's `abi.encodePacked`: no padding, no lengths; array elements padded to 32 bytes. Ambiguous, so only for
  /// hashing what a contract hashes that way.
  /// - Throws: `.abi`; tuples and arrays of dynamic types have no packed form.
  package static func encodePacked(_ values: [ABIValue], as types: [ABIType]) throws(EthereumError) -> [UInt8] {
    guard values.count == types.count else {
      throw .abi(.count(what: "packed values", expected: types.count, found: values.count))
    }
    var output: [UInt8] = []
    for (value, type) in zip(values, types) {
      try type.validate()
      output += try packed(value, as: type)
    }
    return output
  }

  private static func packed(_ value: ABIValue, as type: ABIType) throws(EthereumError) -> [UInt8] {
    switch (type, value) {
    case (.bytes, .bytes(let bytes)): return bytes
    case (.string, .string(let text)): return Array(text.utf8)
    case (.array(let element), .array(let values)): return try packed(elements: values, as: element)
    case (.fixedArray(let element, let count), .array(let values)):
      guard values.count == count else {
        throw .abi(.count(what: "elements of \(type)", expected: count, found: values.count))
      }
      return try packed(elements: values, as: element)
    case (.uint(let bits), _), (.int(let bits), _): return Array(try ABIEncoder.word(value, as: type).suffix(bits / 8))
    case (.address, _): return Array(try ABIEncoder.word(value, as: type).suffix(20))
    case (.bool, _): return Array(try ABIEncoder.word(value, as: type).suffix(1))
    case (.fixedBytes(let count), _): return Array(try ABIEncoder.word(value, as: type).prefix(count))
    case (.function, _): return Array(try ABIEncoder.word(value, as: type).prefix(24))
    default: throw .abi(.valueMismatch(type: "packed \(type)", value: Excerpt.of(value.description)))
    }
  }

  private static func packed(elements: [ABIValue], as type: ABIType) throws(EthereumError) -> [UInt8] {
    var output: [UInt8] = []
    for element in elements {
      switch (type, element) {
      case (.fixedArray(let inner, let count), .array(let values)) where !inner.isDynamic && values.count == count:
        output += try packed(elements: values, as: inner)
      default: output += try ABIEncoder.word(element, as: type)
      }
    }
    return output
  }
}

/// Writes heads in place and tails behind them. Types were validated, so depth is bounded.
struct ABIEncoder {
  private(set) var output: [UInt8] = []

  /// The values one after the other: static ones in place, dynamic ones behind an offset counted from the first head.
  mutating func sequence(
    _ values: [ABIValue], as types: [ABIType], what: @autoclosure () -> String
  ) throws(EthereumError) {
    guard values.count == types.count else {
      throw .abi(.count(what: what(), expected: types.count, found: values.count))
    }
    let base = output.count
    var dynamic: [(index: Int, head: Int)] = []
    for index in values.indices {
      if types[index].isDynamic {
        dynamic.append((index, output.count))
        appendZeroWord()
      } else {
        try inPlace(values[index], as: types[index])
      }
    }
    for (index, head) in dynamic {
      write(offset: output.count - base, at: head)
      try inPlace(values[index], as: types[index])
    }
  }

  /// Elements of one type: like `sequence`, without a list of equal types.
  private mutating func elements(_ values: [ABIValue], as type: ABIType) throws(EthereumError) {
    guard type.isDynamic else {
      for value in values { try inPlace(value, as: type) }
      return
    }
    let base = output.count
    for _ in values { appendZeroWord() }
    for (index, value) in values.enumerated() {
      write(offset: output.count - base, at: base + 32 * index)
      try inPlace(value, as: type)
    }
  }

  private mutating func inPlace(_ value: ABIValue, as type: ABIType) throws(EthereumError) {
    switch (type, value) {
    case (.bytes, .bytes(let bytes)): lengthAndBytes(bytes)
    case (.string, .string(let text)): lengthAndBytes(Array(text.utf8))
    case (.array(let element), .array(let values)):
      UInt256(UInt64(values.count)).appendBigEndian(to: &output)
      try elements(values, as: element)
    case (.fixedArray(let element, let count), .array(let values)):
      guard values.count == count else {
        throw .abi(.count(what: "elements of \(type)", expected: count, found: values.count))
      }
      try elements(values, as: element)
    case (.tuple(let types), .tuple(let values)): try sequence(values, as: types, what: "members of \(type)")
    case (.uint(let bits), .uint(let number)) where number.significantBitCount <= bits:
      number.appendBigEndian(to: &output)
    case (.address, .address(let address)): address.word.appendBigEndian(to: &output)
    case (.bool, .bool(let flag)): (flag ? UInt256.one : .zero).appendBigEndian(to: &output)
    case (.fixedBytes(let count), .fixedBytes(let bytes)) where bytes.count == count:
      output += bytes
      output.append(contentsOf: repeatElement(0, count: 32 - count))
    default: output += try Self.word(value, as: type)
    }
  }

  private mutating func lengthAndBytes(_ bytes: [UInt8]) {
    UInt256(UInt64(bytes.count)).appendBigEndian(to: &output)
    output += bytes
    let tail = bytes.count % 32
    if tail > 0 { output.append(contentsOf: repeatElement(0, count: 32 - tail)) }
  }

  private mutating func appendZeroWord() { UInt256.zero.appendBigEndian(to: &output) }

  /// Writes over a zero word, whose first 24 bytes an offset leaves as they are.
  private mutating func write(offset: Int, at place: Int) {
    for index in 0..<8 {
      output[place + 31 - index] = UInt8(truncatingIfNeeded: UInt64(offset) >> UInt64(8 * index))
    }
  }

  /// The 32 bytes of an elementary static value.
  /// - Throws: `.abi(.valueMismatch)` also where the value needs more bits than the type has.
  static func word(_ value: ABIValue, as type: ABIType) throws(EthereumError) -> [UInt8] {
    switch (type, value) {
    case (.uint(let bits), .uint(let number)) where number.significantBitCount <= bits: return number.bigEndian32
    case (.int(let bits), .int(let number)) where number.fits(bits: bits): return number.bits.bigEndian32
    case (.address, .address(let address)): return address.word.bigEndian32
    case (.bool, .bool(let flag)): return (flag ? UInt256.one : .zero).bigEndian32
    case (.fixedBytes(let count), .fixedBytes(let bytes)) where bytes.count == count:
      return bytes + [UInt8](repeating: 0, count: 32 - count)
    case (.function, .fixedBytes(let bytes)) where bytes.count == 24: return bytes + [UInt8](repeating: 0, count: 8)
    default: throw .abi(.valueMismatch(type: type.name, value: Excerpt.of(value.description)))
    }
  }
}

extension Int256 {
  /// Whether the value is one of `intN`: the bits above N−1 are copies of bit N−1. N is 8…256.
  func fits(bits: Int) -> Bool {
    let rest = self >> (bits - 1)
    return rest == .zero || rest.bits == .max
  }
}
