import Glibc

/// The process's environment, where systemd leaves what it has for us.
package enum Environment {
  package static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Reads a variable and removes it, so that no child process believes it was meant.
  static func take(_ name: String) -> String? {
    let value = value(name)
    unsetenv(name)
    return value
  }
}
