package import Ethereum

extension SigningPolicy {
  /// Largest data of a transaction: what geth's pool takes (128 KiB).
  static let dataLimitBytes = 128 << 10
  /// Most calls in one transaction, wrappers included. A hedge is three; a whole book of orders fits.
  static let callLimit = 64
  /// Most wrappers around a call. A router's batch inside of MultiSend inside of Roles is three.
  static let depthLimit = 4

  /// Whether a transaction that `sender` would sign is written in the policy, down to its innermost call.
  ///
  /// A no-op (no value, no data, to the sender itself) is allowed on every chain the policy names, within that chain's
  /// ceilings for no-ops.
  /// - Throws: the first rule that is broken, with its numbers.
  package func check(_ transaction: UnsignedTransaction, from sender: Address) throws(PolicyRefusal) {
    guard let chain = chain(transaction.chainID) else {
      let known = chains.map { "\($0.chainID)" }.joined(separator: ", ")
      throw PolicyRefusal(.chain, found: "\(transaction.chainID)", allowed: known)
    }
    if case .legacy(_, protected: false) = transaction.kind {
      throw PolicyRefusal(.replayable, found: "a legacy transaction without chain id", allowed: "only EIP-155")
    }
    guard let to = transaction.to else {
      throw PolicyRefusal(.creation, found: "no recipient", allowed: "only calls")
    }
    guard transaction.accessList.isEmpty else {
      throw PolicyRefusal(.accessList, found: "\(transaction.accessList.count) entries", allowed: "none")
    }
    guard transaction.data.count <= Self.dataLimitBytes else {
      throw PolicyRefusal(.size, found: "\(transaction.data.count) bytes", allowed: "\(Self.dataLimitBytes)")
    }
    guard to != sender else {
      guard transaction.valueWei == .zero, transaction.data.isEmpty else {
        let found = "\(transaction.valueWei) wei and \(transaction.data.count) bytes"
        throw PolicyRefusal(.selfCall, found: found, allowed: "0 wei and no data")
      }
      return try chain.noOpFees.check(transaction)
    }
    try chain.fees.check(transaction)
    try chain.check(InnerCall(to: to, valueWei: transaction.valueWei, data: transaction.data))
  }
}

extension SigningPolicy.FeeLimits {
  func check(_ transaction: UnsignedTransaction) throws(PolicyRefusal) {
    let capWei = transaction.caps.feeCapWei
    guard capWei <= self.capWei else {
      throw PolicyRefusal(.feeCap, found: "\(capWei) wei", allowed: "\(self.capWei) wei")
    }
    // A tip above the cap is no valid transaction; it is refused again by the encoder.
    guard transaction.caps.tipWei <= self.capWei else {
      throw PolicyRefusal(.feeCap, found: "a tip of \(transaction.caps.tipWei) wei", allowed: "\(self.capWei) wei")
    }
    let (costWei, overflow) = UInt256(transaction.gasLimit).multipliedReportingOverflow(by: capWei)
    guard !overflow, costWei <= transactionWei else {
      let found = overflow ? "more than 256 bits" : "\(costWei) wei"
      throw PolicyRefusal(.fee, found: found, allowed: "\(transactionWei) wei")
    }
  }
}

extension SigningPolicy.Chain {
  /// Finds whose calls the transaction carries, and judges each.
  fileprivate func check(_ call: InnerCall) throws(PolicyRefusal) {
    var paths: [(SigningPolicy.RolesPath, SigningPolicy.Account)] = []
    for account in accounts {
      if case .roles(let path) = account.executor, path.modifier == call.to { paths.append((path, account)) }
    }
    guard paths.isEmpty else { return try check(call, through: paths) }
    guard let own = accounts.first(where: { $0.executor == .key }) else {
      let allowed = accounts.map { $0.executor.identity }.joined(separator: ", ")
      throw PolicyRefusal(.target, found: "\(call.to)", allowed: allowed.isEmpty ? "only no-ops" : allowed)
    }
    var walk = PolicyWalk(own)
    try walk.judge(call, place: [], depth: 0)
  }

  private func check(
    _ call: InnerCall, through paths: [(SigningPolicy.RolesPath, SigningPolicy.Account)]
  ) throws(PolicyRefusal) {
    guard call.valueWei == .zero else {
      throw PolicyRefusal(.role, found: "\(call.valueWei) wei to the modifier", allowed: "0 wei")
    }
    guard call.data.starts(with: Wrappers.roleCall.selector) else {
      let selector = Array(call.data.prefix(4))
      throw PolicyRefusal(
        Wrappers.isForbidden(selector) ? .wrapper : .selector,
        found: Wrappers.name(of: selector) ?? Hex.encode(selector), allowed: Wrappers.roleCall.signature)
    }
    let role: RoleCall
    do { role = try RoleCall(call.data) } catch {
      throw PolicyRefusal(.encoding, found: Excerpt.of(error.description), allowed: Wrappers.roleCall.signature)
    }
    guard let (path, account) = paths.first(where: { $0.0.roleKey == role.roleKey }) else {
      let allowed = paths.map { "\($0.0.roleKey)" }.joined(separator: ", ")
      throw PolicyRefusal(.role, found: "\(role.roleKey)", allowed: allowed)
    }
    guard role.shouldRevert else {
      throw PolicyRefusal(.hiddenFailure, found: "shouldRevert false", allowed: "true")
    }
    var walk = PolicyWalk(account)
    if role.operation == .zero {
      guard role.inner.to != path.multiSend else {
        throw PolicyRefusal(.delegatecall, at: [1], found: "a call of MultiSend", allowed: "only its delegatecall")
      }
      return try walk.judge(role.inner, place: [1], depth: 1)
    }
    guard role.operation == .one, let multiSend = path.multiSend, role.inner.to == multiSend,
      role.inner.valueWei == .zero
    else {
      let found = "operation \(role.operation) on \(role.inner.to) with \(role.inner.valueWei) wei"
      let allowed = path.multiSend.map { "a delegatecall of \($0) with 0 wei" } ?? "no delegatecall"
      throw PolicyRefusal(.delegatecall, at: [1], found: found, allowed: allowed)
    }
    try walk.judge(multiSend: role.inner.data, place: [1], depth: 1)
  }
}

/// Goes through the calls of one transaction, counting them and what they carry.
struct PolicyWalk {
  private let account: SigningPolicy.Account
  private var count = 0
  private var valueWei = UInt256.zero

  init(_ account: SigningPolicy.Account) { self.account = account }

  /// - Parameter place: number inside each wrapper, for the refusal; `depth` of them are around the call.
  mutating func judge(_ call: InnerCall, place: [Int], depth: Int) throws(PolicyRefusal) {
    try enter(place, depth)
    let (sum, overflow) = valueWei.addingReportingOverflow(call.valueWei)
    guard !overflow, sum <= account.valueCeilingWei else {
      throw PolicyRefusal(
        .transactionValue, at: place, found: overflow ? "more than 256 bits" : "\(sum) wei",
        allowed: "\(account.valueCeilingWei) wei")
    }
    valueWei = sum
    guard let target = account.target(call.to) else {
      let allowed = account.targets.map { "\($0.name) \($0.address)" }.joined(separator: ", ")
      throw PolicyRefusal(.target, at: place, found: "\(call.to)", allowed: allowed.isEmpty ? "none" : allowed)
    }
    let selector = Array(call.data.prefix(4))
    let entries = target.functions.filter { $0.selector == selector }
    guard let first = entries.first else {
      if let wrapper = Wrappers.name(of: selector) {
        throw PolicyRefusal(.wrapper, at: place, found: wrapper, allowed: "none")
      }
      let allowed = target.functions.map(\.abi.name).joined(separator: ", ")
      let found = selector.isEmpty ? "no data" : Hex.encode(selector)
      throw PolicyRefusal(.selector, at: place, found: "\(found) of \(target.name)", allowed: allowed)
    }
    let arguments = try decode(call.data, first.abi, place)
    guard !first.isBatch else {
      try first.check(call.valueWei, place)
      return try judge(batch: arguments, of: call.to, place: place, depth: depth)
    }
    try judge(arguments, call.valueWei, first, entries.dropFirst(), place)
  }

  /// Any entry that allows the call is enough; the first one's refusal is told, since most functions have one.
  private func judge(
    _ arguments: [ABIValue], _ valueWei: UInt256, _ first: SigningPolicy.Function,
    _ others: ArraySlice<SigningPolicy.Function>, _ place: [Int]
  ) throws(PolicyRefusal) {
    do {
      try first.check(valueWei, place)
      try first.check(arguments, place)
    } catch {
      let isAllowed = others.contains { $0.allows(arguments, valueWei) }
      guard isAllowed else { throw error }
    }
  }

  /// The list inside of MultiSend.
  mutating func judge(multiSend data: [UInt8], place: [Int], depth: Int) throws(PolicyRefusal) {
    try enter(place, depth)
    let values = try decode(data, Wrappers.multiSend, place)
    guard case .bytes(let packed)? = values.first else {
      throw PolicyRefusal(.encoding, at: place, found: "no list", allowed: Wrappers.multiSend.signature)
    }
    let calls: [InnerCall]
    do { calls = try MultiSendList.read(packed, limit: SigningPolicy.callLimit) } catch {
      switch error {
      case .cutShort(let call):
        throw PolicyRefusal(.encoding, at: place + [call], found: "a call cut short", allowed: "whole calls")
      case .operation(let operation, let call):
        throw PolicyRefusal(.delegatecall, at: place + [call], found: "operation \(operation)", allowed: "0, a call")
      case .tooMany:
        throw PolicyRefusal(
          .calls, at: place, found: "more than \(SigningPolicy.callLimit)", allowed: "\(SigningPolicy.callLimit)")
      }
    }
    guard !calls.isEmpty else { throw PolicyRefusal(.emptyBatch, at: place, found: "none", allowed: "one or more") }
    for (index, call) in calls.enumerated() { try judge(call, place: place + [index + 1], depth: depth + 1) }
  }

  /// The list inside of a contract's own `multicall`: calls to itself by the same sender. What value there is was
  /// counted with the list.
  private mutating func judge(
    batch arguments: [ABIValue], of contract: Address, place: [Int], depth: Int
  ) throws(PolicyRefusal) {
    guard case .array(let elements)? = arguments.first, !elements.isEmpty else {
      throw PolicyRefusal(.emptyBatch, at: place, found: "none", allowed: "one or more")
    }
    for (index, element) in elements.enumerated() {
      let place = place + [index + 1]
      guard case .bytes(let data) = element else {
        throw PolicyRefusal(.encoding, at: place, found: "no bytes", allowed: Wrappers.batch.signature)
      }
      try judge(InnerCall(to: contract, valueWei: .zero, data: data), place: place, depth: depth + 1)
    }
  }

  private mutating func enter(_ place: [Int], _ depth: Int) throws(PolicyRefusal) {
    guard depth <= SigningPolicy.depthLimit else {
      throw PolicyRefusal(.depth, at: place, found: "\(depth)", allowed: "\(SigningPolicy.depthLimit)")
    }
    count += 1
    guard count <= SigningPolicy.callLimit else {
      throw PolicyRefusal(.calls, at: place, found: "\(count)", allowed: "\(SigningPolicy.callLimit)")
    }
  }

  private func decode(_ data: [UInt8], _ abi: ABIFunction, _ place: [Int]) throws(PolicyRefusal) -> [ABIValue] {
    do { return try abi.decodeCall(data, limits: .canonical) } catch {
      throw PolicyRefusal(.encoding, at: place, found: Excerpt.of(error.description), allowed: abi.signature)
    }
  }
}

extension SigningPolicy.Function {
  fileprivate func allows(_ arguments: [ABIValue], _ valueWei: UInt256) -> Bool {
    valueWei <= valueCeilingWei && rules.allSatisfy { $0.violation(in: arguments) == nil }
  }

  fileprivate func check(_ valueWei: UInt256, _ place: [Int]) throws(PolicyRefusal) {
    guard valueWei <= valueCeilingWei else {
      let found = "\(valueWei) wei with \(abi.name)"
      throw PolicyRefusal(.callValue, at: place, found: found, allowed: "\(valueCeilingWei) wei")
    }
  }

  fileprivate func check(_ arguments: [ABIValue], _ place: [Int]) throws(PolicyRefusal) {
    for rule in rules {
      guard let found = rule.violation(in: arguments) else { continue }
      throw PolicyRefusal(
        .argument, at: place, found: "\(Excerpt.of(found)) as argument \(rule.pathText) of \(abi.name)",
        allowed: Excerpt.of(rule.allowed))
    }
  }
}
