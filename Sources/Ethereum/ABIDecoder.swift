/// Reads values at checked offsets. Depth is bounded by the validated types, work by `limits.elements`.
struct ABIDecoder {
  private let data: [UInt8]
  private let limits: ABI.Limits
  private var elements = 0
  private var bytes = 0

  init(data: [UInt8], limits: ABI.Limits) {
    self.data = data
    self.limits = limits
  }

  /// Values one after the other from `base`, which is also where their offsets count from.
  mutating func sequence(_ types: [ABIType], base: Int) throws(EthereumError) -> [ABIValue] {
    var values: [ABIValue] = []
    values.reserveCapacity(types.count)
    var head = base
    for type in types {
      let layout = type.layout
      values.append(try layout.isDynamic ? behindOffset(type, head: head, base: base) : inPlace(type, at: head))
      head += layout.headSize
    }
    return values
  }

  private mutating func elements(
    _ type: ABIType, count: Int, base: Int
  ) throws(EthereumError) -> [ABIValue] {
    // Nothing is reserved for a claimed length before this: the heads must be there, and the quota must allow them.
    let (isDynamic, size) = type.layout
    let (needed, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, needed <= data.count - base else {
      throw .abi(.outOfBounds(type: type.name, offset: base, needed: overflow ? .max : needed, available: data.count))
    }
    guard count <= limits.elements - elements else { throw .abi(.tooManyElements(limit: limits.elements)) }
    var values: [ABIValue] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let head = base + index * size
      values.append(try isDynamic ? behindOffset(type, head: head, base: base) : inPlace(type, at: head))
    }
    return values
  }

  /// The dynamic value whose head is at `head`: where the offset there points to, counted from `base`.
  private mutating func behindOffset(_ type: ABIType, head: Int, base: Int) throws(EthereumError) -> ABIValue {
    let offset = try size(at: head, of: type)
    guard offset <= data.count - base else {
      throw .abi(.outOfBounds(type: type.name, offset: head, needed: offset, available: data.count))
    }
    return try inPlace(type, at: base + offset)
  }

  private mutating func inPlace(_ type: ABIType, at offset: Int) throws(EthereumError) -> ABIValue {
    elements += 1
    guard elements <= limits.elements else { throw .abi(.tooManyElements(limit: limits.elements)) }
    switch type {
    case .bytes: return .bytes(try lengthAndBytes(at: offset, of: type))
    case .string:
      guard let text = String(validating: try lengthAndBytes(at: offset, of: type), as: UTF8.self) else {
        throw .abi(.notUTF8(offset: offset))
      }
      return .string(text)
    case .array(let element):
      let count = try size(at: offset, of: type)
      return .array(try elements(element, count: count, base: offset + 32))
    case .fixedArray(let element, let count): return .array(try elements(element, count: count, base: offset))
    case .tuple(let members): return .tuple(try sequence(members, base: offset))
    default: return try elementary(type, at: offset)
    }
  }

  private mutating func elementary(_ type: ABIType, at offset: Int) throws(EthereumError) -> ABIValue {
    let word = try word(at: offset, of: type)
    switch type {
    case .uint(let bits) where word.significantBitCount <= bits: return .uint(word)
    case .int(let bits) where Int256(bits: word).fits(bits: bits): return .int(Int256(bits: word))
    case .address where word.significantBitCount <= 160: return .address(Address(word: word))
    case .bool where word.significantBitCount <= 1: return .bool(word == .one)
    case .fixedBytes(let count) where word << (8 * count) == .zero: return .fixedBytes(try prefix(count, of: word))
    case .function where word << 192 == .zero: return .fixedBytes(try prefix(24, of: word))
    default: throw .abi(.dirtyWord(type: type.name, offset: offset, word: Bytes32(word)))
    }
  }

  private mutating func prefix(_ count: Int, of word: UInt256) throws(EthereumError) -> [UInt8] {
    try charge(count)
    guard count < 32 else { return word.bigEndian32 }
    return Array(word.bigEndian32.prefix(count))
  }

  private mutating func lengthAndBytes(at offset: Int, of type: ABIType) throws(EthereumError) -> [UInt8] {
    let count = try size(at: offset, of: type)
    let start = offset + 32
    guard count <= data.count - start else {
      throw .abi(.outOfBounds(type: type.name, offset: start, needed: count, available: data.count))
    }
    try charge(count)
    return Array(data[start..<start + count])
  }

  private mutating func charge(_ count: Int) throws(EthereumError) {
    guard count <= limits.bytes - bytes else { throw .abi(.tooManyBytes(limit: limits.bytes)) }
    bytes += count
  }

  /// A length or offset: at most the size of the data, which no honest one exceeds.
  private func size(at offset: Int, of type: ABIType) throws(EthereumError) -> Int {
    let word = try word(at: offset, of: type)
    guard let size = word.asInt, size <= max(data.count, limits.elements) else {
      throw .abi(.outOfBounds(type: type.name, offset: offset, needed: word.asInt ?? .max, available: data.count))
    }
    return size
  }

  private func word(at offset: Int, of type: ABIType) throws(EthereumError) -> UInt256 {
    guard offset >= 0, offset <= data.count - 32 else {
      throw .abi(.outOfBounds(type: type.name, offset: offset, needed: 32, available: data.count))
    }
    let bytes = data.span.bytes
    func limb(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8 * index, as: UInt64.self))
    }
    return UInt256(limbs: limb(3), limb(2), limb(1), limb(0))
  }
}
