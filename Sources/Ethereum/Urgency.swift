/// How soon a transaction must be in a block: what its fee is chosen by.
package enum Urgency: String, Hashable, Sendable, Codable, CaseIterable, Comparable, CustomStringConvertible {
  /// A block or two more cost little.
  case routine
  /// Every block of waiting costs money.
  case urgent
  /// A position may be liquidated before the next block.
  case liquidation

  package var description: String { rawValue }

  package static func < (left: Urgency, right: Urgency) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .routine: 0
    case .urgent: 1
    case .liquidation: 2
    }
  }
}
