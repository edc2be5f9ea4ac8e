import Glibc
import Outbox

/// Where a journal lies, with symbolic links followed: two names of one journal must meet at one lock.
struct JournalPath: Sendable {
  let file: String
  let folder: String

  var lockFile: String { file + ".lock" }
  var writeAheadLog: String { file + "-wal" }
  var sharedMemory: String { file + "-shm" }

  /// - Throws: `JournalFailure.unreadable` when the folder is not there or is no folder.
  init(_ path: String) throws(JournalFailure) {
    guard !path.isEmpty, !path.utf8.contains(0), !path.hasSuffix("/") else {
      throw .unreadable(what: "\"\(path)\" is not the path of a file")
    }
    if let resolved = Self.resolve(path) {
      file = resolved
      folder = Self.parent(of: resolved)
      return
    }
    let parent = Self.parent(of: path)
    guard let resolvedFolder = Self.resolve(parent) else {
      throw .unreadable(what: "the folder \(parent) of the journal: \(HostError.text(of: errno))")
    }
    folder = resolvedFolder
    let name = path.split(separator: "/").last.map(String.init) ?? path
    file = resolvedFolder == "/" ? "/" + name : resolvedFolder + "/" + name
  }

  /// - Returns: nil when there is nothing at `path`.
  /// - Throws: when something is there that cannot be looked at.
  static func status(_ path: String) throws(JournalFailure) -> stat? {
    var result = stat()
    if stat(path, &result) == 0 { return result }
    if errno == ENOENT { return nil }
    throw .unreadable(what: "\(path): \(HostError.text(of: errno))")
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func resolve(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
