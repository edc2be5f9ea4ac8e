/// Why ABI types, values or data do not agree. Offsets count bytes from the start of the data handed in.
package enum ABIFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case type(text: String, reason: String)
  case valueMismatch(type: String, value: String)
  case count(what: String, expected: Int, found: Int)
  case outOfBounds(type: String, offset: Int, needed: Int, available: Int)
  /// A word with bits set that its type does not have: an address above 160 bits, a boolean of 2, a wrong sign.
  case dirtyWord(type: String, offset: Int, word: Bytes32)
  case notUTF8(offset: Int)
  case tooManyElements(limit: Int)
  case tooManyBytes(limit: Int)
  case tooDeep(limit: Int)
  case notCanonical
  case selector(expected: [UInt8], found: [UInt8])
  case event(name: String, reason: String)
  case interface(reason: String)

  package var description: String {
    switch self {
    case .type(let text, let reason): "ABI type \"\(Excerpt.of(text))\": \(reason)"
    case .valueMismatch(let type, let value): "ABI: \(Excerpt.of(value)) is not a value of \(Excerpt.of(type))"
    case .count(let what, let expected, let found): "ABI: \(what): expected \(expected), found \(found)"
    case .outOfBounds(let type, let offset, let needed, let available):
      "ABI: \(Excerpt.of(type)) at byte \(offset) needs \(needed) bytes, the data has \(available)"
    case .dirtyWord(let type, let offset, let word): "ABI: word \(word) at byte \(offset) is no \(Excerpt.of(type))"
    case .notUTF8(let offset): "ABI: string at byte \(offset) is not UTF-8"
    case .tooManyElements(let limit): "ABI: data decodes to more than \(limit) elements"
    case .tooManyBytes(let limit): "ABI: data decodes to more than \(limit) bytes"
    case .tooDeep(let limit): "ABI: nested deeper than \(limit) levels"
    case .notCanonical: "ABI: data is not what encoding its values gives"
    case .selector(let expected, let found):
      "ABI: data begins with \(Hex.encode(found)), expected selector \(Hex.encode(expected))"
    case .event(let name, let reason): "ABI: event \(Excerpt.of(name)): \(reason)"
    case .interface(let reason): "ABI: interface: \(Excerpt.of(reason))"
    }
  }
}
