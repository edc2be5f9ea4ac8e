/// A JSON value with its path, read as the chain's types. Every throw names the path.
struct JSONReading {
  let value: JSON?
  private let place: Place

  /// Spelled out only where something is wrong: nearly nothing of what nodes say is.
  private indirect enum Place {
    case root(String)
    case member(String, of: Place)
    case element(Int, of: Place)

    var path: String {
      switch self {
      case .root(let name): name
      case .member(let key, let parent): parent.path.isEmpty ? key : "\(parent.path).\(key)"
      case .element(let index, let parent): "\(parent.path)[\(index)]"
      }
    }
  }

  init(_ value: JSON?, path: String) { self.init(value, .root(path)) }

  private init(_ value: JSON?, _ place: Place) {
    self.value = value
    self.place = place
  }

  var path: String { place.path }

  /// The member `key`; also where it is missing, which only reading it reports.
  subscript(_ key: String) -> JSONReading { JSONReading(value?[key], .member(key, of: place)) }

  /// Whether the value is missing or null.
  var isAbsent: Bool { value == nil || value == .null }

  private func failure(_ expected: String) -> EthereumError {
    let found = value.map { $0.string.map { "\"\(Excerpt.of($0))\"" } ?? $0.kind } ?? "nothing"
    return .json(.unexpected(path: path, expected: expected, found: found))
  }

  /// Reads a string, and turns what `read` throws into an error with this path.
  private func parse<T>(
    _ expected: String, _ read: (String) throws(EthereumError) -> T
  ) throws(EthereumError) -> T {
    guard let text = value?.string else { throw failure(expected) }
    do { return try read(text) } catch { throw failure("\(expected) (\(error.description))") }
  }

  func quantity() throws(EthereumError) -> UInt256 {
    try parse("a quantity") { text throws(EthereumError) in try UInt256(hexQuantity: text) }
  }

  /// An array of quantities. Of each only what is wrong is given a path: fee histories have hundreds.
  func quantities() throws(EthereumError) -> [UInt256] {
    guard let elements = value?.array else { throw failure("an array") }
    var quantities: [UInt256] = []
    quantities.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      if case .string(let text) = element, let quantity = UInt256.smallQuantity(text) {
        quantities.append(UInt256(quantity))
      } else {
        quantities.append(try JSONReading(element, .element(index, of: place)).quantity())
      }
    }
    return quantities
  }

  func uint64() throws(EthereumError) -> UInt64 {
    guard let number = try quantity().asUInt64 else { throw failure("a quantity of at most 64 bits") }
    return number
  }

  func bytes32() throws(EthereumError) -> Bytes32 {
    try parse("32 bytes of hex") { text throws(EthereumError) in try Bytes32(hex: text) }
  }

  /// Nodes may write any capitals, so the checksum is not asked for.
  func address() throws(EthereumError) -> Address {
    try parse("an address") { text throws(EthereumError) in try Address(bytes: Hex.decode(text, limit: 20)) }
  }

  func bytes(limit: Int) throws(EthereumError) -> [UInt8] {
    try parse("hex bytes") { text throws(EthereumError) in try Hex.decode(text, limit: limit) }
  }

  func bool() throws(EthereumError) -> Bool {
    guard let flag = value?.bool else { throw failure("a boolean") }
    return flag
  }

  func array() throws(EthereumError) -> [JSONReading] {
    guard let elements = value?.array else { throw failure("an array") }
    return elements.enumerated().map { JSONReading($1, .element($0, of: place)) }
  }

  /// What `read` makes of the value, or nil where it is missing or null.
  func optional<T>(_ read: (JSONReading) throws(EthereumError) -> T) throws(EthereumError) -> T? {
    isAbsent ? nil : try read(self)
  }
}
