import ArgumentParser
import Foundation
import Simulation
import Synchronization

/// Kills the keeper once at every boundary of a reference run.
struct CrashPointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crash-points",
    abstract: "Kills the keeper at every boundary of a reference run, one run for each, and judges all of them.",
    discussion: """
      A boundary is each message to a node, each answer, each append to the journal (before, in the middle, after), \
      each signature (before, after), and each look at the clock. Exit status: 0 if no law was broken, 1 otherwise, \
      also where the reference run had less than three trades, a reorg and a replacement.
      """)

  @Option(help: "The reference run's seed.")
  var seed: UInt64 = 1
  @Option(help: "What the world has beside what all have: plain, relay or lease.")
  var stage = CrashPoints.Stage.plain
  @Option(help: "Threads that share the work.")
  var jobs = 1
  @Option(help: "Only every n-th boundary.")
  var every: UInt64 = 1
  @Option(help: "Only this boundary, with everything that happens.")
  var only: UInt64?

  func run() throws {
    let points = CrashPoints(seed: seed, stage: stage)
    if let only {
      let outcome = points.storm(deaths: [only], keepsTrace: true).run()
      for line in outcome.lines { say(line) }
      for violation in outcome.violations { say("\(violation)") }
      if !outcome.violations.isEmpty { throw ExitCode(1) }
      return
    }
    let (reference, replacements) = points.reference()
    say(
      "reference run: \(reference.boundaries) boundaries, \(reference.trades) trades, "
        + "\(reference.tally[.reorg]) reorgs, \(replacements) replacements, \(reference.violations.count) laws broken")
    for violation in reference.violations { say("\(violation)") }
    let isGood = reference.trades >= 3 && reference.tally[.reorg] > 0 && replacements > 0
    let failed = Mutex<[UInt64]>([])
    let start = Date()
    let (lanes, step) = (max(jobs, 1), max(every, 1))
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for boundary in stride(from: 1 + UInt64(lane) * step, through: reference.boundaries, by: lanes * Int(step)) {
        let outcome = points.run(dyingAt: boundary)
        guard !outcome.violations.isEmpty else { continue }
        failed.withLock {
          $0.append(boundary)
          for violation in outcome.violations { say("death at boundary \(boundary): \(violation)") }
          say("replay: vaultkeeper-lab crash-points --seed \(seed) --stage \(stage.rawValue) --only \(boundary)")
        }
      }
    }
    let count = failed.withLock { $0.count }
    let runs = (reference.boundaries + step - 1) / step
    say("\(runs) deaths, \(count) with a law broken, \(Int(Date().timeIntervalSince(start))) s")
    if count > 0 || !isGood || !reference.violations.isEmpty { throw ExitCode(1) }
  }
}

extension CrashPoints.Stage: ExpressibleByArgument {}
