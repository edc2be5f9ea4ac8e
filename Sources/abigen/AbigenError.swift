/// A fault in an interface file or in the place to write to, printed as `path: error: text`.
struct AbigenError: Error, Equatable, CustomStringConvertible {
  let path: String
  let text: String

  var description: String { "\(path): error: \(text)" }
}
