import Ethereum
import Wallet

/// A signing policy as the file that says it.
struct PolicyText {
  private let policy: SigningPolicy

  init(_ policy: SigningPolicy) { self.policy = policy }

  /// - Parameter source: where it comes from, for the file's first line.
  func lines(source: String) -> [String] {
    var lines = [
      "# What the key may sign: \(source).", "# Whatever is not written here is refused, on every inner call.",
      "version: 1", "chains:",
    ]
    for chain in policy.chains {
      lines.append("  - chainID: \(chain.chainID)")
      lines.append("    fees: \(Self.fees(chain.fees))")
      lines.append("    noOp: \(Self.fees(chain.noOpFees))")
      guard !chain.accounts.isEmpty else { continue }
      lines.append("    accounts:")
      for account in chain.accounts { lines += Self.lines(account) }
    }
    return lines
  }

  private static func lines(_ account: SigningPolicy.Account) -> [String] {
    var lines: [String] = []
    switch account.executor {
    case .key: lines.append("      - executor: key")
    case .roles(let path):
      lines.append("      - executor:")
      lines.append("          modifier: \"\(path.modifier)\"")
      lines.append("          roleKey: \"\(path.roleKey)\"")
      lines.append("          safe: \"\(path.safe)\"")
      if let multiSend = path.multiSend { lines.append("          multiSend: \"\(multiSend)\"") }
    }
    lines.append("        value: \(ether(account.valueCeilingWei))")
    lines.append("        targets:")
    for target in account.targets {
      lines.append("          - name: \(target.name)")
      lines.append("            address: \"\(target.address)\"")
      lines.append("            functions:")
      for function in target.functions { lines += Self.lines(function) }
    }
    return lines
  }

  private static func lines(_ function: SigningPolicy.Function) -> [String] {
    var lines = ["              - call: \"\(function.signature)\""]
    if function.valueCeilingWei != .zero { lines.append("                value: \(ether(function.valueCeilingWei))") }
    guard !function.rules.isEmpty else { return lines }
    lines.append("                arguments:")
    for rule in function.rules {
      lines.append("                  - {at: \"\(rule.pathText)\", \(Self.test(rule.test))}")
    }
    return lines
  }

  private static func test(_ test: SigningPolicy.ArgumentRule.Test) -> String {
    switch test {
    case .oneOf(let values): "oneOf: [\(values.map { "\"\($0)\"" }.joined(separator: ", "))]"
    case .range(let lowest, let highest):
      lowest == .zero ? "atMost: \"\(highest)\"" : "atLeast: \"\(lowest)\", atMost: \"\(highest)\""
    case .empty: "empty: true"
    }
  }

  private static func fees(_ limits: SigningPolicy.FeeLimits) -> String {
    let capGwei = NumberWithUnit.shifted(limits.capWei.description, by: -9)
    return "{cap: \(capGwei) gwei, transaction: \(ether(limits.transactionWei))}"
  }

  private static func ether(_ wei: UInt256) -> String {
    "\(NumberWithUnit.shifted(wei.description, by: -18)) ether"
  }
}
