import Glibc

/// Where a secret comes from: never from an argument or the environment, which other processes can see.
package enum SecretSource: Sendable, Equatable, CustomStringConvertible {
  /// A file that only its owner can read, or a pipe.
  case file(path: String)
  /// A systemd credential: a file of that name in $CREDENTIALS_DIRECTORY.
  case credential(name: String)
  /// The terminal, with echo off. `question` is shown, such as "Passphrase of keystore.json: ".
  case prompt(question: String)

  package var description: String {
    switch self {
    case .file(let path): path
    case .credential(let name): "credential \(name)"
    case .prompt: "the terminal"
    }
  }
}

/// Reads secrets. What is returned lies in memory once; the caller wraps it in a type that wipes itself.
package enum Credentials {
  /// A passphrase or URL longer than this is a wrong file.
  package static let defaultLimitBytes = 4096

  /// - Parameters:
  ///   - limit: most bytes that are read.
  ///   - trimsNewline: drops one line break at the end, which editors and `echo` add. False for raw bytes.
  /// - Throws: `secretExposed` when others can read or write the file, `secretEmpty`, `fileTooLarge`,
  ///   `credentialUnavailable`, `prompt`, `file`.
  package static func read(
    _ source: SecretSource, limit: Int = defaultLimitBytes, trimsNewline: Bool = true
  ) throws(HostError) -> [UInt8] {
    try read(
      source, limit: limit, trimsNewline: trimsNewline, credentialsFolder: Environment.value("CREDENTIALS_DIRECTORY"))
  }

  static func read(
    _ source: SecretSource, limit: Int, trimsNewline: Bool, credentialsFolder: String?
  ) throws(HostError) -> [UInt8] {
    var secret: [UInt8]
    switch source {
    case .file(let path): secret = try readFile(path, limit: limit, credentialsFolder: credentialsFolder)
    case .credential(let name): secret = try readCredential(name, limit: limit, folder: credentialsFolder)
    case .prompt(let question): secret = try TerminalPrompt.ask(question, limit: limit)
    }
    if trimsNewline { trimNewline(&secret) }
    guard !secret.isEmpty else { throw .secretEmpty(source: source.description) }
    return secret
  }

  private static func readCredential(_ name: String, limit: Int, folder: String?) throws(HostError) -> [UInt8] {
    guard let folder, !folder.isEmpty else {
      throw .credentialUnavailable(name: name, problem: "systemd passed no credentials to this process")
    }
    guard !name.isEmpty, !name.contains("/"), name != ".", name != "..", !name.utf8.contains(0) else {
      throw .credentialUnavailable(name: name, problem: "this is no credential's name")
    }
    do {
      return try readFile("\(folder)/\(name)", limit: limit, credentialsFolder: folder)
    } catch .file(_, _, ENOENT) {
      throw .credentialUnavailable(name: name, problem: "systemd passed no credential of this name")
    }
  }

  private static func readFile(_ path: String, limit: Int, credentialsFolder: String?) throws(HostError) -> [UInt8] {
    let descriptor = try FileDescriptor.open(path, O_RDONLY | O_NOCTTY)
    let status = try descriptor.status(path: path)
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO else { throw .notAFile(path: path) }
    // systemd guards its credentials by their folder; the files in it may carry wider modes.
    let isCredential = credentialsFolder.map { !$0.isEmpty && isInside(path, folder: $0) } ?? false
    let othersAccess = S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH
    guard isCredential || status.st_mode & othersAccess == 0 else {
      throw .secretExposed(path: path, mode: status.st_mode & 0o777)
    }
    return try descriptor.readAll(path: path, limit: limit)
  }

  private static func isInside(_ path: String, folder: String) -> Bool {
    guard let path = realpath(path, nil) else { return false }
    defer { free(path) }
    guard let folder = realpath(folder, nil) else { return false }
    defer { free(folder) }
    return String(cString: path).hasPrefix(String(cString: folder) + "/")
  }

  static func trimNewline(_ bytes: inout [UInt8]) {
    if bytes.last == 0x0a { bytes.removeLast() }
    if bytes.last == 0x0d { bytes.removeLast() }
  }
}

/// Randomness from the kernel.
package enum Entropy {
  /// - Throws: `HostError.system` when the kernel has none, which no running Linux says.
  package static func bytes(_ count: Int) throws(HostError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var offset = 0
    while offset < count {
      // getentropy gives at most 256 bytes a call.
      let length = min(256, count - offset)
      let code = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { getentropy($0 + offset, length) } ?? 0
      }
      guard code == 0 else { throw .system(operation: "getentropy", code: errno) }
      offset += length
    }
    return bytes
  }
}
