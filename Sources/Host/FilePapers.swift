import Glibc
package import Keeper

/// The door to files that others write for the keeper.
package final class FilePapers: Papers {
  package init() {}

  /// Reads an ordinary file, of which no more than `limit` bytes are held. Opening never waits, so that a pipe in a
  /// file's place cannot hold up a tick.
  package func read(_ path: String, limit: Int) throws(PaperFailure) -> Paper {
    do {
      let descriptor = try FileDescriptor.open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK)
      let status = try descriptor.status(path: path)
      guard status.st_mode & S_IFMT == S_IFREG else { throw HostError.notAFile(path: path) }
      guard status.st_size <= off_t(limit) else { throw HostError.fileTooLarge(path: path, limitBytes: limit) }
      // No more memory than the file needs, and a byte more than it had, which tells one that grows meanwhile.
      let bytes = try descriptor.readAll(path: path, limit: min(limit, Int(status.st_size) + 1))
      return Paper(bytes: bytes, modifiedAtUnixSeconds: UInt64(clamping: status.st_mtim.tv_sec))
    } catch {
      throw PaperFailure(error, path: path)
    }
  }
}

extension PaperFailure {
  fileprivate init(_ error: any Error, path: String) {
    switch error {
    case HostError.notAFile: self = .notAFile(path: path)
    case HostError.fileTooLarge(_, let limit): self = .tooLarge(path: path, limitBytes: limit)
    case HostError.file(_, _, let code) where code == ENOENT: self = .missing(path: path)
    case HostError.file(_, _, let code): self = .unreadable(path: path, reason: HostError.text(of: code))
    default: self = .unreadable(path: path, reason: "\(error)")
    }
  }
}
