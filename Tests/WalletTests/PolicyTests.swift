import Ethereum
import Testing

@testable import Wallet

/// The policy beside the key, on every inner call.
@Suite struct PolicyTests {
  private let fixture: PolicyFixture

  init() throws { fixture = try PolicyFixture() }

  @Test func whatIsWrittenIsAllowed() {
    for legal in fixture.legal {
      #expect(throws: Never.self, "\(legal.name)") {
        try fixture.policy.check(legal.transaction, from: fixture.sender)
      }
    }
  }

  @Test func whatIsNotIsRefusedByItsRule() {
    for refused in fixture.refused {
      #expect(fixture.policy.broken(refused.transaction, fixture.sender) == refused.rule, "\(refused.name)")
    }
    let seen = Set(fixture.refused.map(\.rule))
    // Fees, creation and the like are not about calls and are tested below.
    let others: Set<PolicyRule> = [.replayable, .creation, .accessList, .feeCap, .fee, .size]
    #expect(Set(PolicyRule.allCases).subtracting(others).subtracting(seen.compactMap { $0 }).isEmpty)
  }

  /// Every byte of every legal call changed in three ways: allowed exactly where eth-abi and the second reading allow
  /// it, so no mutant slips through and none is refused for nothing.
  @Test(arguments: 0..<10)
  func everyChangedByteIsJudgedAsASecondReadingJudgesIt(number: Int) throws {
    try #require(fixture.legal.count == 10)
    let legal = fixture.legal[number]
    var allowed = 0
    for (shift, verdicts) in legal.mutants.enumerated() {
      for (index, expected) in verdicts.enumerated() {
        var mutant = legal.transaction
        mutant.data[index] ^= shift == 0 ? 0xff : 1 << UInt8((index + 3 * shift) % 8)
        let isAllowed = fixture.policy.broken(mutant, fixture.sender) == nil
        if isAllowed != expected { Issue.record("\(legal.name), byte \(index), way \(shift): \(isAllowed)") }
        if isAllowed { allowed += 1 }
      }
    }
    // Amounts, sizes and order keys are free within their bounds; all else is not.
    let mutants = 3 * legal.transaction.data.count
    #expect(mutants == 0 || (allowed > 0 && allowed < mutants), "\(allowed) of \(mutants)")
  }

  @Test func aTransactionsOwnFieldsAreJudgedFirst() throws {
    let cancel = try #require(fixture.legal.first { $0.name == "cancel by the key" }).transaction
    var creation = cancel
    creation.to = nil
    var listed = cancel
    listed.accessList = [AccessListEntry(address: fixture.sender, storageKeys: [])]
    var replayable = cancel
    replayable.kind = .legacy(gasPriceWei: 1, protected: false)
    var large = cancel
    large.data = [UInt8](repeating: 0, count: SigningPolicy.dataLimitBytes + 1)
    for (transaction, rule) in [
      (creation, PolicyRule.creation), (listed, .accessList), (replayable, .replayable), (large, .size),
    ] {
      #expect(fixture.policy.broken(transaction, fixture.sender) == rule)
    }
    var legacy = cancel
    legacy.kind = .legacy(gasPriceWei: 50_000_000_000, protected: true)
    #expect(fixture.policy.broken(legacy, fixture.sender) == nil)
  }

  /// Ceilings hold up to the last wei, for acts and for no-ops each by its own.
  @Test func feesAreBounded() throws {
    let ceiling = SigningPolicy.FeeLimits(capWei: 100, transactionWei: 5_000_000)
    let noOp = SigningPolicy.FeeLimits(capWei: 200, transactionWei: 4_200_000)
    let target = try Address(bytes: [UInt8](repeating: 9, count: 20))
    let policy = try SigningPolicy([
      SigningPolicy.Chain(
        chainID: 5, fees: ceiling, noOpFees: noOp,
        accounts: [
          SigningPolicy.Account(
            executor: .key, valueCeilingWei: .zero,
            targets: [
              SigningPolicy.Target(
                name: "counter", address: target,
                functions: [SigningPolicy.Function("count()", valueCeilingWei: .zero)])
            ])
        ])
    ])
    let data = ABIFunction(name: "count", inputs: []).selector
    func act(_ capWei: UInt256, _ gas: UInt64, tip: UInt256 = .zero) -> PolicyRule? {
      policy.broken(
        PolicyFixture.transaction(
          5, to: target, data: data, gasLimit: gas, kind: .dynamicFee(tipWei: tip, feeCapWei: capWei)), fixture.sender)
    }
    #expect(act(100, 50_000) == nil && act(101, 1) == .feeCap && act(100, 50_001) == .fee)
    #expect(act(.max, .max) == .feeCap && act(1, 50_000, tip: 101) == .feeCap)
    func clear(_ priceWei: UInt256, _ gas: UInt64) -> PolicyRule? {
      policy.broken(
        PolicyFixture.transaction(
          5, to: fixture.sender, gasLimit: gas, kind: .legacy(gasPriceWei: priceWei, protected: true)), fixture.sender)
    }
    #expect(clear(200, 21_000) == nil && clear(201, 1) == .feeCap && clear(200, 21_001) == .fee)
    let open = try SigningPolicy([
      SigningPolicy.Chain(
        chainID: 5, fees: ceiling,
        noOpFees: SigningPolicy.FeeLimits(capWei: .max, transactionWei: .max), accounts: [])
    ])
    let absurd = PolicyFixture.transaction(
      5, to: fixture.sender, gasLimit: .max, kind: .legacy(gasPriceWei: .max, protected: true))
    #expect(open.broken(absurd, fixture.sender) == .fee)
    // A chain without accounts clears nonces and does nothing else.
    #expect(
      open.broken(PolicyFixture.transaction(5, to: target, data: data, gasLimit: 1), fixture.sender) == .feeCap)
    let cheap = PolicyFixture.transaction(
      5, to: target, data: data, gasLimit: 1, kind: .legacy(gasPriceWei: 1, protected: true))
    #expect(open.broken(cheap, fixture.sender) == .target)
    let none = try SigningPolicy([])
    #expect(none.broken(cheap, fixture.sender) == .chain)
  }

  /// Two entries of one function are two ways to be allowed, and not the product of both.
  @Test func entriesOfOneFunctionAreAlternatives() throws {
    let target = try Address(bytes: [UInt8](repeating: 9, count: 20))
    func entry(_ first: UInt64, _ second: UInt64, valueWei: UInt256 = .zero) throws -> SigningPolicy.Function {
      try SigningPolicy.Function(
        "set(uint256,uint256)", valueCeilingWei: valueWei,
        rules: [
          SigningPolicy.ArgumentRule(at: [0], .oneOf([.uint(UInt256(first))])),
          SigningPolicy.ArgumentRule(at: [1], .oneOf([.uint(UInt256(second))])),
        ])
    }
    let fees = SigningPolicy.FeeLimits(capWei: .max, transactionWei: .max)
    let policy = try SigningPolicy([
      SigningPolicy.Chain(
        chainID: 5, fees: fees, noOpFees: fees,
        accounts: [
          SigningPolicy.Account(
            executor: .key, valueCeilingWei: 10,
            targets: [
              SigningPolicy.Target(name: "pair", address: target, functions: [entry(1, 2), entry(3, 4, valueWei: 5)])
            ])
        ])
    ])
    func set(_ first: UInt64, _ second: UInt64, _ valueWei: UInt256 = .zero) throws -> PolicyRule? {
      let data = try ABIFunction(signature: "set(uint256,uint256)")
        .encodeCall([.uint(UInt256(first)), .uint(UInt256(second))])
      return policy.broken(
        PolicyFixture.transaction(5, to: target, valueWei: valueWei, data: data), fixture.sender)
    }
    #expect(try set(1, 2) == nil && set(3, 4) == nil && set(3, 4, 5) == nil)
    #expect(try set(1, 4) == .argument && set(3, 2) == .argument)
    #expect(try set(1, 2, 1) == .callValue && set(3, 4, 6) == .callValue && set(3, 4, 11) == .transactionValue)
  }

  @Test func refusalsNameRuleCallAndRemedy() throws {
    let stranger = try #require(fixture.refused.first { $0.name == "a stranger inside of MultiSend" })
    let error = #expect(throws: PolicyRefusal.self) {
      try fixture.policy.check(stranger.transaction, from: fixture.sender)
    }
    let text = try #require(error?.description)
    #expect(error?.place == [1, 2])
    #expect(text.hasPrefix("the signer's policy (rule target, call 1.2): a call goes to a contract that"))
    #expect(text.hasSuffix("if not, find out who asked for it"))
    for rule in PolicyRule.allCases { #expect(!rule.meaning.isEmpty && !rule.remedy.isEmpty) }
  }
}

/// What may not stand in a policy at all.
@Suite struct PolicyFaultTests {
  private let one: Address
  private let two: Address

  init() throws {
    one = try Address(bytes: [UInt8](repeating: 1, count: 20))
    two = try Address(bytes: [UInt8](repeating: 2, count: 20))
  }

  private func function(
    _ signature: String, _ rules: [SigningPolicy.ArgumentRule] = []
  ) throws -> SigningPolicy.Function {
    try SigningPolicy.Function(signature, valueCeilingWei: .zero, rules: rules)
  }

  @Test(arguments: [
    "multiSend(bytes)", "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)",
    "execTransactionWithRoleReturnData(address,uint256,bytes,uint8,bytes32,bool)",
    "execTransactionFromModule(address,uint256,bytes,uint8)",
    "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)",
    "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
    "aggregate((address,bytes)[])", "tryAggregate(bool,(address,bytes)[])", "blockAndAggregate((address,bytes)[])",
    "tryBlockAndAggregate(bool,(address,bytes)[])", "aggregate3((address,bool,bytes)[])",
    "aggregate3Value((address,bool,uint256,bytes)[])", "multicall(uint256,bytes[])", "multicall(bytes32,bytes[])",
    "execute(address,uint256,bytes)", "executeBatch((address,uint256,bytes)[])",
  ])
  func wrappersMayNotBeListed(signature: String) {
    #expect(throws: PolicyFault.wrapper(signature)) { try function(signature) }
  }

  @Test func rulesMustFitTheArguments() throws {
    func refused(_ rule: SigningPolicy.ArgumentRule, _ signature: String) {
      #expect(throws: PolicyFault.self, "\(rule.pathText) of \(signature)") { try function(signature, [rule]) }
    }
    refused(SigningPolicy.ArgumentRule(at: [], .empty), "f(bytes)")
    refused(SigningPolicy.ArgumentRule(at: [1], .empty), "f(bytes)")
    refused(SigningPolicy.ArgumentRule(at: [0, 0], .empty), "f(bytes)")
    refused(SigningPolicy.ArgumentRule(at: [-1], .empty), "f(bytes)")
    refused(SigningPolicy.ArgumentRule(at: [0], .empty), "f(uint256)")
    refused(SigningPolicy.ArgumentRule(at: [0], .range(lowest: 0, highest: 1)), "f(address)")
    refused(SigningPolicy.ArgumentRule(at: [0], .range(lowest: 2, highest: 1)), "f(uint256)")
    refused(SigningPolicy.ArgumentRule(at: [0], .oneOf([])), "f(uint256)")
    refused(SigningPolicy.ArgumentRule(at: [0], .oneOf([.address(one)])), "f(uint256)")
    refused(SigningPolicy.ArgumentRule(at: [0], .oneOf([.uint(256)])), "f(uint8)")
    refused(SigningPolicy.ArgumentRule(at: [0], .empty), "multicall(bytes[])")
    #expect(throws: Never.self) {
      try function("f((uint8,bytes))", [SigningPolicy.ArgumentRule(at: [0, 1], .empty)])
    }
    #expect(throws: PolicyFault.self) { try function("no function") }
  }

  @Test func listsHoldEachThingOnce() throws {
    let count = try function("count()")
    #expect(throws: PolicyFault.self) {
      try SigningPolicy.Target(name: "t", address: one, functions: [count, count])
    }
    let batch = try SigningPolicy.Function("multicall(bytes[])", valueCeilingWei: 1)
    #expect(throws: PolicyFault.self) {
      try SigningPolicy.Target(name: "t", address: one, functions: [function("multicall(bytes[])"), batch])
    }
    // Found by search: two functions of one selector.
    #expect(throws: PolicyFault.self) {
      try SigningPolicy.Target(
        name: "t", address: one, functions: [function("collate_propagate_storage(bytes16)"), function("burn(uint256)")])
    }
    let target = try SigningPolicy.Target(name: "t", address: one, functions: [count])
    #expect(throws: PolicyFault.duplicate("target \(one)")) {
      try SigningPolicy.Account(executor: .key, valueCeilingWei: .zero, targets: [target, target])
    }
    let fees = SigningPolicy.FeeLimits(capWei: .zero, transactionWei: .zero)
    let account = try SigningPolicy.Account(executor: .key, valueCeilingWei: .zero, targets: [target])
    #expect(throws: PolicyFault.self) {
      try SigningPolicy.Chain(chainID: 1, fees: fees, noOpFees: fees, accounts: [account, account])
    }
    let chain = try SigningPolicy.Chain(chainID: 1, fees: fees, noOpFees: fees, accounts: [account])
    #expect(throws: PolicyFault.duplicate("chain 1")) { try SigningPolicy([chain, chain]) }
  }

  /// Nobody can write a rule that lets the key change who may act.
  @Test func thePathsOwnContractsAreNoTargets() throws {
    let target = try SigningPolicy.Target(name: "t", address: one, functions: [function("count()")])
    for path in [(one, two, two), (two, one, two), (two, two, one)] {
      let executor = SigningPolicy.Executor.roles(
        SigningPolicy.RolesPath(modifier: path.0, roleKey: .zero, safe: path.1, multiSend: path.2))
      #expect(throws: PolicyFault.self) {
        try SigningPolicy.Account(executor: executor, valueCeilingWei: .zero, targets: [target])
      }
    }
    let fees = SigningPolicy.FeeLimits(capWei: .zero, transactionWei: .zero)
    let own = try SigningPolicy.Account(executor: .key, valueCeilingWei: .zero, targets: [target])
    let roles = try SigningPolicy.Account(
      executor: .roles(SigningPolicy.RolesPath(modifier: one, roleKey: .zero, safe: two, multiSend: nil)),
      valueCeilingWei: .zero, targets: [])
    #expect(throws: PolicyFault.self) {
      try SigningPolicy.Chain(chainID: 1, fees: fees, noOpFees: fees, accounts: [own, roles])
    }
  }
}

/// Nothing reaches a key without its policy.
@Suite struct PolicedSignerTests {
  /// Signs whatever it is asked for, and something else on demand.
  private final class Recorder: Signer {
    let address: Address
    let inner: LocalSigner
    var asked = 0
    var change: (UnsignedTransaction) -> UnsignedTransaction = { $0 }

    init(_ inner: LocalSigner) {
      self.inner = inner
      address = inner.address
    }

    func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction {
      asked += 1
      return try inner.sign(change(transaction))
    }
  }

  @Test func theKeyIsNotTouchedByWhatIsRefused() throws {
    let context = try WalletFixture.context()
    let recorder = Recorder(
      LocalSigner(key: try WalletFixture.key(String(repeating: "11", count: 32), context), context: context))
    let fees = SigningPolicy.FeeLimits(capWei: 100, transactionWei: 100_000_000)
    let policy = try SigningPolicy([SigningPolicy.Chain(chainID: 5, fees: fees, noOpFees: fees, accounts: [])])
    let signer = PolicedSigner(recorder, policy: policy)
    let noOp = PolicyFixture.transaction(
      5, to: recorder.address, gasLimit: 21_000, kind: .dynamicFee(tipWei: 1, feeCapWei: 100))
    var theft = noOp
    theft.valueWei = .one
    let error = #expect(throws: WalletError.self) { try signer.sign(theft) }
    #expect(error?.tickCode == "signerPolicy" && error?.isRefusal == true && recorder.asked == 0)
    #expect(throws: WalletError.self) { try signer.check(theft) }
    #expect(try signer.sign(noOp).transaction == noOp && recorder.asked == 1)
    #expect("\(signer)" == "policed signer of \(recorder.address)")
    recorder.change = { asked in
      var other = asked
      other.nonce += 1
      return other
    }
    #expect(throws: WalletError.selfCheckDiffers(signer: recorder.address)) { try signer.sign(noOp) }
  }
}
