import Contracts
import Ethereum
import Quant

/// The smiles of option books whose volatility moves with the price, by source and expiry.
///
/// Only marks that are counted with otherwise make one: of options that have not expired, young enough and plausible.
struct BookSmiles {
  private struct Expiry {
    let source: String
    let seconds: UInt64
    let rate: Double
    var marks: [(strike: Double, volatility: Double)] = []
    /// Nil where the marks give no slope.
    var smile: MarkSmile?
  }

  private var expiries: [Expiry] = []

  init(_ readings: [ExposureReading], _ scene: ExposureScene) {
    for case .option(let option) in readings where option.terms.skewStickiness != nil {
      guard option.expiry > scene.latestSeconds, option.markVolatility != nil,
        option.staleness(scene.latestSeconds) == nil, let mark = option.volatility(scene)
      else { continue }
      let known = expiries.firstIndex { $0.source == option.source && $0.seconds == option.expiry }
      if known == nil {
        // One book has one rate.
        let rate = option.terms.interestRate.approximateDouble
        expiries.append(Expiry(source: option.source, seconds: option.expiry, rate: rate))
      }
      expiries[known ?? expiries.count - 1].marks.append(
        (option.strike.approximateDouble, mark.annual.approximateDouble))
    }
    for index in expiries.indices {
      let expiry = expiries[index]
      do {
        expiries[index].smile = try MarkSmile(
          spot: scene.price.approximateDouble, rate: expiry.rate,
          years: scene.years(expiry.seconds - scene.latestSeconds), marks: expiry.marks)
      } catch {
        continue
      }
    }
  }

  /// Nil where the option's expiry has no smile.
  func smile(of option: OptionReading) -> MarkSmile? {
    expiries.first { $0.source == option.source && $0.seconds == option.expiry }?.smile
  }
}
