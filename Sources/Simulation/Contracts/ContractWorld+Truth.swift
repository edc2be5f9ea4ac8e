package import Contracts
package import Ethereum

/// What an account is exposed to, in the smallest units of the base asset (18 decimals). Positive is long.
package struct ExposureTruth: Hashable, Sendable {
  package let nativeWei: UInt256
  package let wrappedUnits: UInt256
  package let positionUnits: Int256
  package let net: Int256
  /// `net` after any subset of the standing orders has filled wholly.
  package let low: Int256
  package let high: Int256
}

/// The truth about a world, for checkers: not through the ABI, and not through the keeper's own arithmetic.
extension ContractWorld {
  package func exposure(of account: Address) -> ExposureTruth {
    let native = balance(of: account)
    let wrapped = state.wrapped.balances[account] ?? .zero
    var positions = Int256.zero
    for position in state.venue.positions.values where position.account == account {
      let tokens = sure { try Int256(position.sizeInTokens) }
      positions = sure { try position.isLong ? positions + tokens : positions - tokens }
    }
    let net = sure { try Int256(native) + Int256(wrapped) + positions }
    var (low, high) = (net, net)
    for order in standingOrders(of: account) {
      let change = change(of: order)
      if change.isNegative { low = sure { try low + change } } else { high = sure { try high + change } }
    }
    return ExposureTruth(
      nativeWei: native, wrappedUnits: wrapped, positionUnits: positions, net: net, low: low, high: high)
  }

  /// Base units the account is long or short: ether, wrapped ether and positions.
  package func netExposure(of account: Address) -> Int256 { exposure(of: account).net }

  /// Orders that may still fill. A frozen one cannot before it is amended.
  private func standingOrders(of account: Address) -> [VenueOrder] {
    state.venue.orders.values.filter { $0.account == account && !$0.isFrozen }
  }

  /// The most tokens an order can move. An increase is counted at the price that gives most among those it can have
  /// now: its trigger or the feed's price.
  private func change(of order: VenueOrder) -> Int256 {
    sure {
      if order.type.isIncrease {
        let index = try machine(at: 0).oraclePrices(index: nil).index.min
        let limit = order.type == .limitIncrease && order.triggerPrice != .zero
        let price = limit ? order.isLong ? min(index, order.triggerPrice) : order.triggerPrice : index
        let tokens = try Int256(VenueScale.ceiling(order.sizeDeltaUsd, price))
        return order.isLong ? tokens : try tokens.negated()
      }
      let key = VenueKeys.position(order.account, order.market, order.collateralToken, isLong: order.isLong)
      guard let position = state.venue.positions[key], position.sizeInUsd != .zero else { return .zero }
      let size = min(order.sizeDeltaUsd, position.sizeInUsd)
      let tokens = try Int256(
        UInt256.mulDiv(position.sizeInTokens, size, position.sizeInUsd, rounding: .up))
      return order.isLong ? try tokens.negated() : tokens
    }
  }

  /// What an order may trade, in whole dollars: an increase by its own size. A decrease is sized at the price at which
  /// its position was opened, so it is counted at the feed's while it stands.
  package func dollars(of placed: PlacedOrder) -> UInt256 {
    sure {
      guard !placed.type.isIncrease, let order = state.venue.orders[placed.key] else {
        return try placed.sizeDeltaUsd / UInt256.powerOfTen(30)
      }
      // Tokens with 18 decimals at a price with 8.
      return try UInt256.mulDiv(
        change(of: order).magnitude, latest(.base).answer.magnitude, UInt256.powerOfTen(26), rounding: .down)
    }
  }

  private func machine(at timestamp: UInt64) -> ContractMachine {
    ContractMachine(
      site: site, state: state, message: Message(from: .zero, to: nil, gasLimit: .max),
      block: BlockContext(number: 0, timestamp: timestamp, baseFeeWei: .zero))
  }

  /// What an account is worth at the feeds' prices: balances, collateral, profit less what closing would cost, funding
  /// not yet claimed, and collateral that standing and frozen orders hold. Execution fees in orders are not counted.
  package func netAssetValue(of account: Address, in block: BlockContext) -> Usd {
    let machine = machine(at: block.timestamp)
    let units = sure { () throws -> Int256 in
      let prices = try machine.oraclePrices(index: nil)
      let ether = try balance(of: account) + (state.wrapped.balances[account] ?? .zero)
      var dollars = try ether * prices.long.min + (state.quote.balances[account] ?? .zero) * prices.short.min
      for (token, price) in [(plan.addresses.wrappedNative, prices.long), (plan.addresses.quoteToken, prices.short)] {
        let key = VenueKeys.claimable(plan.addresses.market, token, account)
        dollars = try dollars + state.venue.uint(key) * price.min
        for order in state.venue.orders.values
        where order.account == account && order.type.isIncrease && order.collateralToken == token {
          dollars = try dollars + order.collateralDelta * price.min
        }
      }
      var worth = try Int256(dollars)
      for position in state.venue.positions.values where position.account == account {
        worth = try worth + machine.worth(of: position, prices)
      }
      return worth
    }
    return Usd(
      raw: sure { try Int256.mulDiv(units, .one, Int256(1_000_000_000_000), rounding: .down) })
  }

  /// All there is of each money, wherever it lies: what conservation is checked against.
  package var totals: (nativeWei: UInt256, wrappedUnits: UInt256, quoteUnits: UInt256) {
    func sum(_ values: [UInt256]) -> UInt256 { sure { try values.reduce(.zero) { try $0 + $1 } } }
    return (sum(state.native.values), sum(state.wrapped.balances.values), sum(state.quote.balances.values))
  }

  package func baseUnits(of account: Address) -> UInt256 { state.wrapped.balances[account] ?? .zero }
  package func quoteUnits(of account: Address) -> UInt256 { state.quote.balances[account] ?? .zero }

  /// Keys of the account's orders as the venue lists them, frozen ones too.
  package func openOrders(of account: Address) -> [Bytes32] {
    (state.venue.sets[site.keys.orderList] ?? []).filter { state.venue.orders[$0]?.account == account }
  }
}

extension ContractMachine {
  /// Dollars with 30 decimals that closing a position now would give, without a gain from price impact.
  fileprivate func worth(of position: VenuePosition, _ prices: MarketPrices) throws -> Int256 {
    let size = position.sizeInUsd
    let result = try execution(
      prices, sizeInUsd: size, sizeInTokens: position.sizeInTokens, sizeDelta: Int256(size).negated(),
      pendingImpact: position.pendingImpactAmount, isLong: position.isLong)
    let fees = try fees(position, prices, size, improves: result.improvesBalance, withPending: true)
    let claimable = try fees.claimable.long * prices.long.min + fees.claimable.short * prices.short.min
    return try Int256(position.collateralAmount * fees.collateralPrice.min) + profit(position, prices, size).usd
      + min(result.totalImpactUsd, .zero) - Int256(fees.total * fees.collateralPrice.min) + Int256(claimable)
  }
}
