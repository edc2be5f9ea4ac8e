import Glibc
package import Outbox

/// The right to write one journal, held by at most one process on this machine for as long as the value lives. Making
/// the writable store takes one, so a second writer cannot come to be.
///
/// The lock lies on `<journal>.lock` and belongs to the open file description: the kernel drops it with the process,
/// also after a crash, and a stale file means nothing. It does not reach other machines on a shared file system.
package final class WriterLock: Sendable {
  // Linux's numbers for locks of an open file description, which Swift's Glibc does not carry. A classic POSIX lock
  // would fall when any code in the process closes the file.
  private static let setLock: Int32 = 37
  private static let getLock: Int32 = 36

  let path: JournalPath
  private let descriptor: FileDescriptor
  private let device: dev_t
  private let inode: ino_t

  /// Takes the lock for the journal at `journalPath`, which need not exist yet.
  ///
  /// - Throws: `JournalFailure.locked` naming the process that holds it, `unwritable` when there can be no lock file.
  package init(journalPath: String) throws(JournalFailure) {
    path = try JournalPath(journalPath)
    try Self.check(folder: path.folder)
    let lockPath = path.lockFile
    do {
      descriptor = try FileDescriptor.open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    } catch {
      throw .unwritable(what: "\(error)")
    }
    guard fcntlLock(descriptor.raw, Self.setLock, F_WRLCK) != nil else {
      let code = errno
      guard code == EAGAIN || code == EACCES else {
        throw .unwritable(what: "\(lockPath): \(HostError.text(of: code))")
      }
      throw .locked(what: Self.holderText(descriptor, lockPath))
    }
    do {
      let status = try descriptor.status(path: lockPath)
      device = status.st_dev
      inode = status.st_ino
      guard ftruncate(descriptor.raw, 0) == 0 else {
        throw HostError.file(operation: "truncate", path: lockPath, code: errno)
      }
      try descriptor.writeAll(Array("\(getpid())\n".utf8), path: lockPath)
    } catch {
      throw .unwritable(what: "\(error)")
    }
    try verify()
  }

  /// The journal this lock is for, with symbolic links followed.
  package var journalPath: String { path.file }

  /// Checks that the locked file still is the one at its path: somebody who deletes it lets a second writer in.
  func verify() throws(JournalFailure) {
    guard let status = try JournalPath.status(path.lockFile), status.st_ino == inode, status.st_dev == device else {
      throw .unwritable(what: "the lock file \(path.lockFile) was removed or replaced while this process holds it")
    }
  }

  /// Whether a process holds the lock for a journal, asked without taking it. True also when that cannot be known.
  static func isHeld(for path: JournalPath) -> Bool {
    let lockPath = path.lockFile
    do {
      let descriptor = try FileDescriptor.open(lockPath, O_RDONLY | O_NOFOLLOW)
      return fcntlLock(descriptor.raw, getLock, F_WRLCK)?.l_type != Int16(F_UNLCK)
    } catch {
      if case .file(_, _, ENOENT) = error { return false }
      return true
    }
  }

  /// Whether a process holds the lock for the journal at a path, and where the lock lies. Takes nothing.
  ///
  /// - Throws: `JournalFailure` when the folder is not there.
  package static func standing(journalPath: String) throws(JournalFailure) -> (isHeld: Bool, lockPath: String) {
    let path = try JournalPath(journalPath)
    return (isHeld(for: path), path.lockFile)
  }

  private static func holderText(_ descriptor: FileDescriptor, _ lockPath: String) -> String {
    do {
      let text = String(decoding: try descriptor.readAll(path: lockPath, limit: 32), as: UTF8.self)
      if let holder = Int32(text.filter { !$0.isWhitespace }) { return "process \(holder) holds \(lockPath)" }
    } catch {
      return "\(lockPath) is held; its holder cannot be read (\(error))"
    }
    return "\(lockPath) is held by a process that has not written its number yet"
  }

  private static func check(folder: String) throws(JournalFailure) {
    guard let status = try JournalPath.status(folder), status.st_mode & S_IFMT == S_IFDIR else {
      throw .unwritable(what: "\(folder) is not a folder")
    }
    if status.st_mode & S_IWOTH != 0 && status.st_mode & S_ISVTX == 0 {
      throw .unwritable(
        what: "anybody may replace files in \(folder) (mode \(String(status.st_mode & 0o7777, radix: 8))); "
          + "run: chmod o-w \(folder)")
    }
  }
}

/// A lock request on a whole file.
/// - Returns: the request as the kernel left it, nil when it was refused, with errno set.
private func fcntlLock(_ descriptor: Int32, _ command: Int32, _ type: Int32) -> flock? {
  var request = flock()
  request.l_type = Int16(type)
  request.l_whence = Int16(SEEK_SET)
  while true {
    if fcntl(descriptor, command, &request) == 0 { return request }
    if errno != EINTR { return nil }
  }
}
