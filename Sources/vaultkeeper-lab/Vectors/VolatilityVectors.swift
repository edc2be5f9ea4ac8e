import Ethereum
import Quant

/// Volatility, its forecasts, and correlation.
enum VolatilityVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "ewma_step": try ewma(given)
    case "ewma_cov": try covariance(given)
    case "garch_step": try step(given)
    case "garch_forecast":
      VectorOutput.object([
        "var_h": try model(given).forecast(variance: given.number("var_now"), periods: given.integer("h"))
      ])
    case "garch_calc_quantlib": try repeated(given)
    case "garch_filter": try filter(given)
    case "garch_fit_dem2gbp": try fit(given)
    case "ohlc_estimators": try bars(given)
    case "har_rv": try har(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func model(_ given: VectorInput) throws -> GARCH {
    try GARCH(omega: given.number("omega"), alpha: given.number("alpha"), beta: given.number("beta"))
  }

  private static func ewma(_ given: VectorInput) throws -> JSON {
    let before = try given.number("prev_sigma")
    var ewma = try EWMA(lambda: given.number("lam"), variance: before * before)
    try ewma.update(return: given.number("ret"))
    return VectorOutput.object(["var": ewma.variance, "sigma": ewma.deviation])
  }

  private static func covariance(_ given: VectorInput) throws -> JSON {
    let ewma = try EWMACovariance(lambda: given.number("lam"), x: given.numbers("x"), y: given.numbers("y"))
    return VectorOutput.object([
      "var_x": ewma.varianceX, "var_y": ewma.varianceY, "cov": ewma.covariance, "corr": ewma.correlation,
      "beta_y_on_x": ewma.beta, "min_var_hedge_of_y_with_x": ewma.beta,
    ])
  }

  private static func step(_ given: VectorInput) throws -> JSON {
    let model = try model(given)
    let before = try given.number("prev_sigma")
    let variance = try model.next(variance: before * before, return: given.number("ret"))
    return VectorOutput.object([
      "var": variance, "sigma": variance.squareRoot(), "long_run_var": model.longRunVariance,
      "long_run_sigma": model.longRunVariance.squareRoot(),
    ])
  }

  /// QuantLib's test: one return over and over, its third argument the LONG-RUN variance, begun with the return's
  /// square.
  private static func repeated(_ given: VectorInput) throws -> JSON {
    let model = try GARCH(
      longRunVariance: given.number("omega"), alpha: given.number("alpha"), beta: given.number("beta"))
    let size = try given.number("ret")
    var variance = size * size
    var deviations: [Double] = []
    for _ in 0..<(try given.integer("n")) {
      variance = try model.next(variance: variance, return: size)
      deviations.append(variance.squareRoot())
    }
    return ["sigma": VectorOutput.numbers(deviations)]
  }

  private static func filter(_ given: VectorInput) throws -> JSON {
    let model = try model(given)
    let filtered = try model.filter(given.numbers("ret"))
    let horizon = try given.integer("horizon")
    let path = try (0..<horizon).map { try model.forecast(variance: filtered.next, periods: $0) }
    return [
      "h": VectorOutput.numbers(filtered.variances), "loglik": .number(filtered.logLikelihood),
      "next_var": .number(filtered.next), "forecast_path": VectorOutput.numbers(path),
      "avg_var_over_horizon": .number(try model.averageForecast(variance: filtered.next, periods: horizon)),
      "long_run_var": .number(model.longRunVariance),
    ]
  }

  private static func fit(_ given: VectorInput) throws -> JSON {
    let returns = try returns(given.dataText("data"))
    guard try returns.count == given.integer("n") else { throw LabError("\(returns.count) returns") }
    let estimate = try GARCHEstimate(returns: returns)
    return VectorOutput.object([
      "mu": estimate.mean, "omega": estimate.model.omega, "alpha": estimate.model.alpha, "beta": estimate.model.beta,
      "loglik": estimate.logLikelihood,
    ])
  }

  /// A heading, then a return a line.
  static func returns(_ text: String) throws -> [Double] {
    try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      guard let value = Double(line) else { throw LabError("\"\(line)\" is no return") }
      return value
    }
  }

  private static func bars(_ given: VectorInput) throws -> JSON {
    let bars = try given.rows("ohlc").map { row in
      guard row.count == 4 else { throw LabError("a bar is four prices") }
      return try PriceBar(open: row[0], high: row[1], low: row[2], close: row[3])
    }
    let periods = try given.number("periods_per_year")
    return VectorOutput.object([
      "close_close": try RangeVolatility.closeToClose(bars, periodsPerYear: periods),
      "close_close_zero_mean": try RangeVolatility.closeToCloseAboutZero(bars, periodsPerYear: periods),
      "parkinson": try RangeVolatility.parkinson(bars, periodsPerYear: periods),
      "garman_klass": try RangeVolatility.garmanKlass(bars, periodsPerYear: periods),
      "rogers_satchell": try RangeVolatility.rogersSatchell(bars, periodsPerYear: periods),
      "yang_zhang": try RangeVolatility.yangZhang(bars, periodsPerYear: periods),
      "realized_var_sum": try RangeVolatility.realisedVariance(bars),
      "bipower_var_sum": try RangeVolatility.bipowerVariation(bars),
    ])
  }

  private static func har(_ given: VectorInput) throws -> JSON {
    let har = try HAR(given.numbers("rv"))
    return VectorOutput.object([
      "beta0": har.intercept, "beta_d": har.daily, "beta_w": har.weekly, "beta_m": har.monthly,
      "forecast": har.forecast,
    ])
  }
}
