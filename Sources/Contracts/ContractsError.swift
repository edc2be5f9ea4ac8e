package import Ethereum

/// Everything that can go wrong between bytes of a contract and units of the keeper. No case is ever a refusal to act:
/// it means that an answer could not be understood or a call could not be written.
package enum ContractsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Arithmetic or coding below this module failed (overflow, division by zero, malformed ABI data).
  case ethereum(EthereumError)
  /// Text is not a decimal number of at most 18 places.
  case malformedDecimal(String)
  /// A quantity that must not be negative is.
  case negative(what: String, value: String)
  /// A `Double` that is not finite or too large to be rounded into units.
  case notRepresentable(what: String, value: String)
  /// A call inside `aggregate3` reverted although its answer is needed.
  case readFailed(what: String, revert: String)
  /// The number of answers is not the number of reads.
  case answerCount(what: String, expected: Int, actual: Int)
  /// A contract answered something that cannot be true or cannot be used.
  case implausible(what: String, value: String)
  /// The venue cannot carry out the action; the text says why and what to change.
  case cannotPlace(String)
  /// The state handed in was not read by this venue.
  case foreignState(venue: String)
  /// A call that this account could not have written.
  case notUnwrappable(String)
  /// An address book, or an entry asked of it, is wrong.
  case addressBook(String)

  package var description: String {
    switch self {
    case .ethereum(let error): "\(error)"
    case .malformedDecimal(let text):
      "\"\(text)\" is not a decimal number with at most 18 decimal places; write it like 1.25"
    case .negative(let what, let value): "\(what) is \(value) and must not be negative"
    case .notRepresentable(let what, let value): "\(what) is \(value), which cannot be held in 18 decimal places"
    case .readFailed(let what, let revert):
      "reading \(what) reverted: \(revert); check the address and that the contract exists on this chain"
    case .answerCount(let what, let expected, let actual):
      "\(what): \(expected) answers expected, \(actual) received"
    case .implausible(let what, let value): "\(what) answered \(value), which cannot be right; check the address"
    case .cannotPlace(let text): text
    case .foreignState(let venue): "the state was not read by venue \(venue); read it again through this venue"
    case .notUnwrappable(let text): "the call does not have this account's form: \(text)"
    case .addressBook(let text): "address book: \(text)"
    }
  }

  /// Runs `body`, carrying an error of the ground floor over the module's border.
  package static func wrapping<T>(_ body: () throws(EthereumError) -> T) throws(ContractsError) -> T {
    do {
      return try body()
    } catch {
      throw .ethereum(error)
    }
  }
}
