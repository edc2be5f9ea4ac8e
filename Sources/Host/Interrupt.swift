import Glibc

/// Whether somebody asked us to stop. The signal thread raises it, the daemon asks it between steps; raising it ends a
/// sleep and an exchange under way at once. Once raised it stays raised.
package final class Interrupt: Sendable {
  private struct State {
    var reason: String?
    var wakers: [@Sendable () -> Void] = []
  }

  private let state: Locked<State>
  /// A byte lies in this pipe from the first request on, so that `poll` on it returns at once, also later.
  private let readEnd: FileDescriptor
  private let writeEnd: FileDescriptor

  /// - Throws: `HostError.system` when the process has no file descriptors left.
  package init() throws(HostError) {
    state = Locked(State())
    (readEnd, writeEnd) = try FileDescriptor.pipe()
  }

  /// Whether a stop was asked for.
  package var isStopping: Bool { state.withLock { $0.reason != nil } }

  /// Why, such as "SIGTERM"; nil while nobody has asked.
  package var reason: String? { state.withLock { $0.reason } }

  /// Asks for a stop. Later requests keep the first reason and wake again.
  package func raise(_ reason: String) {
    let wakers = state.withLock { state in
      if state.reason == nil {
        state.reason = reason
        writeEnd.writeByte(1)
      }
      return state.wakers
    }
    for wake in wakers { wake() }
  }

  /// Registers something to be woken when a stop is asked for: an exchange waiting in libcurl. Called on the thread
  /// that raises; must be brief. Woken at once if a stop was already asked for.
  package func onRaise(_ wake: @escaping @Sendable () -> Void) {
    let raised = state.withLock { state in
      state.wakers.append(wake)
      return state.reason != nil
    }
    if raised { wake() }
  }

  /// Waits up to `milliseconds`, or until a stop is asked for.
  ///
  /// - Returns: false as soon as a stop was asked for, true when the time has passed or the kernel woke us early.
  func wait(milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: readEnd.raw, events: Int16(POLLIN), revents: 0)
    let count = poll(&entry, 1, milliseconds)
    return count <= 0
  }
}
