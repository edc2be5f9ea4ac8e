package import Ethereum

/// Reading what nodes say to `eth_sendRawTransaction`.
///
/// There is no standard for it: codes differ and are reused (−32005 is Besu's "gas limit exceeds block's" and a
/// gateway's "too many requests"), so the text decides, in one table, with the clients named. A text that is not in it
/// is never taken for a failure, because orders have been doubled that way.
extension Submission {
  /// The node answered with a result: it took the bytes if it names their hash.
  package static func classify(resultHash: Bytes32?, sent hash: Bytes32) -> Submission {
    guard let resultHash else { return .maybeAccepted(why: "the node answered no transaction hash") }
    guard resultHash == hash else { return .maybeAccepted(why: "the node answered another hash, \(resultHash)") }
    return .accepted
  }

  /// What a node answered to `eth_sendRawTransaction` of bytes with this hash.
  package static func classify(_ outcome: RPCResponse.Outcome, sent hash: Bytes32) -> Submission {
    switch outcome {
    case .error(let object):
      return classify(code: object.code, message: object.message)
    case .result(let json):
      guard let text = json.string else { return classify(resultHash: nil, sent: hash) }
      do { return classify(resultHash: try Bytes32(hex: text), sent: hash) } catch {
        return .maybeAccepted(why: "the node answered \(Excerpt.of(text))")
      }
    }
  }

  /// The node answered with an error object.
  package static func classify(code: Int, message: String) -> Submission {
    let text = Array(message.prefix(KnownPhrase.textLimit).lowercased().utf8)
    for phrase in KnownPhrase.table where phrase.occurs(in: text) { return phrase.meaning }
    // "Method not found": the one code that means the same everywhere.
    if code == -32_601 { return .rejected(.endpointRefuses) }
    return .maybeAccepted(why: "code \(code): \(Excerpt.of(message))")
  }

  /// Something between us and the node answered with an HTTP status and no JSON-RPC.
  package static func classify(httpStatus: Int) -> Submission {
    switch httpStatus {
    case 429: .rejected(.busy)
    // Refused at the door, before the body was read as a request.
    case 401, 402, 403, 404, 405, 407: .rejected(.endpointRefuses)
    case 413: .rejected(.malformed)
    // A gateway that fails may have passed the request on before.
    default: .maybeAccepted(why: "HTTP status \(httpStatus)")
    }
  }

  /// No answer came. `sent` is whether any byte of the request may have left.
  package static func classify(lost why: String, sent: Bool) -> Submission {
    sent ? .maybeAccepted(why: Excerpt.of(why)) : .notSent(why: Excerpt.of(why))
  }
}

/// A phrase of a client's error text, in lower case, and what it means. The first that is contained in the text counts,
/// so longer phrases stand before shorter ones that they contain.
struct KnownPhrase {
  let text: String
  let meaning: Submission

  private init(_ text: String, _ meaning: Submission) {
    self.text = text
    self.meaning = meaning
  }

  private init(_ text: String, _ rejection: Rejection) { self.init(text, .rejected(rejection)) }

  /// As much of an error text as is read. Longer ones are dumps, and their news comes first.
  static let textLimit = 1_024

  /// Whether the phrase stands in `text`, at the beginning of a word: "unknown transaction" is not "known transaction".
  func occurs(in text: [UInt8]) -> Bool {
    let phrase = Array(self.text.utf8)
    guard !phrase.isEmpty, text.count >= phrase.count else { return false }
    for start in 0...(text.count - phrase.count) where text[start] == phrase[0] {
      guard start == 0 || !Self.isLetter(text[start - 1]) else { continue }
      if text[start..<(start + phrase.count)].elementsEqual(phrase) { return true }
    }
    return false
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  /// Clients: G geth (and op-geth, Nitro, the devchain), N Nethermind (old names and new texts), E Erigon, B Besu,
  /// R Reth, P Parity's line, H hosted gateways.
  static let table: [KnownPhrase] = [
    // Success in other words.
    KnownPhrase("already known", .alreadyKnown),  // G E R
    KnownPhrase("alreadyknown", .alreadyKnown),  // N
    KnownPhrase("known transaction", .alreadyKnown),  // B, old G with a hash after it
    KnownPhrase("existing tx with same hash", .alreadyKnown),  // E
    KnownPhrase("already imported", .alreadyKnown),  // P
    KnownPhrase("transaction already in mempool", .alreadyKnown),  // R, H
    KnownPhrase("already in the mempool", .alreadyKnown),  // H

    // Replacement before the other underpriced ones.
    KnownPhrase("replacement transaction underpriced", .replacementUnderpriced),  // G B N R
    KnownPhrase("replacementnotallowed", .replacementUnderpriced),  // N
    KnownPhrase("could not replace existing tx", .replacementUnderpriced),  // E
    KnownPhrase("insufficient gas price to replace", .replacementUnderpriced),  // R
    KnownPhrase("another transaction with same nonce", .replacementUnderpriced),  // P

    // Nonces.
    KnownPhrase("nonce too low", .nonceTooLow),  // G E B R, Nitro with figures after it
    KnownPhrase("nonce is too low", .nonceTooLow),  // P
    KnownPhrase("oldnonce", .nonceTooLow),  // N
    KnownPhrase("nonce has already been used", .nonceTooLow),  // H
    KnownPhrase("below sender account nonce", .nonceTooLow),  // B, block import's text
    KnownPhrase("nonce too high", .nonceTooHigh),  // G B Nitro
    KnownPhrase("noncegap", .nonceTooHigh),  // N
    KnownPhrase("nonce too far in", .nonceTooHigh),  // N
    KnownPhrase("nonce is too distant", .nonceTooHigh),  // B
    KnownPhrase("lower nonce exists", .nonceTooHigh),  // B
    KnownPhrase("future transaction tries to replace pending", .nonceTooHigh),  // G

    // Money.
    KnownPhrase("insufficient funds", .insufficientFunds),  // G E R
    KnownPhrase("insufficientfunds", .insufficientFunds),  // N
    KnownPhrase("upfront cost exceeds account balance", .insufficientFunds),  // B
    KnownPhrase("insufficient balance", .insufficientFunds),  // P, H
    KnownPhrase("insufficient sender balance", .insufficientFunds),  // N
    KnownPhrase("overshot", .insufficientFunds),  // G: pending transactions together exceed the balance

    // Fees.
    KnownPhrase("less than block base fee", .feeCapBelowBaseFee),  // G Nitro R
    KnownPhrase("fee cap less than", .feeCapBelowBaseFee),  // E
    KnownPhrase("max fee per gas less than", .feeCapBelowBaseFee),  // R
    KnownPhrase("higher than max fee per gas", .tipAboveFeeCap),  // G
    KnownPhrase("tip above fee cap", .tipAboveFeeCap),  // E
    KnownPhrase("max priority fee per gas higher than", .tipAboveFeeCap),  // G R
    KnownPhrase("exceeds the configured cap", .feeAboveNodeLimit),  // G: "tx fee (1.20 ether) exceeds the …"
    KnownPhrase("transaction fee cap exceeded", .feeAboveNodeLimit),  // B
    KnownPhrase("feetoolowtocompete", .underpriced),  // N
    KnownPhrase("feetoolow", .underpriced),  // N
    KnownPhrase("fee too low", .underpriced),  // E
    KnownPhrase("gas price too low", .underpriced),  // B
    KnownPhrase("gas price below", .underpriced),  // B
    KnownPhrase("gas tip cap", .underpriced),  // G: "gas tip cap 0, minimum needed 1"
    KnownPhrase("supplied is too low", .underpriced),  // P
    KnownPhrase("underpriced", .underpriced),  // G E N R

    // Gas.
    KnownPhrase("intrinsic gas too low", .intrinsicGasTooLow),  // G E R
    KnownPhrase("intrinsic gas exceeds gas limit", .intrinsicGasTooLow),  // B
    KnownPhrase("gas limit below intrinsic gas", .intrinsicGasTooLow),  // N
    KnownPhrase("floor data gas", .intrinsicGasTooLow),  // G: EIP-7623's floor
    KnownPhrase("transaction gas is too low", .intrinsicGasTooLow),  // P
    KnownPhrase("exceeds block gas limit", .gasLimitTooHigh),  // G E R; B: "Transaction gas limit exceeds block…"
    KnownPhrase("gaslimitexceeded", .gasLimitTooHigh),  // N
    KnownPhrase("gas limit too high", .gasLimitTooHigh),  // G: EIP-7825's cap
    KnownPhrase("gas limit reached", .gasLimitTooHigh),  // N

    // The transaction itself.
    KnownPhrase("transaction type not supported", .typeNotSupported),  // G
    KnownPhrase("type not supported", .typeNotSupported),  // E B
    KnownPhrase("notsupportedtxtype", .typeNotSupported),  // N
    KnownPhrase("unsupported transaction type", .typeNotSupported),  // N R
    KnownPhrase("invalid chain id", .wrongChain),  // G
    KnownPhrase("invalid chainid", .wrongChain),  // N
    KnownPhrase("wrong chain", .wrongChain),  // B
    KnownPhrase("chain id mismatch", .wrongChain),  // R
    KnownPhrase("only replay-protected", .wrongChain),  // G
    KnownPhrase("invalid sender", .malformed),  // G E
    KnownPhrase("invalid signature", .malformed),  // B
    KnownPhrase("failedtoresolvesender", .malformed),  // N
    KnownPhrase("oversized data", .malformed),  // G
    KnownPhrase("rlp:", .malformed),  // G
    KnownPhrase("typed transaction too short", .malformed),  // G
    KnownPhrase("sender is a contract", .senderRefused),  // N
    KnownPhrase("senderiscontract", .senderRefused),  // N
    KnownPhrase("sender not an eoa", .senderRefused),  // G
    KnownPhrase("sender is banned", .senderRefused),  // P
    KnownPhrase("from filtered address", .senderRefused),  // op-geth, Nitro

    // The node.
    KnownPhrase("txpool is full", .busy),  // G
    KnownPhrase("transaction pool is full", .busy),  // E
    KnownPhrase("sub-pool is full", .busy),  // E
    KnownPhrase("in-flight transaction limit", .busy),  // G: delegated accounts
    KnownPhrase("queue full", .busy),  // Nitro
    KnownPhrase("node is syncing", .busy),  // N
    KnownPhrase("rate limit", .busy),  // H
    KnownPhrase("too many requests", .busy),  // H
    KnownPhrase("request limit reached", .busy),  // H
    KnownPhrase("limit exceeded", .busy),  // H
    KnownPhrase("exceeded its compute units", .busy),  // H
    KnownPhrase("does not exist/is not available", .endpointRefuses),  // G, method missing
    KnownPhrase("method not found", .endpointRefuses),  // N B R H
    KnownPhrase("unauthorized", .endpointRefuses),  // H
  ]
}
