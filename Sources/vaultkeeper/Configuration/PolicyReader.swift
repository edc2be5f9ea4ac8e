import Ethereum
import Host
import Wallet

/// A signing policy's file, as docs/signer.md describes it.
struct PolicyFile {
  let tree: SettingTree
  let policy: SigningPolicy

  /// - Throws: `ConfigurationError` with every problem of the file, or at the place that names it where it cannot be
  ///   read.
  static func read(_ reference: Located<String>, of configurationPath: String) throws -> PolicyFile {
    let bytes: [UInt8]
    do { bytes = try Files.read(reference.value, limit: SettingLimits.bytes) } catch {
      let problem = Problem(
        place: reference.place, key: reference.path, what: "\(error)",
        remedy: "name a file that `vaultkeeper key policy` wrote, or remove the key")
      throw ConfigurationError(file: configurationPath, problems: [problem])
    }
    return try parse(bytes, file: reference.value)
  }

  static func parse(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> PolicyFile {
    let tree = try SettingTree.parse(bytes: bytes, file: file)
    let findings = Findings()
    let policy = PolicyReader(findings: findings).policy(tree)
    guard let policy, findings.problems.isEmpty else {
      throw ConfigurationError(file: file, problems: findings.problems)
    }
    return PolicyFile(tree: tree, policy: policy)
  }
}

/// Reads a policy into values, or says everything that is wrong with it.
struct PolicyReader {
  let findings: Findings

  /// Most entries of each list: far above any deployment.
  private static let limit = 256

  func policy(_ tree: SettingTree) -> SigningPolicy? {
    Section.read(tree, path: "", findings: findings) { section in
      let version = section.required("version", .integer(1...1))
      let chains = list(section, "chains", chain)
      guard version != nil, let chains else { return nil }
      return made(section) { () throws(PolicyFault) in try SigningPolicy(chains) }
    }
  }

  // MARK: levels

  private func chain(_ section: Section) -> SigningPolicy.Chain? {
    let chainID = section.required("chainID", .integer(1...UInt64.max))
    let fees = section.requiredSection("fees", self.fees)
    let noOp = section.requiredSection("noOp", self.fees)
    let accounts = section.has("accounts") ? list(section, "accounts", account) : []
    guard let chainID, let fees, let noOp, let accounts else { return nil }
    return made(section) { () throws(PolicyFault) in
      try SigningPolicy.Chain(chainID: chainID, fees: fees, noOpFees: noOp, accounts: accounts)
    }
  }

  private func fees(_ section: Section) -> SigningPolicy.FeeLimits? {
    let cap = section.required("cap", .wei())
    let transaction = section.required("transaction", .wei())
    guard let cap, let transaction else { return nil }
    return SigningPolicy.FeeLimits(capWei: cap, transactionWei: transaction)
  }

  private func account(_ section: Section) -> SigningPolicy.Account? {
    let executor = self.executor(section)
    let value = section.required("value", .wei())
    let targets = list(section, "targets", target)
    guard let executor, let value, let targets else { return nil }
    return made(section) { () throws(PolicyFault) in
      try SigningPolicy.Account(executor: executor, valueCeilingWei: value, targets: targets)
    }
  }

  /// The word `key`, or the way to a Safe.
  private func executor(_ section: Section) -> SigningPolicy.Executor? {
    if case .scalar(let text, _) = section.tree("executor")?.content {
      if text == "key" { return .key }
      section.report(
        "executor", "\(quoted(text)) is not known here", remedy: "write key, or modifier:, roleKey: and safe: below")
      return nil
    }
    return section.requiredSection("executor") { section in
      let modifier = section.required("modifier", .address)
      let roleKey = section.required("roleKey", .bytes32)
      let safe = section.required("safe", .address)
      let multiSend = section.ifPresent("multiSend", .address)
      guard let modifier, let roleKey, let safe, let multiSend else { return nil }
      return .roles(
        SigningPolicy.RolesPath(modifier: modifier, roleKey: roleKey, safe: safe, multiSend: multiSend))
    }
  }

  private func target(_ section: Section) -> SigningPolicy.Target? {
    let name = section.required("name", .name)
    let address = section.required("address", .address)
    let functions = list(section, "functions", function)
    guard let name, let address, let functions else { return nil }
    return made(section) { () throws(PolicyFault) in
      try SigningPolicy.Target(name: name, address: address, functions: functions)
    }
  }

  private func function(_ section: Section) -> SigningPolicy.Function? {
    let signature = section.required("call", .signature)
    // Most functions take none, and a forgotten ceiling must not be a high one.
    let value = section.optional("value", .wei(), default: .zero)
    let rules = section.has("arguments") ? list(section, "arguments") { rule($0, of: signature) } : []
    guard let signature, let value, let rules else { return nil }
    return made(section) { () throws(PolicyFault) in
      try SigningPolicy.Function(signature, valueCeilingWei: value, rules: rules)
    }
  }

  // MARK: rules

  private func rule(_ section: Section, of signature: String?) -> SigningPolicy.ArgumentRule? {
    let path = section.required("at", .argumentPath)
    let test = self.test(section, path, signature)
    guard let path, let test else { return nil }
    return SigningPolicy.ArgumentRule(at: path, test)
  }

  private func test(_ section: Section, _ path: [Int]?, _ signature: String?) -> SigningPolicy.ArgumentRule.Test? {
    let hasBounds = [section.has("atLeast"), section.has("atMost")].contains(true)
    let kinds = [section.has("oneOf"), hasBounds, section.has("empty")].filter { $0 }.count
    guard kinds == 1 else {
      findings.report(
        section.place, section.path, kinds == 0 ? "says nothing of the argument" : "says several things at once",
        remedy: "write oneOf, atLeast and atMost, or empty: true")
      return nil
    }
    if hasBounds {
      let lowest = section.optional("atLeast", .number, default: .zero)
      let highest = section.optional("atMost", .number, default: .max)
      guard let lowest, let highest else { return nil }
      return .range(lowest: lowest, highest: highest)
    }
    if section.has("empty") { return section.required("empty", .choice([("true", true)])).map { _ in .empty } }
    guard let path, let signature else { return nil }
    return values(section, path, signature).map { .oneOf($0) }
  }

  private func values(_ section: Section, _ path: [Int], _ signature: String) -> [ABIValue]? {
    let type: ABIType
    do { type = try SigningPolicy.ArgumentRule(at: path, .empty).type(in: signature) } catch {
      findings.report(section.place, section.path, "\(error)", remedy: "count the arguments from 0")
      return nil
    }
    guard let form = Form<ABIValue>.value(of: type) else {
      findings.report(
        section.place, section.path, "values of type \(type) cannot be listed",
        remedy: "go on into its members, or write empty: true")
      return nil
    }
    return section.requiredList("oneOf", limit: Self.limit) { form.read($0, path: $1, findings: findings) }
  }

  // MARK: parts

  private func list<Value>(_ section: Section, _ key: String, _ body: @escaping (Section) -> Value?) -> [Value]? {
    section.requiredList(key, limit: Self.limit) { Section.read($0, path: $1, findings: findings, body) }
  }

  /// A value that the wallet itself checks.
  private func made<Value>(_ section: Section, _ body: () throws(PolicyFault) -> Value) -> Value? {
    do { return try body() } catch {
      findings.report(section.place, section.path, "\(error)", remedy: "docs/signer.md")
      return nil
    }
  }
}

// MARK: - Forms

extension Form<String> {
  /// A function by its canonical signature.
  fileprivate static var signature: Form<String> {
    Form(what: "a function with the types of its arguments, such as approve(address,uint256)") { text in
      do {
        let function = try ABIFunction(signature: text)
        guard function.signature == text else { return .wrong("is not canonical; it is spelt \(function.signature)") }
        return .value(text)
      } catch {
        return .wrong("is no function")
      }
    }
  }
}

extension Form<[Int]> {
  /// The place of an argument, tuples by dots.
  fileprivate static var argumentPath: Form<[Int]> {
    Form(what: "the argument's number, counted from 0, and with dots that of a tuple's member, such as \"0.2\"") {
      text in
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { part in
        part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && part.utf8.count <= 3
          ? Int(part) : nil
      }
      guard !numbers.isEmpty, numbers.count == parts.count, numbers.count <= 32 else { return .wrong("is no place") }
      return .value(numbers)
    }
  }
}

extension Form<UInt256> {
  /// A plain whole number, in whatever unit the contract counts.
  fileprivate static var number: Form<UInt256> {
    Form(what: "a whole number below 2^256 in decimal digits") { text in
      do { return .value(try UInt256(decimal: text)) } catch { return .wrong("is not such a number") }
    }
  }
}

extension Form<ABIValue> {
  /// How values of an elementary type are written; nil for other types.
  fileprivate static func value(of type: ABIType) -> Form<ABIValue>? {
    switch type {
    case .address:
      Form(what: Form<Address>.address.what) { text in
        // Zero is a value like another here: no callback, no receiver.
        guard text != Address.zero.description else { return .value(.address(.zero)) }
        return Form<Address>.address.mapped { .value(.address($0)) }.parse(text)
      }
    case .uint: .init(what: Form<UInt256>.number.what) { Form<UInt256>.number.mapped { .value(.uint($0)) }.parse($0) }
    case .bool: Form<Bool>.flag.mapped { .value(.bool($0)) }
    case .fixedBytes(let count):
      Form(what: "\(count) bytes as \"0x…\" in hexadecimal") { text in
        do {
          let bytes = try Hex.decode(text, limit: 32)
          return bytes.count == count ? .value(.fixedBytes(bytes)) : .wrong("has \(bytes.count) bytes")
        } catch {
          return .wrong("is not hexadecimal")
        }
      }
    default: nil
    }
  }
}
