package import Ethereum

/// What a key may sign, as lists that a person can read. Whatever is not written here is refused, on every inner call
/// (`PolicyWalk`); only the transfer of nothing to the key's own address needs no entry beside its chain.
///
/// Deterministic and small: the lists are searched in order, and nothing is asked of the outside.
package struct SigningPolicy: Hashable, Sendable {
  /// In the order of the file; each chain id once.
  package let chains: [Chain]

  /// - Throws: `.duplicate`, `.tooMany`.
  package init(_ chains: [Chain]) throws(PolicyFault) {
    try PolicyFault.limit(chains.count, to: SigningPolicy.listLimit, "chains")
    try PolicyFault.refuseDuplicates(chains.map { "chain \($0.chainID)" })
    self.chains = chains
  }

  /// Most entries of any list: far above a deployment, and a bound on the search.
  static let listLimit = 1024

  package func chain(_ chainID: UInt64) -> Chain? { chains.first { $0.chainID == chainID } }
}

extension SigningPolicy {
  /// One chain on which the key may sign.
  package struct Chain: Hashable, Sendable {
    package let chainID: UInt64
    /// Of every transaction but no-ops.
    package let fees: FeeLimits
    /// Of a no-op, which must be able to outbid what it clears.
    package let noOpFees: FeeLimits
    /// Empty: nothing but no-ops.
    package let accounts: [Account]

    /// - Throws: `.duplicate` for two accounts of one executor.
    package init(
      chainID: UInt64, fees: FeeLimits, noOpFees: FeeLimits, accounts: [Account]
    ) throws(PolicyFault) {
      try PolicyFault.limit(accounts.count, to: SigningPolicy.listLimit, "accounts")
      try PolicyFault.refuseDuplicates(accounts.map(\.executor.identity))
      for account in accounts where account.executor == .key {
        for other in accounts {
          guard case .roles(let path) = other.executor else { continue }
          // A plain rule for the modifier would be a second way around what is inside of the call.
          guard !account.targets.contains(where: { $0.address == path.modifier }) else {
            throw .forbiddenTarget(path.modifier, "it is a Roles modifier of this policy")
          }
        }
      }
      self.chainID = chainID
      self.fees = fees
      self.noOpFees = noOpFees
      self.accounts = accounts
    }
  }

  /// The most that gas may cost.
  package struct FeeLimits: Hashable, Sendable {
    /// Wei per unit of gas.
    package let capWei: UInt256
    /// Gas limit times fee cap, in wei.
    package let transactionWei: UInt256

    package init(capWei: UInt256, transactionWei: UInt256) {
      self.capWei = capWei
      self.transactionWei = transactionWei
    }
  }

  /// Who makes the calls that the key asks for.
  package enum Executor: Hashable, Sendable {
    /// The key's own address.
    case key
    /// A Safe, through its Roles modifier: every transaction is `execTransactionWithRole`.
    case roles(RolesPath)

    var identity: String {
      switch self {
      case .key: "executor key"
      case .roles(let path): "executor \(path.modifier) with role \(path.roleKey)"
      }
    }
  }

  /// The way from the key to a Safe.
  package struct RolesPath: Hashable, Sendable {
    package let modifier: Address
    package let roleKey: Bytes32
    /// The Safe. Never a target: its own functions change who may act for it.
    package let safe: Address
    /// MultiSendCallOnly, the only contract that may be delegatecalled; nil where several calls are never one.
    package let multiSend: Address?

    package init(modifier: Address, roleKey: Bytes32, safe: Address, multiSend: Address?) {
      self.modifier = modifier
      self.roleKey = roleKey
      self.safe = safe
      self.multiSend = multiSend
    }
  }

  /// What one executor may call.
  package struct Account: Hashable, Sendable {
    package let executor: Executor
    /// The most native currency that all calls of one transaction may take along, in wei.
    package let valueCeilingWei: UInt256
    package let targets: [Target]

    /// - Throws: `.duplicate` for an address listed twice, `.forbiddenTarget` for the path's own contracts.
    package init(executor: Executor, valueCeilingWei: UInt256, targets: [Target]) throws(PolicyFault) {
      try PolicyFault.limit(targets.count, to: SigningPolicy.listLimit, "targets")
      try PolicyFault.refuseDuplicates(targets.map { "target \($0.address)" })
      if case .roles(let path) = executor {
        for target in targets {
          switch target.address {
          case path.modifier: throw .forbiddenTarget(target.address, "it is the Roles modifier itself")
          case path.safe: throw .forbiddenTarget(target.address, "it is the Safe itself")
          case path.multiSend: throw .forbiddenTarget(target.address, "it is the MultiSend contract")
          default: continue
          }
        }
      }
      self.executor = executor
      self.valueCeilingWei = valueCeilingWei
      self.targets = targets
    }

    func target(_ address: Address) -> Target? { targets.first { $0.address == address } }
  }

  /// One contract that may be called.
  package struct Target: Hashable, Sendable {
    /// For people.
    package let name: String
    package let address: Address
    /// A call is allowed where any entry of its selector allows it, so two markets are two entries of `createOrder`.
    package let functions: [Function]

    /// - Throws: `.duplicate` for an entry that stands twice.
    package init(name: String, address: Address, functions: [Function]) throws(PolicyFault) {
      try PolicyFault.limit(functions.count, to: SigningPolicy.listLimit, "functions")
      for (index, function) in functions.enumerated() {
        let before = functions[..<index]
        guard !before.contains(function) else { throw .duplicate("the same entry of \(function.signature)") }
        guard !function.isBatch || !before.contains(where: \.isBatch) else {
          throw .duplicate("entry of \(function.signature)")
        }
        // Two functions of one selector would be read as the first of them.
        if let other = before.first(where: { $0.selector == function.selector && $0.abi != function.abi }) {
          throw .signature(function.signature, reason: "it has the selector of \(other.signature)")
        }
      }
      self.name = name
      self.address = address
      self.functions = functions
    }
  }

  /// One function that may be called, and with what.
  package struct Function: Hashable, Sendable {
    let abi: ABIFunction
    /// The most native currency that one call may take along, in wei.
    package let valueCeilingWei: UInt256
    package let rules: [ArgumentRule]

    /// `name(type,type)` with canonical types.
    package var signature: String { abi.signature }
    package var selector: [UInt8] { abi.selector }
    /// Whether its argument is a list of further calls to the same contract, each of which is checked by itself.
    package var isBatch: Bool { abi == Wrappers.batch }

    /// - Parameter signature: as in `approve(address,uint256)`.
    /// - Throws: `.signature`; `.wrapper` for a function that carries calls of a kind that is not unwrapped here;
    ///   `.rule` for a rule that does not fit the arguments.
    package init(_ signature: String, valueCeilingWei: UInt256, rules: [ArgumentRule] = []) throws(PolicyFault) {
      do { abi = try ABIFunction(signature: signature) } catch {
        throw .signature(Excerpt.of(signature), reason: error.description)
      }
      guard !Wrappers.isForbidden(abi.selector) else { throw .wrapper(abi.signature) }
      try PolicyFault.limit(rules.count, to: SigningPolicy.listLimit, "argument rules")
      guard abi != Wrappers.batch || rules.isEmpty else {
        throw .rule("0", of: abi.signature, reason: "the calls inside are judged one by one; it takes no rules")
      }
      for rule in rules { try rule.validate(against: abi) }
      self.valueCeilingWei = valueCeilingWei
      self.rules = rules
    }
  }

  /// What one argument must be.
  package struct ArgumentRule: Hashable, Sendable {
    package enum Test: Hashable, Sendable {
      /// One of these values, of the argument's type.
      case oneOf([ABIValue])
      /// An unsigned number within these bounds, both included.
      case range(lowest: UInt256, highest: UInt256)
      /// A list, bytes or text without content.
      case empty
    }

    /// Position among the arguments, then inside of tuples: `[0, 2]` is the third member of the first argument.
    package let path: [Int]
    package let test: Test

    package init(at path: [Int], _ test: Test) {
      self.path = path
      self.test = test
    }

    /// `0.2`.
    package var pathText: String { path.map(String.init).joined(separator: ".") }
  }
}

extension SigningPolicy.ArgumentRule {
  /// The type of the argument, for whoever reads its values.
  /// - Throws: `.rule` where the path leads nowhere.
  package func type(in signature: String) throws(PolicyFault) -> ABIType {
    do { return try type(in: try ABIFunction(signature: signature)) } catch let fault as PolicyFault {
      throw fault
    } catch {
      throw .signature(Excerpt.of(signature), reason: "\(error)")
    }
  }

  private func type(in abi: ABIFunction) throws(PolicyFault) -> ABIType {
    var type = ABIType.tuple(abi.inputs)
    guard !path.isEmpty else { throw .rule("", of: abi.signature, reason: "it names no argument") }
    for index in path {
      guard case .tuple(let members) = type, members.indices.contains(index) else {
        throw .rule(pathText, of: abi.signature, reason: "there is no such argument")
      }
      type = members[index]
    }
    return type
  }

  func validate(against abi: ABIFunction) throws(PolicyFault) {
    let type = try type(in: abi)
    func fault(_ reason: String) -> PolicyFault { .rule(pathText, of: abi.signature, reason: reason) }
    switch test {
    case .oneOf(let values):
      guard !values.isEmpty else { throw fault("a list of no values allows nothing; remove the function instead") }
      try PolicyFault.limit(values.count, to: SigningPolicy.listLimit, "values")
      for value in values {
        do { _ = try ABI.encode([value], as: [type]) } catch { throw fault("\(value) is no \(type)") }
      }
    case .range(let lowest, let highest):
      guard case .uint = type else { throw fault("bounds are for unsigned numbers, and it is \(type)") }
      guard lowest <= highest else { throw fault("the lowest allowed is above the highest") }
    case .empty:
      switch type {
      case .array, .bytes, .string: return
      default: throw fault("\(type) is never empty")
      }
    }
  }

  /// Whether the arguments of a call satisfy the rule; else what stands there.
  func violation(in arguments: [ABIValue]) -> String? {
    var value = ABIValue.tuple(arguments)
    for index in path {
      guard case .tuple(let members) = value, members.indices.contains(index) else { return "nothing" }
      value = members[index]
    }
    switch (test, value) {
    case (.oneOf(let values), _): return values.contains(value) ? nil : value.description
    case (.range(let lowest, let highest), .uint(let number)):
      return lowest <= number && number <= highest ? nil : number.description
    case (.empty, .array(let elements)): return elements.isEmpty ? nil : "\(elements.count) elements"
    case (.empty, .bytes(let bytes)): return bytes.isEmpty ? nil : "\(bytes.count) bytes"
    case (.empty, .string(let text)): return text.isEmpty ? nil : "a text"
    default: return value.description
    }
  }

  /// What would have been right, for the refusal.
  var allowed: String {
    switch test {
    case .oneOf(let values): values.map(\.description).joined(separator: ", ")
    case .range(let lowest, let highest): "\(lowest) to \(highest)"
    case .empty: "nothing"
    }
  }
}

/// Why a policy cannot be one.
package enum PolicyFault: Error, Hashable, Sendable, CustomStringConvertible {
  case duplicate(String)
  case tooMany(what: String, count: Int, limit: Int)
  case signature(String, reason: String)
  /// A function that carries further calls and is not unwrapped here, so listing it would allow anything.
  case wrapper(String)
  case rule(String, of: String, reason: String)
  case forbiddenTarget(Address, String)
  /// A kind of account or venue for which no rules are known.
  case noRules(String)

  package var description: String {
    switch self {
    case .duplicate(let what): "\(what) stands twice; keep one"
    case .tooMany(let what, let count, let limit): "\(count) \(what) are more than \(limit)"
    case .signature(let text, let reason): "\(text) is no function: \(reason); write it as approve(address,uint256)"
    case .wrapper(let signature):
      "\(signature) carries further calls that are not looked at here, so nothing may allow it; remove it"
    case .rule(let path, let signature, let reason): "the rule for argument \(path) of \(signature): \(reason)"
    case .forbiddenTarget(let address, let why): "\(address) may be no target: \(why); remove it"
    case .noRules(let what): "no rules are known for \(what); write a policy file (key.policy)"
    }
  }

  static func limit(_ count: Int, to limit: Int, _ what: String) throws(PolicyFault) {
    guard count <= limit else { throw .tooMany(what: what, count: count, limit: limit) }
  }

  static func refuseDuplicates(_ names: [String]) throws(PolicyFault) {
    for (index, name) in names.enumerated() where names[..<index].contains(name) { throw .duplicate(name) }
  }
}
