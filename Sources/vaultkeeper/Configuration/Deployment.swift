import Contracts
import Decision
import Ethereum
import Host
import Keeper

/// A configuration turned into what the keeper works with. Pure: nothing is read and nobody is asked.
struct Deployment {
  let chains: [Chain]
  /// Where the writer's lease is kept; nil where this machine is alone.
  let lease: Lease?

  struct Lease {
    let members: [LeaseSettings.Member]
    let configuration: Configuration.Etcd
    let exchangeDeadlineMilliseconds: Int

    /// - Parameter holder: who we are, as another keeper shows it.
    func settings(holder: String) -> LeaseSettings {
      LeaseSettings(
        members: members, prefix: configuration.prefix, ttlSeconds: configuration.ttlSeconds,
        exchangeDeadlineMilliseconds: exchangeDeadlineMilliseconds, holder: holder)
    }
  }

  /// A chain with the vaults on it.
  struct Chain {
    let settings: ChainSettings
    /// All of them in the order of the file, relays too, each with its id.
    let endpoints: [(id: EndpointID, endpoint: Configuration.Endpoint)]
    let vaults: [VaultSettings]
  }

  /// - Throws: `ConfigurationError` naming the place of each reference that leads nowhere.
  init(_ file: ConfigurationFile) throws(ConfigurationError) {
    var problems: [Problem] = []
    var chains: [Chain] = []
    var index = 0
    for chain in file.configuration.chains {
      let endpoints = chain.endpoints.enumerated().map {
        (id: EndpointID(index: index + $0.offset, name: $0.element.name), endpoint: $0.element)
      }
      let settings = Self.settings(chain, endpoints, tick: file.configuration.tick)
      index += chain.endpoints.count
      var vaults: [VaultSettings] = []
      for vault in file.configuration.vaults where vault.chain.value == chain.name {
        let builder = VaultBuilder(file: file, chain: chain, vault: vault)
        switch builder.settings() {
        case .success(let settings): vaults.append(settings)
        case .failure(let problem): problems.append(problem.problem)
        }
      }
      chains.append(Chain(settings: settings, endpoints: endpoints, vaults: vaults))
    }
    guard problems.isEmpty else { throw ConfigurationError(file: file.path, problems: problems) }
    self.chains = chains
    lease = Self.lease(file.configuration, firstEndpoint: index)
  }

  private static func lease(_ configuration: Configuration, firstEndpoint: Int) -> Lease? {
    guard case .etcd(let etcd) = configuration.writer else { return nil }
    let members = etcd.endpoints.enumerated().map { offset, endpoint in
      LeaseSettings.Member(
        name: endpoint.name, firstIndex: firstEndpoint + offset * EtcdMethod.allCases.count)
    }
    return Lease(
      members: members, configuration: etcd,
      exchangeDeadlineMilliseconds: Int(configuration.tick.deadlineSeconds) * 1000)
  }

  private static func settings(
    _ chain: Configuration.Chain, _ endpoints: [(id: EndpointID, endpoint: Configuration.Endpoint)],
    tick: Configuration.Tick
  ) -> ChainSettings {
    ChainSettings(
      name: chain.name, chainID: chain.chainID,
      endpoints: endpoints.filter { $0.endpoint.role == .public }.map(\.id),
      relays: endpoints.filter { $0.endpoint.role == .relay }.map(\.id), quorum: chain.nodes.quorum,
      maximumLagBlocks: chain.nodes.maximumLagBlocks, breaker: chain.nodes.breaker, sending: chain.nodes.sending,
      multicall3: chain.multicall3, exchangeDeadlineMilliseconds: Int(tick.deadlineSeconds) * 1000, fees: chain.fees,
      gasLimit: chain.gas.limit, gasMarginPercent: chain.gas.marginPercent,
      clearNonceReserveWei: chain.gas.clearNonceReserveWei, lane: chain.lane)
  }
}

/// A problem as an error, so that building a vault can stop at its first one.
private struct Misfit: Error {
  let problem: Problem

  init(_ place: Place, _ path: String, _ what: String, remedy: String) {
    problem = Problem(place: place, key: path, what: what, remedy: remedy)
  }
}

/// Makes one vault's settings: picks the account and the venue by their kinds.
private struct VaultBuilder {
  let file: ConfigurationFile
  let chain: Configuration.Chain
  let vault: Configuration.Vault

  private var multicall: Address { chain.multicall3 ?? MulticallBatch.canonicalAddress }

  func settings() -> Result<VaultSettings, Misfit> {
    Result { () throws(Misfit) -> VaultSettings in
      let venue = try venue()
      let account = try account(batcher: venue)
      return VaultSettings(
        name: vault.name, account: account, venue: venue,
        reader: VaultReader(
          holder: account.holder, tokens: vault.base.tokens + vault.quote.tokens, erc4626: vault.shares,
          pausable: vault.pause, multicall: multicall),
        priceFeed: ChainlinkFeed(address: vault.oracle.base.address, limits: vault.oracle.base.limits),
        quoteFeed: vault.oracle.quote.map { ChainlinkFeed(address: $0.address, limits: $0.limits) },
        sequencerFeed: vault.oracle.sequencer.map { SequencerFeed(address: $0.address, graceSeconds: $0.graceSeconds) },
        policy: try policy(), attemptLimit: Int(vault.judgement.attemptsPerDay),
        turnoverPerDay: vault.judgement.budgets.turnoverPerDay, lossLimit: vault.judgement.budgets.loss,
        nativeFeed: chain.gas.nativeFeed.map { ChainlinkFeed(address: $0.address, limits: $0.limits) },
        submission: vault.submission, exposures: vault.exposures.map { $0.setting(chainID: chain.chainID) },
        volatility: vault.volatility)
    }
  }

  // MARK: account

  private func account(batcher: any CallBatching) throws(Misfit) -> any Account {
    switch vault.account {
    case .eoa:
      return EOAAccount(holder: file.configuration.key.address, batcher: batcher, multicall: multicall)
    case .safeRoles(let safe, let roles, let roleKey, let multiSend):
      return SafeRolesAccount(
        safe: safe, roles: roles, roleKey: roleKey, multiSend: try address(multiSend), multicall: multicall)
    }
  }

  private func address(_ reference: Located<ContractReference>) throws(Misfit) -> Address {
    switch reference.value {
    case .address(let address): return address
    case .book(let name, let contract):
      let book = try book(Located(value: name, place: reference.place, path: reference.path))
      do {
        return try book.address(contract)
      } catch {
        throw Misfit(reference.place, reference.path, "\(error)", remedy: "name one of its contracts")
      }
    }
  }

  private func book(_ reference: Located<String>) throws(Misfit) -> AddressBook {
    guard let book = file.book(reference.value) else {
      throw Misfit(
        reference.place, reference.path, "the address book \(quoted(reference.value)) was not read",
        remedy: "name a file of the address book")
    }
    do {
      try book.check(chainID: chain.chainID)
    } catch {
      throw Misfit(reference.place, reference.path, "\(error)", remedy: "name the book of this vault's chain")
    }
    return book
  }

  // MARK: venue

  private func venue() throws(Misfit) -> any Venue {
    switch vault.venue.kind {
    case .gmxV2: try gmxV2()
    }
  }

  private func gmxV2() throws(Misfit) -> any Venue {
    let venue = vault.venue
    let book = try book(venue.book)
    do {
      let configuration = try GMXv2Configuration(
        deployment: try GMXv2Configuration.Deployment(book), market: venue.market,
        indexToken: GMXv2Configuration.Token(
          symbol: vault.base.symbol, address: venue.indexToken, decimals: venue.indexDecimals),
        longToken: token(venue.longToken), shortToken: token(venue.shortToken), longPricing: pricing(venue.longToken),
        shortPricing: pricing(venue.shortToken), collateral: token(venue.collateral).address,
        impactProbe: vault.judgement.maximumClip)
      return GMXv2Venue(configuration: configuration)
    } catch {
      throw Misfit(venue.book.place, "\(vault.path).venue", "\(error)", remedy: "correct the venue's section")
    }
  }

  /// The reader has checked that the venue's tokens have addresses.
  private func token(_ token: SpotToken) -> GMXv2Configuration.Token {
    GMXv2Configuration.Token(symbol: token.symbol, address: token.address ?? .zero, decimals: token.decimals)
  }

  /// A base token has the base price and the collateral the quote's. Any other quote token counts as one dollar, which
  /// only the pool's own figures (funding, borrowing) see.
  private func pricing(_ token: SpotToken) -> GMXv2Configuration.Pricing {
    switch token.role {
    case .base: .index
    case .quote: token == vault.venue.collateral ? .collateral : .fixed(Price(raw: 1_000_000_000_000_000_000))
    }
  }

  // MARK: judgement

  private func policy() throws(Misfit) -> Policy {
    do {
      return try vault.judgement.policy(
        maximumHeadAgeSeconds: chain.maximumHeadAgeSeconds,
        cancelsWhenHalted: file.configuration.cancelsOrdersWhileHalted,
        monitoredEverySeconds: file.configuration.tick.intervalSeconds)
    } catch {
      throw Misfit(vault.place, vault.path, "\(error)", remedy: "correct the vault's section")
    }
  }
}
