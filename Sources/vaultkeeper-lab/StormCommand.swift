import ArgumentParser
import Ethereum
import Foundation
import Simulation
import Synchronization

/// Runs seeds of the simulated world.
struct StormCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storm",
    abstract: "Runs the keeper through storms that seeds draw, and judges what the world saw.",
    discussion: """
      A seed is six hours of storm and two of calm at a tick of twelve seconds. It is valid with at least 20 faults \
      and 3 trades. It closes with how often each kind of fault happened and each law was tested. Exit status: 0 if no \
      law was broken, 1 otherwise, also where fewer than nine seeds in ten are valid.
      """)

  @Option(help: "Seeds: a number or a range, as in 1-1000.")
  var seeds = "1-50"
  @Option(help: "Threads that share the work.")
  var jobs = 1
  @Option(help: "Ends each seed after this tick.")
  var untilTick: UInt64?
  @Flag(help: "Runs each seed twice and compares the hashes of everything that happened.")
  var twice = false
  @Flag(help: "Prints everything that happens.")
  var trace = false
  @Flag(help: "Prints a line for each seed.")
  var verbose = false
  @Flag(help: "Prints how fast it went for the time of one core, instead of what happened.")
  var figures = false

  func run() throws {
    let range = try SeedRange(seeds)
    let start = Date()
    let startTicks = clock()
    let summary = Mutex(StormSummary())
    // Seeds know nothing of each other, so that they may run side by side.
    let (command, first) = (self, range.first)
    let lanes = max(jobs, 1)
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for seed in stride(from: first + UInt64(lane), through: range.last, by: lanes) {
        let outcome = command.run(seed)
        summary.withLock {
          $0.add(outcome.outcome)
          for line in outcome.lines { say(line) }
        }
      }
    }
    let isFailure = summary.withLock {
      if !figures { $0.close(seconds: Date().timeIntervalSince(start)) }
      // Of all threads together, so that neither --jobs nor what else the machine does changes the figure.
      if figures { $0.tellFigures(coreSeconds: Double(clock() - startTicks) / Double(CLOCKS_PER_SEC)) }
      return $0.isFailure
    }
    if isFailure { throw ExitCode(1) }
  }

  private func run(_ seed: UInt64) -> (outcome: StormOutcome, lines: [String]) {
    let storm = Storm(plan: StormPlan(seed: seed), keepsTrace: trace)
    let outcome = storm.run(untilTick: untilTick ?? .max)
    var lines = outcome.lines + report(outcome)
    if twice {
      let again = Storm(plan: StormPlan(seed: seed)).run(untilTick: untilTick ?? .max)
      if again.traceHash != outcome.traceHash {
        lines.append("seed \(seed): determinism: two runs differ, \(outcome.traceHash) and \(again.traceHash)")
      }
    }
    return (outcome, lines)
  }

  private func report(_ outcome: StormOutcome) -> [String] {
    var lines: [String] = []
    if verbose || trace {
      let endings = outcome.endings.prefix(6).map { "\($0.code) \($0.count)" }.joined(separator: ", ")
      lines.append(
        "seed \(outcome.seed): \(outcome.tally.total) faults, \(outcome.trades) trades, \(outcome.mined) mined, "
          + (outcome.features.isEmpty ? "" : outcome.features.map(\.rawValue).joined(separator: " and ") + ", ")
          + "\(outcome.boundaries) boundaries, trace \(outcome.traceHash); \(endings)")
    }
    guard !outcome.violations.isEmpty else { return lines }
    for violation in outcome.violations { lines.append("seed \(outcome.seed): \(violation)") }
    let tick = outcome.violations[0].tick + 1
    lines.append("replay: vaultkeeper-lab storm --seeds \(outcome.seed) --until-tick \(tick) --trace")
    return lines
  }
}
/// Prints a line at once, also where the output is a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Seeds from first to last.
struct SeedRange {
  let first: UInt64
  let last: UInt64

  init(_ text: String) throws {
    let parts = text.split(separator: "-").map { UInt64($0) }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2, first <= last else {
      throw ValidationError("--seeds is \"\(text)\"; write a number or a range, as in 1-1000")
    }
    self.first = first
    self.last = last
  }

  init(first: UInt64, last: UInt64) {
    self.first = first
    self.last = last
  }
}

/// What many seeds came to.
struct StormSummary {
  private(set) var seeds = 0
  private(set) var valid = 0
  private(set) var ticks: UInt64 = 0
  private(set) var failing: [UInt64] = []
  private var invalid: [UInt64] = []
  private var tally = FaultTally()
  private var tested = [UInt64](repeating: 0, count: Law.allCases.count)
  private var worlds = [Int](repeating: 0, count: StormFeature.allCases.count)
  private var trades: UInt64 = 0
  private var broadcasts: UInt64 = 0

  mutating func add(_ outcome: StormOutcome) {
    seeds += 1
    ticks += outcome.ticks
    if outcome.isValid { valid += 1 } else { invalid.append(outcome.seed) }
    if !outcome.violations.isEmpty { failing.append(outcome.seed) }
    tally.add(outcome.tally)
    for index in tested.indices { tested[index] += outcome.tested[index] }
    for (index, feature) in StormFeature.allCases.enumerated() where outcome.features.contains(feature) {
      worlds[index] += 1
    }
    trades += outcome.trades
    broadcasts += outcome.broadcasts
  }

  var isFailure: Bool { !failing.isEmpty || valid * 10 < seeds * 9 }

  /// How much of the world one core simulates.
  func tellFigures(coreSeconds: Double) {
    let rate = coreSeconds > 0 ? Double(ticks) / coreSeconds : 0
    print(
      String(
        format: "%d seeds, %llu ticks in %.1f s of one core: %.0f ticks a second, %.0f virtual hours a minute", seeds,
        ticks, coreSeconds, rate, rate * Double(StormPlan.tickSeconds) / 60))
  }

  func close(seconds: Double) {
    print("faults, by kind:")
    for (kind, count) in tally.list { print("  \(kind.rawValue): \(count)") }
    print("laws, how often tested:")
    for (law, count) in zip(Law.allCases, tested) { print("  \(law.rawValue): \(count)") }
    print("worlds with:")
    for (feature, count) in zip(StormFeature.allCases, worlds) { print("  \(feature.rawValue): \(count)") }
    let hours = Double(ticks) * Double(StormPlan.tickSeconds) / 3_600
    let perMinute = seconds > 0 ? hours / seconds * 60 : 0
    print(
      "\(seeds) seeds, \(valid) valid, \(failing.count) with a law broken; \(tally.total) faults, \(trades) trades, "
        + "\(broadcasts) broadcasts")
    print(
      String(
        format: "%llu ticks in %.1f s: %.0f ticks a second, %.0f virtual hours a minute", ticks, seconds,
        seconds > 0 ? Double(ticks) / seconds : 0, perMinute))
    if !invalid.isEmpty { print("not valid: \(invalid.prefix(40).map { "\($0)" }.joined(separator: " "))") }
    if !failing.isEmpty { print("failed: \(failing.prefix(40).map { "\($0)" }.joined(separator: " "))") }
  }
}
