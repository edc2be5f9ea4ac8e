/// A parameter of a function, event or error, with the names of its members where it is a tuple.
package struct ABIParameter: Hashable, Sendable {
  package let name: String
  package let type: ABIType
  /// Of events: whether the value is a topic.
  package let isIndexed: Bool
  /// Names and types of a tuple's members, also of an array's tuples; empty for other types.
  package let components: [ABIParameter]

  package init(_ name: String, _ type: ABIType, isIndexed: Bool = false, components: [ABIParameter] = []) {
    self.name = name
    self.type = type
    self.isIndexed = isIndexed
    self.components = components
  }
}

/// A function of a contract: its selector, and its calls and answers as bytes.
package struct ABIFunction: Hashable, Sendable {
  package let name: String
  package let inputParameters: [ABIParameter]
  package let outputParameters: [ABIParameter]
  /// `name(type,type)`.
  package let signature: String
  /// The first four bytes of Keccak-256 of the signature.
  package let selector: [UInt8]

  package var inputs: [ABIType] { inputParameters.map(\.type) }
  package var outputs: [ABIType] { outputParameters.map(\.type) }

  package init(name: String, inputParameters: [ABIParameter], outputParameters: [ABIParameter] = []) {
    self.name = name
    self.inputParameters = inputParameters
    self.outputParameters = outputParameters
    signature = name + ABIType.tuple(inputParameters.map(\.type)).name
    selector = Array(Keccak256.hash(utf8: signature).bytes.prefix(4))
  }

  package init(name: String, inputs: [ABIType], outputs: [ABIType] = []) {
    self.init(
      name: name, inputParameters: inputs.map { ABIParameter("", $0) },
      outputParameters: outputs.map { ABIParameter("", $0) })
  }

  /// Reads `transfer(address,uint256)`.
  /// - Throws: `.abi(.type)`.
  package init(signature: String, outputs: [ABIType] = []) throws(EthereumError) {
    var parser = try ABITypeParser(signature)
    let parsed = try parser.signature()
    self.init(name: parsed.name, inputs: parsed.types, outputs: outputs)
  }

  /// Selector and arguments.
  /// - Throws: `.abi`.
  package func encodeCall(_ arguments: [ABIValue]) throws(EthereumError) -> [UInt8] {
    try selector + ABI.encode(arguments, as: inputs)
  }

  /// The arguments of a call of this function.
  /// - Throws: `.abi`: another selector, or arguments that do not decode.
  package func decodeCall(
    _ data: [UInt8], limits: ABI.Limits = .standard
  ) throws(EthereumError) -> [ABIValue] {
    guard data.starts(with: selector) else {
      throw .abi(.selector(expected: selector, found: Array(data.prefix(4))))
    }
    return try ABI.decode(Array(data.dropFirst(4)), as: inputs, limits: limits)
  }

  /// The values a call returned. An address without code answers with no bytes, which throws unless nothing is
  /// expected.
  /// - Throws: `.abi`.
  package func decodeReturn(
    _ data: [UInt8], limits: ABI.Limits = .standard
  ) throws(EthereumError) -> [ABIValue] {
    try ABI.decode(data, as: outputs, limits: limits)
  }
}

/// A custom error of a contract.
package struct ABIErrorType: Hashable, Sendable {
  package let name: String
  package let inputParameters: [ABIParameter]
  /// `name(type,type)`.
  package let signature: String
  /// The first four bytes of Keccak-256 of the signature.
  package let selector: [UInt8]

  package var inputs: [ABIType] { inputParameters.map(\.type) }

  package init(name: String, inputParameters: [ABIParameter]) {
    self.name = name
    self.inputParameters = inputParameters
    signature = name + ABIType.tuple(inputParameters.map(\.type)).name
    selector = Array(Keccak256.hash(utf8: signature).bytes.prefix(4))
  }

  package init(name: String, inputs: [ABIType]) {
    self.init(name: name, inputParameters: inputs.map { ABIParameter("", $0) })
  }

  /// Reads `EmptyPosition()`.
  /// - Throws: `.abi(.type)`.
  package init(signature: String) throws(EthereumError) {
    var parser = try ABITypeParser(signature)
    let parsed = try parser.signature()
    self.init(name: parsed.name, inputs: parsed.types)
  }

  /// Selector and arguments: the revert data of this error.
  /// - Throws: `.abi`.
  package func encode(_ arguments: [ABIValue]) throws(EthereumError) -> [UInt8] {
    try selector + ABI.encode(arguments, as: inputs)
  }

  /// The error's arguments.
  /// - Throws: `.abi`.
  package func decode(_ data: [UInt8], limits: ABI.Limits = .standard) throws(EthereumError) -> [ABIValue] {
    guard data.starts(with: selector) else {
      throw .abi(.selector(expected: selector, found: Array(data.prefix(4))))
    }
    return try ABI.decode(Array(data.dropFirst(4)), as: inputs, limits: limits)
  }
}
