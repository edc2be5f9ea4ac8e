import Ethereum
import Testing

@testable import Contracts

@Suite struct AccountTests {
  private let fixture = Fixture.shared
  private let account = SafeRolesAccount(
    safe: Scenario.account, roles: Scenario.roles, roleKey: Scenario.roleKey, multiSend: Scenario.multiSend)

  private func inner() throws -> [Call] {
    let router = Scenario.deployment.exchangeRouter
    return [
      Call(to: router, valueWei: 4_350_000_000_000_000, data: try fixture.call("sendWnt"), label: "a"),
      Call(to: router, valueWei: 0, data: try fixture.call("sendTokens"), label: "b"),
      Call(to: router, valueWei: 0, data: try fixture.call("createMarketShort"), label: "c"),
    ]
  }

  @Test func aBatchIsOneDelegatecallOfMultiSend() throws {
    let call = try account.wrap(inner())
    #expect(call.data == (try fixture.call("withRoleBatch")))
    #expect(call.to == Scenario.roles)
    #expect(call.valueWei == 0, "the Safe pays")
    #expect(call.label == "Roles.execTransactionWithRole(a + b + c)")
  }

  @Test func oneCallGoesDirectly() throws {
    let cancel = Call(
      to: Scenario.deployment.exchangeRouter, valueWei: 0, data: try fixture.call("cancelOrder"), label: "x")
    #expect(try account.wrap([cancel]).data == fixture.call("withRoleSingle"))
    #expect(throws: ContractsError.self) { try account.wrap([]) }
  }

  @Test func unwrapIsTheInverse() throws {
    for calls in [try inner(), Array(try inner().prefix(1)), Array(try inner().prefix(2))] {
      let unwrapped = try account.unwrap(account.wrap(calls))
      #expect(unwrapped.map(\.to) == calls.map(\.to))
      #expect(unwrapped.map(\.valueWei) == calls.map(\.valueWei))
      #expect(unwrapped.map(\.data) == calls.map(\.data))
    }
  }

  @Test func unwrapRefusesWhatWrapDoesNotWrite() throws {
    func wrapped(
      to: Address = Scenario.multiSend, value: UInt256 = 0, data: [UInt8]? = nil, operation: UInt256 = 1,
      roleKey: Bytes32 = Scenario.roleKey, shouldRevert: Bool = true
    ) throws -> Call {
      let batch = try MultiSend.MultiSend(transactions: MultiSendPacking.pack(inner())).encoded()
      let outer = ZodiacRoles.ExecTransactionWithRole(
        to: to, value: value, data: data ?? batch, operation: operation, roleKey: roleKey, shouldRevert: shouldRevert)
      return Call(to: Scenario.roles, valueWei: 0, data: try outer.encoded(), label: "")
    }
    let good = try wrapped()
    #expect(try account.unwrap(good).count == 3)
    let delegate = [UInt8](repeating: 1, count: 1) + MultiSendPacking.pack(try inner()).dropFirst()
    let truncated = Array(MultiSendPacking.pack(try inner()).dropLast())
    let bad: [Call] = [
      Call(to: Scenario.keeper, valueWei: 0, data: good.data, label: ""),
      Call(to: Scenario.roles, valueWei: 1, data: good.data, label: ""),
      Call(to: Scenario.roles, valueWei: 0, data: good.data + [0], label: ""),
      Call(to: Scenario.roles, valueWei: 0, data: Array(good.data.dropLast()), label: ""),
      Call(to: Scenario.roles, valueWei: 0, data: try fixture.call("sendWnt"), label: ""),
      Call(to: Scenario.roles, valueWei: 0, data: [], label: ""),
      try wrapped(to: Scenario.keeper), try wrapped(value: 1), try wrapped(operation: 0), try wrapped(operation: 2),
      try wrapped(roleKey: .zero), try wrapped(shouldRevert: false), try wrapped(data: try fixture.call("sendWnt")),
      try wrapped(data: try MultiSend.MultiSend(transactions: delegate).encoded()),
      try wrapped(data: try MultiSend.MultiSend(transactions: truncated).encoded()),
      try wrapped(data: try MultiSend.MultiSend(transactions: []).encoded()),
      // One call inside MultiSend is not how wrap writes one call.
      try wrapped(
        data: try MultiSend.MultiSend(transactions: MultiSendPacking.pack(Array(inner().prefix(1)))).encoded()),
    ]
    for (index, call) in bad.enumerated() {
      #expect(throws: ContractsError.self, "case \(index)") { try account.unwrap(call) }
    }
  }

  @Test func everyTruncationOfABatchIsAnError() throws {
    let packed = MultiSendPacking.pack(try inner())
    var whole = 0
    for count in 0..<packed.count {
      do { _ = try MultiSendPacking.unpack(Array(packed.prefix(count))) } catch { continue }
      whole += 1
    }
    #expect(whole == 3, "only the empty list and cuts between calls are whole")
  }

  @Test func probeAsksForTheRole() throws {
    let probe = try #require(try account.probe())
    #expect(probe.data == (try fixture.call("probe")))
    #expect(account.isRoleHeld(probeRevert: nil))
    #expect(account.isRoleHeld(probeRevert: try fixture.revert("conditionTarget")))
    for name in ["notAuthorized", "noMembership", "moduleFailed", "errorString", "panic"] {
      #expect(!account.isRoleHeld(probeRevert: try fixture.revert(name)), "\(name)")
    }
    #expect(!account.isRoleHeld(probeRevert: []))
  }

  @Test func failuresByWhatTheyMean() throws {
    let errors = GMXErrors.errors
    func classify(_ name: String) throws -> FailureClass {
      account.classify(revert: try fixture.revert(name), venueErrors: errors)
    }
    #expect(try classify("conditionCustom") == .policyDenied("ConditionViolation: customConditionViolation: inBand"))
    #expect(try classify("conditionTarget") == .policyDenied("ConditionViolation: targetAddressNotAllowed"))
    #expect(try classify("conditionAllowance").text.contains("callAllowanceExceeded of allowance 0xffff"))
    #expect(try classify("conditionStrange").text.contains("200"))
    guard case .policyDenied = try classify("notAuthorized"), case .policyDenied = try classify("noMembership") else {
      Issue.record("membership is policy")
      return
    }
    guard case .venueRefused = try classify("insufficientFee"), case .venueRefused = try classify("errorString"),
      case .venueRefused = try classify("moduleFailed")
    else {
      Issue.record("a known error of the venue is its refusal")
      return
    }
    guard case .retryable = try classify("panic"), case .retryable = account.classify(revert: [], venueErrors: errors)
    else {
      Issue.record("no reason known")
      return
    }
  }

  @Test func reading() throws {
    let reads = try account.reads(keeper: Scenario.keeper)
    #expect(reads.map(\.to) == [Scenario.account, MulticallBatch.canonicalAddress, MulticallBatch.canonicalAddress])
    func word(_ value: UInt256) -> ReadResult { ReadResult(success: true, data: value.bigEndian32) }
    #expect(
      try account.reading([word(1), word(20), word(3)])
        == AccountReading(isEnabled: true, holderBalanceWei: 20, keeperBalanceWei: 3))
    #expect(throws: ContractsError.self) { try account.reading([word(2), word(20), word(3)]) }
    #expect(throws: ContractsError.self) { try account.reading([word(1)]) }
    #expect(throws: ContractsError.self) {
      try account.reading([ReadResult(success: false, data: []), word(20), word(3)])
    }
  }

  @Test func anOwnAddressUsesTheVenuesBatch() throws {
    let venue = try Scenario.venue()
    let own = EOAAccount(holder: Scenario.keeper, batcher: venue)
    let call = try own.wrap(inner())
    #expect(call.data == (try fixture.call("multicall")))
    #expect(call.to == Scenario.deployment.exchangeRouter)
    #expect(call.valueWei == 4_350_000_000_000_000)
    #expect(try own.wrap([inner()[0]]) == inner()[0])
    let stranger = Call(to: Scenario.weth, valueWei: 0, data: [], label: "")
    #expect(throws: ContractsError.self) { try own.wrap([stranger, inner()[0]]) }
    #expect(throws: ContractsError.self) { try own.wrap([]) }
    #expect(try own.probe() == nil)
    let lines = try #require(venue.describe(call))
    #expect(lines.count == 4)
    #expect(lines[1].contains("0.00435 native currency to OrderVault"))
    #expect(lines[2].contains("7500 USDC to OrderVault"))
    #expect(lines[3].contains("marketIncrease short"))
    #expect(lines[3].contains("acceptable 2970"))
    #expect(venue.describe(stranger) == nil)
  }
}
