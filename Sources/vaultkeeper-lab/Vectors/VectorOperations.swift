import Ethereum

/// Which of the program's functions a kind of vector goes to.
enum VectorOperations {
  typealias Evaluation = @Sendable (VectorInput) throws -> JSON

  private static let kinds: [(kind: String, evaluate: Evaluation)] = [
    ("bands_delta", { try BandsDeltaVectors.evaluate($0) }),
    ("bands_weight", { try BandsWeightVectors.evaluate($0) }),
    ("cppi", { try CPPIVectors.evaluate($0) }),
    ("crypto_inverse_options", { try InverseOptionVectors.evaluate($0) }),
    ("execution", { try ExecutionVectors.evaluate($0) }),
    ("greeks_black76", { try Black76Vectors.evaluate($0) }),
    ("greeks_bsm", { try BSMVectors.evaluate($0) }),
    ("greeks_digital", { try DigitalVectors.evaluate($0) }),
    ("greeks_edge", { try BSMVectors.evaluate($0) }),
    ("hedge_replay", { try HedgeReplayVectors.evaluate($0) }),
    ("hull_delta_hedge", { try HullVectors.evaluate($0) }),
    ("implied_vol", { try ImpliedVolatilityVectors.evaluate($0) }),
    ("lp_uniswap", { try UniswapLPVectors.evaluate($0) }),
    ("perp", { try PerpetualVectors.evaluate($0) }),
    ("power_perp", { try PowerPerpetualVectors.evaluate($0) }),
    ("published_greeks", { try PublishedGreeksVectors.evaluate($0) }),
    ("svi", { try SmileVectors.evaluate($0) }),
    ("tracking", { try TrackingVectors.evaluate($0) }),
    ("volatility", { try VolatilityVectors.evaluate($0) }),
  ]

  static func named(_ kind: String) throws -> Evaluation {
    guard let found = kinds.first(where: { $0.kind == kind }) else {
      throw LabError("no operation of kind \(kind) is known")
    }
    return found.evaluate
  }
}
