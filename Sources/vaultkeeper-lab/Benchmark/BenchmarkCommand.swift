import ArgumentParser
import Contracts
import Decision
import Ethereum
import Foundation
import Quant

/// Measures one thing and prints nanoseconds, for Benchmarks/run.py, which holds it against others.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measures one thing; Benchmarks/run.py holds it against others.",
    shouldDisplay: false)

  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case greeks, implied, decision, tick
  }

  @Argument(help: "greeks, implied, decision or tick.")
  var subject: Subject
  @Option(help: "Options, decisions or ticks.")
  var count = 1_000_000
  @Option(help: "Exposures of the vault that is decided on.")
  var exposures = 1

  func run() throws {
    let (nanoseconds, checksum) =
      switch subject {
      case .greeks: try greeks()
      case .implied: try implied()
      case .decision: try decision(vaults: 1)
      case .tick: try decision(vaults: 1000)
      }
    print("{\"nanoseconds\": \(nanoseconds), \"checksum\": \(checksum)}")
  }

  /// Per round, with what keeps the compiler from leaving the work out.
  private func measured(_ rounds: Int, _ body: () throws -> Double) rethrows -> (Double, Double) {
    var sum = 0.0
    let start = Self.processorTime()
    for _ in 0..<rounds { sum += try body() }
    return ((Self.processorTime() - start) / Double(rounds), sum)
  }

  /// Nanoseconds that this process has had a processor: what others do on the machine does not count.
  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  private func greeks() throws -> (Double, Double) {
    let options = BenchmarkOption.all
    let (each, sum) = try measured(max(count / options.count, 1)) {
      var sum = 0.0
      for option in options {
        let greeks = try Greeks(
          option.kind, spot: option.spot, strike: option.strike, years: option.years, rate: option.rate,
          carry: option.carry, volatility: option.volatility)
        sum += greeks.price + greeks.delta + greeks.gamma + greeks.vega + greeks.theta + greeks.rho + greeks.phi
        sum += greeks.vanna + greeks.volga + greeks.charm + greeks.speed + greeks.zomma + greeks.strikeDelta
      }
      return sum
    }
    return (each / Double(options.count), sum / Double(max(count / options.count, 1)))
  }

  private func implied() throws -> (Double, Double) {
    // Out of the money and not too far: where a price in doubles still has its digits in any program.
    let options = try BenchmarkOption.all.map { option in
      let forward = 0.5 * (option.spot + option.strike)
      let kind: OptionKind = forward < option.strike ? .call : .put
      let price = try BlackScholesMerton.price(
        kind, spot: forward, strike: option.strike, years: option.years, rate: 0, volatility: option.volatility)
      return (option, forward, kind, price)
    }
    let (each, sum) = try measured(max(count / options.count, 1)) {
      var sum = 0.0
      for (option, forward, kind, price) in options {
        sum += try ImpliedVolatility.black76(
          kind, price: price, forward: forward, strike: option.strike, years: option.years)
      }
      return sum
    }
    return (each / Double(options.count), sum / Double(max(count / options.count, 1)))
  }

  /// Assessment to verdict, of vaults with so many options each. The sum counts the actions approved.
  private func decision(vaults: Int) throws -> (Double, Double) {
    let now: UInt64 = 1_800_000_000
    let adaptive = AdaptiveBand(
      trackingError: try Ratio(decimal: "0.03"),
      fallback: FixedBand(width: try Ratio(decimal: "0.05"), of: .netAssetValue, reset: .centre))
    let policy = try Policy(
      target: .absolute(.zero), band: .adaptive(adaptive), minimumClip: Usd(decimal: "10"),
      maximumClip: Usd(decimal: "1000000000"), orders: OrderPreference(patienceSeconds: 0),
      priceBound: Ratio(decimal: "0.01"), leverage: Ratio(decimal: "1"))
    var circumstances = try ReplayScene.circumstances(now, gas: 5)
    circumstances.volatility = [try VolatilityEstimate(.configured, annual: 0.6, source: "a benchmark")]
    let venue = PlainVenue(fee: try Ratio(decimal: "0.001"))
    let size = -100 / Double(max(exposures, 1))
    let observations = try (0..<vaults).map { vault in
      let options = try (0..<exposures).map { index in
        ExposureReading.option(
          try ReplayScene.option(
            strike: 6000 + Double(index * 20), quantity: size, volatility: 0.6, expiry: now + 2_592_000, now: now,
            index: index))
      }
      return try ReplayScene.observation(
        now, price: 7000 + Double(vault), base: Quantity(decimal: "10"), money: 1_000_000, exposures: options)
    }
    return try measured(count) {
      var approved = 0.0
      for observation in observations {
        let judgement = try Judgement(
          observation, policy: policy, circumstances: circumstances, venue: venue)
        approved += Double(judgement.verdict.approved?.plan.actions.count ?? 0)
      }
      return approved
    }
  }
}

/// A thousand options of every kind, the same as Benchmarks/greeks.c and the Python files make.
struct BenchmarkOption {
  let kind: OptionKind
  let spot: Double
  let strike: Double
  let years: Double
  let rate: Double
  let carry: Double
  let volatility: Double

  static let all: [BenchmarkOption] = {
    var state: UInt64 = 42
    /// Knuth's linear congruential generator: three lines in any language.
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    return (0..<1000).map { index in
      let spot = 70 + 60 * uniform()
      let years = 0.05 + 2 * uniform()
      let rate = 0.05 * uniform()
      let carry = 0.03 * uniform()
      return BenchmarkOption(
        kind: index.isMultiple(of: 2) ? .call : .put, spot: spot, strike: 100, years: years, rate: rate,
        carry: carry, volatility: 0.1 + 0.9 * uniform())
    }
  }()
}
