import Contracts
import Decision
import Ethereum
import Outbox

/// Writes one vault's ticks down: whole in a key frame, then each as a difference to the one before. What a tick has
/// nothing of (a tick that could not look has no inputs) keeps its last value in the record, marked as absent, so that
/// the next tick need not repeat it whole.
struct TickRecorder {
  /// Two hours at a tick every 12 s. A frame is 15 to 45 KB with the price history of the last hours in it, and up to
  /// 45 KB more with the closes of 400 days, which is 150 bytes a tick at most; a reader that begins anywhere has its
  /// first tick after two hours at most, and so has one whose journal was pruned.
  static let frameInterval = 600

  /// The record's form; 1 was the report alone.
  static let form: Int64 = 2

  private let rules: JSON
  /// The last record, whole; nil before the first one of this process, which so becomes a frame.
  private var base: JSONObject?
  private var since = 0
  private let reportMemo = JSONMemo()
  private let observationMemo = JSONMemo()
  private let circumstancesMemo = JSONMemo()

  init(_ vault: VaultSettings) throws(JournalFailure) {
    do {
      rules = try JSON(encoding: Rules(vault))
    } catch {
      throw .unencodable(what: "the rules of \(vault.name): \(error)")
    }
  }

  /// The next record is a key frame, whenever it comes: the history in it is not to be lost.
  mutating func beginFrame() { base = nil }

  /// The record of a tick. Must be written, or no later one can be read before the next frame.
  /// - Parameter history: as the tick's judgement had it.
  mutating func record(
    _ report: TickReport, as kind: String = TickReport.observationKind, history: PriceHistory,
    configurationHash: Bytes32
  ) throws(JournalFailure) -> ObservationRecord {
    do {
      let (whole, absent) = try whole(report)
      return ObservationRecord(
        kind: kind, configurationHash: configurationHash, head: report.head,
        report: .object(written(whole, absent: absent, vault: report.vault, history: history)))
    } catch {
      throw .unencodable(what: "a tick's report: \(error)")
    }
  }

  private mutating func written(
    _ whole: JSONObject, absent: [TickPart], vault: String, history: PriceHistory
  ) -> JSONObject {
    var record: JSONObject = [TickMember.form: .integer(Self.form), TickMember.vault: .string(vault)]
    if !absent.isEmpty { record[TickMember.absent] = .array(absent.map { .string($0.rawValue) }) }
    if let base, since + 1 < Self.frameInterval {
      since += 1
      record[TickMember.since] = .integer(Int64(since))
      record[TickMember.change] = Difference.between(.object(base), .object(whole)) ?? [:]
    } else {
      since = 0
      record[TickMember.whole] = .object(whole)
      record[TickMember.history] = history.written
      if !history.closes.closes.isEmpty { record[TickMember.closes] = history.writtenCloses }
    }
    base = whole
    return record
  }

  /// Everything of the tick, with the last value of what it has not.
  private mutating func whole(_ report: TickReport) throws(EthereumError) -> (JSONObject, absent: [TickPart]) {
    var whole = base ?? [TickPart.rules.rawValue: rules]
    var absent: [TickPart] = []
    func put(_ part: TickPart, _ value: JSON?) {
      if let value { whole[part.rawValue] = value } else { absent.append(part) }
    }
    var main = try JSON(encoding: report, memo: reportMemo).object ?? [:]
    // The record has these beside the report.
    main["vault"] = nil
    main["head"] = nil
    let judged: JSONObject = ["chapters": main["chapters"] ?? [], "checks": main["checks"] ?? []]
    main["chapters"] = nil
    main["checks"] = nil
    put(.report, .object(main))
    put(.judgement, report.chapters.isEmpty && report.checks.isEmpty ? nil : .object(judged))
    let inputs = report.inputs
    let observation = try inputs.map { (inputs) throws(EthereumError) in try written(inputs.observation, report) }
    put(.observation, observation)
    put(.circumstances, try inputs.map { (inputs) throws(EthereumError) in try written(inputs.circumstances) })
    put(.ruling, try inputs?.ruling.map { (ruling) throws(EthereumError) in try JSON(encoding: ruling) })
    put(
      .simulation,
      try inputs?.simulation.map { (simulation) throws(EthereumError) in
        try Self.written(simulation, venue: observation?["venue"])
      })
    return (whole, absent)
  }

  private func written(_ observation: Observation, _ report: TickReport) throws(EthereumError) -> JSON {
    var json = try JSON(encoding: observation, memo: observationMemo)
    // The record names its head already.
    if case .object(var object) = json, HeadMark(observation.head) == report.head {
      object["head"] = nil
      json = .object(object)
    }
    return json
  }

  /// The history is that of the ticks before, so it is not said again.
  private func written(_ circumstances: Circumstances) throws(EthereumError) -> JSON {
    var short = circumstances
    short.priceHistory = []
    return try JSON(encoding: short, memo: circumstancesMemo)
  }

  /// The venue after the call is mostly the venue before it.
  private static func written(_ simulation: Simulation, venue: JSON?) throws(EthereumError) -> JSON {
    let json = try JSON(encoding: simulation)
    guard case .object(var object) = json, let after = object["postState"], let venue else { return json }
    object["postState"] = nil
    object[TickMember.postChange] = Difference.between(venue, after) ?? [:]
    return .object(object)
  }
}

/// The parts of a recorded tick.
enum TickPart: String, Hashable, Sendable, CaseIterable {
  case circumstances, judgement, observation, report, rules, ruling, simulation
}

/// The members of a tick's record.
enum TickMember {
  static let absent = "absent"
  static let change = "change"
  static let closes = "closes"
  static let form = "form"
  static let history = "history"
  static let postChange = "postChange"
  static let since = "since"
  static let vault = "vault"
  static let whole = "whole"
}

extension HeadMark {
  init(_ head: Head) { self.init(number: head.number, hash: head.hash, timestamp: head.timestamp) }
}
