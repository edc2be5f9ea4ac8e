import Contracts
import Decision
import Ethereum
import Outbox

/// A simulated proposal, and the gas limit it would be signed with.
struct SimulatedProposal {
  let simulation: Simulation
  let gasLimit: UInt64
}

extension Watch {
  /// Runs the exact call at the observed head from the keeper's address, with the venue's state read after it, in one
  /// exchange (see `PostStateCall`). The gas estimate in the same exchange is the revert check where a node takes no
  /// overrides.
  mutating func simulate(_ proposal: Proposal, seen: Seen) throws(WatchFailure) -> SimulatedProposal {
    do {
      return try rehearse(proposal, seen)
    } catch {
      throw WatchFailure(error)
    }
  }

  private mutating func rehearse(_ proposal: Proposal, _ seen: Seen) throws -> SimulatedProposal {
    let at = BlockReference.hash(seen.look.head.hash)
    var batch = Batch()
    let postCall = try PostStateCall(proposal.call, seen: seen, keeper: keeper, gasLimit: node.chain.gasLimit)
    let post = postCall.map { batch.ask(.call($0.request, at: at, overrides: $0.overrides)) }
    let estimate = batch.ask(
      .estimateGas(
        CallRequest(
          to: proposal.call.to, data: proposal.call.data, from: keeper, valueWei: proposal.call.valueWei,
          gasPriceWei: seen.look.fees.feeCapWei), at: at))
    let direct = try directCall(proposal.call, seen).map { batch.ask(.call($0, at: at)) }
    let vault = self.vault
    let (outcome, gas, bare) = try node.ask(inTurn: seen.endpoints, batch) { (answers) throws(NodeFailure) in
      (
        try post.map { (place) throws(NodeFailure) in try answers.aggregate(place) }, try answers.gas(estimate),
        try direct.map { (place) throws(NodeFailure) in try answers.outcome(place) }
      )
    }.answer
    let failed = try gas.revert ?? postCall?.revert(outcome)
    guard failed == nil, let units = gas.units else {
      return refused(proposal, .reverted(reason(failed ?? [], bare: bare)), gasUsed: nil)
    }
    let limit = withMargin(units)
    guard limit <= node.chain.gasLimit else {
      let reason = "it needs \(limit) gas with margin, and the configured limit is \(node.chain.gasLimit)"
      return refused(proposal, .reverted(.retryable(reason)), gasUsed: units)
    }
    let state = try postCall?.postState(outcome, vault: vault, now: seen.look.head.timestamp)
    return SimulatedProposal(
      simulation: Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: units, postState: state),
      gasLimit: limit)
  }

  /// Whether a transaction that is about to be signed again would revert at the observed head, at the price it would
  /// pay.
  mutating func wouldRevert(_ transaction: UnsignedTransaction, seen: Seen) throws(WatchFailure) -> Bool {
    do {
      let fees = seen.look.fees
      let price = min(FeeTerms(of: transaction).feeCapWei, try fees.nextBaseFeeWei + FeeTerms(of: transaction).tipWei)
      var batch = Batch()
      let call = CallRequest(
        to: transaction.to, data: transaction.data, from: keeper, valueWei: transaction.valueWei,
        gas: transaction.gasLimit, gasPriceWei: price)
      let place = batch.ask(.call(call, at: .hash(seen.look.head.hash)))
      let outcome = try node.ask(inTurn: seen.endpoints, batch) { (answers) throws(NodeFailure) in
        try answers.outcome(place)
      }.answer
      // What is no revert (no money, a cap below the base fee) says nothing about the call.
      if case .failure(let error) = outcome { return error.isRevert }
      return false
    } catch {
      throw WatchFailure(error)
    }
  }

  /// The inner calls as the vault itself would send them, where the venue can batch them. An account that wraps calls
  /// may hide why they failed (Roles says `ModuleTransactionFailed` and no more); this call tells.
  private func directCall(_ call: Call, _ seen: Seen) throws(ContractsError) -> CallRequest? {
    guard vault.account.holder != keeper, let inner = try vault.venue.batch(try vault.account.unwrap(call)) else {
      return nil
    }
    return CallRequest(
      to: inner.to, data: inner.data, from: vault.account.holder, valueWei: inner.valueWei,
      gasPriceWei: nil)
  }

  /// What the wrapped call's revert means; where the account hides it, with the venue's own words.
  private func reason(_ revert: [UInt8], bare: Result<[UInt8], RPCErrorObject>?) -> FailureClass {
    let reason = vault.account.classify(revert: revert, venueErrors: vault.venue.knownErrors)
    if case .policyDenied = reason { return reason }
    guard case .failure(let error)? = bare, error.isRevert, let data = error.data else { return reason }
    return FailureClass(venueRevert: data, venueErrors: vault.venue.knownErrors)
  }

  private func refused(_ proposal: Proposal, _ outcome: Simulation.Outcome, gasUsed: UInt64?) -> SimulatedProposal {
    SimulatedProposal(
      simulation: Simulation(dataHash: proposal.dataHash, outcome: outcome, gasUsed: gasUsed, postState: nil),
      gasLimit: node.chain.gasLimit)
  }

  private func withMargin(_ units: UInt64) -> UInt64 {
    let (margin, overflow) = units.multipliedReportingOverflow(by: node.chain.gasMarginPercent)
    let (sum, isTooLarge) = units.addingReportingOverflow(margin / 100)
    // An absurd estimate must stay absurd, so that the configured limit refuses it; wrapped around it would be signed.
    return overflow || isTooLarge ? .max : sum
  }
}

extension Answers {
  /// The return data of a call with overrides; nil where the node says that it has none. Any other error is a failure
  /// of this endpoint, since a check that was not made must not pass for one that cannot be made.
  fileprivate func aggregate(_ place: Batch.Place<[UInt8]>) throws(NodeFailure) -> [UInt8]? {
    switch try outcome(place) {
    case .success(let data): return data
    case .failure(let error):
      guard error.meansNoOverrides else { throw .refused(endpoint, method: "eth_call with overrides", error) }
      return nil
    }
  }

  /// An estimate in units, or the revert data of a call that cannot succeed.
  fileprivate func gas(
    _ place: Batch.Place<UInt64>
  ) throws(NodeFailure) -> (units: UInt64?, revert: [UInt8]?) {
    switch try outcome(place) {
    case .success(let units): return (units, nil)
    case .failure(let error):
      guard error.isRevert else { throw .refused(endpoint, method: "eth_estimateGas", error) }
      return (nil, error.data ?? [])
    }
  }
}

extension RPCErrorObject {
  /// Invalid parameters, or words to that effect: nodes without state overrides refuse the third parameter.
  fileprivate var meansNoOverrides: Bool {
    let text = message.lowercased()
    return code == -32_602 || code == -32_601 || text.contains("too many arguments") || text.contains("override")
  }
}

/// The `eth_call` that shows the state after a proposal: to the keeper's own address, where Multicall3's runtime code
/// is put by override, so that the wrapped call and the reads after it run in one aggregate and the inner sender is the
/// keeper itself.
private struct PostStateCall {
  let request: CallRequest
  let overrides: [StateOverride]
  private let reads: VenueReads

  /// nil where it cannot be made: no Multicall3 on the chain, or no readings of the venue.
  init?(_ call: Call, seen: Seen, keeper: Address, gasLimit: UInt64) throws(ContractsError) {
    guard let code = seen.multicallCode, let reads = seen.venueReads else { return nil }
    self.reads = reads
    // The reads need gas beside the call's own; 30 million is a mainnet block of before 2025 and passes every node's
    // cap.
    let gas = gasLimit.addingReportingOverflow(30_000_000).partialValue
    // The upfront fee is checked against the price paid, so the price must be real; then the node asks for the balance
    // to pay it. Whether the keeper can pay its own gas is a guard's matter, so here it is given what it needs.
    let price = seen.look.fees.feeCapWei
    request = CallRequest(
      to: keeper, data: try MulticallBatch.encode(call, then: reads.first + reads.second), from: keeper,
      valueWei: call.valueWei, gas: gas, gasPriceWei: price)
    let affordable: UInt256
    do {
      affordable = try seen.observation.account.keeperBalanceWei + UInt256(gas) * price
    } catch {
      affordable = seen.observation.account.keeperBalanceWei
    }
    overrides = [StateOverride(address: keeper, code: code, balanceWei: affordable)]
  }

  /// The revert data of the wrapped call, where the aggregate ran and says so.
  func revert(_ outcome: [UInt8]??) throws(ContractsError) -> [UInt8]? {
    guard let results = try results(outcome), let first = results.first, !first.success else { return nil }
    return first.data
  }

  /// The venue after the call; nil where the node ignored or refused the override.
  func postState(
    _ outcome: [UInt8]??, vault: VaultSettings, now: UInt64
  ) throws(ContractsError) -> VenueState? {
    guard let results = try results(outcome) else { return nil }
    let first = Array(results.dropFirst().prefix(reads.first.count))
    let second = Array(results.dropFirst(1 + reads.first.count))
    return try vault.venue.state(
      account: vault.account.holder, first: first, second: second, price: reads.price,
      collateralPrice: reads.collateralPrice, now: now)
  }

  /// nil where the node has no overrides: it says so, or ignores them and answers what an account without code does.
  private func results(_ outcome: [UInt8]??) throws(ContractsError) -> [ReadResult]? {
    guard let data = outcome ?? nil, !data.isEmpty else { return nil }
    return try MulticallBatch.decode(data, count: 1 + reads.first.count + reads.second.count)
  }
}
