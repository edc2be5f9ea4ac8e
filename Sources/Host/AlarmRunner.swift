import Ethereum
import Glibc
package import Keeper
import Logging
import Metrics
package import Outbox

/// Somewhere a notice can go. Called from the runner's own thread, which may wait.
package protocol AlarmChannel: Sendable {
  /// Fit for a log line and a metric's label: "command", "webhook".
  var name: String { get }
  /// - Returns: nil when it arrived, else why not, without secrets.
  func deliver(_ message: [UInt8]) -> String?
}

/// Calls people: watches the time beside the ticks, and delivers notices on threads of its own, so that neither a tick
/// that hangs keeps an alarm back, nor an alarm that hangs a tick.
package final class AlarmRunner: Sendable {
  /// Notices that wait for delivery. More than a storm of all kinds over a dozen vaults; beyond it the oldest go.
  private static let queueLimit = 64
  /// Tries for one notice on one channel, and what is waited between them. A page that did not get through in two
  /// minutes is followed by the repetition.
  private static let pausesMilliseconds: [UInt64] = [5_000, 30_000]
  /// How often the time is looked at: a tenth of the shortest time that can be configured.
  private static let watchMilliseconds: Int32 = 1_000

  private struct State {
    var book: AlarmBook
    var queue: [AlarmNotice] = []
    var dropped = 0
    var isStopping = false
    /// A notice is being delivered.
    var isBusy = false
  }

  private let state: Locked<State>
  private let clock: any TimeSource & Sendable
  private let channels: [any AlarmChannel]
  private let render: @Sendable (AlarmNotice) -> [UInt8]
  private let logger = Logger(label: "vaultkeeper.alarms")
  private let bell: Bell
  private let stopBell: Bell

  /// - Parameter render: what is delivered for a notice.
  /// - Throws: `HostError.system` when there are no descriptors left.
  package init(
    book: AlarmBook, channels: [any AlarmChannel], clock: any TimeSource & Sendable,
    render: @escaping @Sendable (AlarmNotice) -> [UInt8]
  ) throws(HostError) {
    state = Locked(State(book: book))
    self.channels = channels
    self.clock = clock
    self.render = render
    bell = try Bell()
    stopBell = try Bell(rings: .forEver)
  }

  /// Starts both threads.
  ///
  /// - Throws: `HostError.system` when a thread cannot be had.
  package func start() throws(HostError) {
    try Self.detach { [self] in watch() }
    try Self.detach { [self] in deliver() }
  }

  /// Tells of an ended tick. Returns at once.
  package func ticked(_ report: TickReport) {
    let now = clock.now()
    enqueue { $0.ticked(report, now: now) }
  }

  /// Tells of the journal's failure. Returns at once; `stop` waits for the delivery.
  package func failed(_ failure: JournalFailure) {
    let now = clock.now()
    enqueue { $0.failed(failure, now: now) }
  }

  /// Ends the watching, and waits until what is queued was tried, at most so long. The threads end with the process.
  package func stop(waitingMilliseconds: UInt64) {
    let end = SystemClock.milliseconds(CLOCK_MONOTONIC) &+ waitingMilliseconds
    state.withLock { $0.isStopping = true }
    stopBell.ring()
    bell.ring()
    while SystemClock.milliseconds(CLOCK_MONOTONIC) < end {
      if state.withLock({ $0.queue.isEmpty && !$0.isBusy }) { return }
      usleep(10_000)
    }
    logger.warning("ended with alarms that were not delivered")
  }

  private func enqueue(_ ask: (inout AlarmBook) -> [AlarmNotice]) {
    let (notices, raised) = state.withLock { state -> ([AlarmNotice], [(kind: AlarmKind, subject: String)]) in
      let notices = ask(&state.book)
      state.queue += notices
      if state.queue.count > Self.queueLimit {
        state.dropped += state.queue.count - Self.queueLimit
        state.queue.removeFirst(state.queue.count - Self.queueLimit)
      }
      return (notices, state.book.raised)
    }
    guard !notices.isEmpty else { return }
    for notice in notices { note(notice) }
    for kind in AlarmKind.allCases {
      Gauge(label: "vaultkeeper_alarms_raised", dimensions: [("alarm", kind.rawValue)])
        .record(raised.count { $0.kind == kind })
    }
    bell.ring()
  }

  private func note(_ notice: AlarmNotice) {
    logger.log(
      level: notice.phase == .cleared ? .notice : .error, "alarm \(notice.phase.rawValue): \(notice.text)",
      metadata: ["alarm": "\(notice.kind.rawValue)", "subject": "\(notice.subject)"])
    Counter(
      label: "vaultkeeper_alarms_total",
      dimensions: [("alarm", notice.kind.rawValue), ("phase", notice.phase.rawValue)]
    ).increment()
  }

  // MARK: The threads

  private func watch() {
    while !state.withLock({ $0.isStopping }) {
      let now = clock.now()
      enqueue { $0.looked(now: now) }
      stopBell.wait(milliseconds: Self.watchMilliseconds)
    }
  }

  private func deliver() {
    while true {
      bell.wait(milliseconds: -1)
      while let notice = next() {
        let message = render(notice)
        for channel in channels { deliver(message, by: channel) }
        state.withLock { $0.isBusy = false }
      }
    }
  }

  private func next() -> AlarmNotice? {
    let (notice, dropped) = state.withLock { state -> (AlarmNotice?, Int) in
      guard !state.queue.isEmpty else { return (nil, 0) }
      defer { state.dropped = 0 }
      state.isBusy = true
      return (state.queue.removeFirst(), state.dropped)
    }
    if dropped > 0 { logger.error("\(dropped) alarms were dropped: they came faster than they could be delivered") }
    return notice
  }

  private func deliver(_ message: [UInt8], by channel: any AlarmChannel) {
    for attempt in 0...Self.pausesMilliseconds.count {
      let problem = channel.deliver(message)
      Counter(
        label: "vaultkeeper_alarm_deliveries_total",
        dimensions: [("channel", channel.name), ("outcome", problem == nil ? "delivered" : "failed")]
      ).increment()
      guard let problem else { return }
      let isLast = attempt == Self.pausesMilliseconds.count || state.withLock { $0.isStopping }
      logger.error("the alarm's \(channel.name) \(problem)\(isLast ? "; given up" : "; trying again")")
      if isLast { return }
      stopBell.wait(milliseconds: Int32(clamping: Self.pausesMilliseconds[attempt]))
    }
  }

  private static func detach(_ body: @escaping @Sendable () -> Void) throws(HostError) {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Box(body))
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .system(operation: "pthread_create", code: code)
    }
    pthread_detach(thread)
  }
}

/// Wakes threads, also those that begin to wait later: a byte in a pipe.
private final class Bell: Sendable {
  enum Rings { case once, forEver }

  private let rings: Rings
  private let readEnd: FileDescriptor
  private let writeEnd: FileDescriptor

  /// - Parameter rings: whether a ring is over when one thread was woken by it, or wakes everyone from then on.
  init(rings: Rings = .once) throws(HostError) {
    self.rings = rings
    (readEnd, writeEnd) = try FileDescriptor.pipe()
    for end in [readEnd, writeEnd] { _ = fcntl(end.raw, F_SETFL, O_NONBLOCK) }
  }

  func ring() { writeEnd.writeByte(1) }

  /// Waits for a ring or the time; -1 for no time.
  func wait(milliseconds: Int32) {
    var entry = pollfd(fd: readEnd.raw, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0, rings == .once else { return }
    var taken = [UInt8](repeating: 0, count: 64)
    while read(readEnd.raw, &taken, taken.count) == taken.count {}
  }
}
