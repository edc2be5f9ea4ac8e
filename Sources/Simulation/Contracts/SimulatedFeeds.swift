import Ethereum

/// Chainlink's aggregators, the sequencer's uptime feed, and the share token with its pause.
extension ContractMachine {
  mutating func feed(_ feed: FeedState, _ name: String, _ selector: Selector) throws -> [UInt8] {
    switch selector {
    case .latestRoundData:
      try charge(4 * Gas.read)
      guard feed.round != .zero else { throw Revert(text: "No data present") }
      var writer = WordWriter(words: 5)
      writer.uint(feed.round)
      writer.int(feed.answer)
      writer.uint(feed.startedAt)
      writer.uint(feed.updatedAt)
      writer.uint(feed.round)
      return writer.bytes
    case .latestAnswer:
      try charge(2 * Gas.read)
      return WordWriter.one(feed.answer.bits)
    case .decimals: return WordWriter.one(UInt256(feed.decimals))
    case .description: return text(name)
    default: throw Revert.empty
    }
  }

  mutating func shareToken(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    try charge(Gas.read)
    let shares = sharesHere
    switch selector {
    case .asset: return WordWriter.one(addresses.quoteToken)
    case .totalAssets: return WordWriter.one(shares.totalAssets)
    case .totalSupply: return WordWriter.one(shares.totalSupply)
    case .paused: return WordWriter.one(shares.isPaused)
    case .decimals: return WordWriter.one(18)
    case .convertToAssets:
      return WordWriter.one(try frame.data.arguments.uint(0) * shares.totalAssets / shares.totalSupply)
    default: throw Revert.empty
    }
  }

  /// The venue's own check before an order is executed.
  func requireSequencerUp() throws {
    let feed = state.sequencer
    guard feed.answer == .zero, feed.startedAt != .zero else { throw Revert(VenueError.sequencerDown) }
    let grace = state.venue.uint(site.keys.sequencerGrace)
    let since = try now - feed.startedAt
    guard since > grace else { throw Revert(VenueError.sequencerGrace, .uint(since), .uint(grace)) }
  }
}
