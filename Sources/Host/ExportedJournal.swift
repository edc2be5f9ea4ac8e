import Glibc
package import Outbox

/// A journal's export (`JournalExport`) as a source to verify. The file is read anew for each replay, a line at a time:
/// a year's journal is never in memory.
package final class ExportedJournal: JournalSource {
  private static let chunkBytes = 1 << 16
  private let path: String

  /// - Throws: `unreadable` when there is no file to read.
  package init(path: String) throws(JournalFailure) {
    self.path = path
    guard let status = try JournalPath.status(path), status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(what: "\(path) is not a file")
    }
  }

  package func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    var left = limit ?? .max
    try forEachLine { (line, number) throws(JournalFailure) in
      guard left > 0, !line.isEmpty else { return }
      let entry = try JournalExport.entry(line, number: number)
      guard entry.stream == stream, entry.sequence >= sequence else { return }
      left -= 1
      try body(entry)
    }
  }

  package func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64 {
    var newest: UInt64 = 0
    try replay(stream, from: 0, limit: nil) { (entry) throws(JournalFailure) in newest = max(newest, entry.sequence) }
    return newest
  }

  private func forEachLine(_ body: ([UInt8], UInt64) throws(JournalFailure) -> Void) throws(JournalFailure) {
    let file: FileDescriptor
    do { file = try FileDescriptor.open(path, O_RDONLY) } catch { throw .unreadable(what: "\(error)") }
    var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
    var line: [UInt8] = []
    var number: UInt64 = 1
    while true {
      let count = chunk.withUnsafeMutableBytes { read(file.raw, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(what: "\(path): \(HostError.text(of: errno))")
      }
      if count == 0 { break }
      var rest = chunk[0..<count]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        try body(line + rest[..<end], number)
        line = []
        number += 1
        rest = rest[(end + 1)...]
      }
      line += rest
      guard line.count <= JournalExport.lineLimit else {
        throw .foreignFormat(what: "line \(number) of \(path) is longer than any entry")
      }
    }
    // A line without its break was cut; only the hash could tell, so it is read like any other.
    if !line.isEmpty { try body(line, number) }
  }
}

/// Where an export goes: a descriptor, whose every byte must arrive. Unlike a table for a person, half an export is
/// worth nothing.
package final class ExportSink {
  private static let bufferBytes = 1 << 16
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Parameter descriptor: the standard output, unless a test says otherwise. Not closed.
  package init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

  /// - Throws: `unwritable` when a full disk or a closed pipe takes no more.
  package func write(_ line: [UInt8]) throws(JournalFailure) {
    buffer += line
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  package func flush() throws(JournalFailure) {
    var offset = 0
    while offset < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, buffer.count - offset)
      }
      if count > 0 {
        offset += count
      } else if count == 0 || errno != EINTR {
        throw .unwritable(what: "the export: \(HostError.text(of: count == 0 ? EIO : errno))")
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
