// What a configuration file says, as values with their units. docs/configuration.md is its prose; nothing here is
// secret except an endpoint's URL written in the file itself, which prints as its origin only.

import Contracts
import Decision
import Ethereum
import Host
import Keeper
import Outbox
import Wallet

/// A whole configuration file, read and checked for itself; nothing outside of it has been looked at. All paths are
/// absolute or relative to the working directory, no longer to the file.
struct Configuration {
  let journal: Journal
  /// Where the marker lies that stops all signing.
  let haltMarkerPath: String
  /// Whether a halted keeper may still sign the cancel of its own resting orders.
  let cancelsOrdersWhileHalted: Bool
  let addressBookPath: String
  let tick: Tick
  let key: Key
  /// Nil: nobody is called.
  let alarms: Alarms?
  /// The file that metrics are written to; nil for none.
  let metricsPath: String?
  let writer: Writer
  let chains: [Chain]
  let vaults: [Vault]
}

/// A value together with the place where it is written, for a problem that is only found later.
struct Located<Value> {
  let value: Value
  let place: Place
  let path: String
}

extension Configuration {
  struct Journal {
    let path: String
    /// How long observations are kept. Promises are kept for ever.
    let observationSeconds: UInt64
  }

  struct Tick {
    let intervalSeconds: UInt64
    /// How long one exchange with the nodes may take.
    let deadlineSeconds: UInt64
  }

  struct Key {
    /// Who holds the key that signs.
    enum Holder {
      /// This process, from an encrypted file.
      case keystore(path: String, passphrase: SecretSource)
      case remote(RemoteKey)
    }

    /// The address that sends. `check` compares it with the holder's; a dry run needs nothing else.
    let address: Address
    let holder: Holder
    /// The signing policy's file; nil for the one that follows from this configuration.
    let policy: Located<String>?
  }

  /// A signer outside of this process.
  struct RemoteKey {
    let kind: RemoteSigner.Kind
    let endpoint: Endpoint
    let deadlineSeconds: UInt64
  }
}

// MARK: chains

extension Configuration {
  struct Chain {
    let name: String
    let chainID: UInt64
    let endpoints: [Endpoint]
    /// Nil: reads go out as one JSON-RPC batch.
    let multicall3: Address?
    let maximumHeadAgeSeconds: UInt64
    let nodes: Nodes
    let fees: FeePolicy
    let gas: Gas
    let lane: LanePolicy
  }

  struct Endpoint {
    enum Location {
      case inline(SecretURL)
      case secret(SecretSource)
    }

    /// What it is for.
    enum Role: String, CaseIterable {
      /// Reads and sends.
      case `public`
      /// Keeps what is sent to it from the public pools, and is asked for nothing.
      case relay
    }

    let name: String
    let role: Role
    let location: Location
    let allowsPlainHTTP: Bool
    let headers: [(name: String, value: SecretSource)]
    let caBundlePath: String?
  }

  struct Gas {
    let perDayWei: UInt256
    let perHourWei: UInt256
    /// Nil: gas is not counted in dollars.
    let perDayUsd: Usd?
    /// The native currency's feed; nil where none is configured.
    let nativeFeed: Feed?
    let clearNonceReserveWei: UInt256
    /// What the transfer of nothing that clears a nonce is given.
    let clearLimit: UInt64
    /// The most gas one act may be given.
    let limit: UInt64
    /// What is added to the estimated use.
    let marginPercent: UInt64
  }
}

// MARK: vaults

/// An address written out, or a contract of an address-book file.
enum ContractReference: Hashable {
  case address(Address)
  case book(name: String, contract: String)
}

extension Configuration {
  struct Vault {
    let name: String
    let place: Place
    let path: String
    let chain: Located<String>
    let account: Account
    let base: Asset
    let quote: Asset
    let shares: Address?
    let pause: Address?
    let oracle: Oracle
    let venue: Venue
    let submission: SubmissionPolicy
    var judgement: Judgement
    let exposures: [Exposure]
    let volatility: VolatilitySettings
  }

  enum Account {
    case eoa
    case safeRoles(safe: Address, roles: Address, roleKey: Bytes32, multiSend: Located<ContractReference>)
  }

  struct Asset {
    let symbol: String
    let tokens: [SpotToken]
  }

  struct Feed {
    let address: Address
    let limits: FeedLimits
  }

  struct Oracle {
    let base: Feed
    /// Nil: the quote asset counts as one dollar.
    let quote: Feed?
    let sequencer: (address: Address, graceSeconds: UInt64)?
  }

  struct Venue {
    enum Kind: String, CaseIterable {
      case gmxV2
    }

    let kind: Kind
    /// Name of an address-book file, without `.json`.
    let book: Located<String>
    let market: Address
    let collateral: SpotToken
    let longToken: SpotToken
    let shortToken: SpotToken
    let indexToken: Address
    let indexDecimals: Int
  }

  /// What a vault may trade and lose.
  struct Budgets {
    let turnoverPerDay: Usd
    /// How far the sum of what fills lost against the oracle's price may stand below its best.
    let loss: Usd
  }

  /// The numbers by which a vault is judged; with its chain's they make a `Policy`.
  struct Judgement {
    var target: Target
    let band: BandRule
    let minimumClip: Usd
    let maximumClip: Usd
    let orders: OrderPreference
    let execution: ExecutionRules
    let priceBound: Ratio
    let leverage: Ratio
    let liquidationAlarm: Ratio
    let attemptsPerDay: UInt64
    let budgets: Budgets

    func policy(
      maximumHeadAgeSeconds: UInt64, cancelsWhenHalted: Bool, monitoredEverySeconds interval: UInt64
    ) throws(DecisionError) -> Policy {
      try Policy(
        target: target, band: band.monitored(everySeconds: interval), minimumClip: minimumClip,
        maximumClip: maximumClip, orders: orders,
        priceBound: priceBound, leverage: leverage, liquidationAlarm: liquidationAlarm,
        maximumHeadAgeSeconds: maximumHeadAgeSeconds,
        cancelsWhenHalted: cancelsWhenHalted, execution: execution)
    }
  }
}
