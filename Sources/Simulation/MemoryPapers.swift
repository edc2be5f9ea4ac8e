package import Keeper

/// Papers that a test has written.
package final class MemoryPapers: Papers {
  private var papers: [String: Paper] = [:]
  /// How often each was read.
  package private(set) var readings: [String: Int] = [:]

  package init() {}

  package func write(_ text: String, to path: String, modifiedAtUnixSeconds: UInt64 = 0) {
    papers[path] = Paper(bytes: Array(text.utf8), modifiedAtUnixSeconds: modifiedAtUnixSeconds)
  }

  package func remove(_ path: String) { papers[path] = nil }

  package func read(_ path: String, limit: Int) throws(PaperFailure) -> Paper {
    readings[path, default: 0] += 1
    guard let paper = papers[path] else { throw .missing(path: path) }
    guard paper.bytes.count <= limit else { throw .tooLarge(path: path, limitBytes: limit) }
    return paper
  }
}
