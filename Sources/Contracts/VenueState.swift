package import Ethereum

/// Kind of an order, as the keeper calls it.
package enum OrderKind: String, Hashable, Sendable, Codable {
  case marketIncrease, limitIncrease, marketDecrease, limitDecrease, stopLossDecrease, stopIncrease, swap, liquidation

  package var isMarket: Bool { self == .marketIncrease || self == .marketDecrease }
  package var isIncrease: Bool { self == .marketIncrease || self == .limitIncrease || self == .stopIncrease }
  package var isDecrease: Bool {
    self == .marketDecrease || self == .limitDecrease || self == .stopLossDecrease || self == .liquidation
  }
}

/// What has become of an order. Only evidence from the venue makes it `filled`; a transaction that succeeded does not.
package enum OrderState: Hashable, Sendable, Codable {
  /// A market order that waits for the venue's order keeper.
  case pending
  /// A limit or stop order that waits for its price.
  case resting
  case partial(filled: Quantity)
  /// Each where the logs at hand tell it. `shortfall` is what the execution gave away against the venue's own oracle
  /// price at that moment, price impact included and fees not; negative for a gain.
  case filled(averagePrice: Price?, feesUsd: Usd?, shortfall: Usd? = nil)
  /// The venue gave it back; `reason` is the decoded error, or "by account".
  case cancelled(reason: String, refunded: Bool)
  /// Still listed, but nobody will execute it before it is amended with a new fee; or cancelled.
  case frozen(reason: String)
  case expired
  /// Neither listed nor any evidence of its fate.
  case unknown

  /// Nothing will happen to the order any more.
  package var isFinal: Bool {
    switch self {
    case .filled, .cancelled, .expired: true
    case .pending, .resting, .partial, .frozen, .unknown: false
    }
  }
}

/// An order that the venue lists.
package struct OpenOrder: Hashable, Sendable, Codable {
  package let key: Bytes32
  package let kind: OrderKind
  package let isLong: Bool
  package let state: OrderState
  /// Change of the net base delta if it fills wholly, magnitude rounded up.
  package let change: Quantity
  /// Collateral the venue holds for it (belongs to us, so it counts in net asset value).
  package let collateralUnits: UInt256
  package let collateralValue: Usd
  package let triggerPrice: Price?
  package let acceptablePrice: Price?
  /// Unix seconds at which it was placed or last amended.
  package let updatedAt: UInt64
  /// Unix seconds from which a cancel is accepted.
  package let cancellableAt: UInt64
  /// Native currency the venue holds for executing it.
  package let executionFeeWei: UInt256

  package init(
    key: Bytes32, kind: OrderKind, isLong: Bool, state: OrderState, change: Quantity, collateralUnits: UInt256,
    collateralValue: Usd, triggerPrice: Price?, acceptablePrice: Price?, updatedAt: UInt64, cancellableAt: UInt64,
    executionFeeWei: UInt256
  ) {
    self.key = key
    self.kind = kind
    self.isLong = isLong
    self.state = state
    self.change = change
    self.collateralUnits = collateralUnits
    self.collateralValue = collateralValue
    self.triggerPrice = triggerPrice
    self.acceptablePrice = acceptablePrice
    self.updatedAt = updatedAt
    self.cancellableAt = cancellableAt
    self.executionFeeWei = executionFeeWei
  }
}

/// A position at a venue, valued at our own oracle's price.
package struct Position: Hashable, Sendable, Codable {
  package let key: Bytes32
  package let isLong: Bool
  /// Base delta, negative for a short.
  package let quantity: Quantity
  /// |quantity| at the index price.
  package let notional: Usd
  package let entry: Price
  package let collateralUnits: UInt256
  package let collateralValue: Usd
  /// Profit or loss at the index price, before fees and impact.
  package let unrealised: Usd
  /// What closing the position now would be charged, ≥ 0: funding, borrowing and closing fee.
  package let pendingFees: Usd
  /// The index price at which the venue may close it, pending fees included; nil where no positive price does.
  package let liquidationPrice: Price?
  /// Funding received and not yet collected.
  package let claimable: Usd

  package init(
    key: Bytes32, isLong: Bool, quantity: Quantity, notional: Usd, entry: Price, collateralUnits: UInt256,
    collateralValue: Usd, unrealised: Usd, pendingFees: Usd, liquidationPrice: Price?, claimable: Usd
  ) {
    self.key = key
    self.isLong = isLong
    self.quantity = quantity
    self.notional = notional
    self.entry = entry
    self.collateralUnits = collateralUnits
    self.collateralValue = collateralValue
    self.unrealised = unrealised
    self.pendingFees = pendingFees
    self.liquidationPrice = liquidationPrice
    self.claimable = claimable
  }

  /// What the position adds to net asset value: collateral, profit and claimable funding, less pending fees.
  package func netValue() throws(ContractsError) -> Usd {
    try collateralValue + unrealised + claimable - pendingFees
  }
}

/// The conditions of the market at the block read.
package struct MarketTerms: Hashable, Sendable, Codable {
  package let isDisabled: Bool
  /// Fee of a trade as a part of its notional, at the worse of the venue's two rates.
  package let positionFee: Ratio
  /// Loss to price impact of a trade of `impactProbe` dollars, ≥ 0.
  package let impactProbe: Usd
  package let impactOfBuyingProbe: Usd
  package let impactOfSellingProbe: Usd
  package let minimumCollateral: Usd
  package let minimumPositionSize: Usd
  /// Cost of holding, as a part of the notional per second, ≥ 0.
  package let borrowingPerSecondLong: Ratio
  package let borrowingPerSecondShort: Ratio
  /// Funding as a part of the notional per second: positive is paid, negative received.
  package let fundingPerSecondLong: Ratio
  package let fundingPerSecondShort: Ratio
  /// How long a market order cannot be cancelled.
  package let cancelDelaySeconds: UInt64
  /// Gas that the upfront fee must pay for, per kind of order; the fee is this times the gas price.
  package let increaseExecutionGas: UInt256
  package let decreaseExecutionGas: UInt256
  /// Collateral token held by the account, and how much of it the venue may take.
  package let collateralBalanceUnits: UInt256
  package let collateralAllowanceUnits: UInt256
  /// Decimals of those units. The venue's own token: a vault may hold several quote tokens of different decimals.
  package let collateralDecimals: Int
  /// What a pool holds, where orders are filled against one.
  package let pool: PoolDepth?
  /// What the venue trades at, where it shows it.
  package let venuePrice: Price?

  package init(
    isDisabled: Bool, positionFee: Ratio, impactProbe: Usd, impactOfBuyingProbe: Usd, impactOfSellingProbe: Usd,
    minimumCollateral: Usd, minimumPositionSize: Usd, borrowingPerSecondLong: Ratio,
    borrowingPerSecondShort: Ratio, fundingPerSecondLong: Ratio, fundingPerSecondShort: Ratio,
    cancelDelaySeconds: UInt64, increaseExecutionGas: UInt256, decreaseExecutionGas: UInt256,
    collateralBalanceUnits: UInt256, collateralAllowanceUnits: UInt256, collateralDecimals: Int,
    pool: PoolDepth? = nil, venuePrice: Price? = nil
  ) {
    self.isDisabled = isDisabled
    self.positionFee = positionFee
    self.impactProbe = impactProbe
    self.impactOfBuyingProbe = impactOfBuyingProbe
    self.impactOfSellingProbe = impactOfSellingProbe
    self.minimumCollateral = minimumCollateral
    self.minimumPositionSize = minimumPositionSize
    self.borrowingPerSecondLong = borrowingPerSecondLong
    self.borrowingPerSecondShort = borrowingPerSecondShort
    self.fundingPerSecondLong = fundingPerSecondLong
    self.fundingPerSecondShort = fundingPerSecondShort
    self.cancelDelaySeconds = cancelDelaySeconds
    self.increaseExecutionGas = increaseExecutionGas
    self.decreaseExecutionGas = decreaseExecutionGas
    self.collateralBalanceUnits = collateralBalanceUnits
    self.collateralAllowanceUnits = collateralAllowanceUnits
    self.collateralDecimals = collateralDecimals
    self.pool = pool
    self.venuePrice = venuePrice
  }
}

/// A pool of constant product as it stands; in a concentrated one, the virtual reserves at its price.
package struct PoolDepth: Hashable, Sendable, Codable {
  package let base: Quantity
  /// In dollars.
  package let quote: Usd
  /// Part of what goes in.
  package let fee: Ratio

  package init(base: Quantity, quote: Usd, fee: Ratio) {
    self.base = base
    self.quote = quote
    self.fee = fee
  }
}

/// What the positions of an account have in common at a venue whose margin is `cross`.
package struct SharedMargin: Hashable, Sendable, Codable {
  /// Collateral that the venue holds for the account beside that of its positions. Counts in net asset value.
  package let freeCollateral: Usd
  /// Equity that the venue asks for, as a part of the notional of all positions, long and short added up.
  package let maintenanceRate: Ratio

  package init(freeCollateral: Usd, maintenanceRate: Ratio) {
    self.freeCollateral = freeCollateral
    self.maintenanceRate = maintenanceRate
  }
}

/// Everything read from a venue at one block.
package struct VenueState: Hashable, Sendable, Codable {
  package let positions: [Position]
  package let orders: [OpenOrder]
  package let terms: MarketTerms
  /// Funding received earlier and waiting to be collected, beside what the positions carry. Counts in net asset value.
  package let claimable: Usd
  /// nil where each position answers for itself.
  package let shared: SharedMargin?
  /// The same in the venue's own units, for the venue that read it; nobody else looks inside.
  package let native: NativeVenueState

  package init(
    positions: [Position], orders: [OpenOrder], terms: MarketTerms, claimable: Usd = .zero,
    shared: SharedMargin? = nil, native: NativeVenueState = .none
  ) {
    self.positions = positions
    self.orders = orders
    self.terms = terms
    self.claimable = claimable
    self.shared = shared
    self.native = native
  }
}

extension VenueState {
  /// The larger of the margins, as a part of the notional, without which a position is not opened and is closed; nil
  /// where the venue's reading does not tell.
  package var maintenanceMargin: Ratio? {
    get throws(ContractsError) {
      switch native {
      case .none: nil
      case .gmxV2(let state): try state.parameters.maintenanceMargin
      }
    }
  }
}

/// A venue's own view of its state. `none` in states that no venue read.
package enum NativeVenueState: Hashable, Sendable, Codable {
  case none
  case gmxV2(GMXv2State)
}
