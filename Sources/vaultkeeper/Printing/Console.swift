import Glibc

/// Where the program prints to people: results to the standard output, complaints to the standard error.
enum Console {
  /// Prints a result and a line break.
  static func show(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Prints a complaint and a line break.
  static func complain(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Whether a person looks at the standard error, rather than a journal or a file.
  static var isErrorATerminal: Bool { isatty(STDERR_FILENO) == 1 }

  // A reader that went away (`| head`) ends the output, not the program's work.
  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        offset += count
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }
}
