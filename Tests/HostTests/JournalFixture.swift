import Ethereum
import Outbox

/// Entries as a store sees them: bytes in a place. Their chain is `Journal`'s affair, not the store's.
func entry(
  _ stream: JournalStream, _ sequence: UInt64, _ text: String = "{}", at unixSeconds: UInt64 = 1_700_000_000
) throws -> JournalEntry {
  func filler(_ number: UInt64) throws -> Bytes32 {
    try Bytes32(
      bytes: [UInt8](repeating: 0xab, count: 24) + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - $0 * 8)) })
  }
  return JournalEntry(
    stream: stream, sequence: sequence, unixSeconds: unixSeconds, payload: Array(text.utf8),
    previousHash: try filler(sequence - 1), hash: try filler(sequence))
}

extension JournalSource {
  func all(_ stream: JournalStream, from sequence: UInt64 = 0) throws -> [JournalEntry] {
    var entries: [JournalEntry] = []
    try replay(stream, from: sequence) { entries.append($0) }
    return entries
  }
}
