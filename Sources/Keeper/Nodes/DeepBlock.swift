import Ethereum
import Outbox

/// A block as far behind the head as `finality` asks, in blocks and in seconds. How many transactions a key has there
/// is how many of them are final, also where nodes do not know the tag "finalized", or call nothing final for long.
struct DeepBlock: Hashable, Sendable {
  let number: UInt64
  private let head: UInt64
  private let seconds: UInt64

  /// - Parameter deepening: how many times as many blocks to go back, where blocks come fast.
  init(below head: BlockHeader, _ depth: Patience, deepening: UInt64) {
    let (blocks, overflow) = depth.blocks.multipliedReportingOverflow(by: deepening)
    // Nothing goes back beyond the first block.
    number = overflow || blocks > head.number ? 0 : head.number - blocks
    self.head = head.timestamp
    seconds = depth.seconds
  }

  func isOldEnough(_ header: BlockHeader) -> Bool {
    number == 0 || (header.timestamp <= head && head - header.timestamp >= seconds)
  }
}
