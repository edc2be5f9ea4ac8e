/// The rules of a signing policy, by the names that reports, metrics and docs/signer.md use.
package enum PolicyRule: String, CaseIterable, Hashable, Sendable {
  case chain, replayable, creation, accessList, selfCall, feeCap, fee, size, target, selector, wrapper, encoding
  case argument, callValue, transactionValue, role, hiddenFailure, delegatecall, depth, calls, emptyBatch

  /// For people, completing "refused because …".
  package var meaning: String {
    switch self {
    case .chain: "the policy does not name the transaction's chain"
    case .replayable: "the signature would not be bound to a chain"
    case .creation: "it would create a contract"
    case .accessList: "it carries an access list, which this keeper never writes"
    case .selfCall: "a transaction to the key's own address does more than nothing"
    case .feeCap: "it offers more per unit of gas than the ceiling"
    case .fee: "its gas limit times its fee cap is above the ceiling"
    case .size: "its data is larger than any call of ours"
    case .target: "a call goes to a contract that the policy does not name"
    case .selector: "a call is of a function that the policy does not name for its contract"
    case .wrapper: "a call carries further calls in a form that is not unwrapped"
    case .encoding: "a call's data is not the one canonical encoding of its arguments"
    case .argument: "an argument is not what the policy allows"
    case .callValue: "a call takes along more native currency than its function may"
    case .transactionValue: "all calls together take along more native currency than a transaction may"
    case .role: "the call of the Roles modifier names another role, or carries native currency itself"
    case .hiddenFailure: "the Roles modifier would hide a failure of the inner call"
    case .delegatecall: "something other than the configured MultiSend would be delegatecalled, or by another way"
    case .depth: "calls are nested deeper than any of ours"
    case .calls: "it holds more calls than any of ours"
    case .emptyBatch: "it is a list of no calls"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .chain, .target, .selector:
      "if it is meant, name it in the policy file; if not, find out who asked for it"
    case .feeCap, .fee: "compare the policy's ceilings with chains[].fees and chains[].gas"
    case .argument, .callValue, .transactionValue: "compare the policy with the vault's section of the configuration"
    case .role: "compare the policy's role key with the account's"
    case .replayable, .creation, .accessList, .selfCall, .size, .wrapper, .encoding, .hiddenFailure, .delegatecall,
      .depth, .calls, .emptyBatch:
      "this program never makes such a call; halt it and find out who asked for it"
    }
  }
}

/// The policy's no, with what stood there and what would have been right. Holds nothing secret: calldata is public once
/// sent.
package struct PolicyRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let rule: PolicyRule
  /// Which call, by its number inside each wrapper from the outside in, counted from 1; empty for the transaction.
  package let place: [Int]
  package let found: String
  package let allowed: String

  package init(_ rule: PolicyRule, at place: [Int] = [], found: String, allowed: String) {
    self.rule = rule
    self.place = place
    self.found = found
    self.allowed = allowed
  }

  package var description: String {
    let call = place.isEmpty ? "" : ", call \(place.map(String.init).joined(separator: "."))"
    return "the signer's policy (rule \(rule.rawValue)\(call)): \(rule.meaning): found \(found), "
      + "allowed \(allowed); \(rule.remedy)"
  }
}
