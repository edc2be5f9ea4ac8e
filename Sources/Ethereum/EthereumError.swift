/// Everything that can go wrong in the language of the chain. Nothing in this module traps on input; it throws this.
///
/// Each case carries the offending values. `description` says what was wrong, where, and what would have been right;
/// excerpts of foreign text in it are bounded and printable ASCII, so it may go into a log as it is.
package enum EthereumError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The exact result of `left operation right` does not fit the type. Operands in decimal.
  case arithmeticOverflow(operation: String, left: String, right: String)
  /// `dividend / 0`, `dividend % 0` or `mulDiv(…, 0)`.
  case divisionByZero(dividend: String)
  /// Text that should be hexadecimal and is not.
  case hex(HexFailure)
  /// Text that should be a number of the named kind and is not.
  case number(kind: String, text: String, reason: String)
  /// A byte string of the wrong length; `what` names the thing, `expected` is in words ("20 bytes").
  case length(what: String, expected: String, found: Int)
  /// A mixed-case address whose capitals are not its EIP-55 checksum.
  case addressChecksum(text: String, expected: String)
  /// Bytes that are not one canonical RLP item.
  case rlp(RLPFailure)
  /// ABI types, values or data that do not agree.
  case abi(ABIFailure)
  /// A transaction that breaks a rule of the protocol; the failure's class has a printable name.
  case transaction(TransactionFailure)
  /// Text that is not JSON, or JSON of another shape than asked for.
  case json(JSONFailure)
  /// An answer that is no proper JSON-RPC answer to what was asked, or the node's own error object.
  case rpc(RPCFailure)
  /// EIP-712 typed data that cannot be hashed.
  case typedData(TypedDataFailure)

  package var description: String {
    switch self {
    case .arithmeticOverflow(let operation, let left, let right):
      "\(left) \(operation) \(right) does not fit 256 bits; check the inputs' units"
    case .divisionByZero(let dividend): "division of \(dividend) by zero; check the divisor before dividing"
    case .hex(let failure): failure.description
    case .number(let kind, let text, let reason): "\"\(Excerpt.of(text))\" is not a \(kind): \(reason)"
    case .length(let what, let expected, let found): "\(what) must be \(expected), found \(found) bytes"
    case .addressChecksum(let text, let expected):
      "address \(Excerpt.of(text)) fails its EIP-55 checksum; if it is the right one, write \(expected)"
    case .rlp(let failure): failure.description
    case .abi(let failure): failure.description
    case .transaction(let failure): failure.description
    case .json(let failure): failure.description
    case .rpc(let failure): failure.description
    case .typedData(let failure): failure.description
    }
  }
}

/// Short printable extracts of foreign text, for error messages.
///
/// Foreign bytes never reach a terminal or a log unfiltered: everything but printable ASCII becomes `.`, and at most
/// `Excerpt.limit` characters are kept.
package enum Excerpt {
  /// Longest extract, in characters. 120 is one line of a terminal: enough to recognise an HTML error page.
  package static let limit = 120

  /// The start of `text`, printable.
  package static func of(_ text: String) -> String { of(utf8: text.utf8) }

  /// The start of `bytes` read as ASCII, printable.
  package static func of(_ bytes: [UInt8]) -> String { of(utf8: bytes) }

  private static func of(utf8 bytes: some Sequence<UInt8>) -> String {
    var kept: [UInt8] = []
    for byte in bytes {
      if kept.count == limit {
        kept += Array("…".utf8)
        break
      }
      let isPrintable = byte >= 0x20 && byte < 0x7f
      kept.append(isPrintable ? byte : UInt8(ascii: "."))
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
