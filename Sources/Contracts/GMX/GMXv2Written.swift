package import Ethereum

// The venue's own structs as they are written down with a decision: their ABI words, so that nothing is lost and no
// generated type needs a form of its own.

extension ContractStruct where Self: Codable {
  init(from decoder: any Decoder) throws {
    let words = try [UInt256](from: decoder)
    let bytes = words.flatMap(\.bigEndian32)
    let values = try ABI.decode(bytes, as: [Self.abiType])
    var reader = ABIReader(what: "\(Self.self)", values)
    self = try reader.tuple(Self.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for word in try words() { try container.encode(word) }
  }

  private func words() throws -> [UInt256] {
    let bytes = try ABI.encode([abiValue], as: [Self.abiType])
    return try stride(from: 0, to: bytes.count, by: 32).map { start in
      try UInt256(bigEndian: bytes[start..<min(start + 32, bytes.count)])
    }
  }

  func form(_ memo: JSONMemo) throws -> JSON { .array(try words().map(\.json)) }
}

extension GMXReader.PositionProps: Codable, JSONFormed {}
extension GMXReader.OrderProps: Codable, JSONFormed {}

extension GMXv2State: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("account", account)
    try form.put("collateralAllowance", collateralAllowance)
    try form.put("collateralBalance", collateralBalance)
    try form.put("collateralPrice", collateralPrice)
    try form.put("indexPrice", indexPrice)
    form.put("isRouterController", isRouterController)
    try form.put("orders", orders)
    try form.put("parameters", parameters)
    try form.put("positions", positions)
  }
}

extension GMXv2State.KeyedPosition: JSONComposed {
  func compose(_ form: inout JSONComposition) throws {
    try form.put("key", key)
    try form.put("position", position)
  }
}

extension GMXv2State.KeyedOrder: JSONComposed {
  func compose(_ form: inout JSONComposition) throws {
    try form.put("key", key)
    try form.put("order", order)
  }
}

extension GMXv2State.Parameters: JSONComposed {
  func compose(_ form: inout JSONComposition) throws {
    try form.put("claimableLongToken", claimableLongToken)
    try form.put("claimableShortToken", claimableShortToken)
    try form.put("decreaseGas", decreaseGas)
    try form.put("estimatedGasBase", estimatedGasBase)
    try form.put("estimatedGasMultiplier", estimatedGasMultiplier)
    try form.put("estimatedGasPerOraclePrice", estimatedGasPerOraclePrice)
    try form.put("increaseGas", increaseGas)
    try form.put("maximumImpactFactorForLiquidation", maximumImpactFactorForLiquidation)
    try form.put("minimumCollateralFactor", minimumCollateralFactor)
    try form.put("minimumCollateralFactorForLiquidation", minimumCollateralFactorForLiquidation)
    try form.put("minimumCollateralUsd", minimumCollateralUsd)
    try form.put("minimumPositionSizeUsd", minimumPositionSizeUsd)
    try form.put("positionFeeImproving", positionFeeImproving)
    try form.put("positionFeeWorsening", positionFeeWorsening)
    form.put("requestExpirationSeconds", requestExpirationSeconds)
  }
}
