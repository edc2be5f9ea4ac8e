import Contracts
import Decision
import Keeper

extension Inspection {
  /// What was read of everything the vault holds beside spot and venue; what it is worth is `explain`'s matter.
  mutating func exposures(of report: TickReport) {
    for reading in report.inputs?.observation.exposures ?? [] {
      let subject = "\(report.vault): \(reading.source)"
      switch reading {
      case .liquidity(let position):
        let finding = "position \(position.tokenID), ticks \(position.lowerTick) to \(position.upperTick)"
        if position.isHeld {
          good(subject, "\(finding), liquidity \(position.liquidity)")
        } else {
          bad(subject, "\(finding) does not belong to the vault", "take it out of positions, or give it back")
        }
      case .option(let option):
        let kind = option.isCall ? "calls" : "puts"
        good(subject, "\(option.quantity) \(kind) at \(option.strike), expiry \(option.expiry)")
      case .optionBook(let book):
        good(subject, "signed, sequence \(book.sequence), \(book.optionCount) options, valid until \(book.validUntil)")
      case .powerPerpetual(let holding):
        good(subject, "\(holding.units) units, normalisation factor \(holding.normalisation)")
      case .unreadable(let failure):
        bad(subject, failure.reason, "correct the vault's exposures")
      }
    }
  }
}
