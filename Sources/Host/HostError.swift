import Glibc

/// What the operating system refused us, except in the journal, whose failures are `JournalFailure`s.
///
/// No case holds a secret: not a URL's path, query or user information, not a header's value, not a file's content.
package enum HostError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An endpoint of the configuration cannot be used. `endpoint` is its configured name.
  case endpoint(endpoint: String, problem: String, remedy: String)
  /// libcurl could not be set up.
  case transport(operation: String, reason: String)
  /// A system call on a file failed. `code` is its errno.
  case file(operation: String, path: String, code: Int32)
  /// The file is longer than anything we would read.
  case fileTooLarge(path: String, limitBytes: Int)
  /// A file that must not exist does, and is not overwritten.
  case fileExists(path: String)
  /// A secret lies in a file that others can read or write. `mode` holds the permission bits.
  case secretExposed(path: String, mode: UInt32)
  /// Only ordinary files and pipes are read for secrets.
  case notAFile(path: String)
  case credentialUnavailable(name: String, problem: String)
  /// There is nobody to ask, or the question was not answered.
  case prompt(problem: String)
  case secretEmpty(source: String)
  case system(operation: String, code: Int32)

  package var description: String {
    switch self {
    case .endpoint(let endpoint, let problem, let remedy): "endpoint \(endpoint): \(problem); \(remedy)"
    case .transport(let operation, let reason): "libcurl: \(operation) failed: \(reason)"
    case .file(let operation, let path, let code): "cannot \(operation) \(path): \(Self.text(of: code))"
    case .fileTooLarge(let path, let limit): "\(path) is larger than \(limit) bytes; is this the file you meant?"
    case .fileExists(let path): "\(path) exists and is not overwritten; choose another name or move it away"
    case .secretExposed(let path, let mode):
      "\(path) holds a secret and others may read or write it (mode \(String(mode, radix: 8))); run: chmod 600 \(path)"
    case .notAFile(let path): "\(path) is neither a file nor a pipe; name a file"
    case .credentialUnavailable(let name, let problem):
      "credential \(name): \(problem); add LoadCredential=\(name):/path/to/file to the unit"
    case .prompt(let problem): "no passphrase from the terminal: \(problem); give a file or a credential instead"
    case .secretEmpty(let source): "\(source) is empty; put the secret there"
    case .system(let operation, let code): "\(operation) failed: \(Self.text(of: code))"
    }
  }

  /// The system's words for an errno, with its number.
  static func text(of code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(String(decoding: text, as: UTF8.self)) (\(code))"
  }
}
