package import Contracts
import Decision
import Ethereum
package import Outbox

/// Judges recorded ticks again with this program's Decision, and holds the result against what was recorded. Nothing
/// but the records is asked: no configuration, no node, no clock.
package struct Replay {
  package private(set) var summary = ReplaySummary()
  /// Stands in for the venue and account of records that name none, as those of a test's own kinds.
  private let substitute: (any Venue, any Account)?
  private var reader = TickReader()

  package init(substitute: (any Venue, any Account)? = nil) { self.substitute = substitute }

  /// Looks at the next observation of a journal.
  package mutating func look(at durable: Durable<ObservationRecord>) {
    switch reader.read(durable) {
    case .tick(let tick): look(at: tick)
    case .beforeFrame: summary.beforeFrame += 1
    case .other: summary.others += 1
    case .unreadable(let reason):
      summary.note(
        ReplayDifference(
          sequence: durable.sequence, unixSeconds: durable.unixSeconds, vault: "", block: durable.record.head?.number,
          stage: "record", name: "form", recorded: reason, derived: "a difference to the record before"))
    }
  }

  private mutating func look(at tick: JournaledTick) {
    do {
      guard let inputs = try tick.inputs(), let rules = try tick.rules() else {
        summary.unjudged += 1
        return
      }
      let recorded = try tick.report()
      guard let bench = Bench(rules, substitute: substitute) else {
        summary.unjudged += 1
        return
      }
      summary.compared += 1
      let derived = Derivation(inputs, of: recorded, at: bench)
      if let found = derived.differences(from: recorded, inputs).first {
        summary.note(
          ReplayDifference(
            sequence: tick.sequence, unixSeconds: tick.unixSeconds, vault: tick.vault, block: tick.head?.number,
            stage: found.stage, name: found.name, recorded: found.recorded, derived: found.derived))
      }
    } catch {
      summary.note(
        ReplayDifference(
          sequence: tick.sequence, unixSeconds: tick.unixSeconds, vault: tick.vault, block: tick.head?.number,
          stage: "record", name: "\(error.part)", recorded: error.reason, derived: "readable"))
    }
  }
}

/// What a replay found.
package struct ReplaySummary: Hashable, Sendable {
  /// Ticks that were judged again.
  package fileprivate(set) var compared = 0
  /// Ticks of those, and records that could not be read, that did not come out as recorded.
  package fileprivate(set) var different = 0
  /// Ticks that had not been judged: a look that failed, or a record without inputs.
  package fileprivate(set) var unjudged = 0
  /// Ticks before the first key frame that is still held.
  package fileprivate(set) var beforeFrame = 0
  /// Observations that are no ticks.
  package fileprivate(set) var others = 0
  package fileprivate(set) var first: ReplayDifference?

  fileprivate mutating func note(_ difference: ReplayDifference) {
    different += 1
    if first == nil { first = difference }
  }
}

/// The first thing in which a tick, judged again, differs from its record.
package struct ReplayDifference: Hashable, Sendable, CustomStringConvertible {
  /// Of the observation.
  package let sequence: UInt64
  package let unixSeconds: UInt64
  package let vault: String
  package let block: UInt64?
  /// A stage of the judgement, "check", "ruling", or "record" where the record cannot be read.
  package let stage: String
  package let name: String
  package let recorded: String
  package let derived: String

  package var description: String {
    let place = block.map { ", block \($0)" } ?? ""
    return "observation \(sequence)\(vault.isEmpty ? "" : ", \(vault)")\(place): \(stage): \(name): "
      + "recorded \(recorded), derived \(derived)"
  }
}

/// A judgement made again.
struct Derivation {
  /// As the tick's report has chapters, checks and warnings.
  private(set) var report: TickReport
  private(set) var plan: Plan?
  /// The call differs from the recorded one, so that its recorded simulation says nothing about it.
  let isUnsimulated: Bool
  /// Why it could not be made.
  private(set) var failure: WatchFailure?

  init(_ inputs: TickInputs, of recorded: TickReport, at bench: Bench) {
    report = TickReport(
      vault: recorded.vault, chain: recorded.chain, startedAtUnixSeconds: recorded.startedAtUnixSeconds)
    var isUnsimulated = false
    do {
      plan = try report.judge(inputs.observation, inputs.circumstances, at: bench) { proposal in
        guard let simulation = inputs.simulation, simulation.dataHash == proposal.dataHash else {
          isUnsimulated = inputs.simulation != nil
          return nil
        }
        return simulation
      }.plan
    } catch {
      failure = WatchFailure(error)
    }
    self.isUnsimulated = isUnsimulated
  }

  var ruling: TickRuling? { report.inputs?.ruling }

  struct Found: Hashable {
    let stage: String
    let name: String
    let recorded: String
    let derived: String
  }

  /// Everything that is not as recorded, in the order of the judgement.
  func differences(from recorded: TickReport, _ inputs: TickInputs) -> [Found] {
    var found: [Found] = []
    compare(recorded.chapters.map(\.stage), report.chapters.map(\.stage), "stages", "reached", &found)
    for (was, now) in zip(recorded.chapters, report.chapters) {
      compare(was.figures, now.figures, stage: was.stage, &found)
    }
    // A guard that came after the record was written, and has nothing against it, makes no difference.
    let known = recorded.checks.map(\.name)
    let checks = report.checks.filter { known.contains($0.name) || $0.outcome == .refused }
    compare(known, checks.map(\.name), "checks", "examined", &found)
    for (was, now) in zip(recorded.checks, checks) {
      let stage = "check \(was.name)"
      if was.outcome != now.outcome || was.code != now.code {
        found.append(Found(stage: stage, name: "outcome", recorded: was.words, derived: now.words))
      }
      compare(was.figures, now.figures, stage: stage, &found)
    }
    // A mark of an earlier tick is carried along, and is not this judgement's.
    if let was = recorded.mark, was.atSeconds == recorded.head?.timestamp {
      compare(was.words, report.mark?.words ?? [], "judgement", "mark", &found)
    }
    if isUnsimulated {
      let data = inputs.simulation.map { "\($0.dataHash)" } ?? "none"
      found.append(Found(stage: "call", name: "data", recorded: data, derived: "another call"))
    }
    if let failure, inputs.ruling?.kind == .cleared || recorded.code != failure.code {
      let was = "\(inputs.ruling?.words ?? "none"), \(recorded.code)"
      found.append(Found(stage: "judgement", name: "failure", recorded: was, derived: "\(failure)"))
    } else if ruling != inputs.ruling {
      found.append(
        Found(
          stage: "ruling", name: "verdict", recorded: inputs.ruling?.words ?? "none", derived: ruling?.words ?? "none"))
    }
    return found
  }

  private func compare(
    _ was: [String], _ now: [String], _ stage: String, _ name: String, _ found: inout [Found]
  ) {
    guard was != now else { return }
    found.append(
      Found(
        stage: stage, name: name, recorded: was.joined(separator: ", "), derived: now.joined(separator: ", ")))
  }

  /// Figures are rounded to their units already. Where they come from is words, and may be said differently.
  private func compare(_ was: [Figure], _ now: [Figure], stage: String, _ found: inout [Found]) {
    for index in 0..<max(was.count, now.count) {
      let (old, new) = (index < was.count ? was[index] : nil, index < now.count ? now[index] : nil)
      guard old?.name != new?.name || old?.value != new?.value || old?.unit != new?.unit else { continue }
      found.append(
        Found(
          stage: stage, name: old?.name ?? new?.name ?? "", recorded: old?.description ?? "none",
          derived: new?.description ?? "none"))
    }
  }
}

extension Check {
  fileprivate var words: String { code.map { "\(outcome.rawValue) (\($0.rawValue))" } ?? outcome.rawValue }
}

extension AimMark {
  fileprivate var words: [String] {
    var words = ["worth \(worth)"]
    if let shares { words.append("shares \(shares)") }
    if let peak { words.append("peak \(peak.worth) since \(peak.sinceSeconds)") }
    if let carry {
      words.append("carry \(carry.isOn ? "on" : "off") \(carry.averageFunding) of \(carry.watchedSeconds) s")
    }
    return words
  }
}

extension TickRuling {
  var words: String { "\(kind.rawValue) \(code)\(dataHash.map { ", data \($0)" } ?? "")" }
}
