/// Why a formula gave no number. Nothing here is a fault of the program: inputs come from venues, oracles and files,
/// and a formula that has no value for them says so instead of returning NaN.
///
/// The payloads are static strings, so that refusing costs no allocation in the hot formulas.
package enum QuantError: Error, Hashable, Sendable {
  /// An input, or the result, is NaN or infinite: which quantity.
  case notFinite(StaticString)
  /// An input is outside the formula's domain: which quantity, and what it must be.
  case outOfRange(StaticString, needs: StaticString)
  /// The inputs are valid each by itself, but no answer exists: what was sought.
  case noSolution(StaticString)
  /// An iteration that should have settled did not: which one.
  case notConverged(StaticString)

  package static func == (left: QuantError, right: QuantError) -> Bool { left.description == right.description }

  package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension QuantError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFinite(let quantity): "\(quantity) is not a finite number; check where it was read from"
    case .outOfRange(let quantity, let needs): "\(quantity) is outside the formula's domain: it must be \(needs)"
    case .noSolution(let sought): "\(sought) does not exist for these inputs"
    case .notConverged(let iteration): "\(iteration) did not converge; the inputs are at the edge of what it can do"
    }
  }
}

/// `value`, or a refusal that names it when it is NaN or infinite.
package func finite(_ value: Double, _ quantity: StaticString) throws(QuantError) -> Double {
  guard value.isFinite else { throw .notFinite(quantity) }
  return value
}

/// `value`, or a refusal when it is not a finite number above zero.
package func positive(_ value: Double, _ quantity: StaticString) throws(QuantError) -> Double {
  guard value.isFinite else { throw .notFinite(quantity) }
  guard value > 0 else { throw .outOfRange(quantity, needs: "above zero") }
  return value
}

/// `value`, or a refusal when it is not a finite number of zero or more.
package func nonNegative(_ value: Double, _ quantity: StaticString) throws(QuantError) -> Double {
  guard value.isFinite else { throw .notFinite(quantity) }
  guard value >= 0 else { throw .outOfRange(quantity, needs: "zero or more") }
  return value
}
