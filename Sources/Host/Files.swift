import Glibc

/// Whole files, read with a bound and written so that a crash leaves the old state or the new one.
package enum Files {
  /// Reads a file that holds no secret: configuration, address book, ABI.
  ///
  /// - Throws: `fileTooLarge` beyond `limit` bytes, `file` when it cannot be read.
  package static func read(_ path: String, limit: Int) throws(HostError) -> [UInt8] {
    let descriptor = try FileDescriptor.open(path, O_RDONLY | O_NOCTTY)
    let status = try descriptor.status(path: path)
    if status.st_mode & S_IFMT == S_IFDIR { throw .notAFile(path: path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      return try descriptor.readAll(path: path, limit: limit)
    }
    guard status.st_size <= off_t(limit) else { throw .fileTooLarge(path: path, limitBytes: limit) }
    // No more memory than the file needs, however generous the limit.
    return try descriptor.readAll(path: path, limit: Int(status.st_size))
  }

  /// The first bytes of a file, to tell what kind it is; fewer where it has fewer.
  ///
  /// - Throws: `file` when it cannot be read, `notAFile` for a folder.
  package static func prefix(of path: String, count: Int) throws(HostError) -> [UInt8] {
    let descriptor = try FileDescriptor.open(path, O_RDONLY | O_NOCTTY)
    if try descriptor.status(path: path).st_mode & S_IFMT == S_IFDIR { throw .notAFile(path: path) }
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let length = bytes.withUnsafeMutableBytes { pread(descriptor.raw, $0.baseAddress, $0.count, 0) }
      if length >= 0 { return Array(bytes.prefix(length)) }
      if errno != EINTR { throw .file(operation: "read", path: path, code: errno) }
    }
  }

  /// Whether this process could run a file as a program.
  package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// Writes a new file with mode 0600, durably, and never over an existing one: a keystore, a halt marker.
  ///
  /// - Throws: `fileExists` when something is there already, `file` when it cannot be written; then nothing is there.
  package static func create(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(HostError) {
    // A name of its own: one left behind by a crash must not be in the way.
    let suffix = try Entropy.bytes(8).map { String($0, radix: 16) }.joined()
    let temporary = "\(path).\(suffix).new"
    let descriptor = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    defer { unlink(temporary) }
    try descriptor.writeAll(bytes, path: temporary)
    try descriptor.synchronize(path: temporary)
    // link, unlike rename, does not replace what is there.
    guard link(temporary, path) == 0 else {
      if errno == EEXIST { throw .fileExists(path: path) }
      throw .file(operation: "create", path: path, code: errno)
    }
    try synchronize(folder: JournalPath.parent(of: path))
  }

  /// Removes a file, durably.
  ///
  /// - Returns: false when there was none.
  package static func remove(_ path: String) throws(HostError) -> Bool {
    guard unlink(path) == 0 else {
      if errno == ENOENT { return false }
      throw .file(operation: "remove", path: path, code: errno)
    }
    try synchronize(folder: JournalPath.parent(of: path))
    return true
  }

  /// Makes names in a folder durable: a new file's name is lost with the power until its folder is synchronised.
  static func synchronize(folder: String) throws(HostError) {
    try FileDescriptor.open(folder, O_RDONLY | O_DIRECTORY).synchronize(path: folder)
  }
}
