import Ethereum
import Quant

extension VectorInput {
  /// The member `cp`: "c" or "p".
  func optionKind() throws -> OptionKind {
    switch try text("cp") {
    case "c": return .call
    case "p": return .put
    case let other: throw LabError("cp is \"\(other)\", neither c nor p")
    }
  }
}

extension JSON {
  /// An object of numbers; nil of a number is null, a value that has been refused.
  static func numbers(_ members: [(String, Double?)]) -> JSON {
    .object(JSONObject(members.map { (key: $0.0, value: $0.1.map(JSON.number) ?? .null) }))
  }

  /// As above, with lists beside the numbers.
  static func numbers(_ members: [(String, Double?)], lists: [(String, [Double])]) -> JSON {
    let single = members.map { (key: $0.0, value: $0.1.map(JSON.number) ?? .null) }
    let many = lists.map { (key: $0.0, value: JSON.array($0.1.map(JSON.number))) }
    return .object(JSONObject(single + many))
  }
}
