extension Refusal.Code {
  /// Whether a healthy keeper may refuse so for any length of time: nothing is due, or what is due is under way. All
  /// other refusals mean that something stands in the way, and many of them in a row are worth an alarm. `halted` is
  /// here because a halt has an alarm of its own.
  package var isOrdinary: Bool {
    switch self {
    case .halted, .callInFlight, .orderPending, .orderResting, .insideBand, .sliceNotDue, .belowMinimumClip: true
    default: false
    }
  }
}
