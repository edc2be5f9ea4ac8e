import RealModule

/// The payment that keeps a perpetual near its index.
package enum Funding {
  /// Premium + clamp(interest − premium, ±limit), per period (BitMEX, Binance, Hyperliquid: an eight-hour form with a
  /// limit of 0.0005; Hyperliquid pays an eighth of it each hour).
  package static func rate(premium: Double, interest: Double, limit: Double) throws(QuantError) -> Double {
    let premium = try finite(premium, "premium")
    let limit = try nonNegative(limit, "limit of the clamp")
    let difference = try finite(interest, "interest") - premium
    return try finite(premium + min(max(difference, -limit), limit), "funding rate")
  }

  /// USD per period that a position receives; a short receives where the rate is above zero.
  /// - Parameter notional: USD, zero or more.
  package static func payment(
    to side: PositionSide, rate: Double, notional: Double
  ) throws(QuantError) -> Double {
    try finite(-side.sign * (try finite(rate, "funding rate")) * (try nonNegative(notional, "notional")), "payment")
  }

  /// Rate · periods in a year of 365 days, not compounded.
  package static func annualRate(perPeriod rate: Double, periodsPerDay: Double) throws(QuantError) -> Double {
    try finite(try finite(rate, "funding rate") * (try positive(periodsPerDay, "periods per day")) * 365, "annual rate")
  }

  /// (1 + rate)^(periods in a year) − 1.
  package static func annualYield(perPeriod rate: Double, periodsPerDay: Double) throws(QuantError) -> Double {
    let rate = try finite(rate, "funding rate")
    guard rate > -1 else { throw .outOfRange("funding rate", needs: "above -1") }
    let periods = try positive(periodsPerDay, "periods per day") * 365
    return try finite(Double.expMinusOne(periods * Double.log(onePlus: rate)), "annual yield")
  }
}

/// Coin bought and a dated future sold against it.
package struct CashAndCarry: Hashable, Sendable {
  /// F/S − 1.
  package let basis: Double
  /// (F/S − 1) 365/days, per year.
  package let annualSimple: Double
  /// ln(F/S) 365/days, per year.
  package let annualContinuous: Double
  /// What is left of `annualSimple` after financing and fees, per year.
  package let netAnnualSimple: Double
  /// (basis − fees) 365/days over the capital of coin and margin, per year; financing is not in it.
  package let returnOnCapital: Double

  /// - Parameters:
  ///   - spot: USD per coin.
  ///   - future: USD per coin.
  ///   - days: until the future expires.
  ///   - financingRate: simple, per year.
  ///   - fees: of the whole round trip, as a part of the spot value.
  ///   - marginFraction: margin of the future as a part of the spot value.
  package init(
    spot: Double, future: Double, days: Double, financingRate: Double, fees: Double, marginFraction: Double
  ) throws(QuantError) {
    let spot = try positive(spot, "spot")
    let future = try positive(future, "future's price")
    let periods = 365 / (try positive(days, "days to expiry"))
    let fees = try nonNegative(fees, "fees")
    basis = try finite((future - spot) / spot, "basis")
    annualSimple = try finite(basis * periods, "annual basis")
    annualContinuous = try finite(Double.log(future / spot) * periods, "annual basis")
    netAnnualSimple = try finite(
      annualSimple - (try finite(financingRate, "financing rate")) - fees * periods, "net annual basis")
    returnOnCapital = try finite(
      (basis - fees) * periods / (1 + (try nonNegative(marginFraction, "margin fraction"))), "return on capital")
  }

  /// Days a position must be held until its daily income has paid the fees of the round trip.
  package static func breakEvenDays(fees: Double, dailyIncome: Double) throws(QuantError) -> Double {
    try finite(try nonNegative(fees, "fees") / (try positive(dailyIncome, "daily income")), "days to break even")
  }
}
