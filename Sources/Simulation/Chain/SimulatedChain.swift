package import Ethereum

/// A tree of blocks with a canonical tip. The chain knows nothing of nodes and pools: it appends, switches its tip, and
/// answers what a block's branch holds.
package struct SimulatedChain: Sendable {
  /// Every block ever made, orphaned ones too.
  package private(set) var blocks: [SimulatedBlock] = []
  /// Places of the canonical blocks, from the first block's number on.
  private var canonical: [Int] = []
  private var placeByHash: [Bytes32: Int] = [:]
  /// Where each transaction was ever included.
  private var inclusions: [Bytes32: [(block: Int, index: Int)]] = [:]
  /// Places of blocks with logs, in the order of making.
  private var blocksWithLogs: [Int] = []

  /// 36 million, mainnet's since 2025.
  package static let gasLimit: UInt64 = 36_000_000
  /// As many blocks as geth keeps states of.
  private static let statesKept = 128

  package init(genesis: SimulatedBlock) {
    add(genesis)
    canonical = [0]
  }

  /// The place of the canonical head.
  package var tip: Int { canonical[canonical.count - 1] }
  package var head: SimulatedBlock { blocks[tip] }
  private var firstNumber: UInt64 { blocks[0].number }

  /// Appends a block and makes it canonical; its parent must be on a branch that this makes canonical, too.
  /// - Returns: its place.
  package mutating func append(_ block: SimulatedBlock) -> Int {
    let place = add(block)
    let height = Int(block.number - firstNumber)
    canonical.removeLast(max(canonical.count - height, 0))
    canonical.append(place)
    if height >= Self.statesKept { blocks[canonical[height - Self.statesKept]].contracts = nil }
    return place
  }

  @discardableResult
  private mutating func add(_ block: SimulatedBlock) -> Int {
    let place = blocks.count
    blocks.append(block)
    placeByHash[block.hash] = place
    for (index, receipt) in block.receipts.enumerated() {
      inclusions[receipt.transaction.hash, default: []].append((place, index))
    }
    if !block.logs.isEmpty { blocksWithLogs.append(place) }
    return place
  }

  package func place(of hash: Bytes32) -> Int? { placeByHash[hash] }

  package func isCanonical(_ place: Int) -> Bool {
    let height = Int(blocks[place].number - firstNumber)
    return height < canonical.count && canonical[height] == place
  }

  /// The canonical block at a height; nil above the head.
  package func canonicalPlace(at number: UInt64) -> Int? {
    guard number >= firstNumber, number - firstNumber < UInt64(canonical.count) else { return nil }
    return canonical[Int(number - firstNumber)]
  }

  /// The block at a height on the branch that ends in `tip`.
  package func ancestor(of tip: Int, at number: UInt64) -> Int? {
    guard number >= firstNumber, number <= blocks[tip].number else { return nil }
    var place = tip
    while blocks[place].number > number {
      if isCanonical(place) { return canonical[Int(number - firstNumber)] }
      guard let parent = blocks[place].parent else { return nil }
      place = parent
    }
    return place
  }

  package func isAncestor(_ place: Int, of tip: Int) -> Bool { ancestor(of: tip, at: blocks[place].number) == place }

  /// The block and position where a transaction stands on the branch that ends in `tip`.
  package func inclusion(of hash: Bytes32, on tip: Int) -> (block: Int, index: Int)? {
    inclusions[hash]?.first { isAncestor($0.block, of: tip) }
  }

  /// The blocks with logs between two heights of the branch that ends in `tip`.
  package func placesWithLogs(from: UInt64, to: UInt64, on tip: Int) -> [Int] {
    var found: [Int] = []
    for place in blocksWithLogs.reversed() {
      let number = blocks[place].number
      // Reorgs are shallow, so places descend with heights but for a few.
      if number + 64 < from { break }
      if number >= from, number <= to, isAncestor(place, of: tip) { found.append(place) }
    }
    return found.sorted { blocks[$0].number < blocks[$1].number }
  }

  /// The canonical places above a height, lowest first: what a reorg from there takes back.
  package func canonicalPlaces(above number: UInt64) -> [Int] {
    guard number >= firstNumber else { return canonical }
    return Array(canonical.dropFirst(Int(min(number - firstNumber + 1, UInt64(canonical.count)))))
  }

  /// All receipts of the canonical chain, oldest first.
  package var canonicalReceipts: [(block: SimulatedBlock, receipt: BlockReceipt)] {
    canonical.flatMap { place in blocks[place].receipts.map { (blocks[place], $0) } }
  }

  /// The base fee that the protocol sets for a child of the block at `place`.
  package func nextBaseFeeWei(after place: Int) -> UInt256 {
    let block = blocks[place]
    do {
      return try Fees.nextBaseFee(
        parentBaseFee: block.baseFeeWei, gasUsed: block.gasUsed, gasLimit: Self.gasLimit)
    } catch {
      return block.baseFeeWei
    }
  }
}
