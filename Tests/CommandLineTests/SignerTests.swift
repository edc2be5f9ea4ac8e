import Contracts
import Ethereum
import Foundation
import Keeper
import Testing
import Wallet

@testable import vaultkeeper

/// The `key` section's other half, and the policy's file.
@Suite struct SignerConfigurationTests {
  private static let keystore = "keystore: {path: keeper.json}\n  passphrase: {file: passphrase.txt}"

  static func remote(_ extra: String = "") throws -> String {
    try Fixtures.full(
      keystore,
      "remote: {kind: web3signer, url: \"http://127.0.0.1:9000/a?key=hunter2\"\(extra)}")
  }

  @Test func aRemoteSignerIsRead() throws {
    let headers = "headers: [{name: Authorization, value: {file: token.txt}}]"
    let it = try Fixtures.read(Self.remote(", \(headers), caBundle: ca.pem, deadline: 3s"))
    guard case .remote(let remote) = it.key.holder else { return #expect(Bool(false), "a remote signer is expected") }
    #expect(remote.kind == .web3signer && remote.deadlineSeconds == 3)
    #expect(remote.endpoint.headers.map(\.name) == ["Authorization"])
    #expect(remote.endpoint.caBundlePath == "/somewhere/ca.pem")
    guard case .inline(let url) = remote.endpoint.location else { return #expect(Bool(false), "a URL is expected") }
    #expect("\(url)" == "http://127.0.0.1:9000")
    guard case .remote(let plain) = try Fixtures.read(Self.remote()).key.holder else {
      return #expect(Bool(false), "a remote signer is expected")
    }
    #expect(plain.deadlineSeconds == 5 && plain.endpoint.headers.isEmpty)
  }

  @Test(arguments: [
    (
      "kind: web3signer", "kind: ledger",
      "10:18: key.remote.kind: \"ledger\" is not known here; write web3signer or clef"
    ),
    (
      "http://127.0.0.1", "http://signer.example",
      "10:35: key.remote.url: plain http to signer.example shows every request and any key to the network; "
        + "use https, or set allowPlainHTTP for this endpoint if the network between is yours"
    ),
    ("kind: web3signer, ", "kind: clef, allowPlainHTTP: true, ", "10:24: key.remote.allowPlainHTTP: unknown key"),
    ("remote: {", "keystore: {path: a}\n  passphrase: prompt\n  remote: {", "9:3: key: says two things at once"),
  ])
  func mistakesAreNamed(old: String, new: String, message: String) throws {
    let yaml = try Self.remote()
    #expect(yaml.contains(old))
    let problems = Fixtures.problems(yaml.replacingOccurrences(of: old, with: new))
    #expect(problems.contains { $0.hasPrefix("test.yaml:" + message) }, "\(problems)")
    for problem in problems { #expect(!problem.contains("hunter")) }
  }

  @Test func theURLIsNoPartOfTheHashInClear() throws {
    let tree = try SettingTree.parse(bytes: Array(Self.remote().utf8), file: "test.yaml")
    let input = String(decoding: ConfigurationHash.canonical(tree, path: ""), as: UTF8.self)
    #expect(!input.contains("hunter2") && !input.contains("127.0.0.1"))
  }
}

@Suite struct SignerDocumentationTests {
  private func text() throws -> String {
    try String(contentsOf: Fixtures.project.appendingPathComponent("docs/signer.md"), encoding: .utf8)
  }

  @Test func everyRuleHasItsRow() throws {
    let rows = try text().split(separator: "\n").filter { $0.hasPrefix("| `") }
    for rule in PolicyRule.allCases {
      #expect(rows.contains("| `\(rule.rawValue)` | \(rule.meaning) | \(rule.remedy) |"), "\(rule.rawValue)")
    }
  }

  @Test func theDocumentedPolicyIsOne() throws {
    let blocks = try text().components(separatedBy: "```")
    let block = try #require(blocks.first { $0.hasPrefix("yaml\nversion:") })
    let file = try PolicyFile.parse(Array(block.dropFirst("yaml\n".count).utf8), file: "signer.md")
    #expect(file.policy.chains.first?.accounts.first?.targets.first?.functions.first?.rules.count == 2)
  }
}

/// The policy that follows from a configuration, and the file it is written to.
@Suite struct PolicyFileTests {
  private func withBench(_ body: (Workbench) throws -> Void) throws {
    let bench = try Workbench()
    defer { do { try bench.remove() } catch { Issue.record("\(error)") } }
    try bench.configure()
    try body(bench)
  }

  private func derived(_ bench: Workbench, eoa: Bool = false) throws -> (SigningPolicy, VaultSettings, Address) {
    let path = bench.folder.appendingPathComponent("keeper.yaml").path
    let file = try ConfigurationFile.read(path)
    let deployment = try Deployment(file)
    let chain = try #require(deployment.chains.first)
    let vault = try #require(chain.vaults.first)
    let policy = try DerivedPolicy([
      DerivedPolicy.Chain(
        settings: chain.settings, vaults: chain.vaults, valueCeilingWei: file.configuration.chains[0].gas.perDayWei)
    ]).policy
    return (policy, vault, file.configuration.key.address)
  }

  private func eoa(_ bench: Workbench) throws {
    let text = try bench.read("keeper.yaml")
    let start = try #require(text.range(of: "    account:\n"))
    let end = try #require(text.range(of: "    base:\n      symbol: ETH"))
    try bench.write(
      "keeper.yaml", text.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: "    account: {kind: eoa}\n")
    )
  }

  /// A hedge, an amendment and a cancel as the accounts wrap them.
  private func calls(_ vault: VaultSettings) throws -> [[Call]] {
    let venue = try #require(vault.venue as? GMXv2Venue)
    let deployment = venue.configuration.deployment
    func call(_ signature: String, _ values: [ABIValue], _ valueWei: UInt256 = .zero) throws -> Call {
      Call(
        to: deployment.exchangeRouter, valueWei: valueWei,
        data: try ABIFunction(signature: signature).encodeCall(values), label: signature)
    }
    let fee = UInt256(2_000_000_000_000_000)
    let wnt = try call("sendWnt(address,uint256)", [.address(deployment.orderVault), .uint(fee)], fee)
    let tokens = try call(
      "sendTokens(address,address,uint256)",
      [.address(venue.configuration.collateral.address), .address(deployment.orderVault), .uint(5)])
    let holder = ABIValue.address(vault.account.holder)
    let addresses = ABIValue.tuple([
      holder, holder, .address(.zero), .address(.zero), .address(venue.configuration.market),
      .address(venue.configuration.collateral.address), .array([]),
    ])
    let numbers = ABIValue.tuple([.uint(9), .uint(5), .uint(7), .uint(8), .uint(fee), .uint(0), .uint(0), .uint(0)])
    let order = try call(
      "createOrder(((address,address,address,address,address,address,address[]),"
        + "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),"
        + "uint8,uint8,bool,bool,bool,bytes32,bytes32[]))",
      [
        .tuple([
          addresses, numbers, .uint(3), .uint(0), .bool(true), .bool(false), .bool(false), .bytes32(.zero), .array([]),
        ])
      ])
    let update = try call(
      "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)",
      [.bytes32(.zero), .uint(1), .uint(2), .uint(3), .uint(0), .uint(0), .bool(false)])
    let cancel = try call("cancelOrder(bytes32)", [.bytes32(.zero)])
    return [[wnt, tokens, order], [wnt, update], [update], [cancel], [cancel, cancel]]
  }

  private func transaction(_ call: Call, gasLimit: UInt64 = 4_000_000) -> UnsignedTransaction {
    UnsignedTransaction(
      kind: .dynamicFee(tipWei: 1, feeCapWei: 100_000_000_000), chainID: 7_777_777_777, nonce: 0, gasLimit: gasLimit,
      to: call.to, valueWei: call.valueWei, data: call.data)
  }

  @Test(arguments: [false, true])
  func theDerivedPolicyAllowsWhatTheVaultIsCalledWithAndNothingBeside(isEOA: Bool) throws {
    try withBench { bench in
      if isEOA { try eoa(bench) }
      let (policy, vault, key) = try derived(bench)
      for calls in try calls(vault) {
        let wrapped = try vault.account.wrap(calls)
        #expect(throws: Never.self, "\(wrapped.label)") { try policy.check(transaction(wrapped), from: key) }
        #expect(throws: PolicyRefusal.self) { try policy.check(transaction(wrapped, gasLimit: 4_000_001), from: key) }
        // The vault's own calls, not by the vault's own way.
        if !isEOA, calls.count == 1 {
          #expect(throws: PolicyRefusal.self) { try policy.check(transaction(calls[0]), from: key) }
        }
      }
      // The configured no-op: 50,000 gas at the clearing ceiling of 300 gwei.
      var noOp = UnsignedTransaction(
        kind: .dynamicFee(tipWei: 1, feeCapWei: 300_000_000_000), chainID: 7_777_777_777, nonce: 0, gasLimit: 50_000,
        to: key)
      #expect(throws: Never.self) { try policy.check(noOp, from: key) }
      noOp.gasLimit += 1
      #expect(throws: PolicyRefusal.self) { try policy.check(noOp, from: key) }
    }
  }

  @Test(arguments: [false, true])
  func whatIsPrintedIsReadAsTheSamePolicy(isEOA: Bool) throws {
    try withBench { bench in
      if isEOA { try eoa(bench) }
      let (policy, _, _) = try derived(bench)
      let printed = try bench.run("key", "policy", "--config", "keeper.yaml")
      #expect(printed.status == 0 && printed.complaints.isEmpty, "\(printed.complaints)")
      let file = try PolicyFile.parse(Array(printed.output.utf8), file: "policy.yaml")
      #expect(file.policy == policy)
      if !isEOA { try record(printed.output) }
    }
  }

  /// Reviewed as a file; VAULTKEEPER_RECORD=1 writes it anew.
  private func record(_ text: String) throws {
    let url = Fixtures.folder.appendingPathComponent("policy.yaml")
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" { try Data(text.utf8).write(to: url) }
    #expect(try Fixtures.text("policy.yaml") == text)
  }

  @Test func aWrittenPolicyIsInForceAndBelongsToTheHash() throws {
    try withBench { bench in
      let before = try ConfigurationFile.read(bench.folder.appendingPathComponent("keeper.yaml").path).hash
      try bench.write("policy.yaml", try Fixtures.text("policy.yaml"))
      let text = try bench.read("keeper.yaml")
      try bench.write("url.txt", "http://localhost:1/b\n")
      try bench.write(
        "keeper.yaml",
        text.replacingOccurrences(of: "key:\n", with: "key:\n  policy: policy.yaml\n")
          .replacingOccurrences(of: "{credential: rpc-b}", with: "{file: url.txt}")
          .replacingOccurrences(of: "        caBundle: /etc/ssl/private-ca.pem\n", with: ""))
      let file = try ConfigurationFile.read(bench.folder.appendingPathComponent("keeper.yaml").path)
      #expect(file.policy != nil && file.hash != before, "\(before)")
      let current = try bench.run("key", "policy", "--current", "--config", "keeper.yaml")
      #expect(current.output.hasPrefix("# What the key may sign: written in policy.yaml."))
      let check = try bench.run("check", "--config", "keeper.yaml")
      #expect(check.output.contains("✓  signing policy"), "\(check.output)")
      // One function less.
      let policy = try bench.read("policy.yaml")
      try bench.write(
        "policy.yaml", policy.replacingOccurrences(of: "              - call: \"cancelOrder(bytes32)\"\n", with: ""))
      let less = try bench.run("check", "--config", "keeper.yaml")
      #expect(
        less.output.contains("✗  signing policy") && less.output.contains("without cancelOrder of ExchangeRouter"))
      #expect(try ConfigurationFile.read(bench.folder.appendingPathComponent("keeper.yaml").path).hash != file.hash)
      try bench.write("policy.yaml", policy.replacingOccurrences(of: "version: 1", with: "version: 2\nmore: 1"))
      let bad = try bench.run("run", "--once", "--config", "keeper.yaml")
      #expect(bad.status == ExitStatus.configuration.rawValue)
      #expect(bad.complaints.hasPrefix("policy.yaml:3:10: version: \"2\" is out of range;"), "\(bad.complaints)")
      #expect(bad.complaints.contains("policy.yaml:4:1: more: unknown key;"))
    }
  }

  struct Mistake: Sendable { let old: String, new: String, message: String }

  @Test(arguments: [
    Mistake(old: "chainID: 7777777777", new: "chainID: x", message: "chains[0].chainID: \"x\" is not a whole number"),
    Mistake(old: "\"cancelOrder(bytes32)\"", new: "\"cancelOrder(byte32)\"", message: "is no function; write"),
    Mistake(
      old: "\"cancelOrder(bytes32)\"", new: "\"set(uint)\"", message: "is not canonical; it is spelt set(uint256)"),
    Mistake(old: "\"cancelOrder(bytes32)\"", new: "\"multiSend(bytes)\"", message: "carries further calls"),
    Mistake(
      old: "- {at: \"0.8\", empty: true}", new: "- {at: \"0.9\", empty: true}", message: "there is no such argument"),
    Mistake(old: "- {at: \"0.8\", empty: true}", new: "- {at: \"0.8\"}", message: "says nothing of the argument"),
    Mistake(
      old: "- {at: \"0.8\", empty: true}", new: "- {at: \"0.8\", empty: true, atMost: 1}",
      message: "says several things at once"),
    Mistake(old: "- {at: \"0.8\", empty: true}", new: "- {at: \"0..8\", empty: true}", message: "is no place"),
    Mistake(
      old: "- {at: \"0.6\", oneOf: [\"false\"]}", new: "- {at: \"0.6\", oneOf: [\"no\"]}", message: "not known here"),
    Mistake(
      old: "- {at: \"0.6\", oneOf: [\"false\"]}", new: "- {at: \"0.0.6\", oneOf: [\"1\"]}",
      message: "cannot be listed"),
    Mistake(old: "noOp: {cap", new: "noOp: {kap", message: "chains[0].noOp.kap: unknown key; did you mean \"cap\"?"),
  ])
  func mistakesAreNamedWithTheirPlace(mistake: Mistake) throws {
    let text = try Fixtures.text("policy.yaml")
    #expect(text.components(separatedBy: mistake.old).count == 2, "\(mistake.old)")
    let changed = text.replacingOccurrences(of: mistake.old, with: mistake.new)
    do {
      _ = try PolicyFile.parse(Array(changed.utf8), file: "policy.yaml")
      Issue.record("read")
    } catch {
      let line = error.description
      #expect(line.hasPrefix("policy.yaml:") && line.contains(mistake.message), "\(line)")
    }
  }
}
