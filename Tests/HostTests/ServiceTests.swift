import Foundation
import Glibc
import Keeper
import Testing

@testable import Host

/// A service manager's end of the notify socket.
private final class NotifyListener {
  let socket: Int32

  /// - Parameter name: a path, or an abstract name with '@' first.
  init(_ name: String) throws {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    let isAbstract = bytes[0] == 0x40
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
    }
    guard code == 0 else { throw POSIXError(.EADDRINUSE) }
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(socket, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

@Suite struct SystemdNotifierTests {
  @Test(arguments: [false, true]) func bothFormsOfTheSocket(isAbstract: Bool) throws {
    let folder = try TemporaryFolder()
    let name = isAbstract ? "@vaultkeeper-test-\(getpid())-\(UInt32.random(in: 0...(.max)))" : folder("notify")
    let listener = try NotifyListener(name)
    let notifier = SystemdNotifier(socketName: name, watchdogMicroseconds: nil, watchdogProcess: nil)
    #expect(notifier.isActive)
    #expect(notifier.notify(.ready, .status("tick 1: inside the band")))
    #expect(listener.receive() == "READY=1\nSTATUS=tick 1: inside the band")
    #expect(notifier.notify(.watchdog))
    #expect(listener.receive() == "WATCHDOG=1")
    #expect(notifier.notify(.stopping))
    #expect(listener.receive() == "STOPPING=1")
    #expect(notifier.notify(.status("a\nWATCHDOG=trigger\u{7f}" + String(repeating: "x", count: 1000))))
    let status = listener.receive()
    #expect(status.hasPrefix("STATUS=a WATCHDOG=trigger x") && status.utf8.count == 7 + 256)
  }

  @Test(arguments: [nil, "", "@", "relative", "/" + String(repeating: "x", count: 200), "/nobody/there"] as [String?])
  func nobodyListening(name: String?) {
    let notifier = SystemdNotifier(socketName: name, watchdogMicroseconds: nil, watchdogProcess: nil)
    #expect(!notifier.notify(.ready))
  }

  @Test func aManagerThatTakesNothingDoesNotHoldUsForLong() throws {
    let folder = try TemporaryFolder()
    let listener = try NotifyListener(folder("notify"))
    let notifier = SystemdNotifier(socketName: folder("notify"), watchdogMicroseconds: nil, watchdogProcess: nil)
    var sent = 0
    while notifier.notify(.watchdog) && sent < 10_000 { sent += 1 }
    #expect(sent > 0 && sent < 10_000)
    #expect(listener.receive() == "WATCHDOG=1")
  }

  @Test(
    arguments: [
      ("30000000", nil, 30_000), ("1500", nil, 1), ("0", nil, nil), ("", nil, nil), ("x", nil, nil), (nil, nil, nil),
      ("-5", nil, nil), ("30000000", "1", nil), ("30000000", "\(getpid())", 30_000),
      ("99999999999999999999999", nil, nil), ("30000000", "me", nil),
    ] as [(String?, String?, UInt64?)])
  func watchdogSettings(microseconds: String?, process: String?, expected: UInt64?) {
    let notifier = SystemdNotifier(socketName: nil, watchdogMicroseconds: microseconds, watchdogProcess: process)
    #expect(notifier.watchdogMilliseconds == expected)
  }

  @Test func theEnvironmentIsReadOnceAndTidied() async {
    await #expect(processExitsWith: .success) {
      setenv("NOTIFY_SOCKET", "@vaultkeeper-none", 1)
      setenv("WATCHDOG_USEC", "20000000", 1)
      setenv("WATCHDOG_PID", "\(getpid())", 1)
      let notifier = SystemdNotifier()
      #expect(notifier.isActive && notifier.watchdogMilliseconds == 20_000)
      for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { #expect(Environment.value(name) == nil) }
      #expect(!SystemdNotifier().isActive)
    }
  }
}

@Suite struct ClockTests {
  @Test func nowIsNowAndDoesNotGoBack() throws {
    let clock = SystemClock(interrupt: try Interrupt())
    let first = clock.now()
    #expect(abs(Double(first.unixSeconds) - Date().timeIntervalSince1970) < 5)
    #expect(clock.now().monotonicMilliseconds >= first.monotonicMilliseconds)
  }

  @Test func aSleepLastsAsLongAsAsked() throws {
    let clock = SystemClock(interrupt: try Interrupt())
    let end = clock.now().monotonicMilliseconds + 120
    #expect(clock.sleep(untilMonotonicMilliseconds: end) == .elapsed)
    #expect(clock.now().monotonicMilliseconds >= end)
    #expect(clock.sleep(untilMonotonicMilliseconds: 0) == .elapsed)
  }

  @Test func aRaisedInterruptEndsThisSleepAndEveryLaterOne() throws {
    let interrupt = try Interrupt()
    let clock = SystemClock(interrupt: interrupt)
    let raised = Locked<ContinuousClock.Instant?>(nil)
    Thread.detachNewThread {
      usleep(50_000)
      raised.withLock { $0 = .now }
      interrupt.raise("SIGTERM")
    }
    #expect(clock.sleep(untilMonotonicMilliseconds: .max) == .interrupted)
    let at = try #require(raised.withLock { $0 })
    #expect(ContinuousClock.now - at < .seconds(1))
    #expect(clock.sleep(untilMonotonicMilliseconds: .max) == .interrupted)
    interrupt.raise("SIGHUP")
    #expect(interrupt.reason == "SIGTERM")
  }

  @Test func aLateListenerIsWokenAtOnce() throws {
    let interrupt = try Interrupt()
    interrupt.raise("test")
    let count = Locked(0)
    interrupt.onRaise { count.withLock { $0 += 1 } }
    #expect(count.withLock { $0 } == 1)
  }
}

@Suite struct SignalsTests {
  @Test(arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")])
  func theFirstSignalEndsASleepAndIsNamed(number: Int32, name: String) async {
    await #expect(processExitsWith: .success) { [number = number as Int32, name = name as String] in
      let interrupt = try Interrupt()
      try Signals.install(raising: interrupt)
      let clock = SystemClock(interrupt: interrupt)
      Thread.detachNewThread {
        usleep(50_000)
        kill(getpid(), number)
      }
      #expect(clock.sleep(untilMonotonicMilliseconds: .max) == .interrupted)
      #expect(interrupt.reason == name)
    }
  }

  @Test func theSecondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
      let interrupt = try Interrupt()
      try Signals.install(raising: interrupt)
      kill(getpid(), SIGTERM)
      while !interrupt.isStopping { usleep(1000) }
      kill(getpid(), SIGINT)
      sleep(30)
    }
  }

  @Test func aSignalEndsAnExchangeUnderWay() async throws {
    let server = try ScriptedServer { connection in connection.drain() }
    await #expect(processExitsWith: .success) { [url = server.url as String] in
      let interrupt = try Interrupt()
      try Signals.install(raising: interrupt)
      let (transport, ids) = try makeTransport([url], interrupt: interrupt)
      Thread.detachNewThread {
        usleep(100_000)
        kill(getpid(), SIGTERM)
      }
      let reply = transport.exchange([Outgoing(endpoint: ids[0], body: [1])], deadlineMilliseconds: 60_000)[0]
      guard case .cancelled = reply.failure else {
        Issue.record("not cancelled")
        return
      }
    }
    withExtendedLifetime(server) {}
  }

  @Test func aSignalWhileAPassphraseIsTypedGivesTheTerminalBack() async throws {
    let pair = try PseudoTerminal()
    let terminal = try FileDescriptor.open(pair.name, O_RDWR | O_NOCTTY)
    await #expect(processExitsWith: .signal(SIGTERM)) { [name = pair.name as String] in
      let terminal = try FileDescriptor.open(name, O_RDWR | O_NOCTTY)
      Thread.detachNewThread {
        var settings = termios()
        repeat {
          usleep(1000)
          tcgetattr(terminal.raw, &settings)
        } while settings.c_lflag & tcflag_t(ECHO) != 0
        kill(getpid(), SIGTERM)
      }
      _ = try TerminalPrompt.ask("? ", limit: 10, terminal: terminal)
    }
    var settings = termios()
    tcgetattr(terminal.raw, &settings)
    #expect(settings.c_lflag & tcflag_t(ECHO) != 0)
    withExtendedLifetime(pair) {}
  }
}
