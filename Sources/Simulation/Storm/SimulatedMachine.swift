/// A machine that a keeper runs on, with what can go wrong with it alone.
struct SimulatedMachine: Sendable {
  /// Its process is dead: nothing it still does has any effect.
  var isDead = false
  /// How wrong its wall clock is.
  var clockErrorSeconds: Int64 = 0
  var isDiskFull = false
  /// The operator's note that ends a halt.
  var resumption: String?

  /// The storm is over.
  mutating func recover() {
    clockErrorSeconds = 0
    isDiskFull = false
  }
}

// Of the machine whose keeper is at work.
extension SimulatedWorld {
  package internal(set) var isDead: Bool {
    get { machines[running].isDead }
    set { machines[running].isDead = newValue }
  }

  var clockErrorSeconds: Int64 {
    get { machines[running].clockErrorSeconds }
    set { machines[running].clockErrorSeconds = newValue }
  }

  var isDiskFull: Bool {
    get { machines[running].isDiskFull }
    set { machines[running].isDiskFull = newValue }
  }

  var resumption: String? {
    get { machines[running].resumption }
    set { machines[running].resumption = newValue }
  }

  /// The process at work is stopped, as by a signal or by a machine that is suspended: the world goes on without it,
  /// and then it goes on where it was.
  func pause() {
    pauseAt = nil
    tally.count(.keeperPaused)
    trace.note("pause", at: milliseconds)
    trace.say("machine \(running) is stopped: \(lastBoundary), boundary \(boundaries)")
    let paused = running
    whilePaused()
    running = paused
    trace.note("continue", at: milliseconds)
    trace.say("machine \(running) goes on")
  }
}
