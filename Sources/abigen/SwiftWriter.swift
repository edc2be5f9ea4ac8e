import Ethereum

/// Writes one interface as Swift.
struct SwiftWriter {
  /// Longest line of the project.
  private static let lineLimit = 120

  private let interface: Interface
  private var lines: [String] = []

  static func source(of interface: Interface) -> String {
    var writer = SwiftWriter(interface: interface)
    writer.write()
    return writer.lines.joined(separator: "\n") + "\n"
  }

  private init(interface: Interface) { self.interface = interface }

  private mutating func write() {
    lines = [
      "// Generated from abi/\(interface.name).json by `make abi`."
        + " Do not edit: change the interface and generate again.",
      "// swift-format-ignore-file", "", "import Ethereum", "", "enum \(interface.name) {",
    ]
    for function in interface.functions { write(function) }
    for structure in interface.structures { write(structure) }
    for event in interface.events { write(event) }
    if !interface.faults.isEmpty { writeFaults() }
    lines.removeLast()
    lines.append("}")
  }

  // MARK: - Members

  private mutating func write(_ function: Interface.Function) {
    let selector = Array(Keccak256.hash(utf8: function.name + Interface.canonical(function.inputs)).bytes.prefix(4))
    let payable = function.isPayable ? ", payable" : ""
    lines.append("  /// `\(function.name)`, selector \(Hex.encode(selector))\(payable).")
    lines.append("  struct \(Naming.type(function.name)): ContractFunction {")
    if function.outputs.count > 1 { writeOutput(function.outputs) }
    writeProperties(function.inputs, indent: "    ")
    if !function.inputs.isEmpty { lines.append("") }
    lines.append("    static let name = \"\(interface.name).\(function.name)\"")
    let literal = selector.map { Hex.encode([$0]) }.joined(separator: ", ")
    lines.append("    static let selector: [UInt8] = [\(literal)]")
    writeList("    static let inputTypes: [ABIType] = [", function.inputs.map { abiType($0.kind) }, "]")
    writeList("    static let outputTypes: [ABIType] = [", function.outputs.map { abiType($0.kind) }, "]")
    writeList("    var arguments: [ABIValue] { [", function.inputs.map { abiValue($0.name, $0.kind) }, "] }")
    writeReader("static func read(_ reader: inout ABIReader)", to: "Self", function.inputs, from: "reader")
    writeOutputReader(function.outputs)
    lines += ["  }", ""]
  }

  private mutating func writeOutput(_ outputs: [Interface.Parameter]) {
    lines.append("    struct Output: Hashable, Sendable {")
    writeProperties(outputs, indent: "      ")
    lines += ["    }", ""]
  }

  private mutating func writeOutputReader(_ outputs: [Interface.Parameter]) {
    let head = "static func readOutput(_ reader: inout ABIReader)"
    switch outputs.count {
    case 0:
      lines.append("    \(head) throws(ContractsError) {}")
    case 1:
      lines.append("    \(head) throws(ContractsError) -> \(swiftType(outputs[0].kind)) {")
      lines.append("      try \(read(outputs[0].kind, from: "reader"))")
      lines.append("    }")
    default:
      writeReader(head, to: "Output", outputs, from: "reader")
    }
  }

  private mutating func write(_ structure: Interface.Structure) {
    lines.append("  /// `\(structure.origin)`")
    lines.append("  struct \(Naming.structure(structure, in: interface)): ContractStruct {")
    writeProperties(structure.fields, indent: "    ")
    lines.append("")
    writeList("    static let abiType = ABIType.tuple([", structure.fields.map { abiType($0.kind) }, "])")
    writeList("    var abiValue: ABIValue { .tuple([", structure.fields.map { abiValue($0.name, $0.kind) }, "]) }")
    writeReader("static func read(_ reader: inout ABIReader)", to: "Self", structure.fields, from: "reader")
    lines += ["  }", ""]
  }

  private mutating func write(_ event: Interface.Event) {
    let parameters = event.parameters.map { parameter in
      let isHashed = parameter.isIndexed && parameter.kind.isHashedWhenIndexed
      return Interface.Parameter(
        name: parameter.name, kind: isHashed ? .bytes32 : parameter.kind, isIndexed: parameter.isIndexed)
    }
    let signature = event.name + Interface.canonical(event.parameters)
    lines.append("  /// Event `\(event.name)`, topic \(Keccak256.hash(utf8: signature)).")
    lines.append("  struct \(Naming.type(event.name))Event: ContractEvent {")
    writeProperties(parameters, indent: "    ")
    lines.append("")
    writeTopic(signature)
    let indexed = parameters.filter(\.isIndexed).map { abiType($0.kind) }
    writeList("    static let indexedTypes: [ABIType] = [", indexed, "]")
    let data = parameters.filter { !$0.isIndexed }.map { abiType($0.kind) }
    writeList("    static let dataTypes: [ABIType] = [", data, "]")
    lines.append(
      "    static func read(indexed: inout ABIReader, data: inout ABIReader) throws(ContractsError) -> Self {")
    let fields = parameters.map { parameter in
      "\(parameter.name): \(read(parameter.kind, from: parameter.isIndexed ? "indexed" : "data"))"
    }
    writeList("      try Self(", fields, ")")
    lines += ["    }", "  }", ""]
  }

  /// The signature in pieces of one line each, because a tuple's can be long.
  private mutating func writeTopic(_ signature: String) {
    lines.append("    static let topic0 = Keccak256.hash(")
    var rest = Substring(signature)
    var head = "      utf8: "
    while !rest.isEmpty {
      let piece = rest.prefix(Self.lineLimit - 16)
      rest = rest.dropFirst(piece.count)
      lines.append(head + "\"\(piece)\"" + (rest.isEmpty ? ")" : ""))
      head = "        + "
    }
  }

  private mutating func writeFaults() {
    lines.append("  /// The contract's custom errors.")
    lines.append("  static let errors: [ABIErrorType] = [")
    for fault in interface.faults {
      let parameters = fault.parameters.map { "ABIParameter(\"\($0.name)\", \(abiType($0.kind)))" }
      writeList("    ABIErrorType(name: \"\(fault.name)\", inputParameters: [", parameters, "]),")
    }
    lines += ["  ]", ""]
  }

  // MARK: - Lines

  private mutating func writeProperties(_ parameters: [Interface.Parameter], indent: String) {
    for parameter in parameters { lines.append("\(indent)let \(parameter.name): \(swiftType(parameter.kind))") }
  }

  private mutating func writeReader(
    _ head: String, to type: String, _ parameters: [Interface.Parameter], from reader: String
  ) {
    lines.append("    \(head) throws(ContractsError) -> \(type) {")
    if parameters.isEmpty {
      lines.append("      \(type)()")
    } else {
      writeList("      try \(type)(", parameters.map { "\($0.name): \(read($0.kind, from: reader))" }, ")")
    }
    lines.append("    }")
  }

  /// On one line where it fits, else filled lines one step further in.
  private mutating func writeList(_ head: String, _ items: [String], _ tail: String) {
    let line = head + items.joined(separator: ", ") + tail
    guard line.count > Self.lineLimit else { return lines.append(line) }
    let indent = String(repeating: " ", count: head.prefix { $0 == " " }.count)
    lines.append(head)
    var filled = ""
    for (index, item) in items.enumerated() {
      let piece = item + (index == items.count - 1 ? "" : ",")
      if filled.isEmpty {
        filled = indent + "  " + piece
      } else if filled.count + 1 + piece.count <= Self.lineLimit {
        filled += " " + piece
      } else {
        lines.append(filled)
        filled = indent + "  " + piece
      }
    }
    lines.append(filled)
    lines.append(indent + tail)
  }

  // MARK: - Types

  private func swiftType(_ kind: Interface.Kind) -> String {
    switch kind {
    case .uint: "UInt256"
    case .int: "Int256"
    case .address: "Address"
    case .bool: "Bool"
    case .bytes32: "Bytes32"
    case .bytes: "[UInt8]"
    case .string: "String"
    case .structure(let structure): Naming.structure(structure, in: interface)
    case .list(let element): "[\(swiftType(element))]"
    }
  }

  private func abiType(_ kind: Interface.Kind) -> String {
    switch kind {
    case .uint(let bits): ".uint(\(bits))"
    case .int(let bits): ".int(\(bits))"
    case .address: ".address"
    case .bool: ".bool"
    case .bytes32: ".fixedBytes(32)"
    case .bytes: ".bytes"
    case .string: ".string"
    case .structure(let structure): "\(Naming.structure(structure, in: interface)).abiType"
    case .list(let element): ".array(\(abiType(element)))"
    }
  }

  private func abiValue(_ name: String, _ kind: Interface.Kind) -> String {
    switch kind {
    case .uint: ".uint(\(name))"
    case .int: ".int(\(name))"
    case .address: ".address(\(name))"
    case .bool: ".bool(\(name))"
    case .bytes32: ".fixedBytes(\(name).bytes)"
    case .bytes: ".bytes(\(name))"
    case .string: ".string(\(name))"
    case .structure: "\(name).abiValue"
    case .list(let element): ".array(\(name).map { \(abiValue("$0", element)) })"
    }
  }

  private func read(_ kind: Interface.Kind, from reader: String) -> String {
    switch kind {
    case .uint: "\(reader).uint()"
    case .int: "\(reader).int()"
    case .address: "\(reader).address()"
    case .bool: "\(reader).bool()"
    case .bytes32: "\(reader).bytes32()"
    case .bytes: "\(reader).bytes()"
    case .string: "\(reader).string()"
    case .structure(let structure): "\(reader).tuple(\(Naming.structure(structure, in: interface)).self)"
    case .list(let element):
      "\(reader).list { (reader) throws(ContractsError) in try \(read(element, from: "reader")) }"
    }
  }
}
