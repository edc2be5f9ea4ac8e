package import Ethereum

/// A book of options in a file, signed by somebody whom the configuration names (EIP-712): for positions on venues that
/// no contract can be asked about. The file says what; who signed it, and whether it is the newest, is found out by
/// whoever opens it.
package struct SignedOptionBook: Hashable, Sendable, Codable {
  /// Of the domain that is signed.
  package static let domainName = "Vaultkeeper option book"
  package static let domainVersion = "1"
  /// `ContractOptionBook.optionLimit` options of 400 bytes each, and room.
  package static let byteLimit = 131_072

  package let name: String
  package let path: String
  package let signer: Address
  package let chainID: UInt64
  package let terms: OptionTerms

  package init(name: String, path: String, signer: Address, chainID: UInt64, terms: OptionTerms) {
    self.name = name
    self.path = path
    self.signer = signer
    self.chainID = chainID
    self.terms = terms
  }

  /// A file's content, its form checked and its signature not yet.
  package struct Content: Hashable, Sendable {
    package let sequence: UInt64
    package let validUntil: UInt64
    package let options: [OptionReading]
    /// What must have been signed for it to hold: for this chain, this vault and this book, and nothing else.
    package let signingHash: Bytes32
    package let signature: Signature
  }

  /// - Parameter holder: the vault, which the signed struct names, so that a book signed for one vault is no other's.
  /// - Throws: for any file that is not exactly of the form in docs/configuration.md.
  package func content(_ bytes: [UInt8], holder: Address) throws(ContractsError) -> Content {
    // A book of the most options has some 1,800 values.
    let limits = JSONLimits(bytes: Self.byteLimit, depth: 8, values: 4_096)
    let file = try ContractsError.wrapping { () throws(EthereumError) in try JSON.parse(bytes, limits: limits) }
    let whole = try SignedMembers(file, "option book \(name)", ["book", "signature"])
    let what = "option book \(name)"
    let book = try SignedMembers(
      whole["book"], what, ["vault", "name", "sequence", "validUntil", "options"])
    guard book["vault"].string?.lowercased() == holder.description.lowercased() else {
      throw .implausible(what: "\(what), which should be for vault \(holder),", value: "another vault")
    }
    guard book["name"].string == name else {
      throw .implausible(what: "\(what), its name", value: Self.excerpt(book["name"]))
    }
    let sequence = try book.sequence("sequence")
    let validUntil = try book.uint64("validUntil")
    guard let entries = book["options"].array, entries.count <= ContractOptionBook.optionLimit else {
      throw .implausible(what: what, value: "no list of at most \(ContractOptionBook.optionLimit) options")
    }
    var options: [OptionReading] = []
    var signed: [JSON] = []
    for (index, entry) in entries.enumerated() {
      let (option, json) = try self.option(entry, index)
      options.append(option)
      signed.append(json)
    }
    let message: JSON = [
      "vault": .string(holder.description), "name": .string(name), "sequence": .string("\(sequence)"),
      "validUntil": .string("\(validUntil)"), "options": .array(signed),
    ]
    return Content(
      sequence: sequence, validUntil: validUntil, options: options, signingHash: try signingHash(message),
      signature: try signature(whole["signature"]))
  }

  private func option(_ entry: JSON, _ index: Int) throws(ContractsError) -> (OptionReading, JSON) {
    let what = "option \(index) of \(name)"
    let members = try SignedMembers(
      entry, what, ["expiry", "strike", "quantity", "isCall", "markVolatility", "markedAt"])
    guard let isCall = members["isCall"].bool else { throw .implausible(what: "\(what), isCall", value: "no boolean") }
    let expiry = try members.uint64("expiry")
    let markedAt = try members.uint64("markedAt")
    let (strike, volatility) = (try members.uint("strike"), try members.uint("markVolatility"))
    let quantity = try members.int("quantity")
    let reading = try OptionReading(
      source: name, index: index, expiry: expiry, strike: Price(raw: strike), quantity: Quantity(raw: quantity),
      isCall: isCall, rawVolatility: volatility, markedAt: markedAt, terms: terms)
    let signed: JSON = [
      "expiry": .string("\(expiry)"), "strike": .string("\(strike)"), "quantity": .string("\(quantity)"),
      "isCall": .bool(isCall), "markVolatility": .string("\(volatility)"), "markedAt": .string("\(markedAt)"),
    ]
    return (reading, signed)
  }

  /// The types are ours and never the file's: what a signer saw must be what is meant here.
  private func signingHash(_ message: JSON) throws(ContractsError) -> Bytes32 {
    try ContractsError.wrapping { () throws(EthereumError) in
      try TypedData(
        types: [
          .init(
            name: "OptionBook",
            fields: [
              .init(name: "vault", type: "address"), .init(name: "name", type: "string"),
              .init(name: "sequence", type: "uint64"), .init(name: "validUntil", type: "uint64"),
              .init(name: "options", type: "Option[]"),
            ]),
          .init(
            name: "Option",
            fields: [
              .init(name: "expiry", type: "uint64"), .init(name: "strike", type: "uint256"),
              .init(name: "quantity", type: "int256"), .init(name: "isCall", type: "bool"),
              .init(name: "markVolatility", type: "uint256"), .init(name: "markedAt", type: "uint64"),
            ]),
        ], primaryType: "OptionBook",
        domain: [
          "name": .string(Self.domainName), "version": .string(Self.domainVersion),
          "chainId": .string("\(chainID)"),
        ], message: message
      ).signingHash()
    }
  }

  /// r, s and v of 27 or 28, as wallets write it.
  private func signature(_ json: JSON) throws(ContractsError) -> Signature {
    guard let text = json.string, text.utf8.count == 132 else {
      throw .implausible(what: "signature of \(name)", value: Self.excerpt(json))
    }
    let bytes = try ContractsError.wrapping { () throws(EthereumError) in try Hex.decode(text, limit: 65) }
    guard bytes.count == 65 else { throw .implausible(what: "signature of \(name)", value: "\(bytes.count) bytes") }
    return try ContractsError.wrapping { () throws(EthereumError) in
      let parity: UInt8 = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64]
      return try Signature(
        yParity: parity, r: UInt256(bigEndian: bytes[0..<32]), s: UInt256(bigEndian: bytes[32..<64]))
    }
  }

  /// A file's own words are not repeated at length.
  private static func excerpt(_ json: JSON) -> String {
    guard let text = json.string else { return json.kind }
    return "\""
      + String(String.UnicodeScalarView(text.unicodeScalars.prefix(40).filter { $0.isASCII && $0.value >= 32 }))
      + "\""
  }
}

/// The members of an object that must have exactly these.
private struct SignedMembers {
  private let object: JSONObject
  private let what: String

  init(_ json: JSON, _ what: String, _ names: [String]) throws(ContractsError) {
    guard let object = json.object, object.members.count == names.count, names.allSatisfy({ object[$0] != nil }) else {
      throw .implausible(what: what, value: "not an object of exactly \(names.joined(separator: ", "))")
    }
    self.object = object
    self.what = what
  }

  /// Null only for a name that was not asked for.
  subscript(_ name: String) -> JSON { object[name] ?? .null }

  /// Decimal digits in a string, or a number of at most 63 bits.
  private func digits(_ name: String) throws(ContractsError) -> String {
    switch self[name] {
    case .string(let text) where text.utf8.count <= 80: return text
    case .integer(let number): return "\(number)"
    default: throw .implausible(what: "\(what), \(name)", value: "no whole number")
    }
  }

  func uint(_ name: String) throws(ContractsError) -> UInt256 {
    let text = try digits(name)
    return try ContractsError.wrapping { () throws(EthereumError) in try UInt256(decimal: text) }
  }

  func int(_ name: String) throws(ContractsError) -> Int256 {
    let text = try digits(name)
    return try ContractsError.wrapping { () throws(EthereumError) in try Int256(decimal: text) }
  }

  /// Of all the bits that the signed type has: whoever counts by nanoseconds or by hashes has a right to them.
  func sequence(_ name: String) throws(ContractsError) -> UInt64 {
    let word = try uint(name)
    guard let sequence = word.asUInt64 else { throw .implausible(what: "\(what), \(name)", value: "\(word)") }
    return sequence
  }

  /// Of 63 bits: a time.
  func uint64(_ name: String) throws(ContractsError) -> UInt64 {
    try OptionReading.seconds(uint(name), "\(what), \(name)")
  }
}
