import Ethereum
import Testing

@testable import Wallet

/// The policy and the calls of `policy.json`, which eth-abi and a second reading of the rules have judged.
struct PolicyFixture {
  struct Case {
    let name: String
    let transaction: UnsignedTransaction
    /// The rule that refuses it; nil where it is allowed.
    let rule: PolicyRule?
    /// Of legal calls: for each way of changing one byte, whether each byte's mutant is allowed.
    let mutants: [[Bool]]
  }

  let sender: Address
  let policy: SigningPolicy
  let legal: [Case]
  let refused: [Case]

  static let gasLimit: UInt64 = 2_000_000

  init() throws {
    let json = try WalletFixture.json("policy.json")
    sender = try Address(hex: json.text("sender"))
    policy = try Self.policy(try #require(json["policy"]))
    legal = try #require(json["legal"]?.array).map { try Self.read($0) }
    refused = try #require(json["refused"]?.array).map { try Self.read($0) }
  }

  static func transaction(
    _ chainID: UInt64, to: Address?, valueWei: UInt256 = .zero, data: [UInt8] = [], gasLimit: UInt64 = gasLimit,
    kind: UnsignedTransaction.Kind = .dynamicFee(tipWei: 1_000_000_000, feeCapWei: 50_000_000_000)
  ) -> UnsignedTransaction {
    UnsignedTransaction(
      kind: kind, chainID: chainID, nonce: 7, gasLimit: gasLimit, to: to, valueWei: valueWei, data: data)
  }

  private static func read(_ json: JSON) throws -> Case {
    let it = try #require(json["transaction"])
    let data = try Hex.decode(try it.text("data"), limit: 1 << 20)
    let rule = try json.text("rule")
    let masks = try (json["mutants"]?.array ?? []).map { try bits(try #require($0.string), count: data.count) }
    return Case(
      name: try json.text("name"),
      transaction: transaction(
        UInt64(try it.whole("chain")), to: try Address(hex: it.text("to")), valueWei: try it.word("value"), data: data),
      rule: try Self.rule(rule), mutants: masks)
  }

  private static func rule(_ name: String) throws -> PolicyRule? {
    guard !name.isEmpty else { return nil }
    let rule: PolicyRule = try #require(PolicyRule(rawValue: name), "\(name)")
    return rule
  }

  /// A number in hex, its lowest bit first.
  private static func bits(_ hex: String, count: Int) throws -> [Bool] {
    let digits = try hex.dropFirst(2).reversed().map { try #require($0.hexDigitValue) }
    return (0..<count).map { $0 / 4 < digits.count && digits[$0 / 4] >> ($0 % 4) & 1 == 1 }
  }

  // MARK: the policy

  private static func policy(_ json: JSON) throws -> SigningPolicy {
    try SigningPolicy(
      try #require(json["chains"]?.array).map { chain in
        try SigningPolicy.Chain(
          chainID: UInt64(try chain.whole("chainID")), fees: try fees(chain["fees"]),
          noOpFees: try fees(chain["noOp"]), accounts: try #require(chain["accounts"]?.array).map { try account($0) })
      })
  }

  private static func fees(_ json: JSON?) throws -> SigningPolicy.FeeLimits {
    let json = try #require(json)
    return SigningPolicy.FeeLimits(capWei: try json.word("cap"), transactionWei: try json.word("transaction"))
  }

  private static func account(_ json: JSON) throws -> SigningPolicy.Account {
    var executor = SigningPolicy.Executor.key
    if let path = json["executor"], path.object != nil {
      executor = .roles(
        SigningPolicy.RolesPath(
          modifier: try Address(hex: path.text("modifier")), roleKey: try Bytes32(hex: path.text("roleKey")),
          safe: try Address(hex: path.text("safe")), multiSend: try Address(hex: path.text("multiSend"))))
    }
    return try SigningPolicy.Account(
      executor: executor, valueCeilingWei: try json.word("value"),
      targets: try #require(json["targets"]?.array).map { target in
        try SigningPolicy.Target(
          name: target.text("name"), address: Address(hex: target.text("address")),
          functions: try #require(target["functions"]?.array).map { try function($0) })
      })
  }

  private static func function(_ json: JSON) throws -> SigningPolicy.Function {
    let signature = try json.text("signature")
    let rules = try #require(json["rules"]?.array).map { rule in
      let path = try #require(rule["at"]?.array).map { Int(try #require($0.integer)) }
      if let bounds = rule["range"]?.array {
        let numbers = try bounds.map { try UInt256(decimal: try #require($0.string)) }
        return SigningPolicy.ArgumentRule(at: path, .range(lowest: numbers[0], highest: numbers[1]))
      }
      guard let texts = rule["oneOf"]?.array else { return SigningPolicy.ArgumentRule(at: path, .empty) }
      let type = try SigningPolicy.ArgumentRule(at: path, .empty).type(in: signature)
      return SigningPolicy.ArgumentRule(
        at: path, .oneOf(try texts.map { try value(try #require($0.string), type) }))
    }
    return try SigningPolicy.Function(signature, valueCeilingWei: try json.word("value"), rules: rules)
  }

  private static func value(_ text: String, _ type: ABIType) throws -> ABIValue {
    switch type {
    case .address: .address(try Address(hex: text))
    case .bool: .bool(text == "true")
    case .fixedBytes: .bytes32(try Bytes32(hex: text))
    default: .uint(try UInt256(decimal: text))
    }
  }
}

extension SigningPolicy {
  /// The broken rule, nil where none is.
  func broken(_ transaction: UnsignedTransaction, _ sender: Address) -> PolicyRule? {
    do {
      try check(transaction, from: sender)
      return nil
    } catch {
      return error.rule
    }
  }
}
