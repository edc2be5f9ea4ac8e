import Glibc
package import Logging

/// Where log lines go: one descriptor, one line at a time, each in one piece. A line that cannot be written is dropped,
/// since a full disk under the log must not stop the keeper; how many were lost is told with the next that can.
package final class LogSink: Sendable {
  private let descriptor: Int32
  private let format: LogFormat
  private let dropped = Locked<Int>(0)

  /// - Parameter descriptor: standard error, unless a test says otherwise. Not closed by the sink.
  package init(format: LogFormat, descriptor: Int32 = 2) {
    self.format = format
    self.descriptor = descriptor
  }

  /// Makes this sink the process's log. Call once, from the program's start.
  package func bootstrap(level: Logger.Level) {
    LoggingSystem.bootstrap { label in self.handler(label: label, level: level) }
  }

  package func handler(label: String, level: Logger.Level) -> VaultkeeperLogHandler {
    VaultkeeperLogHandler(label: label, sink: self, level: level)
  }

  func write(_ line: LogLine) {
    dropped.withLock { dropped in
      var line = line
      if dropped > 0 { line.fields.append(LogField(key: "droppedLines", value: .text(String(dropped)))) }
      if put(line.rendered(format)) { dropped = 0 } else { dropped += 1 }
    }
  }

  private func put(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count > 0 {
        offset += count
      } else if count < 0 && errno == EAGAIN {
        // Somebody made the stream non-blocking. A reader that takes nothing for a tenth of a second loses the line.
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&entry, 1, 100) <= 0 { return false }
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
    return true
  }
}

/// The handler behind each `Logger` of the program.
package struct VaultkeeperLogHandler: LogHandler {
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let sink: LogSink

  init(label: String, sink: LogSink, level: Logger.Level) {
    self.label = label
    self.sink = sink
    logLevel = level
  }

  package subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var merged = metadata
    if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
    if let own = event.metadata { merged.merge(own) { _, new in new } }
    if let error = event.error { merged["error"] = .string("\(error)") }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    sink.write(
      LogLine(
        level: event.level, label: label, message: LogValue.bounded(event.message.description),
        fields: LogValue.fields(merged), unixSeconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000))
  }
}
