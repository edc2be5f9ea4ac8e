package import Ethereum

/// A Safe 1.4.1 whose keeper acts through a Zodiac Roles v2.1 modifier: every transaction of the keeper is
/// `execTransactionWithRole`, and Roles checks target, function and parameters before the Safe does anything.
///
/// Several calls go as one MultiSendCallOnly by delegatecall, which Roles takes apart by its unwrapper; it authorises
/// all before the first is executed. They run in the Safe, so their native value comes out of the Safe's balance and
/// the keeper's transaction carries none.
package struct SafeRolesAccount: Account {
  package let safe: Address
  package let roles: Address
  package let roleKey: Bytes32
  /// MultiSendCallOnly.
  package let multiSend: Address
  let multicall: Address

  package init(
    safe: Address, roles: Address, roleKey: Bytes32, multiSend: Address,
    multicall: Address = MulticallBatch.canonicalAddress
  ) {
    self.safe = safe
    self.roles = roles
    self.roleKey = roleKey
    self.multiSend = multiSend
    self.multicall = multicall
  }

  package var name: String { "safe-roles" }
  package var holder: Address { safe }
  package var contracts: [(name: String, address: Address)] {
    [("Safe", safe), ("Roles", roles), ("MultiSendCallOnly", multiSend)]
  }
  package var knownErrors: [ABIErrorType] { ZodiacRoles.errors }

  // MARK: - Calls

  package func wrap(_ calls: [Call]) throws(ContractsError) -> Call {
    guard let first = calls.first else { throw .cannotPlace("there is no call to make") }
    if calls.count == 1 { return try execute(first, operation: .zero) }
    let packed = try MultiSend.MultiSend(transactions: MultiSendPacking.pack(calls)).encoded()
    let label = calls.map(\.label).joined(separator: " + ")
    return try execute(Call(to: multiSend, valueWei: .zero, data: packed, label: label), operation: .one)
  }

  private func execute(_ call: Call, operation: UInt256) throws(ContractsError) -> Call {
    let data = try ZodiacRoles.ExecTransactionWithRole(
      to: call.to, value: call.valueWei, data: call.data, operation: operation, roleKey: roleKey, shouldRevert: true
    ).encoded()
    return Call(to: roles, valueWei: .zero, data: data, label: "Roles.execTransactionWithRole(\(call.label))")
  }

  package func unwrap(_ call: Call) throws(ContractsError) -> [Call] {
    guard call.to == roles else { throw .notUnwrappable("it goes to \(call.to), not to the Roles modifier \(roles)") }
    guard call.valueWei == .zero else { throw .notUnwrappable("it carries native value") }
    guard ZodiacRoles.ExecTransactionWithRole.matches(call.data) else {
      throw .notUnwrappable("it is not execTransactionWithRole")
    }
    let outer = try ZodiacRoles.ExecTransactionWithRole.decodeCall(call.data)
    guard outer.roleKey == roleKey else { throw .notUnwrappable("it names another role, \(outer.roleKey)") }
    guard outer.shouldRevert else { throw .notUnwrappable("it would hide a failure (shouldRevert is false)") }
    let calls: [Call]
    if outer.operation == .zero {
      guard outer.to != multiSend else { throw .notUnwrappable("MultiSendCallOnly is called, not delegatecalled") }
      calls = [Call(to: outer.to, valueWei: outer.value, data: outer.data, label: "")]
    } else {
      guard outer.operation == .one, outer.to == multiSend, outer.value == .zero else {
        throw .notUnwrappable("it delegatecalls \(outer.to), not MultiSendCallOnly \(multiSend)")
      }
      calls = try MultiSendPacking.unpack(MultiSend.MultiSend.decodeCall(outer.data).transactions)
    }
    // Nothing may hide in padding or in a form that `wrap` does not write.
    guard try wrap(calls).data == call.data else { throw .notUnwrappable("its encoding is not canonical") }
    return calls
  }

  // MARK: - Reading

  package func reads(keeper: Address) throws(ContractsError) -> [Read] {
    [
      try Safe.IsModuleEnabled(module: roles).read(at: safe),
      try MulticallBatch.balance(of: safe, multicall: multicall),
      try MulticallBatch.balance(of: keeper, multicall: multicall),
    ]
  }

  package func reading(_ results: [ReadResult]) throws(ContractsError) -> AccountReading {
    guard results.count == 3 else { throw .answerCount(what: "Safe \(safe)", expected: 3, actual: results.count) }
    return AccountReading(
      isEnabled: try Safe.IsModuleEnabled.output(of: results[0], "isModuleEnabled of Safe \(safe)"),
      holderBalanceWei: try Multicall3.GetEthBalance.output(of: results[1], "native balance of Safe \(safe)"),
      keeperBalanceWei: try Multicall3.GetEthBalance.output(of: results[2], "native balance of the keeper"))
  }

  // MARK: - Role

  /// A call without data and value to the zero address: no sensible role allows it, and it moves nothing if one does.
  /// Roles checks membership before it looks at the target, so the error tells.
  package func probe() throws(ContractsError) -> Call? {
    try execute(Call(to: .zero, valueWei: .zero, data: [], label: "probe"), operation: .zero)
  }

  package func isRoleHeld(probeRevert revert: [UInt8]?) -> Bool {
    guard let revert else { return true }
    guard case .custom(let name, _) = RevertReason.decode(revert, known: knownErrors) else { return false }
    return name == "ConditionViolation"
  }

  package func classify(revert: [UInt8], venueErrors: [ABIErrorType]) -> FailureClass {
    switch RevertReason.decode(revert, known: knownErrors) {
    case .custom("ConditionViolation", let values):
      guard case .uint(let status)? = values.first, case .fixedBytes(let bytes)? = values.last else { break }
      do {
        let info = try Bytes32(bytes: bytes)
        return .policyDenied("ConditionViolation: \(RolesStatus.describe(status: status, info: info))")
      } catch {
        return .policyDenied("ConditionViolation: \(status)")
      }
    case .custom("NotAuthorized", _): return .policyDenied("NotAuthorized: Roles does not know the keeper as a module")
    case .custom("NoMembership", _): return .policyDenied("NoMembership: the keeper does not hold role \(roleKey)")
    case .custom("ModuleTransactionFailed", _): return .venueRefused("ModuleTransactionFailed: an inner call failed")
    case .custom(let name, _): return .policyDenied("\(name): Roles could not read the call")
    default: break
    }
    return FailureClass(venueRevert: revert, venueErrors: venueErrors)
  }
}
