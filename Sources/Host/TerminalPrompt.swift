import Glibc

/// Asks a person for a secret on the controlling terminal, which does not show what is typed.
enum TerminalPrompt {
  /// What the signal handler needs to give the terminal back. Written before the handler is installed and read in it,
  /// while the asking thread waits; a handler cannot take a lock, nor allocate: the place is taken before it is
  /// installed. A pointer, since the compiler gives a stored `termios` three bytes less than C writes.
  nonisolated(unsafe) private static let savedSettings = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  nonisolated(unsafe) private static var savedTerminal: Int32 = -1

  /// - Throws: `HostError.prompt` when there is no terminal, or the person typed more than `limit` bytes or nothing.
  static func ask(_ question: String, limit: Int) throws(HostError) -> [UInt8] {
    let terminal: FileDescriptor
    do {
      terminal = try FileDescriptor.open("/dev/tty", O_RDWR | O_NOCTTY)
    } catch {
      throw .prompt(problem: "this process has no terminal")
    }
    return try ask(question, limit: limit, terminal: terminal)
  }

  static func ask(_ question: String, limit: Int, terminal: FileDescriptor) throws(HostError) -> [UInt8] {
    var settings = termios()
    guard tcgetattr(terminal.raw, &settings) == 0 else { throw .prompt(problem: HostError.text(of: errno)) }
    let handlers = Handlers(restoring: settings, on: terminal.raw)
    defer { handlers.remove() }
    settings.c_lflag &= ~tcflag_t(ECHO)
    settings.c_lflag |= tcflag_t(ECHONL)
    guard tcsetattr(terminal.raw, TCSAFLUSH, &settings) == 0 else { throw .prompt(problem: HostError.text(of: errno)) }
    try terminal.writeAll(Array(question.utf8), path: "the terminal")
    return try readLine(terminal, limit: limit)
  }

  private static func readLine(_ terminal: FileDescriptor, limit: Int) throws(HostError) -> [UInt8] {
    // One buffer from the start: a growing array would leave copies of the secret behind.
    var line = [UInt8](repeating: 0, count: limit + 1)
    var length = 0
    while length <= limit {
      var byte: UInt8 = 0
      let count = read(terminal.raw, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else {
        wipe(&line)
        throw .prompt(problem: count == 0 ? "the input ended" : HostError.text(of: errno))
      }
      if byte == 0x0a {
        line.removeLast(line.count - length)
        return line
      }
      line[length] = byte
      length += 1
    }
    wipe(&line)
    throw .prompt(problem: "more than \(limit) bytes were typed")
  }

  /// While a person types, a signal that ends the process first gives the terminal back.
  private struct Handlers {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    private var previous: [(number: Int32, action: sigaction)] = []

    init(restoring settings: termios, on terminal: Int32) {
      savedSettings.initialize(to: settings)
      savedTerminal = terminal
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        tcsetattr(savedTerminal, TCSANOW, savedSettings)
        signal(number, SIG_DFL)
        Glibc.raise(number)
      }
      for number in Self.signals { install(number, action) }
      // Ctrl-Z would leave the shell without echo.
      action.__sigaction_handler.sa_handler = SIG_IGN
      install(SIGTSTP, action)
    }

    private mutating func install(_ number: Int32, _ action: sigaction) {
      var action = action
      var old = sigaction()
      if sigaction(number, &action, &old) == 0 { previous.append((number, old)) }
    }

    func remove() {
      tcsetattr(savedTerminal, TCSAFLUSH, savedSettings)
      for (number, action) in previous {
        var action = action
        sigaction(number, &action, nil)
      }
      savedTerminal = -1
    }
  }
}
