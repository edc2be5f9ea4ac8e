extension TickReport {
  /// Whether the keeper could have acted in this tick, had anything been due: it saw, nothing is halted, and nothing
  /// stood in the way. A process that merely lives is not healthy.
  package var couldAct: Bool {
    guard (halts ?? []).isEmpty else { return false }
    return switch ending {
    case .acted, .rehearsed: true
    case .missed: false
    case .refused: code != "halted" && AlarmBook.isOrdinary(code)
    }
  }
}
