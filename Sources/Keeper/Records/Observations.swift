import Contracts
import Decision
package import Ethereum
package import Outbox

extension TickReport {
  /// `ObservationRecord.kind` of a tick's report.
  package static let observationKind = "tick"
  /// That of a judgement made again within a tick, before a promised call is offered more.
  package static let reconsiderationKind = "reconsideration"
}

/// Reads recorded ticks back, in the order in which they were written: each but a key frame is a difference to the one
/// of the same vault before it.
package struct TickReader {
  /// What a record turned out to be.
  package enum Reading {
    case tick(JournaledTick)
    /// A difference to a record that is not held any more: ticks begin at the vault's next key frame.
    case beforeFrame(vault: String)
    /// Not a tick, or of no form that this version reads.
    case other
    /// A tick's record that does not hold together; the vault's ticks go on at its next key frame.
    case unreadable(String)
  }

  private struct Thread {
    let vault: String
    var whole: JSONObject
    var since: Int64
    var history: PriceHistory
  }

  private var threads: [Thread] = []

  package init() {}

  package mutating func read(_ durable: Durable<ObservationRecord>) -> Reading {
    let record = durable.record
    guard record.kind == TickReport.observationKind || record.kind == TickReport.reconsiderationKind else {
      return .other
    }
    guard let form = record.report[TickMember.form] else { return readBare(durable) }
    guard form == .integer(TickRecorder.form), let vault = record.report[TickMember.vault]?.string else {
      return .other
    }
    do {
      return try read(durable, of: vault)
    } catch {
      threads.removeAll { $0.vault == vault }
      return .unreadable("\(error)")
    }
  }

  /// The first form: the report, and nothing to judge by.
  private func readBare(_ durable: Durable<ObservationRecord>) -> Reading {
    guard let vault = durable.record.report["vault"]?.string else { return .other }
    guard let object = durable.record.report.object else { return .other }
    let tick = JournaledTick(durable, vault: vault, parts: [:], bare: object, absent: [], history: PriceHistory())
    return .tick(tick)
  }

  private mutating func read(
    _ durable: Durable<ObservationRecord>, of vault: String
  ) throws(DifferenceFailure) -> Reading {
    let report = durable.record.report
    var thread: Thread
    if let whole = report[TickMember.whole]?.object {
      guard
        let history = PriceHistory(
          written: report[TickMember.history] ?? [], closes: report[TickMember.closes])
      else {
        throw DifferenceFailure(what: "the frame's price history makes no sense")
      }
      thread = Thread(vault: vault, whole: whole, since: 0, history: history)
    } else if let change = report[TickMember.change], let since = report[TickMember.since]?.integer {
      guard let known = threads.first(where: { $0.vault == vault }) else { return .beforeFrame(vault: vault) }
      let (next, overflow) = known.since.addingReportingOverflow(1)
      guard since == next, !overflow else {
        threads.removeAll { $0.vault == vault }
        return .beforeFrame(vault: vault)
      }
      thread = known
      thread.since = since
      guard case .object(let object) = try Difference.apply(change, to: .object(known.whole)) else {
        throw DifferenceFailure(what: "no record is left of it")
      }
      thread.whole = object
    } else {
      throw DifferenceFailure(what: "neither a whole record nor a change")
    }
    let absent = (report[TickMember.absent]?.array ?? []).compactMap(\.string).compactMap(TickPart.init)
    let tick = JournaledTick(
      durable, vault: vault, parts: thread.whole, bare: nil, absent: absent, history: thread.history)
    if let point = tick.pricePoint { thread.history.add(point) }
    thread.history.expect(tick.expectedCorrections)
    threads.removeAll { $0.vault == vault }
    threads.append(thread)
    return .tick(tick)
  }
}

extension JournalReader {
  /// Hands out the ticks that are still held, in order, leaving out judgements made again within one, without verifying
  /// the chain.
  /// - Parameter sequence: where to begin reading; each vault's ticks then begin at its next key frame.
  /// - Throws: `JournalFailure`, or what `body` throws.
  package func replayTicks(
    from sequence: UInt64 = 1, _ body: (JournaledTick) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    var reader = TickReader()
    try replayObservations(from: sequence) { (durable) throws(JournalFailure) in
      if case .tick(let tick) = reader.read(durable), !tick.isReconsideration { try body(tick) }
    }
  }
}

extension JournaledTick {
  /// How many records of one vault lie between two key frames at most: a reader that begins this far back has its
  /// newest tick.
  package static var recordsBetweenFrames: UInt64 { UInt64(TickRecorder.frameInterval) }
}

/// A tick as the journal holds it. Its parts are made into values only where they are asked for.
package struct JournaledTick: Sendable {
  package let sequence: UInt64
  /// When it was written, by the writer's clock.
  package let unixSeconds: UInt64
  package let hash: Bytes32
  package let configurationHash: Bytes32
  package let head: HeadMark?
  package let vault: String
  /// A judgement made again within a tick, before a promised call is offered more.
  package let isReconsideration: Bool
  /// The base asset's price as the tick's judgement knew it from the ticks before.
  let history: PriceHistory
  private let parts: JSONObject
  /// The report of the first form.
  private let bare: JSONObject?
  private let absent: [TickPart]

  init(
    _ durable: Durable<ObservationRecord>, vault: String, parts: JSONObject, bare: JSONObject?, absent: [TickPart],
    history: PriceHistory
  ) {
    sequence = durable.sequence
    unixSeconds = durable.unixSeconds
    hash = durable.hash
    configurationHash = durable.record.configurationHash
    head = durable.record.head
    isReconsideration = durable.record.kind == TickReport.reconsiderationKind
    self.vault = vault
    self.parts = parts
    self.bare = bare
    self.absent = absent
    self.history = history
  }

  private func part(_ part: TickPart) -> JSON? { absent.contains(part) ? nil : parts[part.rawValue] }

  private func decode<Value: Decodable>(_ type: Value.Type, _ part: TickPart, _ json: JSON) throws(UnreadableTick)
    -> Value
  {
    do {
      return try JSONCoding.decode(type, from: json.encoded())
    } catch {
      throw UnreadableTick(sequence: sequence, part: part.rawValue, reason: "\(error)")
    }
  }

  /// What the tick reported.
  package func report() throws(UnreadableTick) -> TickReport {
    if let bare { return try decode(TickReport.self, .report, .object(bare)) }
    guard case .object(var object)? = part(.report) else {
      throw UnreadableTick(sequence: sequence, part: TickPart.report.rawValue, reason: "it is missing")
    }
    let judged = part(.judgement)
    object["chapters"] = judged?["chapters"] ?? []
    object["checks"] = judged?["checks"] ?? []
    object["vault"] = .string(vault)
    object["head"] = head.map(\.written)
    return try decode(TickReport.self, .report, .object(object))
  }

  /// The report, or nil where it is of a form that this version does not read.
  package var readableReport: TickReport? {
    do { return try report() } catch { return nil }
  }

  /// What the tick was judged by; nil where it was not judged, or nothing of it was recorded.
  package func rules() throws(UnreadableTick) -> Rules? {
    guard let json = part(.rules) else { return nil }
    let rules = try decode(Rules.self, .rules, json)
    do { _ = try rules.policy.checked() } catch {
      throw UnreadableTick(sequence: sequence, part: TickPart.rules.rawValue, reason: "\(error)")
    }
    return rules
  }

  /// What the tick was judged from; nil where it was not judged, or nothing of it was recorded.
  package func inputs() throws(UnreadableTick) -> TickInputs? {
    guard case .object(var seen)? = part(.observation), let circumstances = part(.circumstances) else { return nil }
    if seen["head"] == nil { seen["head"] = head.map(\.written) }
    var known = try decode(Circumstances.self, .circumstances, circumstances)
    known.priceHistory = history.points
    var inputs = TickInputs(try decode(Observation.self, .observation, .object(seen)), known)
    inputs.ruling = try part(.ruling).map { (json) throws(UnreadableTick) in
      try decode(TickRuling.self, .ruling, json)
    }
    inputs.simulation = try part(.simulation).map { (json) throws(UnreadableTick) in
      try simulation(json, venue: seen["venue"])
    }
    return inputs
  }

  private func simulation(_ json: JSON, venue: JSON?) throws(UnreadableTick) -> Simulation {
    guard case .object(var object) = json, let change = object[TickMember.postChange] else {
      return try decode(Simulation.self, .simulation, json)
    }
    object[TickMember.postChange] = nil
    do { object["postState"] = try Difference.apply(change, to: venue) } catch {
      throw UnreadableTick(sequence: sequence, part: TickPart.simulation.rawValue, reason: error.description)
    }
    return try decode(Simulation.self, .simulation, .object(object))
  }

  /// The signed option books the tick read, and the highest sequence number it knew of each.
  var signedBooks: [(name: String, sequence: UInt64)] {
    (parts[TickPart.observation.rawValue]?["exposures"]?.array ?? []).compactMap { reading in
      guard let book = reading["optionBook"]?["_0"], let name = book["source"]?.string,
        let sequence = book["highestSequence"]?.whole
      else { return nil }
      return (name, sequence)
    }
  }

  /// What the vault's aim has to remember, as of this tick.
  var writtenMark: JSON? { bare == nil ? part(.report)?["mark"] : nil }

  /// How many corrections in a year its judgement expected, as its figure says it.
  var expectedCorrections: String? {
    for chapter in part(.judgement)?["chapters"]?.array ?? [] {
      for figure in chapter["figures"]?.array ?? [] where figure["name"]?.string == PriceHistory.corrections {
        return figure["value"]?.string
      }
    }
    return nil
  }

  /// What the tick adds to the price history.
  var pricePoint: PricePoint? {
    guard let head, let text = (bare.map { $0["price"] } ?? part(.report)?["price"])?.string else { return nil }
    do { return PricePoint(atSeconds: head.timestamp, price: try Price(decimal: text)) } catch { return nil }
  }
}

extension HeadMark {
  fileprivate var written: JSON {
    // A head's numbers are below 2^63 for as long as there are seconds.
    [
      "hash": .string(hash.description), "number": .integer(Int64(clamping: number)),
      "timestamp": .integer(Int64(clamping: timestamp)),
    ]
  }
}

/// A tick whose record cannot be understood.
package struct UnreadableTick: Error, Hashable, Sendable, CustomStringConvertible {
  package let sequence: UInt64
  package let part: String
  package let reason: String

  package var description: String {
    "the tick of observation \(sequence): its \(part) cannot be read: \(reason); "
      + "if `journal verify` finds nothing wrong, another version wrote it"
  }
}
