import Contracts
package import Decision
import Ethereum
package import Outbox
import Quant

/// The base asset's oracle price as earlier ticks saw it, oldest first and bounded.
package struct PriceHistory: Sendable {
  /// As many ticks as fit in three hours at one every twelve seconds: longer than a limit order is left waiting.
  static let limit = 900

  package private(set) var points: [PricePoint] = []
  /// What is left of the points for longer.
  package private(set) var closes = HourlyCloses()
  /// How long the last judgement expected it to be from one correction to the next: how far a forecast looks ahead.
  private(set) var holdingDays = 1

  package init() {}

  /// From the newest observations a journal holds: the vault's newest key frame has the history before it.
  /// - Parameter sequence: where to begin; older ones are of no use here and take time to read.
  package init(of vault: String, from journal: JournalReader, since sequence: UInt64 = 1) throws(JournalFailure) {
    var found = PriceHistory()
    try journal.replayTicks(from: sequence) { (tick) throws(JournalFailure) in
      guard tick.vault == vault else { return }
      // A record of the first form carries no history; what was found before goes on.
      if !tick.history.isEmpty { found = tick.history }
      if let point = tick.pricePoint { found.add(point) }
      found.expect(tick.expectedCorrections)
    }
    self = found
  }

  mutating func add(_ report: TickReport) {
    expect(report.figure(Self.corrections)?.value)
    guard let price = report.price, let head = report.head else { return }
    add(PricePoint(atSeconds: head.timestamp, price: price))
  }

  var isEmpty: Bool { points.isEmpty && closes.closes.isEmpty }

  /// What a calibration calls the number of corrections that it expects in a year.
  static let corrections = PlannedCorrections.name

  /// Whole days from a day, which is what the forecasts are made of, to a month, beyond which they say no more than the
  /// long run.
  mutating func expect(_ corrections: String?) {
    guard let corrections, let perYear = Double(corrections), perYear > 0 else { return }
    holdingDays = Int(min(max((365 / perYear).rounded(), 1), 30))
  }

  /// Takes in what others tell of hours that nobody here saw.
  mutating func fill(_ other: [HourlyCloses.Close], words: String) throws(ImplausibleStep) {
    closes = try closes.filled(with: other, words: words)
  }

  mutating func add(_ point: PricePoint) {
    guard point.atSeconds > (points.last?.atSeconds ?? 0) else { return }
    points.append(point)
    closes.add(point)
    // Twice the limit before cutting, so that the cut is not made at every tick.
    if points.count > 2 * Self.limit { points.removeFirst(points.count - Self.limit) }
  }
}

extension PriceHistory {
  /// The points as a key frame carries them: time and price in turn, each time but the first as the seconds since the
  /// one before.
  var written: JSON {
    var parts: [JSON] = []
    parts.reserveCapacity(2 * points.count)
    var before: UInt64 = 0
    for point in points {
      // The points are in ascending order.
      parts.append(.integer(Int64(clamping: point.atSeconds - before)))
      parts.append(point.price.json)
      before = point.atSeconds
    }
    return .array(parts)
  }

  /// nil where that is not what `written` writes.
  /// - Parameter closes: nil in records from before there were any.
  init?(written: JSON, closes: JSON? = nil) {
    guard let parts = written.array, parts.count.isMultiple(of: 2), parts.count <= 4 * Self.limit else { return nil }
    var time: UInt64 = 0
    for index in stride(from: 0, to: parts.count, by: 2) {
      guard let step = parts[index].integer, step > 0, let text = parts[index + 1].string else { return nil }
      let (next, overflow) = time.addingReportingOverflow(UInt64(step))
      guard !overflow else { return nil }
      time = next
      do { points.append(PricePoint(atSeconds: time, price: try Price(decimal: text))) } catch { return nil }
    }
    guard let closes else { return }
    guard let (kept, days) = Self.closes(written: closes) else { return nil }
    self.closes = kept
    holdingDays = days
  }
}

extension PriceHistory {
  /// The closes as a key frame carries them: each run of hours without a gap as its first hour, the logarithm of its
  /// first price in hundred-thousandths, and the differences from each hour to the next. 400 days are some 45 KB.
  var writtenCloses: JSON {
    var runs: [JSON] = []
    var run: [JSON] = []
    var before: HourlyCloses.Close?
    for close in closes.closes {
      let price = Int64(close.price.hundredThousandths)
      if let before, before.hour &+ 1 == close.hour {
        run.append(.integer(price - Int64(before.price.hundredThousandths)))
      } else {
        if !run.isEmpty { runs.append(.array(run)) }
        run = [.integer(Int64(close.hour)), .integer(price)]
      }
      before = close
    }
    if !run.isEmpty { runs.append(.array(run)) }
    let fillings = closes.fillings.map { filling in
      JSON.array([.integer(Int64(filling.first)), .integer(Int64(filling.last)), .string(filling.words)])
    }
    return ["days": .integer(Int64(holdingDays)), "filled": .array(fillings), "runs": .array(runs)]
  }

  /// nil where that is not what `writtenCloses` writes.
  private static func closes(written: JSON) -> (HourlyCloses, holdingDays: Int)? {
    guard let runs = written["runs"]?.array, let filled = written["filled"]?.array,
      let days = written["days"]?.integer, (1...30).contains(days), runs.count <= HourlyCloses.limit
    else { return nil }
    var closes: [HourlyCloses.Close] = []
    for run in runs {
      guard let numbers = run.array, numbers.count >= 2, closes.count + numbers.count <= HourlyCloses.limit + 1,
        let first = numbers[0].integer.flatMap(UInt32.init(exactly:))
      else { return nil }
      var price: Int64 = 0
      for (index, number) in numbers.dropFirst().enumerated() {
        guard let step = number.integer, step.magnitude <= UInt64(Int32.max), let hour = UInt32(exactly: index),
          hour <= .max - first
        else { return nil }
        price += step
        guard let hundredThousandths = Int32(exactly: price) else { return nil }
        closes.append(
          HourlyCloses.Close(hour: first + hour, price: LogPrice(hundredThousandths: hundredThousandths)))
      }
    }
    var fillings: [HourlyCloses.Filling] = []
    for filling in filled {
      guard let parts = filling.array, parts.count == 3, let first = parts[0].integer.flatMap(UInt32.init(exactly:)),
        let last = parts[1].integer.flatMap(UInt32.init(exactly:)), let words = parts[2].string, words.utf8.count <= 100
      else { return nil }
      fillings.append(HourlyCloses.Filling(words: words, first: first, last: last))
    }
    return HourlyCloses(closes, fillings: fillings).map { ($0, Int(days)) }
  }
}
