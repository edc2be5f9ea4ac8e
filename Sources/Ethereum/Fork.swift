/// Upgrades of the protocol that changed what a valid transaction is, in order, from Berlin (2021) on.
package enum Fork: Int, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  /// Access lists (EIP-2930).
  case berlin
  /// Base fee and type 2 (EIP-1559).
  case london
  case paris
  /// Init code is limited and paid for (EIP-3860).
  case shanghai
  /// Blob transactions (EIP-4844).
  case cancun
  /// Calldata's floor cost (EIP-7623) and set-code transactions (EIP-7702).
  case prague
  /// A cap on one transaction's gas (EIP-7825).
  case osaka

  /// Names of forks older than those here, as test files write them; the keeper knows no chain at these.
  package static let olderNames = [
    "Frontier", "Homestead", "EIP150", "EIP158", "Byzantium", "Constantinople", "ConstantinopleFix", "Istanbul",
  ]

  /// The fork a test file or a chain's documentation calls `name`; nil for older and unknown ones.
  package init?(name: String) {
    switch name {
    case "Merge": self = .paris
    default:
      guard let fork = Fork.allCases.first(where: { $0.description == name }) else { return nil }
      self = fork
    }
  }

  package var description: String {
    switch self {
    case .berlin: "Berlin"
    case .london: "London"
    case .paris: "Paris"
    case .shanghai: "Shanghai"
    case .cancun: "Cancun"
    case .prague: "Prague"
    case .osaka: "Osaka"
    }
  }

  package static func < (left: Fork, right: Fork) -> Bool { left.rawValue < right.rawValue }
}
