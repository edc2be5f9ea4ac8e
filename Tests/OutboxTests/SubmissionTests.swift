import Ethereum
@testable import Outbox
import Testing

@Suite struct SubmissionTests {
  /// Texts as the clients' sources have them, with the figures they add.
  static let texts: [(code: Int, text: String, expected: Submission)] = [
    // geth, Nitro, op-geth
    (-32_000, "already known", .alreadyKnown),
    (-32_000, "nonce too low: next nonce 12, tx nonce 0", .rejected(.nonceTooLow)),
    (-32_000, "nonce too low: address 0x00aa, tx: 5 state: 6", .rejected(.nonceTooLow)),
    (-32_000, "nonce too high", .rejected(.nonceTooHigh)),
    (-32_000, "replacement transaction underpriced", .rejected(.replacementUnderpriced)),
    (-32_000, "transaction underpriced", .rejected(.underpriced)),
    (-32_000, "transaction underpriced: gas tip cap 0, minimum needed 1", .rejected(.underpriced)),
    (-32_000, "insufficient funds for gas * price + value: balance 0, tx cost 21", .rejected(.insufficientFunds)),
    (-32_000, "intrinsic gas too low: gas 20000, minimum needed 21000", .rejected(.intrinsicGasTooLow)),
    (-32_000, "exceeds block gas limit", .rejected(.gasLimitTooHigh)),
    (
      -32_000, "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 2",
      .rejected(.feeCapBelowBaseFee)
    ),
    (
      -32_000, "max priority fee per gas higher than max fee per gas: address 0x1, maxPriorityFeePerGas: 2",
      .rejected(.tipAboveFeeCap)
    ),
    (-32_000, "tx fee (1.20 ether) exceeds the configured cap (1.00 ether)", .rejected(.feeAboveNodeLimit)),
    (-32_000, "transaction type not supported", .rejected(.typeNotSupported)),
    (-32_000, "invalid chain id for signer: have 1 want 5", .rejected(.wrongChain)),
    (-32_000, "only replay-protected (EIP-155) transactions allowed over RPC", .rejected(.wrongChain)),
    (-32_000, "invalid sender", .rejected(.malformed)),
    (-32_000, "oversized data: transaction size 200000, limit 131072", .rejected(.malformed)),
    (-32_000, "rlp: value size exceeds available input length", .rejected(.malformed)),
    (-32_000, "txpool is full", .rejected(.busy)),
    (-32_000, "transaction from filtered address", .rejected(.senderRefused)),
    (-32_601, "the method eth_sendRawTransaction does not exist/is not available", .rejected(.endpointRefuses)),
    // Nethermind
    (-32_010, "AlreadyKnown", .alreadyKnown),
    (-32_010, "OldNonce, Current nonce: 5, nonce of rejected tx: 4", .rejected(.nonceTooLow)),
    (-32_010, "NonceGap, Future nonce. Expected nonce: 5", .rejected(.nonceTooHigh)),
    (-32_010, "ReplacementNotAllowed", .rejected(.replacementUnderpriced)),
    (-32_010, "FeeTooLow, MaxFeePerGas too low", .rejected(.underpriced)),
    (-32_010, "FeeTooLowToCompete", .rejected(.underpriced)),
    (-32_010, "InsufficientFunds, Balance is 0 less than sending value", .rejected(.insufficientFunds)),
    (-32_010, "GasLimitExceeded, Gas limit: 30000000", .rejected(.gasLimitTooHigh)),
    (-32_010, "SenderIsContract", .rejected(.senderRefused)),
    (-32_010, "NotSupportedTxType", .rejected(.typeNotSupported)),
    // Erigon
    (-32_000, "INTERNAL_ERROR: existing tx with same hash", .alreadyKnown),
    (-32_000, "INTERNAL_ERROR: could not replace existing tx", .rejected(.replacementUnderpriced)),
    (-32_000, "INTERNAL_ERROR: nonce too low", .rejected(.nonceTooLow)),
    (-32_000, "underpriced", .rejected(.underpriced)),
    (-32_000, "fee cap less than block base fee", .rejected(.feeCapBelowBaseFee)),
    (-32_000, "pending sub-pool is full", .rejected(.busy)),
    // Besu: its −32005 is not a gateway's.
    (-32_000, "Known transaction", .alreadyKnown),
    (-32_001, "Nonce too low", .rejected(.nonceTooLow)),
    (-32_003, "Intrinsic gas exceeds gas limit", .rejected(.intrinsicGasTooLow)),
    (-32_004, "Upfront cost exceeds account balance", .rejected(.insufficientFunds)),
    (-32_005, "Transaction gas limit exceeds block gas limit", .rejected(.gasLimitTooHigh)),
    (-32_006, "Transaction nonce is too distant from current sender nonce", .rejected(.nonceTooHigh)),
    (-32_009, "Gas price below configured minimum gas price", .rejected(.underpriced)),
    (-32_000, "Replacement transaction underpriced", .rejected(.replacementUnderpriced)),
    (-32_002, "Invalid signature", .rejected(.malformed)),
    // Gateways
    (-32_005, "daily request count exceeded, request rate limited", .rejected(.busy)),
    (-32_005, "limit exceeded", .rejected(.busy)),
    (429, "Too Many Requests", .rejected(.busy)),
  ]

  @Test(arguments: texts.indices)
  func everyClientsTextIsRead(_ index: Int) {
    let (code, text, expected) = Self.texts[index]
    #expect(Submission.classify(code: code, message: text) == expected, "\(text)")
  }

  @Test func whatIsNotUnderstoodIsNeverAFailure() {
    let strange: [(Int, String)] = [
      (-32_000, ""), (-32_000, "internal error"), (-32_603, "Internal error"), (-32_000, "unknown transaction"),
      (-32_000, "context deadline exceeded"), (-32_602, "invalid params"), (-32_700, "parse error"),
      (0, "EOF"), (-32_000, "could not broadcast to relay"), (3, "execution reverted"),
      (-32_000, String(repeating: "x", count: 100_000)),
    ]
    for (code, text) in strange {
      guard case .maybeAccepted(let why) = Submission.classify(code: code, message: text) else {
        Issue.record("\(code) \(text.prefix(40))")
        continue
      }
      #expect(why.count < 300)
    }
    for status in [200, 204, 301, 408, 500, 502, 503, 504, 599] {
      guard case .maybeAccepted = Submission.classify(httpStatus: status) else {
        Issue.record("\(status)")
        continue
      }
    }
    #expect(Submission.classify(httpStatus: 429) == .rejected(.busy))
    #expect(Submission.classify(httpStatus: 403) == .rejected(.endpointRefuses))
    #expect(Submission.classify(lost: "timeout", sent: true) == .maybeAccepted(why: "timeout"))
    #expect(Submission.classify(lost: "refused", sent: false) == .notSent(why: "refused"))
  }

  @Test func aResultCountsIfItNamesTheHash() {
    let hash = Make.hash("sent")
    #expect(Submission.classify(.result(.string("\(hash)")), sent: hash) == .accepted)
    for other: JSON in [.null, .bool(true), .string("0x"), .string("\(Make.hash("other"))"), .integer(1)] {
      guard case .maybeAccepted = Submission.classify(.result(other), sent: hash) else {
        Issue.record("\(other)")
        continue
      }
    }
  }

  @Test func oneThatTookItOutweighsAllThatDidNot() {
    func strongest(_ submissions: [Submission]) -> Submission? {
      Submission.strongest(of: submissions.map { EndpointAnswer(endpoint: "e", submission: $0) })
    }
    #expect(strongest([]) == nil)
    #expect(strongest([.rejected(.underpriced), .accepted, .maybeAccepted(why: "")]) == .accepted)
    #expect(strongest([.rejected(.malformed), .alreadyKnown]) == .alreadyKnown)
    #expect(strongest([.rejected(.malformed), .maybeAccepted(why: "w")]) == .maybeAccepted(why: "w"))
    #expect(strongest([.rejected(.busy), .rejected(.insufficientFunds)]) == .rejected(.insufficientFunds))
    #expect(strongest([.notSent(why: "a"), .rejected(.busy)]) == .rejected(.busy))
  }
}
