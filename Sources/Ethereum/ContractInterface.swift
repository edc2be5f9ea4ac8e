/// A contract's interface as compilers write it: the JSON ABI. Entries keep the order of the file.
package struct ContractInterface: Hashable, Sendable {
  package let functions: [ABIFunction]
  package let events: [ABIEvent]
  package let errors: [ABIErrorType]
  /// The constructor's parameters; none where the file names no constructor.
  package let constructor: [ABIParameter]

  /// Most entries of one file. The largest known (a diamond proxy's) has below 1,000.
  package static let entryLimit = 10_000

  /// Reads a JSON ABI: an array of entries, or an object with such an array as member `abi`.
  /// - Throws: `.json`, `.abi`.
  package init(json text: [UInt8], limits: JSONLimits = .standard) throws(EthereumError) {
    try self.init(JSON.parse(text, limits: limits))
  }

  package init(_ json: JSON) throws(EthereumError) {
    guard let entries = json.array ?? json["abi"]?.array else {
      throw .abi(.interface(reason: "expected an array of entries, found \(json.kind)"))
    }
    guard entries.count <= Self.entryLimit else {
      throw .abi(.interface(reason: "more than \(Self.entryLimit) entries"))
    }
    var functions: [ABIFunction] = []
    var events: [ABIEvent] = []
    var errors: [ABIErrorType] = []
    var constructor: [ABIParameter] = []
    for (index, entry) in entries.enumerated() {
      let inputs = try Self.parameters(entry["inputs"], of: "entry \(index)")
      // "function" is the default of `type` in the specification.
      switch entry["type"]?.string ?? "function" {
      case "function":
        let outputs = try Self.parameters(entry["outputs"], of: "entry \(index)")
        functions.append(
          ABIFunction(name: try Self.name(entry, index), inputParameters: inputs, outputParameters: outputs))
      case "event":
        let isAnonymous = entry["anonymous"]?.bool ?? false
        events.append(ABIEvent(name: try Self.name(entry, index), inputs: inputs, isAnonymous: isAnonymous))
      case "error": errors.append(ABIErrorType(name: try Self.name(entry, index), inputParameters: inputs))
      case "constructor": constructor = inputs
      case "fallback", "receive": break
      case let other: throw .abi(.interface(reason: "entry \(index) is of unknown type \(other)"))
      }
    }
    self.functions = functions
    self.events = events
    self.errors = errors
    self.constructor = constructor
  }

  /// The function of this name.
  /// - Throws: `.abi(.interface)` where there is none, or several: then ask for the signature.
  package func function(_ name: String) throws(EthereumError) -> ABIFunction {
    let found = functions.filter { $0.name == name || $0.signature == name }
    guard let function = found.first, found.count == 1 else {
      throw .abi(.interface(reason: "\(found.count) functions are called \(name)"))
    }
    return function
  }

  /// The function with this selector; nil where there is none.
  package func function(selector: [UInt8]) -> ABIFunction? { functions.first { $0.selector == selector } }

  /// The event of this name or signature.
  /// - Throws: `.abi(.interface)` unless there is exactly one.
  package func event(_ name: String) throws(EthereumError) -> ABIEvent {
    let found = events.filter { $0.name == name || $0.signature == name }
    guard let event = found.first, found.count == 1 else {
      throw .abi(.interface(reason: "\(found.count) events are called \(name)"))
    }
    return event
  }

  private static func name(_ entry: JSON, _ index: Int) throws(EthereumError) -> String {
    guard let name = entry["name"]?.string else { throw .abi(.interface(reason: "entry \(index) has no name")) }
    return name
  }

  private static func parameters(
    _ json: JSON?, of place: String, depth: Int = 0
  ) throws(EthereumError) -> [ABIParameter] {
    guard let json else { return [] }
    guard depth <= ABIType.depthLimit else { throw .abi(.tooDeep(limit: ABIType.depthLimit)) }
    guard let entries = json.array else { throw .abi(.interface(reason: "\(place): parameters are not an array")) }
    var parameters: [ABIParameter] = []
    for entry in entries {
      guard let text = entry["type"]?.string else {
        throw .abi(.interface(reason: "\(place): a parameter has no type"))
      }
      let components = try Self.parameters(entry["components"], of: place, depth: depth + 1)
      parameters.append(
        ABIParameter(
          entry["name"]?.string ?? "", try type(text, components), isIndexed: entry["indexed"]?.bool ?? false,
          components: components))
    }
    return parameters
  }

  /// `tuple[2][]` with components is `(…)[2][]`.
  private static func type(_ text: String, _ components: [ABIParameter]) throws(EthereumError) -> ABIType {
    guard text.utf8.starts(with: "tuple".utf8) else { return try ABIType(parsing: text) }
    return try ABIType(parsing: ABIType.tuple(components.map(\.type)).name + text.dropFirst(5))
  }
}
