import Contracts
import Ethereum

/// Reads as they are asked: one `aggregate3` where Multicall3 stands, else one `eth_call` for each read. They name no
/// block, so that what is read at every head need not be written out again.
struct ReadCalls {
  fileprivate enum Form {
    case aggregate(PreparedCall)
    case single([Single])
  }

  /// Without Multicall3 a native balance is a question of its own.
  fileprivate enum Single {
    case call(PreparedCall)
    case balance(Address)
  }

  fileprivate let form: Form
  fileprivate let reads: [Read]

  init(_ reads: [Read], multicall3: Address?) throws(ContractsError) {
    self.reads = reads
    if let multicall3 {
      form = .aggregate(PreparedCall(CallRequest(to: multicall3, data: try MulticallBatch.encode(reads))))
    } else {
      form = .single(
        reads.map { read in
          MulticallBatch.balanceHolder(of: read).map { .balance($0) }
            ?? .call(PreparedCall(CallRequest(to: read.to, data: read.data)))
        })
    }
  }
}

/// A round of reads within a batch. However they are asked, all of them are made at one block hash, so that a decision
/// never mixes two blocks.
struct ReadRound {
  private enum Form {
    case aggregate(Batch.Place<[UInt8]>)
    case single([Single])
  }

  private enum Single {
    case call(Batch.Place<[UInt8]>)
    case balance(Batch.Place<UInt256>)
  }

  private let form: Form
  private let reads: [Read]

  init(_ calls: ReadCalls, at block: Bytes32, in batch: inout Batch) {
    reads = calls.reads
    let at = BlockReference.hash(block)
    switch calls.form {
    case .aggregate(let call): form = .aggregate(batch.ask(.call(call, at: at)))
    case .single(let calls):
      var singles: [Single] = []
      for call in calls {
        switch call {
        case .call(let call): singles.append(.call(batch.ask(.call(call, at: at))))
        case .balance(let subject): singles.append(.balance(batch.ask(.balance(subject, at: at))))
        }
      }
      form = .single(singles)
    }
  }

  init(_ reads: [Read], at block: Bytes32, multicall3: Address?, in batch: inout Batch) throws(ContractsError) {
    self.init(try ReadCalls(reads, multicall3: multicall3), at: block, in: &batch)
  }

  /// One result for each read, in their order.
  ///
  /// A call that succeeds and returns nothing is what an address without code answers. Every read here is of a contract
  /// that returns something, so the node has no full state of the block, or the address is wrong: the next one is
  /// asked.
  func results(_ answers: Answers) throws(NodeFailure) -> [ReadResult] {
    let results = try plainResults(answers)
    for (read, result) in zip(reads, results) where result.success && result.data.isEmpty {
      throw .malformed(answers.endpoint, what: "a read of \(read.to) returned nothing, as if no contract stood there")
    }
    return results
  }

  private func plainResults(_ answers: Answers) throws(NodeFailure) -> [ReadResult] {
    switch form {
    case .aggregate(let place):
      let data = try answers.take(place)
      do {
        return try MulticallBatch.decode(data, count: reads.count)
      } catch {
        throw .malformed(answers.endpoint, what: "aggregate3: \(error)")
      }
    case .single(let singles):
      var results: [ReadResult] = []
      for single in singles {
        switch single {
        case .balance(let place):
          results.append(ReadResult(success: true, data: try answers.take(place).bigEndian32))
        case .call(let place):
          switch try answers.call(place) {
          case .returned(let data): results.append(ReadResult(success: true, data: data))
          case .reverted(let data): results.append(ReadResult(success: false, data: data))
          }
        }
      }
      return results
    }
  }
}

/// Takes the results of a concatenated list of reads apart again.
struct ReadSlices {
  private var reads: [Read] = []
  private var lengths: [Int] = []

  /// Appends a part's reads.
  mutating func add(_ part: [Read]) {
    reads += part
    lengths.append(part.count)
  }

  var all: [Read] { reads }

  /// The results of each part, in the order in which the parts were added.
  func cut(_ results: [ReadResult]) -> [[ReadResult]] {
    precondition(results.count == reads.count, "a round answers every read")
    var parts: [[ReadResult]] = []
    var start = 0
    for length in lengths {
      parts.append(Array(results[start..<start + length]))
      start += length
    }
    return parts
  }
}
