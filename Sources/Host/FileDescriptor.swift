import Glibc

/// An open file descriptor, closed with its last owner, never inherited by a child.
final class FileDescriptor: Sendable {
  let raw: Int32

  init(owning raw: Int32) { self.raw = raw }

  deinit { close(raw) }

  /// Opens a file; an interrupted call is repeated.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(HostError) -> FileDescriptor {
    while true {
      let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
      if raw >= 0 { return FileDescriptor(owning: raw) }
      if errno != EINTR { throw .file(operation: "open", path: path, code: errno) }
    }
  }

  static func pipe() throws(HostError) -> (read: FileDescriptor, write: FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw .system(operation: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
  }

  func status(path: String) throws(HostError) -> stat {
    var result = stat()
    guard fstat(raw, &result) == 0 else { throw .file(operation: "stat", path: path, code: errno) }
    return result
  }

  /// One byte into a pipe of our own; cannot block, since at most one is ever written.
  func writeByte(_ byte: UInt8) {
    var byte = byte
    _ = write(raw, &byte, 1)
  }

  func writeAll(_ bytes: [UInt8], path: String) throws(HostError) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { write(raw, $0.baseAddress.map { $0 + offset }, bytes.count - offset) }
      if count > 0 {
        offset += count
      } else if count == 0 || errno != EINTR {
        throw .file(operation: "write", path: path, code: count == 0 ? EIO : errno)
      }
    }
  }

  /// Reads to the end into one buffer that is never reallocated, so that a secret lies in memory once.
  ///
  /// - Throws: `fileTooLarge` when more than `limit` bytes are there.
  func readAll(path: String, limit: Int) throws(HostError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var length = 0
    while length < bytes.count {
      let room = bytes.count - length
      let count = bytes.withUnsafeMutableBytes { read(raw, $0.baseAddress.map { $0 + length }, room) }
      if count == 0 { break }
      if count > 0 {
        length += count
      } else if errno != EINTR {
        let code = errno
        wipe(&bytes)
        throw .file(operation: "read", path: path, code: code)
      }
    }
    if length > limit {
      wipe(&bytes)
      throw .fileTooLarge(path: path, limitBytes: limit)
    }
    bytes.removeLast(bytes.count - length)
    return bytes
  }

  func synchronize(path: String) throws(HostError) {
    guard fsync(raw) == 0 else { throw .file(operation: "fsync", path: path, code: errno) }
  }
}

/// Overwrites bytes that held a secret, in a way the optimiser may not remove.
package func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { buffer in
    if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
  }
}
