import RealModule

/// The SSVI surface nearest to the quotes of several expiries that has no static arbitrage.
///
/// Vega-weighted least squares in total variance over ρ, η, γ and each expiry's at-the-money variance, which is made of
/// rises and so never falls; a penalty where theorem 4.2 of Gatheral and Jacquier (2014) is missed.
package struct SSVIFit: Hashable, Sendable {
  package let surface: SSVISurface
  /// Root of the weighted mean square miss, in total variance.
  package let error: Double

  package struct Expiry: Hashable, Sendable {
    package let years: Double
    package let quotes: [SmileQuote]

    package init(years: Double, quotes: [SmileQuote]) {
      self.years = years
      self.quotes = quotes
    }
  }

  /// Expiries nearest first, each with at least one quote; five quotes or more in all.
  package init(_ expiries: [Expiry]) throws(QuantError) {
    let problem = try SurfaceProblem(expiries)
    var best: (surface: SSVISurface, error: Double)?
    for rho in [-0.5, 0, 0.5] {
      let found = try LeastSquares(from: problem.start(rho: rho), problem.residuals)
      guard let surface = problem.surface(found.parameters), try surface.isSurelyArbitrageFree() else { continue }
      let error = problem.error(surface)
      if let kept = best, kept.error <= error { continue }
      best = (surface, error)
    }
    guard let best else { throw .noSolution("a surface without arbitrage near these quotes") }
    (surface, error) = (best.surface, best.error)
  }
}

private struct SurfaceProblem {
  let expiries: [SSVIFit.Expiry]
  let weights: Double
  let scale: Double

  init(_ expiries: [SSVIFit.Expiry]) throws(QuantError) {
    let quotes = expiries.flatMap(\.quotes)
    let weights = quotes.reduce(0) { $0 + $1.weight }
    guard quotes.count >= 5, weights > 0, expiries.allSatisfy({ !$0.quotes.isEmpty }) else {
      throw .outOfRange("the quotes of the surface", needs: "at least five, and one in each expiry, some with vega")
    }
    var last = 0.0
    for expiry in expiries {
      guard expiry.years > last, expiry.years.isFinite else {
        throw .outOfRange("the surface's expiries", needs: "in order of time")
      }
      last = expiry.years
    }
    self.expiries = expiries
    self.weights = weights
    scale = quotes.map(\.totalVariance).max() ?? 1
  }

  /// Each expiry's at-the-money variance from the quote nearest to the money; η = 1 and γ = 1/2 are in the middle of
  /// what is always free of arbitrage.
  func start(rho: Double) -> [Double] {
    var parameters = [Double.atanh(rho), 0, 0]
    var last = 0.0
    for expiry in expiries {
      let nearest = expiry.quotes.min { abs($0.logMoneyness) < abs($1.logMoneyness) }
      let theta = max(nearest?.totalVariance ?? 0, last * 1.001)
      parameters.append(Double.log(max(theta - last, 1e-9)))
      last = max(theta, last + 1e-9)
    }
    return parameters
  }

  func surface(_ parameters: [Double]) -> SSVISurface? {
    var theta = 0.0
    let points = zip(expiries, parameters.dropFirst(3)).map { expiry, rise in
      theta += Double.exp(rise)
      return SSVISurface.Expiry(years: expiry.years, theta: theta)
    }
    do {
      return try SSVISurface(
        rho: Double.tanh(parameters[0]), eta: Double.exp(parameters[1]), gamma: 1 / (1 + Double.exp(-parameters[2])),
        expiries: points)
    } catch {
      return nil
    }
  }

  func error(_ surface: SSVISurface) -> Double {
    let misses = misses(surface) ?? [.infinity]
    return misses.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private func misses(_ surface: SSVISurface) -> [Double]? {
    var values: [Double] = []
    for (expiry, point) in zip(expiries, surface.expiries) {
      guard let slice = slice(surface, point.theta) else { return nil }
      for quote in expiry.quotes {
        values.append(
          (slice.totalVariance(quote.logMoneyness) - quote.totalVariance) * (quote.weight / weights).squareRoot())
      }
    }
    return values
  }

  func residuals(_ parameters: [Double]) -> [Double] {
    guard let surface = surface(parameters), var values = misses(surface) else { return [.infinity] }
    for point in surface.expiries {
      // A little inside the bound, since a penalty alone stops a little outside.
      let excess = slice(surface, point.theta).map { $0.excess(inside: 0.02) } ?? .infinity
      values.append(scale * excess)
    }
    return values
  }

  private func slice(_ surface: SSVISurface, _ theta: Double) -> SSVISlice? {
    do {
      return try SSVISlice(theta: theta, phi: surface.curvature(theta: theta), rho: surface.rho)
    } catch {
      return nil
    }
  }
}
