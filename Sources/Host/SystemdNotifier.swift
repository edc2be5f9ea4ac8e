import Glibc

/// Tells the service manager how we are, over the datagram socket it names in NOTIFY_SOCKET. Does nothing where there
/// is none. A message that cannot be delivered is dropped: the manager's silence must not stop the keeper.
package final class SystemdNotifier: Sendable {
  /// What can be told.
  package enum State: Sendable, Equatable {
    case ready
    case stopping
    /// Still alive and getting on. Sent after completed ticks, so that a keeper that hangs is restarted.
    case watchdog
    /// One line for `systemctl status`; line breaks become spaces, cut at 256 characters.
    case status(String)

    var line: String {
      switch self {
      case .ready: "READY=1"
      case .stopping: "STOPPING=1"
      case .watchdog: "WATCHDOG=1"
      case .status(let text):
        "STATUS=" + String(String.UnicodeScalarView(text.unicodeScalars.map(Self.plain)).prefix(256))
      }
    }

    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
      scalar.value < 0x20 || scalar.value == 0x7f ? " " : scalar
    }
  }

  private let address: SocketAddress?
  private let descriptor: FileDescriptor?
  /// Within what time the manager wants a `watchdog`; nil where it does not watch this process. Half of it is a good
  /// longest time between two.
  package let watchdogMilliseconds: UInt64?

  /// Whether anybody listens.
  package var isActive: Bool { descriptor != nil }

  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and removes them from the environment. Call once, before
  /// other threads start: the environment is not theirs to read meanwhile.
  package convenience init() {
    let socketName = Environment.take("NOTIFY_SOCKET")
    let microseconds = Environment.take("WATCHDOG_USEC")
    let process = Environment.take("WATCHDOG_PID")
    self.init(socketName: socketName, watchdogMicroseconds: microseconds, watchdogProcess: process)
  }

  /// - Parameters:
  ///   - socketName: a path, or a name in the abstract namespace with '@' in place of its first byte.
  ///   - watchdogMicroseconds: as text, as systemd gives it; no number means no watchdog.
  ///   - watchdogProcess: the process the watchdog is for, as text; nil means this one.
  init(socketName: String?, watchdogMicroseconds: String?, watchdogProcess: String?) {
    address = socketName.flatMap(SocketAddress.init)
    let raw = address == nil ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    descriptor = raw < 0 ? nil : FileDescriptor(owning: raw)
    if raw >= 0 { _ = fcntl(raw, F_SETFD, FD_CLOEXEC) }
    let isOurs = watchdogProcess.map { Int32($0) == getpid() } ?? true
    let microseconds = watchdogMicroseconds.flatMap { UInt64($0) } ?? 0
    watchdogMilliseconds = isOurs && microseconds > 0 ? max(1, microseconds / 1000) : nil
  }

  /// - Returns: whether the message was handed over. False also where nobody listens.
  @discardableResult
  package func notify(_ states: State...) -> Bool {
    guard let address, let descriptor else { return false }
    let message = Array(states.map(\.line).joined(separator: "\n").utf8)
    var mayRetry = true
    while true {
      let count = address.withPointer { pointer, length in
        sendto(descriptor.raw, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), pointer, length)
      }
      if count == message.count { return true }
      if errno == EINTR { continue }
      guard errno == EAGAIN, mayRetry else { return false }
      // The manager's queue is full. One second is long for it and short against any watchdog.
      mayRetry = false
      var entry = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
      poll(&entry, 1, 1000)
    }
  }
}

/// The address of a UNIX socket, on a path or in the abstract namespace.
private struct SocketAddress: Sendable {
  private let bytes: [UInt8]

  init?(_ name: String) {
    var bytes = Array(name.utf8)
    let isAbstract = bytes.first == 0x40
    let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    guard isAbstract || bytes.first == 0x2f, bytes.count > 1, bytes.count < capacity, !bytes.contains(0) else {
      return nil
    }
    // An abstract name begins with a zero byte and ends with the address's length; a path ends with a zero byte.
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    self.bytes = bytes
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
