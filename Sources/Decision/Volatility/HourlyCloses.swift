import Contracts
package import Quant

/// The base asset's price at the end of each hour, oldest first and bounded: what volatility is estimated from. Hours
/// in which nobody looked are missing.
package struct HourlyCloses: Hashable, Sendable {
  package struct Close: Hashable, Sendable {
    /// Hours since 1970.
    package let hour: UInt32
    /// The last that was seen within the hour.
    package let price: LogPrice

    package init(hour: UInt32, price: LogPrice) {
      self.hour = hour
      self.price = price
    }
  }

  /// Hours that no tick saw, and who told of them.
  package struct Filling: Hashable, Sendable {
    package let words: String
    package let first: UInt32
    package let last: UInt32

    package init(words: String, first: UInt32, last: UInt32) {
      self.words = words
      self.first = first
      self.last = last
    }
  }

  /// 400 days: the year from which GARCH learns how long a shock lasts, and the month before it that HAR looks back at.
  package static let limit: Int = 400 * 24
  /// As many sources as a history is told to have; the oldest are forgotten.
  package static let fillingLimit = 4

  package private(set) var closes: [Close] = []
  package private(set) var fillings: [Filling] = []

  package init() {}

  /// nil where the hours are not in ascending order, or there are more than are ever kept.
  package init?(_ closes: [Close], fillings: [Filling] = []) {
    guard closes.count <= Self.limit, fillings.count <= Self.fillingLimit else { return nil }
    for (close, next) in zip(closes, closes.dropFirst()) where close.hour >= next.hour { return nil }
    self.closes = closes
    self.fillings = fillings
  }

  /// Takes in a price. One from before the newest hour is history's matter (`filled`), and left out here.
  package mutating func add(_ point: PricePoint) {
    guard let hour = UInt32(exactly: point.atSeconds / 3_600) else { return }
    let price: LogPrice
    do { price = try LogPrice(point.price.approximateDouble) } catch { return }
    let close = Close(hour: hour, price: price)
    guard let newest = closes.last else { return closes.append(close) }
    if hour == newest.hour {
      closes[closes.count - 1] = close
    } else if hour > newest.hour {
      closes.append(close)
      if closes.count > Self.limit { closes.removeFirst(closes.count - Self.limit) }
    }
  }

  /// With what somebody else tells of the hours that are missing here. What was seen first-hand stays.
  /// - Throws: `ImplausibleStep` where the two do not belong to one price.
  package func filled(with other: [Close], words: String) throws(ImplausibleStep) -> HourlyCloses {
    var all: [Close] = []
    all.reserveCapacity(closes.count + other.count)
    var new: [UInt32] = []
    var (mine, theirs) = (closes[...], other[...])
    while let close = theirs.first {
      if let own = mine.first, own.hour <= close.hour {
        if own.hour == close.hour { theirs = theirs.dropFirst() }
        all.append(own)
        mine = mine.dropFirst()
      } else {
        all.append(close)
        new.append(close.hour)
        theirs = theirs.dropFirst()
      }
    }
    all += mine
    try Self.check(all)
    var filled = HourlyCloses()
    filled.closes = Array(all.suffix(Self.limit))
    filled.fillings = fillings
    if let first = new.first, let last = new.last {
      filled.fillings.removeAll { $0.words == words }
      filled.fillings.append(Filling(words: words, first: first, last: last))
      filled.fillings = Array(filled.fillings.suffix(Self.fillingLimit))
    }
    return filled
  }

  /// Prices double or halve within a day only in a broken feed, or in an asset that no band can hold; over longer gaps
  /// as much more is allowed as a random walk goes.
  package static func check(_ closes: [Close]) throws(ImplausibleStep) {
    for (close, next) in zip(closes, closes.dropFirst()) {
      let step = next.price.logReturn(since: close.price).magnitude
      let days = max(Double(next.hour &- close.hour) / 24, 1)
      let most = LogPrice(hundredThousandths: Int32(LogPrice.doubling)).logReturn(
        since: LogPrice(hundredThousandths: 0))
      guard step * step <= most * most * days else {
        throw ImplausibleStep(fromHour: close.hour, toHour: next.hour)
      }
    }
  }

  /// Closes of hours that are over.
  package func finished(atSeconds now: UInt64) -> ArraySlice<Close> {
    guard let newest = closes.last, UInt64(newest.hour) >= now / 3_600 else { return closes[...] }
    return closes.dropLast()
  }

  /// How many hours are there, and by whose word.
  package func words(_ count: Int) -> String {
    let told = fillings.map { filling in
      let hours = closes.count { filling.first <= $0.hour && $0.hour <= filling.last }
      return "\(hours) by \(filling.words)"
    }
    return (["\(count) hourly closes"] + told).joined(separator: ", ")
  }
}

/// Two neighbouring closes that are too far apart to be of one price.
package struct ImplausibleStep: Error, Hashable, Sendable, CustomStringConvertible {
  /// Hours since 1970.
  package let fromHour: UInt32
  package let toHour: UInt32

  package var description: String {
    "between the hours \(fromHour) and \(toHour) since 1970 the price more than doubled or halved"
  }
}
