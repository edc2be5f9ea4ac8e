import Ethereum

/// A Safe with the Roles modifier, scoped as the dev chain scopes it: through MultiSendCallOnly or alone, `sendWnt` and
/// `sendTokens` to the order vault, `createOrder` in the one market for the Safe itself, `updateOrder`, `cancelOrder`,
/// and `claimFundingFees` to the Safe.
extension ContractMachine {
  mutating func safe(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .isModuleEnabled:
      try charge(Gas.read)
      return WordWriter.one(try arguments.address(0) == modifierHere && rolesHere.isModuleEnabled)
    case .execTransactionFromModule:
      return WordWriter.one(
        try executeFromModule(
          frame.sender, to: arguments.address(0), value: arguments.uint(1), data: arguments.content(2),
          operation: arguments.uint8(3)))
    case .nonce: return WordWriter.one(UInt256.zero)
    case .getThreshold: return WordWriter.one(UInt256.one)
    case .version: return text("1.4.1")
    case .getOwners:
      var writer = WordWriter(words: 3)
      writer.count(32)
      writer.count(1)
      writer.address(addresses.safeOwner)
      return writer.bytes
    default: throw Revert.empty
    }
  }

  /// Runs a module's call in the Safe. What fails inside is undone and told by false, and why is lost.
  private mutating func executeFromModule(
    _ module: Address, to: Address, value: UInt256, data: CallData, operation: UInt8
  ) throws -> Bool {
    try charge(Gas.safeExecution)
    guard operation <= 1 else { throw Revert.empty }
    logModuleTransaction(module, to: to, value: value, data: data, operation: operation)
    guard module == modifierHere, rolesHere.isModuleEnabled else { throw Revert(text: "GS104") }
    let safe = safeHere
    let result =
      operation == 0
      ? try attempt(from: safe, to: to, value: value, data: data)
      : try attempt { (machine) in
        guard let kind = try machine.kind(at: to) else { return [] }
        return try machine.dispatch(kind, Frame(sender: module, this: safe, value: .zero, data: data))
      }
    log(
      safe,
      [result.succeeded ? Topic.executionFromModuleSuccess : Topic.executionFromModuleFailure, Bytes32(module.word)],
      [])
    return result.succeeded
  }

  /// SafeL2 tells of a module's transaction before it runs.
  private mutating func logModuleTransaction(
    _ module: Address, to: Address, value: UInt256, data: CallData, operation: UInt8
  ) {
    var writer = WordWriter(words: 8 + data.count / 32)
    writer.address(module)
    writer.address(to)
    writer.uint(value)
    writer.count(5 * 32)
    writer.count(Int(operation))
    writer.content(data.array)
    log(safeHere, [Topic.safeModuleTransaction], writer.bytes)
  }

  /// MultiSendCallOnly: calls packed one behind the other, made in the name of whoever delegates here.
  mutating func multiSend(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    guard selector == .multiSend else { throw Revert.empty }
    let packed = try frame.data.arguments.content(0)
    var at = 0
    while at < packed.count {
      let part = try PackedCall(packed, at: at)
      guard part.operation == 0 else { throw Revert.empty }
      _ = try call(from: frame.this, to: part.to, value: part.value, data: part.data)
      at = part.end
    }
    return []
  }
}

/// One call of a packed list: operation (1 byte), target (20), value (32), length (32), data.
struct PackedCall {
  let operation: UInt8
  let to: Address
  let value: UInt256
  let data: CallData
  let end: Int

  private static let headLength = 1 + 20 + 32 + 32

  init(_ packed: CallData, at offset: Int) throws {
    guard packed.count - offset >= Self.headLength else { throw Revert(RolesError.malformedBody) }
    operation = try packed.byte(offset)
    to = Address(word: try packed.word(at: offset + 1) >> 96)
    value = try packed.word(at: offset + 21)
    let start = offset + Self.headLength
    guard let length = try packed.word(at: offset + 53).asInt, length <= packed.count - start else {
      throw Revert(RolesError.malformedBody)
    }
    data = try packed.slice(start, length)
    end = start + length
  }
}

// MARK: - Roles

/// Why the modifier refuses, by its numbers.
private enum RolesStatus: UInt8 {
  case targetAddressNotAllowed = 2
  case functionNotAllowed = 3
  case sendNotAllowed = 4
  case orViolation = 5
  case parameterNotAllowed = 7
  case etherAllowanceExceeded = 19
}

extension ContractMachine {
  mutating func roles(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .execTransactionWithRole: return WordWriter.one(try executeWithRole(arguments, frame))
    case .avatar, .target, .owner: return WordWriter.one(safeHere)
    case .isModuleEnabled:
      return WordWriter.one(try arguments.address(0) == plan.keeper && rolesHere.isKeeperEnabled)
    case .allowances:
      let isHere = try arguments.bytes32(0) == Self.feeAllowanceKey
      var writer = WordWriter(words: 5)
      writer.uint(isHere ? plan.feeAllowanceWei : .zero)
      writer.uint(isHere ? plan.feeAllowanceWei : .zero)
      writer.count(isHere ? Int(Self.allowancePeriod) : 0)
      writer.uint(isHere ? rolesHere.allowance : .zero)
      writer.uint(isHere ? UInt256(rolesHere.allowanceSince) : .zero)
      return writer.bytes
    default: throw Revert.empty
    }
  }

  private mutating func executeWithRole(_ arguments: CallData, _ frame: Frame) throws -> Bool {
    let (to, value, operation) = (try arguments.address(0), try arguments.uint(1), try arguments.uint8(3))
    let (data, role) = (try arguments.content(2), try arguments.bytes32(4))
    let shouldRevert = try arguments.bool(5)
    guard frame.value == .zero else { throw Revert.empty }
    guard frame.sender == plan.keeper, rolesHere.isKeeperEnabled else {
      throw Revert(RolesError.notAuthorized, .address(frame.sender))
    }
    guard role == plan.roleKey, role != .zero, rolesHere.isKeeperMember else {
      throw Revert(RolesError.noMembership)
    }
    try authorize(to: to, value: value, data: data, operation: operation)
    try charge(Gas.call)
    let succeeded = try executeFromModule(
      modifierHere, to: to, value: value, data: data, operation: operation)
    // What the inner call said is lost here, as it is in the real modifier.
    if shouldRevert, !succeeded { throw Revert(RolesError.moduleTransactionFailed) }
    return succeeded
  }

  /// Judges every call before any of them runs, and takes their allowances.
  private mutating func authorize(to: Address, value: UInt256, data: CallData, operation: UInt8) throws {
    guard to == addresses.multiSend, data.selector == Selector.multiSend.rawValue else {
      try check(to: to, value: value, data: data, operation: operation)
      return
    }
    guard value == .zero, operation == 1 else { throw Revert(RolesError.unsupportedMode) }
    let body = data.arguments
    guard body.count >= 64, try body.word(at: 0) == 32, let length = try body.word(at: 32).asInt,
      length <= body.count - 64
    else { throw Revert(RolesError.malformedHeader) }
    let packed = try body.slice(64, length)
    var at = 0
    while at < packed.count {
      let part = try PackedCall(packed, at: at)
      try check(to: part.to, value: part.value, data: part.data, operation: part.operation)
      at = part.end
    }
  }

  private func violation(_ status: RolesStatus, _ info: Bytes32 = .zero) -> Revert {
    Revert(RolesError.conditionViolation, .uint(UInt256(UInt64(status.rawValue))), .bytes32(info))
  }

  private mutating func check(to: Address, value: UInt256, data: CallData, operation: UInt8) throws {
    try charge(Gas.roleCheck)
    guard data.isEmpty || data.count >= 4 else { throw Revert(RolesError.signatureTooShort) }
    guard to == addresses.exchangeRouter else { throw violation(.targetAddressNotAllowed) }
    let number = data.selector ?? 0
    guard let selector = Selector(rawValue: number), Self.scoped.contains(selector) else {
      throw violation(.functionNotAllowed, Bytes32(UInt256(UInt64(number)) << 224))
    }
    // Only sendWnt may carry native currency, and none may be a delegatecall (status 1 of the modifier).
    if value != .zero, selector != .sendWnt { throw violation(.sendNotAllowed) }
    if operation == 1 {
      throw Revert(RolesError.conditionViolation, .uint(1), .bytes32(.zero))
    }
    do {
      try checkParameters(selector, data.arguments, value: value)
    } catch {
      // A word that is not there is out of the modifier's bounds.
      throw error as? Revert == .empty ? Revert(RolesError.calldataOutOfBounds) : error
    }
  }

  private static let scoped: [Selector] = [
    .sendWnt, .sendTokens, .createOrder, .updateOrder, .cancelOrder, .claimFundingFees,
  ]

  private mutating func checkParameters(_ selector: Selector, _ arguments: CallData, value: UInt256) throws {
    func require(_ isAllowed: Bool, _ status: RolesStatus = .parameterNotAllowed) throws {
      guard isAllowed else { throw violation(status) }
    }
    let safe = safeHere.word
    switch selector {
    case .sendWnt:
      try require(arguments.uint(0) == addresses.orderVault.word)
      try takeFeeAllowance(value)
    case .sendTokens:
      let token = try arguments.uint(0)
      try require(
        token == addresses.quoteToken.word || token == addresses.wrappedNative.word, .orViolation)
      try require(arguments.uint(1) == addresses.orderVault.word)
    case .createOrder:
      let request = try arguments.tail(0).tail(0)
      try require(request.uint(0) == safe)
      let cancellation = try request.uint(1)
      try require(cancellation == safe || cancellation == .zero, .orViolation)
      try require(request.uint(2) == .zero)
      try require(request.uint(3) == .zero)
      try require(request.uint(4) == addresses.market.word)
    case .claimFundingFees: try require(arguments.uint(2) == safe)
    default: break
    }
  }

  // MARK: - Allowance

  /// The dev chain's key for it.
  static let feeAllowanceKey = Keccak256.hash(utf8: "execution fees of a day")
  private static let allowancePeriod: UInt64 = 86_400

  /// Wei of execution fees: a balance that is full again after each whole day.
  private mutating func takeFeeAllowance(_ wei: UInt256) throws {
    var (balance, since) = (rolesHere.allowance, rolesHere.allowanceSince)
    if block.timestamp >= since + Self.allowancePeriod {
      let days = (block.timestamp - since) / Self.allowancePeriod
      if balance < plan.feeAllowanceWei { balance = plan.feeAllowanceWei }
      since += days * Self.allowancePeriod
    }
    guard balance >= wei else { throw violation(.etherAllowanceExceeded, Self.feeAllowanceKey) }
    rolesHere.allowance = try balance - wei
    rolesHere.allowanceSince = since
    var writer = WordWriter(words: 3)
    writer.bytes32(Self.feeAllowanceKey)
    writer.uint(wei)
    writer.uint(rolesHere.allowance)
    log(modifierHere, [Topic.consumeAllowance], writer.bytes)
  }
}
