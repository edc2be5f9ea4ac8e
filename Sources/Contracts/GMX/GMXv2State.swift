import Ethereum

/// One reading in GMX's own units, for the venue to plan with.
package struct GMXv2State: Hashable, Sendable, Codable {
  struct KeyedPosition: Hashable, Sendable, Codable {
    let key: Bytes32
    let position: GMXReader.PositionProps
  }

  struct KeyedOrder: Hashable, Sendable, Codable {
    let key: Bytes32
    let order: GMXReader.OrderProps
  }

  /// Values of the DataStore.
  struct Parameters: Hashable, Sendable, Codable {
    let estimatedGasBase: UInt256
    let estimatedGasPerOraclePrice: UInt256
    let estimatedGasMultiplier: UInt256
    let increaseGas: UInt256
    let decreaseGas: UInt256
    let requestExpirationSeconds: UInt64
    let minimumCollateralUsd: UInt256
    let minimumPositionSizeUsd: UInt256
    let minimumCollateralFactor: UInt256
    let minimumCollateralFactorForLiquidation: UInt256
    let maximumImpactFactorForLiquidation: UInt256
    let positionFeeImproving: UInt256
    let positionFeeWorsening: UInt256
    let claimableLongToken: UInt256
    let claimableShortToken: UInt256
  }

  let account: Address
  /// Of this market only.
  let positions: [KeyedPosition]
  let orders: [KeyedOrder]
  let parameters: Parameters
  let indexPrice: Price
  let collateralPrice: Price
  let collateralBalance: UInt256
  let collateralAllowance: UInt256
  /// The router may act: it holds the role CONTROLLER. A router of an older release loses it.
  let isRouterController: Bool
}

extension GMXv2State.Parameters {
  /// As a part of the notional.
  var maintenanceMargin: Ratio {
    get throws(ContractsError) {
      try GMXv2Units.ratio(max(minimumCollateralFactor, minimumCollateralFactorForLiquidation), .up)
    }
  }
}

extension GMXv2State.Parameters {
  /// `values` in the order of `GMXv2Parameter.allCases`.
  init(_ values: [UInt256]) throws(ContractsError) {
    func value(_ parameter: GMXv2Parameter) throws(ContractsError) -> UInt256 {
      guard let index = GMXv2Parameter.allCases.firstIndex(of: parameter), values.indices.contains(index) else {
        throw .answerCount(
          what: "DataStore parameters", expected: GMXv2Parameter.allCases.count, actual: values.count)
      }
      return values[index]
    }
    let expiration = try value(.requestExpirationSeconds)
    guard let expirationSeconds = expiration.asUInt64, expirationSeconds <= 31_536_000 else {
      throw .implausible(what: "DataStore REQUEST_EXPIRATION_TIME", value: "\(expiration) s")
    }
    self.init(
      estimatedGasBase: try value(.estimatedGasBase),
      estimatedGasPerOraclePrice: try value(.estimatedGasPerOraclePrice),
      estimatedGasMultiplier: try value(.estimatedGasMultiplier),
      increaseGas: try value(.increaseGas),
      decreaseGas: try value(.decreaseGas),
      requestExpirationSeconds: expirationSeconds,
      minimumCollateralUsd: try value(.minimumCollateralUsd),
      minimumPositionSizeUsd: try value(.minimumPositionSizeUsd),
      minimumCollateralFactor: try value(.minimumCollateralFactor),
      minimumCollateralFactorForLiquidation: try value(.minimumCollateralFactorForLiquidation),
      maximumImpactFactorForLiquidation: try value(.maximumImpactFactorForLiquidation),
      positionFeeImproving: try value(.positionFeeImproving),
      positionFeeWorsening: try value(.positionFeeWorsening),
      claimableLongToken: try value(.claimableLongToken),
      claimableShortToken: try value(.claimableShortToken))
  }

  /// Gas that an order's execution fee must pay for: base + oracle prices + limit of the order's kind × multiplier.
  /// Three prices (index, long, short), as the protocol counts for an order without swaps.
  func executionGas(increase: Bool) throws(ContractsError) -> UInt256 {
    let limit = increase ? increaseGas : decreaseGas
    let one = try GMXv2Units.one()
    return try ContractsError.wrapping { () throws(EthereumError) in
      // Rounded up where the protocol rounds down: one unit of gas too much is returned, one too little reverts.
      let adjusted = try UInt256.mulDiv(limit, estimatedGasMultiplier, one, rounding: .up)
      return try estimatedGasBase + estimatedGasPerOraclePrice * 3 + adjusted
    }
  }
}
