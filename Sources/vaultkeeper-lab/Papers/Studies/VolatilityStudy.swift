import Foundation
import Quant

/// How much better than the close the range tells the variance of a day, and a fit that everybody gets.
enum VolatilityStudy {
  /// Steps of a day. Highs and lows between them are drawn from the bridge's own distribution, so that the range is
  /// that of a continuous price.
  private static let steps = 50

  /// Efficiency of an estimator: the variance of the squared close-to-close return over its own, each in units of what
  /// it estimates. 2 is the former's, exactly.
  static func efficiencies(days: Int) throws -> [Finding] {
    var normals = NormalDraws(seed: 0x6A4_1A55)
    let (volatility, step) = (0.03, 0.03 / Double(steps).squareRoot())
    var (parkinson, garmanKlass, rogersSatchell) = (Sample(), Sample(), Sample())
    for _ in 0..<days {
      var (x, high, low) = (0.0, 0.0, 0.0)
      for _ in 0..<steps {
        let next = x + step * normals.next()
        let (middle, gap) = (0.5 * (x + next), (next - x) * (next - x))
        high = max(high, middle + 0.5 * (gap - 2 * step * step * log(normals.uniform())).squareRoot())
        low = min(low, middle - 0.5 * (gap - 2 * step * step * log(normals.uniform())).squareRoot())
        x = next
      }
      let day = [try PriceBar(open: 100, high: 100 * exp(high), low: 100 * exp(low), close: 100 * exp(x))]
      func add(_ sample: inout Sample, _ estimate: Double) {
        sample.add(estimate * estimate / (volatility * volatility))
      }
      add(&parkinson, try RangeVolatility.parkinson(day, periodsPerYear: 1))
      add(&garmanKlass, try RangeVolatility.garmanKlass(day, periodsPerYear: 1))
      add(&rogersSatchell, try RangeVolatility.rogersSatchell(day, periodsPerYear: 1))
    }
    return [
      ("Garman-Klass", garmanKlass, 7.4), ("Parkinson", parkinson, 5.0), ("Rogers-Satchell", rogersSatchell, 6.0),
    ]
    .flatMap { name, sample, published in
      [
        Finding("\(name): efficiency", 2 / sample.variance, published: published, withinPart: 0.1),
        Finding("\(name): mean ÷ true variance", sample.mean, published: 1, within: 3 * sample.error + 0.003),
      ]
    }
  }

  /// Daily mark/pound returns of Bollerslev and Ghysels; figures of Fiorentini, Calzolari and Panattoni (1996).
  static func markPound(_ returns: [Double]) throws -> [Finding] {
    let estimate = try GARCHEstimate(returns: returns)
    return [
      Finding("returns", Double(returns.count), published: 1974, within: 0),
      Finding("μ", estimate.mean, published: -0.00619041, within: 2e-5),
      Finding("ω", estimate.model.omega, published: 0.0107613, within: 2e-5),
      Finding("α", estimate.model.alpha, published: 0.153134, within: 1e-4),
      Finding("β", estimate.model.beta, published: 0.805974, within: 1e-4),
      Finding("log-likelihood", estimate.logLikelihood, published: -1106.6079, within: 1e-3),
    ]
  }
}
