import Foundation
import TestSupport

/// Where the things lie that the tests run. What is missing is a failure that says what to do, never a skipped test.
enum Workplace {
  /// The folder of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The built program: `VAULTKEEPER_BINARY`, or the one beside the tests.
  static func binary() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["VAULTKEEPER_BINARY"] {
      return try executable(path, remedy: "VAULTKEEPER_BINARY names it; build it, or name another")
    }
    if let path = BuiltProgram.beside(named: "vaultkeeper") { return path }
    throw DevChain.Failure("there is no vaultkeeper beside the tests; `make build`, or set VAULTKEEPER_BINARY")
  }

  /// The Python that has devchain's libraries: `VAULTKEEPER_PYTHON`, or the one of devchain's own environment.
  static func python() throws -> URL {
    let path =
      ProcessInfo.processInfo.environment["VAULTKEEPER_PYTHON"]
      ?? root.appendingPathComponent("devchain/.venv/bin/python").path
    return try executable(path, remedy: "`make devchain` sets it up")
  }

  private static func executable(_ path: String, remedy: String) throws -> URL {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw DevChain.Failure("\(path) is not there or cannot be run; \(remedy)")
    }
    return URL(fileURLWithPath: path)
  }
}

/// Time limits for what only the clock can end: a daemon that is waited for.
enum Deadline {
  /// Long enough for a machine that compiles at the same time; a test that passes does not wait for it.
  static let seconds = 90.0

  /// Waits until `holds`, looking often.
  /// - Throws: `DevChain.Failure` naming `what` when it never did.
  static func wait(for what: String, seconds: Double = Deadline.seconds, until holds: () throws -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while try !holds() {
      guard Date() < end else { throw DevChain.Failure("waited \(Int(seconds)) s in vain for \(what)") }
      usleep(20_000)
    }
  }
}
