import Ethereum

/// Reads an interface from the JSON that Solidity's and Vyper's compilers write.
struct InterfaceParser {
  private let path: String
  private var interface: Interface

  /// `path` is for messages; `name` becomes the namespace.
  static func parse(_ bytes: [UInt8], name: String, path: String) throws(AbigenError) -> Interface {
    var parser = InterfaceParser(path: path, interface: Interface(name: name))
    let json: JSON
    do {
      json = try JSON.parse(bytes)
    } catch {
      throw AbigenError(path: path, text: "\(error)")
    }
    guard case .array(let entries) = json else { throw parser.fault("an interface is a JSON array of entries") }
    for entry in entries { try parser.add(entry) }
    return parser.interface
  }

  private func fault(_ text: String) -> AbigenError { AbigenError(path: path, text: text) }

  private func text(_ key: String, of entry: JSON) throws(AbigenError) -> String {
    guard case .string(let text)? = entry[key] else { throw fault("an entry has no text \"\(key)\"") }
    return text
  }

  private mutating func add(_ entry: JSON) throws(AbigenError) {
    let type = try text("type", of: entry)
    // A constructor, fallback or receive entry is nothing that a keeper calls.
    guard ["function", "event", "error"].contains(type) else { return }
    let name = try text("name", of: entry)
    let inputs = try parameters("inputs", of: entry)
    switch type {
    case "function":
      guard !interface.functions.contains(where: { $0.name == name }) else {
        throw fault("function \(name) is overloaded, which generated names cannot tell apart; keep one of them")
      }
      let outputs = try parameters("outputs", of: entry)
      let isPayable = try text("stateMutability", of: entry) == "payable"
      interface.functions.append(.init(name: name, inputs: inputs, outputs: outputs, isPayable: isPayable))
    case "event":
      interface.events.append(.init(name: name, parameters: inputs))
    default:
      interface.faults.append(.init(name: name, parameters: inputs))
    }
  }

  private mutating func parameters(_ key: String, of entry: JSON) throws(AbigenError) -> [Interface.Parameter] {
    guard case .array(let items)? = entry[key] else { throw fault("an entry has no list \"\(key)\"") }
    var parameters: [Interface.Parameter] = []
    for (index, item) in items.enumerated() {
      let name = try text("name", of: item)
      let kind = try kind(of: item, type: text("type", of: item)[...])
      let isIndexed = item["indexed"] == .bool(true)
      parameters.append(.init(name: Naming.property(name, index: index), kind: kind, isIndexed: isIndexed))
    }
    return parameters
  }

  private mutating func kind(of item: JSON, type: Substring) throws(AbigenError) -> Interface.Kind {
    if type.hasSuffix("[]") { return .list(try kind(of: item, type: type.dropLast(2))) }
    switch type {
    case "address": return .address
    case "bool": return .bool
    case "bytes32": return .bytes32
    case "bytes": return .bytes
    case "string": return .string
    case "tuple": return .structure(try structure(of: item))
    default: break
    }
    if type.hasPrefix("uint"), let bits = Int(type.dropFirst(4)) { return .uint(bits) }
    if type.hasPrefix("int"), let bits = Int(type.dropFirst(3)) { return .int(bits) }
    throw fault("type \(type) is not supported by the generator")
  }

  private mutating func structure(of item: JSON) throws(AbigenError) -> Interface.Structure {
    let words = try text("internalType", of: item).split(separator: " ")
    guard words.count == 2, words[0] == "struct", let name = words[1].split(separator: "[").first else {
      throw fault("a tuple needs an internalType like \"struct Order.Props\" to be named after")
    }
    let structure = Interface.Structure(origin: String(name), fields: try parameters("components", of: item))
    if let known = interface.structures.first(where: { $0.origin == structure.origin }) {
      guard known == structure else { throw fault("two different tuples are called \(structure.origin)") }
    } else {
      interface.structures.append(structure)
    }
    return structure
  }
}
