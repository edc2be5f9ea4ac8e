package import Contracts
package import Decision
import Ethereum
import Quant

/// How a vault's keeper comes to know how much the price moves: where it reads the price's past, which estimates it
/// makes, and whom else it asks.
package struct VolatilitySettings: Hashable, Sendable {
  /// Which estimates are made. What the last hours show is always among them.
  package let methods: [VolatilityEstimate.Method]
  /// The operator's own word; nil without.
  package let configured: Ratio?
  /// A file with the price's past; nil without.
  package let historyPath: String?
  /// Whether the feed's past rounds are read where the history does not go back far enough.
  package let readsFeedRounds: Bool
  package let macro: MacroSettings?

  package init(
    methods: [VolatilityEstimate.Method] = VolatilitySettings.allMethods, configured: Ratio? = nil,
    historyPath: String? = nil, readsFeedRounds: Bool = false, macro: MacroSettings? = nil
  ) {
    self.methods = methods
    self.configured = configured
    self.historyPath = historyPath
    self.readsFeedRounds = readsFeedRounds
    self.macro = macro
  }

  /// Those that are made from what can be read.
  package static let allMethods: [VolatilityEstimate.Method] = [.ewma, .garch, .har, .implied]
}

/// A series from another market.
package struct MacroSettings: Hashable, Sendable {
  package let name: String
  package let path: String
  /// How old its newest value may be.
  package let maximumAgeSeconds: UInt64

  package init(name: String, path: String, maximumAgeSeconds: UInt64 = MacroSettings.defaultMaximumAgeSeconds) {
    self.name = name
    self.path = path
    self.maximumAgeSeconds = maximumAgeSeconds
  }

  /// Five days: a long weekend and a day on which nobody wrote the file.
  package static let defaultMaximumAgeSeconds: UInt64 = 432_000
}

/// What one vault's keeper knows of the price beyond what ticks see. Everything but the history itself is made anew
/// after a start, and comes out the same.
struct PriceStudy {
  /// What a judgement gets of it.
  struct Outlook {
    var estimates: [VolatilityEstimate] = []
    var gaps: [VolatilityGap] = []
    var macro: MacroReading?
    var warnings: [Warning] = []
  }

  /// Papers are read again after an hour: whoever writes them does so once a day.
  static let paperSeconds: UInt64 = 3_600
  /// Days that a history must go back for the feed's rounds to be left alone: what HAR needs with room to spare, and
  /// more than a feed that is asked at each start should be asked for again.
  static let enoughDays: UInt64 = 180

  private let settings: VolatilitySettings
  private var study = VolatilityStudy()
  private var warming: FeedWarming?
  private var isHistoryRead: Bool
  private var historyWarning: Warning?
  private var nextHistoryReading: UInt64 = 0
  private var macro: (reading: MacroReading?, warning: Warning?) = (nil, nil)
  private var nextMacroReading: UInt64 = 0

  init(_ settings: VolatilitySettings, feed: ChainlinkFeed) {
    self.settings = settings
    isHistoryRead = settings.historyPath == nil
    warming = settings.readsFeedRounds ? FeedWarming(feed) : nil
  }

  // MARK: before a judgement

  /// - Parameter history: is filled from the file where one is named and was not read yet.
  /// - Returns: the outlook, and whether the history was filled.
  mutating func outlook(
    _ history: inout PriceHistory, _ observation: Observation, _ papers: any Papers, now: UInt64
  ) -> (Outlook, isFilled: Bool) {
    let isFilled = readHistory(&history, papers, now)
    readMacro(history, papers, now)
    var result = study.estimates(
      of: history.closes, settings.methods, horizonDays: history.holdingDays, atSeconds: now)
    if settings.methods.contains(.implied) { result.add(marksOf: observation.exposures, atSeconds: now) }
    var outlook = Outlook(estimates: result.estimates, gaps: result.gaps)
    if let configured = settings.configured {
      outlook.estimates.append(VolatilityEstimate(.configured, annual: configured, source: "configuration"))
    }
    outlook.macro = macro.reading
    outlook.warnings = [historyWarning, warming?.warning, macro.warning].compactMap { $0 }
    return (outlook, isFilled)
  }

  /// Once a process; tried again each hour until it succeeds.
  private mutating func readHistory(_ history: inout PriceHistory, _ papers: any Papers, _ now: UInt64) -> Bool {
    guard !isHistoryRead, now >= nextHistoryReading, let path = settings.historyPath else { return false }
    nextHistoryReading = now.saturatingAdd(Self.paperSeconds)
    do {
      let series = try DatedSeries(try papers.read(path, limit: DatedSeries.byteLimit).bytes)
      try history.fill(try series.closes(before: now), words: "the file")
      isHistoryRead = true
      historyWarning = nil
      return true
    } catch is ImplausibleStep {
      historyWarning = .historyImplausible
    } catch {
      historyWarning = .historyUnreadable
    }
    return false
  }

  private mutating func readMacro(_ history: PriceHistory, _ papers: any Papers, _ now: UInt64) {
    guard let settings = settings.macro, now >= nextMacroReading else { return }
    nextMacroReading = now.saturatingAdd(Self.paperSeconds)
    do {
      let series = try DatedSeries(try papers.read(settings.path, limit: DatedSeries.byteLimit).bytes)
      let days = try series.days()
      let age = now - min(UInt64(days.last?.day ?? 0) * 86_400, now)
      guard age <= settings.maximumAgeSeconds else {
        macro = (nil, .macroStale)
        return
      }
      let reading = try MacroReading(settings.name, days, history.closes)
      macro = (reading, reading == nil ? .macroTooShort : nil)
    } catch {
      macro = (nil, .macroUnreadable)
    }
  }

  // MARK: after a tick

  /// Reads on in the feed's past.
  /// - Returns: news, and whether the history has become as long as it will.
  mutating func readOn(
    _ history: inout PriceHistory, _ node: inout Node, at head: Bytes32, now: UInt64
  ) -> (FeedWarming.News?, isFilled: Bool) {
    guard var warming, !warming.isDone, isHistoryRead || historyWarning != nil else { return (nil, false) }
    if !warming.hasBegun, history.closes.reaches(back: Self.enoughDays, from: now) {
      self.warming = nil
      return (nil, false)
    }
    let news = warming.step(&history, &node, at: head, now: now)
    self.warming = warming
    return (news, warming.isDone && warming.warning == nil)
  }
}

extension HourlyCloses {
  /// Whether it goes back so far, and has nine of ten hours since.
  fileprivate func reaches(back days: UInt64, from now: UInt64) -> Bool {
    let first = now / 3_600 - min(days * 24, now / 3_600)
    let count = closes.count { UInt64($0.hour) >= first }
    return UInt64(count) * 10 >= days * 24 * 9
  }
}

extension DatedSeries {
  /// The last value of each hour, up to a time.
  fileprivate func closes(before now: UInt64) throws(QuantError) -> [HourlyCloses.Close] {
    var closes: [HourlyCloses.Close] = []
    for row in rows where row.atSeconds <= now {
      guard let hour = UInt32(exactly: row.atSeconds / 3_600) else { continue }
      if closes.last?.hour == hour { closes.removeLast() }
      closes.append(HourlyCloses.Close(hour: hour, price: try LogPrice(row.value)))
    }
    return Array(closes.suffix(HourlyCloses.limit))
  }

  /// The last value of each day.
  fileprivate func days() throws(QuantError) -> [MacroReading.Day] {
    var days: [MacroReading.Day] = []
    for row in rows {
      guard let day = UInt32(exactly: row.atSeconds / 86_400) else { continue }
      if days.last?.day == day { days.removeLast() }
      days.append(MacroReading.Day(day: day, value: try LogPrice(row.value)))
    }
    return days
  }
}
