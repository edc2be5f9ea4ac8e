import Ethereum

/// Which of the program's functions a kind of vector goes to.
enum VectorOperations {
  typealias Evaluation = (VectorInput) throws -> JSON

  private static let kinds: [(kind: String, evaluate: Evaluation)] = []

  static func named(_ kind: String) throws -> Evaluation {
    guard let found = kinds.first(where: { $0.kind == kind }) else {
      throw LabError("no operation of kind \(kind) is known")
    }
    return found.evaluate
  }
}
