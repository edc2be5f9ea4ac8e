import RealModule

/// One expiry of a surface SVI: the smile that the at-the-money total variance θ, a curvature φ and one correlation ρ
/// make.
///
/// w(k) = θ/2 {1 + ρφk + √((φk + ρ)² + 1 − ρ²)}; Gatheral and Jacquier (2014), Quantitative Finance 14, section 4.
package struct SSVISlice: Hashable, Sendable {
  /// θ, above zero.
  package let theta: Double
  /// φ, above zero.
  package let phi: Double
  package let rho: Double

  package init(theta: Double, phi: Double, rho: Double) throws(QuantError) {
    self.theta = try positive(theta, "the at-the-money total variance")
    self.phi = try positive(phi, "the curvature of the smile")
    self.rho = try finite(rho, "the correlation of the smile")
    guard abs(rho) < 1 else { throw .outOfRange("the correlation of the smile", needs: "strictly between -1 and 1") }
  }

  package func totalVariance(_ k: Double) -> Double {
    let x = phi * k + rho
    return 0.5 * theta * (1 + rho * phi * k + (x * x + (1 - rho) * (1 + rho)).squareRoot())
  }

  /// Theorem 4.2: θφ(1 + |ρ|) < 4 and θφ²(1 + |ρ|) ≤ 4 suffice that no butterfly costs less than nothing.
  package var isSurelyButterflyFree: Bool {
    let wing = theta * phi * (1 + abs(rho))
    return wing < 4 && wing * phi <= 4
  }

  /// How far bounds that are stricter by `margin` than theorem 4.2's are missed: 0 where they hold.
  func excess(inside margin: Double) -> Double {
    let wing = theta * phi * (1 + abs(rho))
    return max(wing - 4 + margin, 0) + max(wing * phi - 4 + margin, 0)
  }

  /// The condition of theorem 4.1 on how θφ may grow with θ: 0 ≤ ∂(θφ)/∂θ ≤ (1 + √(1 − ρ²)) φ/ρ².
  package func isCalendarFree(growth: Double) -> Bool {
    growth >= 0 && growth * rho * rho <= (1 + ((1 - rho) * (1 + rho)).squareRoot()) * phi
  }

  /// The same smile in raw form.
  package func raw() throws(QuantError) -> SVISlice {
    let flank = ((1 - rho) * (1 + rho)).squareRoot()
    return try SVISlice(
      a: 0.5 * theta * flank * flank, b: 0.5 * theta * phi, rho: rho, m: -rho / phi, sigma: flank / phi)
  }
}

/// A whole volatility surface: SSVI with the power-law curvature φ(θ) = η/(θ^γ (1 + θ)^(1 − γ)).
///
/// With 0 < γ < 1 and θ that never falls with the expiry it is free of calendar arbitrage for every ρ; of butterfly
/// arbitrage where each `SSVISlice` says so, and everywhere if η (1 + |ρ|) ≤ 2 and γ ≤ 1/2 (Gatheral and Jacquier 2014,
/// remark 4.4).
package struct SSVISurface: Hashable, Sendable {
  package struct Expiry: Hashable, Sendable {
    package let years: Double
    /// The at-the-money total variance.
    package let theta: Double

    package init(years: Double, theta: Double) {
      self.years = years
      self.theta = theta
    }
  }

  package let rho: Double
  /// η, above zero.
  package let eta: Double
  /// γ, between 0 and 1.
  package let gamma: Double
  /// Nearest first; θ never falls.
  package let expiries: [Expiry]

  package init(rho: Double, eta: Double, gamma: Double, expiries: [Expiry]) throws(QuantError) {
    self.rho = try finite(rho, "the correlation of the surface")
    self.eta = try positive(eta, "the curvature of the surface")
    self.gamma = try finite(gamma, "the curvature's exponent")
    guard abs(rho) < 1 else { throw .outOfRange("the correlation of the surface", needs: "strictly between -1 and 1") }
    guard gamma > 0 && gamma < 1 else {
      throw .outOfRange("the curvature's exponent", needs: "strictly between 0 and 1")
    }
    guard !expiries.isEmpty else { throw .outOfRange("the surface's expiries", needs: "at least one") }
    var last = Expiry(years: 0, theta: 0)
    for expiry in expiries {
      _ = try positive(expiry.years, "the time to expiry")
      _ = try positive(expiry.theta, "the at-the-money total variance")
      guard expiry.years > last.years else { throw .outOfRange("the surface's expiries", needs: "in order of time") }
      guard expiry.theta >= last.theta else {
        throw .outOfRange("the at-the-money total variance", needs: "never falling with the expiry")
      }
      last = expiry
    }
    self.expiries = expiries
  }

  /// φ(θ).
  package func curvature(theta: Double) -> Double {
    eta / (Double.pow(theta, gamma) * Double.pow(1 + theta, 1 - gamma))
  }

  /// The at-the-money total variance: straight lines between the expiries and from nought at once; after the last
  /// expiry its annual variance goes on.
  package func theta(years: Double) throws(QuantError) -> Double {
    _ = try positive(years, "the time to expiry")
    var last = Expiry(years: 0, theta: 0)
    for expiry in expiries {
      if years <= expiry.years {
        let share = (years - last.years) / (expiry.years - last.years)
        return last.theta + share * (expiry.theta - last.theta)
      }
      last = expiry
    }
    return try finite(last.theta * (years / last.years), "the at-the-money total variance")
  }

  package func slice(years: Double) throws(QuantError) -> SSVISlice {
    let theta = try theta(years: years)
    return try SSVISlice(theta: theta, phi: curvature(theta: theta), rho: rho)
  }

  /// √(w(k)/T), annual.
  package func volatility(_ k: Double, years: Double) throws(QuantError) -> Double {
    _ = try finite(k, "the log-moneyness")
    let variance = try slice(years: years).totalVariance(k)
    return try finite((variance / years).squareRoot(), "the volatility of this strike")
  }

  /// Whether each listed expiry is surely free of butterfly arbitrage, and none of calendar arbitrage.
  package func isSurelyArbitrageFree() throws(QuantError) -> Bool {
    for expiry in expiries {
      let phi = curvature(theta: expiry.theta)
      let slice = try SSVISlice(theta: expiry.theta, phi: phi, rho: rho)
      // ∂(θφ)/∂θ of the power law.
      let growth = phi * (1 - gamma) / (1 + expiry.theta)
      guard slice.isSurelyButterflyFree, slice.isCalendarFree(growth: growth) else { return false }
    }
    return true
  }
}
