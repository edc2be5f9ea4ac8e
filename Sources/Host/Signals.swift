import Glibc

/// Turns SIGTERM, SIGINT and SIGHUP into a raised `Interrupt`, on a thread of its own.
///
/// The first one asks the daemon to stop between steps. A second one ends the process at once, for an operator who does
/// not want to wait: the journal makes that safe at any point. SIGPIPE is ignored, since a peer that hangs up must be
/// an error value and not the end of the process.
package enum Signals {
  private static let stopping: [(number: Int32, name: String)] = [
    (SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP"),
  ]

  /// Where the handler writes. A handler may do next to nothing, so it writes one byte, and the thread does the rest.
  /// Written before a handler is installed, read only by handlers from then on.
  nonisolated(unsafe) private static var pipeEnd: Int32 = -1

  /// Installs the handlers for the process and starts the thread. Call once. Works whatever threads run already, which
  /// blocking the signals and waiting for them would not.
  ///
  /// - Throws: `HostError.system` when no pipe, thread or handler can be had.
  package static func install(raising interrupt: Interrupt) throws(HostError) {
    signal(SIGPIPE, SIG_IGN)
    let (readEnd, writeEnd) = try FileDescriptor.pipe()
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Listener(interrupt: interrupt, readEnd: readEnd, writeEnd: writeEnd))
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Listener>.fromOpaque(argument).takeRetainedValue().listen()
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .system(operation: "pthread_create", code: code)
    }
    pthread_detach(thread)

    pipeEnd = writeEnd.raw
    var action = sigaction()
    action.sa_flags = SA_RESTART
    action.__sigaction_handler.sa_handler = { number in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(Signals.pipeEnd, &byte, 1)
      errno = saved
    }
    // A parent may have handed on a mask that blocks them, and then no handler would ever be called.
    var handled = sigset_t()
    sigemptyset(&handled)
    for (number, _) in stopping { sigaddset(&handled, number) }
    pthread_sigmask(SIG_UNBLOCK, &handled, nil)
    for (number, name) in stopping {
      guard sigaction(number, &action, nil) == 0 else { throw .system(operation: "sigaction(\(name))", code: errno) }
    }
  }

  private final class Listener: Sendable {
    let interrupt: Interrupt
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor

    init(interrupt: Interrupt, readEnd: FileDescriptor, writeEnd: FileDescriptor) {
      self.interrupt = interrupt
      self.readEnd = readEnd
      self.writeEnd = writeEnd
    }

    func listen() -> Never {
      while true {
        var byte: UInt8 = 0
        guard read(readEnd.raw, &byte, 1) == 1 else { continue }
        let number = Int32(byte)
        if interrupt.isStopping { _exit(128 + number) }
        interrupt.raise(stopping.first { $0.number == number }?.name ?? "signal \(number)")
      }
    }
  }
}
