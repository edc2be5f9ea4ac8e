import Ethereum

/// Multicall3: several calls in one, each with the aggregate's own address as its sender.
extension ContractMachine {
  mutating func multicall3(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .aggregate3: return try aggregate(arguments, frame, withValues: false)
    case .aggregate3Value: return try aggregate(arguments, frame, withValues: true)
    case .getEthBalance:
      try charge(Gas.read)
      return WordWriter.one(state.native[try arguments.address(0)] ?? .zero)
    case .getBlockNumber: return WordWriter.one(UInt256(block.number))
    case .getCurrentBlockTimestamp: return WordWriter.one(now)
    case .getBasefee: return WordWriter.one(block.baseFeeWei)
    case .getChainId: return WordWriter.one(UInt256(plan.chainID))
    default: throw Revert.empty
    }
  }

  private mutating func aggregate(
    _ arguments: CallData, _ frame: Frame, withValues: Bool
  ) throws -> [UInt8] {
    let (count, heads) = try arguments.list(0)
    var writer = WordWriter(words: 8 + 16 * count)
    writer.count(32)
    writer.count(count)
    let base = writer.bytes.count
    var places: [Int] = []
    places.reserveCapacity(count)
    for _ in 0..<count { places.append(writer.offset()) }
    var spent = UInt256.zero
    for index in 0..<count {
      let item = try heads.tail(index)
      let value = withValues ? try item.uint(2) : .zero
      spent = try spent + value
      let result = try attempt(
        from: frame.this, to: item.address(0), value: value, data: item.content(withValues ? 3 : 2))
      guard try result.succeeded || item.bool(1) else { throw Revert(text: "Multicall3: call failed") }
      writer.settle(places[index], from: base)
      writer.bool(result.succeeded)
      writer.count(64)
      writer.content(result.output)
    }
    guard !withValues || spent == frame.value else { throw Revert(text: "Multicall3: value mismatch") }
    return writer.bytes
  }
}
