package import Ethereum

/// The keeper's own address is the vault: calls go out as they are, several as the venue's own batch.
package struct EOAAccount: Account {
  package let holder: Address
  private let batcher: any CallBatching
  let multicall: Address

  package init(
    holder: Address, batcher: any CallBatching, multicall: Address = MulticallBatch.canonicalAddress
  ) {
    self.holder = holder
    self.batcher = batcher
    self.multicall = multicall
  }

  package var name: String { "eoa" }
  package var contracts: [(name: String, address: Address)] { [] }
  package var knownErrors: [ABIErrorType] { [] }

  package func wrap(_ calls: [Call]) throws(ContractsError) -> Call {
    guard let first = calls.first else { throw .cannotPlace("there is no call to make") }
    if calls.count == 1 { return first }
    guard let batch = try batcher.batch(calls) else {
      throw .cannotPlace(
        "an externally owned account cannot make \(calls.count) calls atomically unless one contract batches them")
    }
    return batch
  }

  /// The call itself: what a batch holds is the venue's to describe.
  package func unwrap(_ call: Call) throws(ContractsError) -> [Call] { [call] }

  package func reads(keeper: Address) throws(ContractsError) -> [Read] {
    [try MulticallBatch.balance(of: holder, multicall: multicall)]
  }

  package func reading(_ results: [ReadResult]) throws(ContractsError) -> AccountReading {
    guard let result = results.first, results.count == 1 else {
      throw .answerCount(what: "account \(holder)", expected: 1, actual: results.count)
    }
    let balance = try Multicall3.GetEthBalance.output(of: result, "native balance of \(holder)")
    return AccountReading(isEnabled: true, holderBalanceWei: balance, keeperBalanceWei: balance)
  }

  package func probe() throws(ContractsError) -> Call? { nil }
  package func isRoleHeld(probeRevert revert: [UInt8]?) -> Bool { true }

  package func classify(revert: [UInt8], venueErrors: [ABIErrorType]) -> FailureClass {
    FailureClass(venueRevert: revert, venueErrors: venueErrors)
  }
}

extension FailureClass {
  /// Revert data that comes from beyond the account: a known error is the venue's refusal, anything else may pass.
  package init(venueRevert revert: [UInt8], venueErrors: [ABIErrorType]) {
    let text = RevertText.describe(revert, known: venueErrors)
    switch RevertReason.decode(revert, known: venueErrors) {
    case .custom, .error: self = .venueRefused(text)
    case .panic, .unknown, .empty: self = .retryable(text)
    }
  }
}
