import Ethereum

/// A call as people read it, with the calls inside it.
struct DecodedCall {
  /// An argument; `path` is its name with those of the tuples around it, as `params.numbers.triggerPrice`.
  struct Argument {
    let path: String
    let type: String
    let value: String
  }

  /// Nil when only calldata was given.
  let to: Address?
  let valueWei: UInt256
  let data: [UInt8]
  /// `name(type,type)`, nil when the selector is not known.
  let signature: String?
  let arguments: [Argument]
  let inner: [DecodedCall]
  /// What could not be read, or is remarkable.
  let notes: [String]
}

/// Takes calls apart: a known function into its arguments, and wrappers into the calls they carry.
struct CallDecoder {
  /// Deeper nesting than this is nobody's honest call; each level costs stack.
  private static let depthLimit = 8
  /// Calls shown at most, over all levels.
  private static let callLimit = 512

  private var shown = 0

  static func decode(to: Address?, valueWei: UInt256, data: [UInt8]) -> DecodedCall {
    var decoder = CallDecoder()
    return decoder.decode(to: to, valueWei: valueWei, data: data, depth: 0, notes: [])
  }

  private mutating func decode(
    to: Address?, valueWei: UInt256, data: [UInt8], depth: Int, notes: [String]
  ) -> DecodedCall {
    shown += 1
    var notes = notes
    guard let function = CallVocabulary.function(data) else {
      if !data.isEmpty { notes.append("unknown function") }
      return DecodedCall(
        to: to, valueWei: valueWei, data: data, signature: nil, arguments: [], inner: [], notes: notes)
    }
    var arguments: [DecodedCall.Argument] = []
    var inner: [DecodedCall] = []
    do {
      let values = try function.decodeCall(data)
      for (parameter, value) in zip(function.inputParameters, values) {
        Self.flatten(parameter, value, "", into: &arguments)
      }
      let carried = try Carried.calls(function.name, values, to: to)
      for call in carried.calls {
        guard depth < Self.depthLimit, shown < Self.callLimit else {
          notes.append("more calls inside are not shown")
          break
        }
        inner.append(
          decode(to: call.to, valueWei: call.valueWei, data: call.data, depth: depth + 1, notes: call.notes))
      }
      notes += carried.notes
    } catch {
      notes.append("the arguments do not decode: \(error)")
    }
    return DecodedCall(
      to: to, valueWei: valueWei, data: data, signature: function.signature, arguments: arguments, inner: inner,
      notes: notes)
  }

  private static func flatten(
    _ parameter: ABIParameter, _ value: ABIValue, _ prefix: String, into list: inout [DecodedCall.Argument]
  ) {
    let path = prefix.isEmpty ? parameter.name : "\(prefix).\(parameter.name)"
    if case .tuple(let members) = value, parameter.components.count == members.count {
      // As deep as the declaration, which is ours.
      for (component, member) in zip(parameter.components, members) { flatten(component, member, path, into: &list) }
    } else {
      list.append(DecodedCall.Argument(path: path, type: parameter.type.name, value: value.description))
    }
  }
}

/// The calls that a wrapper carries.
private struct Carried {
  struct Call {
    let to: Address?
    let valueWei: UInt256
    let data: [UInt8]
    var notes: [String] = []
  }

  var calls: [Call] = []
  var notes: [String] = []

  static func calls(_ function: String, _ values: [ABIValue], to: Address?) throws(EthereumError) -> Carried {
    switch function {
    case "execTransactionWithRole", "execTransaction":
      guard values.count > 3 else { return Carried() }
      return Carried(calls: [
        Call(
          to: try values[0].asAddress(), valueWei: try values[1].asUInt(), data: try values[2].asBytes(),
          notes: operation(try values[3].asUInt()))
      ])
    case "multicall":
      guard let list = values.first else { return Carried() }
      var calls: [Call] = []
      for data in try list.asArray() { calls.append(Call(to: to, valueWei: .zero, data: try data.asBytes())) }
      return Carried(calls: calls)
    case "aggregate3", "aggregate3Value":
      return Carried(calls: try aggregated(values, hasValue: function == "aggregate3Value"))
    case "multiSend":
      return unpack(try values.first?.asBytes() ?? [])
    default: return Carried()
    }
  }

  private static func operation(_ number: UInt256) -> [String] {
    switch number {
    case 0: []
    case 1: ["delegatecall"]
    default: ["operation \(number) does not exist"]
    }
  }

  private static func aggregated(_ values: [ABIValue], hasValue: Bool) throws(EthereumError) -> [Call] {
    guard let list = values.first else { return [] }
    var calls: [Call] = []
    for item in try list.asArray() {
      let parts = try item.asTuple(hasValue ? 4 : 3)
      let wei = hasValue ? try parts[2].asUInt() : UInt256.zero
      calls.append(
        Call(to: try parts[0].asAddress(), valueWei: wei, data: try parts[hasValue ? 3 : 2].asBytes()))
    }
    return calls
  }

  /// MultiSend's packing: operation (1 byte), address (20), value (32), length (32), data; again and again.
  private static func unpack(_ packed: [UInt8]) -> Carried {
    var carried = Carried()
    var rest = packed[...]
    while let operation = rest.first {
      guard rest.count >= 85 else { return carried.ending("a packed call is cut short after \(packed.count) bytes") }
      let head = Array(rest.prefix(85))
      do {
        let length = try UInt256(bigEndian: head[53..<85]).asInt
        guard let length, length <= rest.count - 85 else {
          return carried.ending("a packed call says it has more data than there is")
        }
        var call = Call(
          to: try Address(bytes: head[1..<21]), valueWei: try UInt256(bigEndian: head[21..<53]),
          data: Array(rest.dropFirst(85).prefix(length)))
        call.notes = Self.operation(UInt256(UInt64(operation)))
        carried.calls.append(call)
        rest = rest.dropFirst(85 + length)
      } catch {
        return carried.ending("\(error)")
      }
    }
    return carried
  }

  private func ending(_ note: String) -> Carried {
    var copy = self
    copy.notes.append(note)
    return copy
  }
}

// MARK: - Printing

extension DecodedCall {
  /// An indented tree, a call to a paragraph.
  func lines(indent: Int = 0, number: String = "") -> [String] {
    let margin = String(repeating: " ", count: indent)
    var head = margin + number + (signature.map { String($0.prefix { $0 != "(" }) } ?? "call")
    if let to { head += " at \(to)" }
    if valueWei != .zero { head += " with \(valueWei) wei" }
    if !notes.isEmpty { head += "  [\(notes.joined(separator: "; "))]" }
    var lines = [head]
    let width = arguments.map(\.path.count).max() ?? 0
    for argument in arguments where !(argument.type.hasPrefix("bytes") && !inner.isEmpty && argument.value.count > 66) {
      let name = argument.path + String(repeating: " ", count: width - argument.path.count)
      lines.append("\(margin)  \(name)  \(argument.value)")
    }
    if signature == nil, !data.isEmpty { lines.append("\(margin)  data  \(Hex.encode(data))") }
    for (index, call) in inner.enumerated() {
      let number = inner.count > 1 ? "\(index + 1). " : ""
      lines += call.lines(indent: indent + 2, number: number)
    }
    return lines
  }

  var json: JSON {
    var pairs: [(key: String, value: JSON)] = []
    if let to { pairs.append((key: "to", value: .string(to.description))) }
    pairs.append((key: "valueWei", value: .string(valueWei.description)))
    if let signature { pairs.append((key: "function", value: .string(signature))) }
    if signature == nil { pairs.append((key: "data", value: .string(Hex.encode(data)))) }
    if !arguments.isEmpty {
      let list = arguments.map { argument in
        JSON.object(
          JSONObject([
            (key: "name", value: .string(argument.path)), (key: "type", value: .string(argument.type)),
            (key: "value", value: .string(argument.value)),
          ]))
      }
      pairs.append((key: "arguments", value: .array(list)))
    }
    if !notes.isEmpty { pairs.append((key: "notes", value: .array(notes.map { .string($0) }))) }
    if !inner.isEmpty { pairs.append((key: "calls", value: .array(inner.map(\.json)))) }
    return .object(JSONObject(pairs))
  }
}
