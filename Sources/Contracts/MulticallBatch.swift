package import Ethereum

/// Many reads in one call. The contract stands at the same address on nearly every chain; where it does not, the reads
/// go out one by one in a JSON-RPC batch.
///
/// Block number and hash are never taken from it (its hash is that of the running block, 0, and on Arbitrum its number
/// is the parent chain's): the head is read first, and the reads are made at its hash.
package enum MulticallBatch {
  /// The canonical deployment.
  package static let canonicalAddress: Address = {
    do {
      return try Address(hex: "0xcA11bde05977b3631167028862bE2a173976CA11")
    } catch {
      preconditionFailure("a constant address is well formed: \(error)")
    }
  }()

  /// Call data of aggregate3 with every read allowed to fail by itself.
  package static func encode(_ reads: [Read]) throws(ContractsError) -> [UInt8] {
    try Multicall3.Aggregate3(
      calls: reads.map { Multicall3.Call3(target: $0.to, allowFailure: true, callData: $0.data) }
    ).encoded()
  }

  /// Call data of aggregate3Value: `call` with its value, then every read, each allowed to fail by itself. The
  /// aggregate must be sent with exactly the call's value.
  package static func encode(_ call: Call, then reads: [Read]) throws(ContractsError) -> [UInt8] {
    let first = Multicall3.Call3Value(
      target: call.to, allowFailure: true, value: call.valueWei, callData: call.data)
    let rest = reads.map {
      Multicall3.Call3Value(target: $0.to, allowFailure: true, value: .zero, callData: $0.data)
    }
    return try Multicall3.Aggregate3Value(calls: [first] + rest).encoded()
  }

  /// One result per read (and call), in order; throws when their number is not `count`.
  package static func decode(_ data: [UInt8], count: Int) throws(ContractsError) -> [ReadResult] {
    let results = try Multicall3.Aggregate3.decodeOutput(data)
    guard results.count == count else {
      throw .answerCount(what: "aggregate3", expected: count, actual: results.count)
    }
    return results.map { ReadResult(success: $0.success, data: $0.returnData) }
  }

  /// Native balance of an address as a read of `multicall`.
  static func balance(of address: Address, multicall: Address) throws(ContractsError) -> Read {
    try Multicall3.GetEthBalance(account: address).read(at: multicall)
  }
}

extension MulticallBatch {
  /// The address whose native balance `read` asks for, nil for any other read. Where the contract does not exist, the
  /// same word comes from eth_getBalance.
  package static func balanceHolder(of read: Read) -> Address? {
    guard Multicall3.GetEthBalance.matches(read.data) else { return nil }
    do {
      return try Multicall3.GetEthBalance.decodeCall(read.data).account
    } catch {
      return nil
    }
  }
}
