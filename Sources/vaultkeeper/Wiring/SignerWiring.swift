import Ethereum
import Host
import Keeper
import Outbox
import Wallet

extension ConfigurationFile {
  /// The policy in force, and in words where it comes from: the file that the configuration names, or what follows from
  /// the configuration.
  func signingPolicy(_ deployment: Deployment) throws -> (policy: SigningPolicy, source: String) {
    guard let policy else { return try derivedPolicy(deployment) }
    return (policy, "written in \(configuration.key.policy?.value ?? "a file")")
  }

  /// Everything the configuration names and nothing else.
  func derivedPolicy(_ deployment: Deployment) throws -> (policy: SigningPolicy, source: String) {
    let chains = zip(deployment.chains, configuration.chains).map { chain, written in
      DerivedPolicy.Chain(settings: chain.settings, vaults: chain.vaults, valueCeilingWei: written.gas.perDayWei)
    }
    do throws(PolicyFault) {
      return (try DerivedPolicy(chains).policy, "derived from \(path)")
    } catch {
      throw CommandFailure(status: .configuration, message: error.description)
    }
  }
}

extension Workshop {
  /// The policy in force, and where it comes from.
  func signingPolicy() throws -> (policy: SigningPolicy, source: String) { try file.signingPolicy(deployment) }

  /// What the daemon signs with: the key's holder behind the policy in force.
  ///
  /// - Throws: `CommandFailure` where the holder has another key than the configuration names.
  func openSigner() throws -> PolicedSigner {
    let policy = try signingPolicy().policy
    let key = file.configuration.key
    switch key.holder {
    case .keystore(let path, let passphrase):
      return PolicedSigner(try DaemonKey.open(path, passphrase, address: key.address), policy: policy)
    case .remote(let remote):
      let signer = try openRemote(remote)
      do throws(WalletError) {
        try signer.confirmAddress()
      } catch {
        // One that is away now may be back at the first tick; one that has another key will not change its mind.
        if case .remote(.unknownAccount) = error { throw error }
      }
      return PolicedSigner(signer, policy: policy)
    }
  }

  /// The remote signer with its secrets, over a transport of its own.
  func openRemote(_ remote: Configuration.RemoteKey) throws(HostError) -> RemoteSigner {
    let id = EndpointID(index: 0, name: remote.endpoint.name)
    var limits = TransportLimits()
    // What the wallet reads of an answer, with room for what it would refuse by name.
    limits.responseBytes = 2 << 20
    let transport = try CurlTransport(
      endpoints: [try remote.endpoint.open(as: id)], version: Vaultkeeper.version, interrupt: interrupt, limits: limits)
    return RemoteSigner(
      remote.kind, address: file.configuration.key.address,
      door: SignerExchange(
        transport: transport, endpoint: id, deadlineMilliseconds: Int(remote.deadlineSeconds) * 1000),
      context: Secp256k1())
  }
}

/// The key of a keystore.
enum DaemonKey {
  /// - Throws: `CommandFailure` when the keystore holds another key than the configuration names.
  static func open(_ path: String, _ passphrase: SecretSource, address: Address) throws -> LocalSigner {
    let context = try Secp256k1.forKeys()
    let keystore = try KeystoreFile.read(path)
    let secret = try keystore.unlock(with: try PassphraseOptions.read(passphrase), context: context)
    guard secret.address == address else {
      throw CommandFailure(
        status: .configuration,
        message: "the keystore \(path) holds the key of \(secret.address), the configuration names "
          + "\(address); correct key.address or key.keystore.path")
    }
    return LocalSigner(key: secret, context: context)
  }
}

/// Promises of keys that the configuration no longer names. The keeper settles them first and does nothing else for
/// their vaults, so that a new key cannot do a second time what an old one is about to do.
struct OldKeys {
  /// Lanes of other senders with promises that are not settled.
  let lanes: [Lane]

  init(_ state: OutboxState, key: Address) {
    lanes = state.lanes.filter { $0.id.sender != key && !$0.open.isEmpty }
  }

  var description: String {
    let list = lanes.map { "\($0.open.count) of \($0.id)" }.joined(separator: ", ")
    return "calls of another key are not settled: \(list); their vaults wait until the chain has settled them"
  }
}
