import Ethereum

/// One contract interface as its JSON file gives it, with the names of its tuples.
struct Interface {
  /// Type of a parameter.
  indirect enum Kind: Hashable {
    case uint(Int), int(Int), address, bool, bytes32, bytes, string
    case structure(Structure)
    case list(Kind)
  }

  struct Parameter: Hashable {
    let name: String
    let kind: Kind
    let isIndexed: Bool
  }

  /// A named tuple.
  struct Structure: Hashable {
    /// As the compiler names it: "Order.Props".
    let origin: String
    let fields: [Parameter]
  }

  struct Function: Hashable {
    let name: String
    let inputs: [Parameter]
    let outputs: [Parameter]
    let isPayable: Bool
  }

  struct Event: Hashable {
    let name: String
    let parameters: [Parameter]
  }

  struct Fault: Hashable {
    let name: String
    let parameters: [Parameter]
  }

  /// The file's name without extension, which becomes the namespace.
  let name: String
  var functions: [Function] = []
  var events: [Event] = []
  var faults: [Fault] = []
  /// In order of first use, inner before outer.
  var structures: [Structure] = []
}

extension Interface.Kind {
  /// As it stands in a signature.
  var canonical: String {
    switch self {
    case .uint(let bits): "uint\(bits)"
    case .int(let bits): "int\(bits)"
    case .address: "address"
    case .bool: "bool"
    case .bytes32: "bytes32"
    case .bytes: "bytes"
    case .string: "string"
    case .structure(let structure): Interface.canonical(structure.fields)
    case .list(let element): element.canonical + "[]"
    }
  }

  /// Strings, bytes, lists and tuples are indexed by their hash.
  var isHashedWhenIndexed: Bool {
    switch self {
    case .bytes, .string, .structure, .list: true
    case .uint, .int, .address, .bool, .bytes32: false
    }
  }
}

extension Interface {
  static func canonical(_ parameters: [Parameter]) -> String {
    "(" + parameters.map(\.kind.canonical).joined(separator: ",") + ")"
  }
}
