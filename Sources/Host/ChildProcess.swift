import Glibc

/// A command of the operator's, run without a shell: its argument list as it stands, an environment with nothing of
/// ours in it, one message on its standard input, its output thrown away, and a time after which it and its children
/// are killed.
enum ChildProcess {
  /// How it ended.
  enum Outcome: Equatable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)
    case timedOut(milliseconds: UInt64)
    case notStarted(String)

    var isSuccess: Bool { self == .exited(0) }

    var description: String {
      switch self {
      case .exited(let status): "ended with status \(status)"
      case .killed(let signal): "was killed by signal \(signal)"
      case .timedOut(let milliseconds): "was killed after \(milliseconds) ms"
      case .notStarted(let why): "cannot be started: \(why)"
      }
    }
  }

  /// A pipe's buffer on Linux. What fits is written at once, so a command that never reads holds nobody up.
  static let inputLimit = 65_536

  /// Nothing of ours: it may hold credentials' places. What a shell script needs to find its programs.
  private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"]

  /// Blocks until the command has ended, or was killed. Call it from a thread that may wait.
  static func run(_ arguments: [String], input: [UInt8], timeoutMilliseconds: UInt64) -> Outcome {
    guard let program = arguments.first, !arguments.contains(where: { $0.utf8.contains(0) }) else {
      return .notStarted("it has no name, or a zero byte")
    }
    switch start(program, arguments, input: Array(input.prefix(inputLimit))) {
    case .failure(let problem): return .notStarted(problem.text)
    case .success(let process): return wait(for: process, timeoutMilliseconds: timeoutMilliseconds)
    }
  }

  private struct Problem: Error {
    let text: String
  }

  /// Both ends of the pipe are closed on our side when this returns, so that the command sees the end of its input.
  private static func start(_ program: String, _ arguments: [String], input: [UInt8]) -> Result<pid_t, Problem> {
    do {
      let pipe = try FileDescriptor.pipe()
      _ = fcntl(pipe.write.raw, F_SETFL, O_NONBLOCK)
      var process: pid_t = 0
      let code = spawn(program, arguments, standardInput: pipe.read.raw, &process)
      guard code == 0 else { return .failure(Problem(text: "\(program): \(HostError.text(of: code))")) }
      _ = input.withUnsafeBytes { write(pipe.write.raw, $0.baseAddress, $0.count) }
      return .success(process)
    } catch {
      return .failure(Problem(text: "\(error)"))
    }
  }

  /// A group of its own, so that its children die with it; no signal blocked or ignored. Every other descriptor of
  /// ours closes by itself.
  private static func spawn(
    _ program: String, _ arguments: [String], standardInput: Int32, _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    return withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&process, program, &actions, &attributes, arguments, environment)
      }
    }
  }

  private static func wait(for process: pid_t, timeoutMilliseconds: UInt64) -> Outcome {
    let end = SystemClock.milliseconds(CLOCK_MONOTONIC) &+ timeoutMilliseconds
    var status: Int32 = 0
    var isKilled = false
    while true {
      let found = waitpid(process, &status, isKilled ? 0 : WNOHANG)
      if found == process { break }
      if found < 0 {
        if errno == EINTR { continue }
        return .notStarted("lost: \(HostError.text(of: errno))")
      }
      if SystemClock.milliseconds(CLOCK_MONOTONIC) >= end {
        kill(-process, SIGKILL)
        isKilled = true
      } else {
        // Commands take milliseconds to seconds; a hundredth is soon enough, and needs no signal handler.
        usleep(10_000)
      }
    }
    if isKilled { return .timedOut(milliseconds: timeoutMilliseconds) }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      // Never empty: it ends with nil.
      body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
