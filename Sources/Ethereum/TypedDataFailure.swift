/// Why EIP-712 typed data cannot be hashed.
package enum TypedDataFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case shape(String)
  case unknownType(String)
  case type(name: String, reason: String)
  case missing(path: String)
  case superfluous(path: String)
  case value(path: String, type: String, reason: String)
  case tooDeep(limit: Int)
  case tooLarge(limit: Int)

  package var description: String {
    switch self {
    case .shape(let reason): "typed data: \(Excerpt.of(reason))"
    case .unknownType(let name): "typed data: type \(Excerpt.of(name)) is not among types"
    case .type(let name, let reason): "typed data: type \(Excerpt.of(name)): \(reason)"
    case .missing(let path): "typed data: \(Excerpt.of(path)) is missing"
    case .superfluous(let path): "typed data: \(Excerpt.of(path)) is not a member of its type"
    case .value(let path, let type, let reason): "typed data: \(Excerpt.of(path)): not a \(Excerpt.of(type)): \(reason)"
    case .tooDeep(let limit): "typed data: nested deeper than \(limit) levels"
    case .tooLarge(let limit): "typed data: more than \(limit) elements"
    }
  }
}
