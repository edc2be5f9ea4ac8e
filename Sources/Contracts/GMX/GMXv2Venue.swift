package import Ethereum

/// One market of GMX v2 (gmx-io/gmx-synthetics, release 2.2): orders are created in one transaction and executed by the
/// protocol's own order keepers in a later one, so that a transaction which succeeded is never a fill.
package struct GMXv2Venue: Venue {
  package let configuration: GMXv2Configuration

  /// Most positions and orders an account may have before the reading is refused as incomplete. One vault has a
  /// handful; the limit keeps an answer inside one eth_call.
  static let listLimit = 64

  package init(configuration: GMXv2Configuration) { self.configuration = configuration }

  package var name: String { "gmx-v2" }

  package var capabilities: Capabilities {
    Capabilities(
      // 300 s is the protocol's REQUEST_EXPIRATION_TIME at release; each reading's terms carry the live value.
      settlement: .twoStep(minimumCancelDelaySeconds: 300, isFeeBearing: true), limit: .restingNative,
      reduceOnly: .byOrderType, postOnly: false, nativeStop: true, modify: true, partialFill: false,
      maximumOpenOrders: nil, priceBound: .executionPrice, upfrontFee: true,
      // Filled at signed prices that are on no chain before they are used.
      counterparty: .oracle, showsPrice: false, margin: .isolated, topUp: true)
  }

  package var contracts: [(name: String, address: Address)] {
    let deployment = configuration.deployment
    return [
      ("ExchangeRouter", deployment.exchangeRouter), ("Router", deployment.router),
      ("DataStore", deployment.dataStore), ("Reader", deployment.reader), ("OrderVault", deployment.orderVault),
      ("EventEmitter", deployment.eventEmitter), ("RoleStore", deployment.roleStore),
      ("ReferralStorage", deployment.referralStorage),
      (configuration.collateral.symbol, configuration.collateral.address),
    ]
  }

  package var knownErrors: [ABIErrorType] { GMXErrors.errors }

  package func batch(_ calls: [Call]) throws(ContractsError) -> Call? {
    let router = configuration.deployment.exchangeRouter
    guard !calls.isEmpty, calls.allSatisfy({ $0.to == router }) else { return nil }
    let value = try ContractsError.wrapping { () throws(EthereumError) in
      var sum = UInt256.zero
      for call in calls { sum = try sum + call.valueWei }
      return sum
    }
    return Call(
      to: router, valueWei: value, data: try GMXExchangeRouter.Multicall(data: calls.map(\.data)).encoded(),
      label: "ExchangeRouter.multicall")
  }

  /// This venue's own state, or an error when another venue read it.
  func native(_ state: VenueState) throws(ContractsError) -> GMXv2State {
    guard case .gmxV2(let native) = state.native else { throw .foreignState(venue: name) }
    return native
  }
}
