import Contracts
package import Ethereum
import Outbox
package import Wallet

/// The signing policy that follows from a configuration: everything it names and nothing else. The default where no
/// policy file is given, and the draft of one.
///
/// It is written from the contracts' side once more, by signature and argument, and shares no code with what writes the
/// calls; a test signs every call that a venue writes under the policy of its own settings.
package struct DerivedPolicy {
  /// A chain with what is set for it.
  package struct Chain {
    let settings: ChainSettings
    let vaults: [VaultSettings]
    /// The most native currency that one transaction may take along: what gas and upfront fees may cost in a day, which
    /// the outbox's budget holds the sum of them to anyway.
    let valueCeilingWei: UInt256

    package init(settings: ChainSettings, vaults: [VaultSettings], valueCeilingWei: UInt256) {
      self.settings = settings
      self.vaults = vaults
      self.valueCeilingWei = valueCeilingWei
    }
  }

  package let policy: SigningPolicy

  /// - Throws: `.noRules` for a kind of account or venue that is not known here.
  package init(_ chains: [Chain]) throws(PolicyFault) {
    var list: [SigningPolicy.Chain] = []
    for chain in chains { list.append(try Self.rules(chain)) }
    policy = try SigningPolicy(list)
  }

  private static func rules(_ chain: Chain) throws(PolicyFault) -> SigningPolicy.Chain {
    var accounts: [Draft] = []
    for vault in chain.vaults {
      let executor = try executor(of: vault)
      let targets = try targets(of: vault, executor, ceiling: chain.valueCeilingWei)
      if let index = accounts.firstIndex(where: { $0.executor == executor }) {
        accounts[index].add(targets)
      } else {
        accounts.append(Draft(executor: executor, targets: targets))
      }
    }
    var list: [SigningPolicy.Account] = []
    for account in accounts { list.append(try account.account(ceiling: chain.valueCeilingWei)) }
    let lane = chain.settings.lane
    return try SigningPolicy.Chain(
      chainID: chain.settings.chainID,
      fees: limits(lane.feeCeilingWei, gas: chain.settings.gasLimit),
      noOpFees: limits(lane.clearingCeilingWei, gas: lane.noOpGasLimit), accounts: list)
  }

  private static func limits(_ capWei: UInt256, gas: UInt64) -> SigningPolicy.FeeLimits {
    let (product, overflow) = UInt256(gas).multipliedReportingOverflow(by: capWei)
    return SigningPolicy.FeeLimits(capWei: capWei, transactionWei: overflow ? .max : product)
  }

  private static func executor(of vault: VaultSettings) throws(PolicyFault) -> SigningPolicy.Executor {
    switch vault.account {
    case is EOAAccount: return .key
    case let account as SafeRolesAccount:
      return .roles(
        SigningPolicy.RolesPath(
          modifier: account.roles, roleKey: account.roleKey, safe: account.safe, multiSend: account.multiSend))
    default: throw .noRules("accounts of kind \(vault.account.name)")
    }
  }

  private static func targets(
    of vault: VaultSettings, _ executor: SigningPolicy.Executor, ceiling: UInt256
  ) throws(PolicyFault) -> [DraftTarget] {
    switch vault.venue {
    case let venue as GMXv2Venue:
      let rules = GMXv2Rules(
        venue.configuration, holder: vault.account.holder, batches: executor == .key, ceilingWei: ceiling)
      return [
        DraftTarget(
          name: "ExchangeRouter", address: venue.configuration.deployment.exchangeRouter,
          functions: try rules.functions())
      ]
    default: throw .noRules("venues of kind \(vault.venue.name)")
    }
  }
}

/// An account while the vaults that share it are put together.
private struct Draft {
  let executor: SigningPolicy.Executor
  var targets: [DraftTarget]

  mutating func add(_ more: [DraftTarget]) {
    for target in more {
      guard let index = targets.firstIndex(where: { $0.address == target.address }) else {
        targets.append(target)
        continue
      }
      for function in target.functions where !targets[index].functions.contains(function) {
        targets[index].functions.append(function)
      }
    }
  }

  func account(ceiling: UInt256) throws(PolicyFault) -> SigningPolicy.Account {
    var list: [SigningPolicy.Target] = []
    for target in targets {
      list.append(
        try SigningPolicy.Target(name: target.name, address: target.address, functions: target.functions))
    }
    return try SigningPolicy.Account(executor: executor, valueCeilingWei: ceiling, targets: list)
  }
}

private struct DraftTarget {
  let name: String
  let address: Address
  var functions: [SigningPolicy.Function]
}

/// What one market of GMX v2 is called with (gmx-io/gmx-synthetics 2.2, `ExchangeRouter`).
private struct GMXv2Rules {
  private let configuration: GMXv2Configuration
  /// The vault: whatever an order brings goes back to it.
  private let holder: Address
  private let batches: Bool
  private let ceilingWei: UInt256

  init(_ configuration: GMXv2Configuration, holder: Address, batches: Bool, ceilingWei: UInt256) {
    self.configuration = configuration
    self.holder = holder
    self.batches = batches
    self.ceilingWei = ceilingWei
  }

  private typealias Rule = SigningPolicy.ArgumentRule

  func functions() throws(PolicyFault) -> [SigningPolicy.Function] {
    let vault = [ABIValue.address(configuration.deployment.orderVault)]
    var functions = [
      try SigningPolicy.Function(
        "sendWnt(address,uint256)", valueCeilingWei: ceilingWei,
        rules: [Rule(at: [0], .oneOf(vault)), Rule(at: [1], .range(lowest: .zero, highest: ceilingWei))]),
      try SigningPolicy.Function(
        "sendTokens(address,address,uint256)", valueCeilingWei: .zero,
        rules: [Rule(at: [0], .oneOf([.address(configuration.collateral.address)])), Rule(at: [1], .oneOf(vault))]),
      try SigningPolicy.Function(Self.createOrder, valueCeilingWei: .zero, rules: orderRules),
      try SigningPolicy.Function(
        "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)", valueCeilingWei: .zero,
        rules: [Rule(at: [2], bound), Rule(at: [6], .oneOf([.bool(false)]))]),
      try SigningPolicy.Function("cancelOrder(bytes32)", valueCeilingWei: .zero),
    ]
    if batches { functions.append(try SigningPolicy.Function("multicall(bytes[])", valueCeilingWei: ceilingWei)) }
    return functions
  }

  /// A price bound that is one: neither zero, which accepts any price of a sale, nor the largest number, any of a buy.
  private var bound: Rule.Test {
    let (highest, _) = UInt256.max.subtractingReportingOverflow(.one)
    return .range(lowest: .one, highest: highest)
  }

  /// `createOrder` has one argument, a tuple of: addresses (0: receiver, cancellation receiver, callback, fee receiver,
  /// market, collateral, swap path), numbers (1: size, collateral, trigger, acceptable price, execution fee, callback
  /// gas, least output, valid from), order type (2), swap type (3), long (4), unwrap (5), auto-cancel (6), referral
  /// (7), data list (8).
  private static let createOrder =
    "createOrder(((address,address,address,address,address,address,address[]),"
    + "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),uint8,uint8,bool,bool,bool,bytes32,bytes32[]))"

  private var orderRules: [SigningPolicy.ArgumentRule] {
    let tokens = [configuration.longToken.address, configuration.shortToken.address]
    return [
      Rule(at: [0, 0, 0], .oneOf([.address(holder)])), Rule(at: [0, 0, 1], .oneOf([.address(holder)])),
      Rule(at: [0, 0, 2], .oneOf([.address(.zero)])),
      Rule(at: [0, 0, 3], .oneOf([.address(configuration.uiFeeReceiver)])),
      Rule(at: [0, 0, 4], .oneOf([.address(configuration.market)])),
      Rule(at: [0, 0, 5], .oneOf(tokens.map { .address($0) })), Rule(at: [0, 0, 6], .empty),
      Rule(at: [0, 1, 3], bound), Rule(at: [0, 1, 4], .range(lowest: .zero, highest: ceilingWei)),
      Rule(at: [0, 1, 5], .range(lowest: .zero, highest: .zero)),
      // Market and limit increase, market and limit decrease: what the venue places.
      Rule(at: [0, 2], .range(lowest: UInt256(2), highest: UInt256(5))),
      Rule(at: [0, 3], .range(lowest: .zero, highest: .zero)), Rule(at: [0, 5], .oneOf([.bool(false)])),
      Rule(at: [0, 6], .oneOf([.bool(false)])), Rule(at: [0, 7], .oneOf([.bytes32(configuration.referralCode)])),
      Rule(at: [0, 8], .empty),
    ]
  }
}
