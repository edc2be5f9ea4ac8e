import Ethereum

/// A function of a contract with typed arguments. Conformances are generated from abi/ (`make abi`).
protocol ContractFunction: Hashable, Sendable {
  associatedtype Output
  static var name: String { get }
  /// The first four bytes of call data.
  static var selector: [UInt8] { get }
  static var inputTypes: [ABIType] { get }
  static var outputTypes: [ABIType] { get }
  var arguments: [ABIValue] { get }
  static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self
  static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output
}

extension ContractFunction {
  /// Call data: selector and arguments.
  func encoded() throws(ContractsError) -> [UInt8] {
    try Self.selector
      + ContractsError.wrapping { () throws(EthereumError) in try ABI.encode(arguments, as: Self.inputTypes) }
  }

  /// This function as a read of `contract`.
  func read(at contract: Address) throws(ContractsError) -> Read { Read(to: contract, data: try encoded()) }

  static func decodeOutput(_ data: [UInt8]) throws(ContractsError) -> Output {
    var reader = ABIReader(
      what: "the answer of \(name)",
      try ContractsError.wrapping { () throws(EthereumError) in try ABI.decode(data, as: outputTypes) })
    return try readOutput(&reader)
  }

  /// The arguments back from call data; throws when the selector is another function's.
  static func decodeCall(_ data: [UInt8]) throws(ContractsError) -> Self {
    guard matches(data) else { throw .implausible(what: "the selector of \(name)", value: Hex.encode(data.prefix(4))) }
    var reader = ABIReader(
      what: "the arguments of \(name)",
      try ContractsError.wrapping { () throws(EthereumError) in
        try ABI.decode(Array(data.dropFirst(4)), as: inputTypes)
      })
    return try read(&reader)
  }

  /// Whether call data starts with this function's selector.
  static func matches(_ data: [UInt8]) -> Bool { data.count >= 4 && data.starts(with: selector) }

  /// The answer to a read of this function; a reverted read is an error that names `what` was read.
  static func output(of result: ReadResult, _ what: @autoclosure () -> String) throws(ContractsError) -> Output {
    guard result.success else {
      throw .readFailed(what: what(), revert: RevertText.describe(result.data, known: []))
    }
    return try decodeOutput(result.data)
  }
}

/// A tuple of a contract's interface. Conformances are generated.
protocol ContractStruct: Hashable, Sendable {
  static var abiType: ABIType { get }
  var abiValue: ABIValue { get }
  static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self
}

/// An event of a contract. Conformances are generated.
protocol ContractEvent: Hashable, Sendable {
  static var topic0: Bytes32 { get }
  static var indexedTypes: [ABIType] { get }
  static var dataTypes: [ABIType] { get }
  static func read(indexed: inout ABIReader, data: inout ABIReader) throws(ContractsError) -> Self
}

extension ContractEvent {
  /// The event a log holds; nil when the log is of another event, an error when it is of this one and malformed.
  static func decode(_ log: Log) throws(ContractsError) -> Self? {
    guard log.topics.first == topic0 else { return nil }
    guard log.topics.count == indexedTypes.count + 1 else {
      throw .implausible(what: "a log with topic \(topic0)", value: "\(log.topics.count) topics")
    }
    let topics = log.topics.dropFirst().flatMap(\.bytes)
    var indexed = ABIReader(
      what: "the topics of \(topic0)",
      try ContractsError.wrapping { () throws(EthereumError) in try ABI.decode(topics, as: indexedTypes) })
    var data = ABIReader(
      what: "the data of \(topic0)",
      try ContractsError.wrapping { () throws(EthereumError) in try ABI.decode(log.data, as: dataTypes) })
    return try read(indexed: &indexed, data: &data)
  }
}

/// Takes decoded values one by one, as the type that the interface promises.
struct ABIReader {
  private let what: String
  private var values: ArraySlice<ABIValue>

  init(what: String, _ values: [ABIValue]) {
    self.what = what
    self.values = values[...]
  }

  private mutating func next() throws(ContractsError) -> ABIValue {
    guard let value = values.popFirst() else { throw .implausible(what: what, value: "too few values") }
    return value
  }

  private func mismatch(_ value: ABIValue) -> ContractsError { .implausible(what: what, value: "\(value)") }

  mutating func uint() throws(ContractsError) -> UInt256 {
    let value = try next()
    guard case .uint(let word) = value else { throw mismatch(value) }
    return word
  }

  mutating func int() throws(ContractsError) -> Int256 {
    let value = try next()
    guard case .int(let word) = value else { throw mismatch(value) }
    return word
  }

  mutating func address() throws(ContractsError) -> Address {
    let value = try next()
    guard case .address(let address) = value else { throw mismatch(value) }
    return address
  }

  mutating func bool() throws(ContractsError) -> Bool {
    let value = try next()
    guard case .bool(let flag) = value else { throw mismatch(value) }
    return flag
  }

  mutating func bytes32() throws(ContractsError) -> Bytes32 {
    let value = try next()
    guard case .fixedBytes(let bytes) = value else { throw mismatch(value) }
    return try ContractsError.wrapping { () throws(EthereumError) in try Bytes32(bytes: bytes) }
  }

  mutating func bytes() throws(ContractsError) -> [UInt8] {
    let value = try next()
    guard case .bytes(let bytes) = value else { throw mismatch(value) }
    return bytes
  }

  mutating func string() throws(ContractsError) -> String {
    let value = try next()
    guard case .string(let text) = value else { throw mismatch(value) }
    return text
  }

  mutating func tuple<Tuple: ContractStruct>(_ type: Tuple.Type) throws(ContractsError) -> Tuple {
    let value = try next()
    guard case .tuple(let fields) = value else { throw mismatch(value) }
    var reader = ABIReader(what: what, fields)
    return try Tuple.read(&reader)
  }

  mutating func list<Element>(
    _ element: (inout ABIReader) throws(ContractsError) -> Element
  ) throws(ContractsError) -> [Element] {
    let value = try next()
    guard case .array(let values) = value else { throw mismatch(value) }
    var reader = ABIReader(what: what, values)
    var elements: [Element] = []
    elements.reserveCapacity(values.count)
    for _ in values { elements.append(try element(&reader)) }
    return elements
  }
}
