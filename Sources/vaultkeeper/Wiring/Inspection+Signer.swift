import Ethereum
import Host
import Keeper
import Outbox
import Wallet

// Who signs, under which policy, and whether an older key still has something to finish.
extension Inspection {
  mutating func key(asks: Bool) {
    let key = workshop.file.configuration.key
    do {
      switch key.holder {
      case .keystore(let path, let passphrase):
        try keystore(path, passphrase, address: key.address, asks: asks)
      case .remote(let remote):
        // Asks for the list of accounts and signs nothing.
        try workshop.openRemote(remote).confirmAddress()
        good("key", "\(key.address), held by \(remote.kind.rawValue)")
      }
    } catch {
      let failure = CommandFailure(error)
      bad("key", failure.message, "see what was found")
    }
  }

  private mutating func keystore(
    _ path: String, _ passphrase: SecretSource, address: Address, asks: Bool
  ) throws {
    let keystore = try KeystoreFile.read(path)
    if case .prompt = passphrase, !asks {
      guard let named = keystore.address, named == address else {
        return bad(
          "key", "\(path) names \(keystore.address?.description ?? "no address")",
          "configured is \(address): correct key.address or the path")
      }
      return skipped("key", "\(named), as the keystore says; not opened (--ask would)")
    }
    good("key", "\(try DaemonKey.open(path, passphrase, address: address).address), opened")
  }

  /// Which policy is in force, and whether it knows all that the configuration may ask for.
  mutating func policy() {
    do {
      let (policy, source) = try workshop.signingPolicy()
      let (wanted, _) = try workshop.file.derivedPolicy(workshop.deployment)
      let missing = PolicyGaps(of: policy, against: wanted).items
      guard missing.isEmpty else {
        return bad(
          "signing policy", "\(source), without \(missing.joined(separator: ", "))",
          "compare it with `vaultkeeper key policy`; until then these are refused")
      }
      let functions = policy.chains.flatMap(\.accounts).flatMap(\.targets).flatMap(\.functions).count
      good("signing policy", "\(source): \(policy.chains.count) chains, \(functions) functions")
    } catch {
      bad("signing policy", CommandFailure(error).message, "see what was found")
    }
  }

  mutating func oldKeys() {
    do {
      let old = OldKeys(try workshop.memory().outbox.state, key: workshop.file.configuration.key.address)
      if !old.lanes.isEmpty { good("older keys", old.description) }
    } catch {
      // The journal's own line says what is wrong with it.
      return
    }
  }
}

/// What the configuration may ask for and a policy does not name, in words: chains, contracts and functions. Ceilings
/// and rules are the policy's own.
struct PolicyGaps {
  private(set) var items: [String] = []

  init(of policy: SigningPolicy, against wanted: SigningPolicy) {
    for chain in wanted.chains {
      guard let found = policy.chain(chain.chainID) else {
        items.append("chain \(chain.chainID)")
        continue
      }
      for account in chain.accounts {
        guard let same = found.accounts.first(where: { $0.executor == account.executor }) else {
          items.append("the account of \(account.targets.map(\.name).joined(separator: " and "))")
          continue
        }
        add(account, found: same)
      }
    }
  }

  private mutating func add(_ account: SigningPolicy.Account, found: SigningPolicy.Account) {
    for target in account.targets {
      guard let same = found.targets.first(where: { $0.address == target.address }) else {
        items.append("\(target.name) \(target.address)")
        continue
      }
      for function in target.functions where !same.functions.contains(where: { $0.selector == function.selector }) {
        let item = "\(function.signature.prefix { $0 != "(" }) of \(target.name)"
        if !items.contains(item) { items.append(item) }
      }
    }
  }
}
