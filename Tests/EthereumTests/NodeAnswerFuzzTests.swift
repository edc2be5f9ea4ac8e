@testable import Ethereum
import FoundationEssentials
import TestSupport
import Testing

/// What nodes answer, mutated value by value and byte by byte, for every question the keeper asks. A trap ends the test
/// process; what is accepted must be an answer to what was asked.
///
/// VAULTKEEPER_FUZZ_ITERATIONS is the total of inputs (100,000 where it is not set), VAULTKEEPER_FUZZ_SEED the seed.
@Suite struct NodeAnswerFuzzTests {
  private static let iterations = setting("VAULTKEEPER_FUZZ_ITERATIONS") ?? 100_000
  private static let seed = UInt64(setting("VAULTKEEPER_FUZZ_SEED") ?? 1)

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  private static let hash = JSON.string("0x" + String(repeating: "ab", count: 32))
  private static let address = JSON.string("0x" + String(repeating: "cd", count: 20))

  private static let log: JSON = [
    "address": address, "topics": [hash, hash], "data": "0x0102", "blockNumber": "0x10", "blockHash": hash,
    "transactionHash": hash, "transactionIndex": "0x0", "logIndex": "0x3", "removed": false,
  ]

  /// A question with an honest answer to it, and its reading.
  private struct Question {
    let name: String
    let honest: JSON
    let read: (RPCResponse) throws(EthereumError) -> String

    init<Answer>(_ call: NodeCall<Answer>, _ honest: JSON) {
      name = call.method
      self.honest = honest
      read = { response throws(EthereumError) in String("\(try call.answer(response))".prefix(1)) }
    }
  }

  private static func questions() throws -> [Question] {
    let who = try Address(bytes: [UInt8](repeating: 0xcd, count: 20))
    let what = Keccak256.hash([1])
    return [
      Question(.chainID(), "0x1"), Question(.blockNumber(), "0x10"),
      Question(.transactionCount(who, at: .latest), "0x7"),
      Question(.estimateGas(CallRequest(to: who, data: [])), "0x5208"),
      Question(.balance(who, at: .latest), "0xde0b6b3a7640000"), Question(.maxPriorityFee(), "0x3b9aca00"),
      Question(.gasPrice(), "0x77359400"),
      Question(
        .block(.latest),
        [
          "number": "0x10", "hash": hash, "parentHash": hash, "timestamp": "0x65a0", "baseFeePerGas": "0x3b9aca00",
          "gasUsed": "0xe4e1c0", "gasLimit": "0x1c9c380", "miner": address, "transactions": [hash],
        ]),
      Question(.call(to: who, data: [1], at: .latest), .string("0x" + String(repeating: "00", count: 64))),
      Question(.code(who, at: .latest), "0x6080604052"), Question(.sendRaw([1]), hash),
      Question(.storage(who, slot: .zero, at: .latest), hash),
      Question(
        .transaction(what),
        [
          "hash": hash, "from": address, "to": address, "nonce": "0x7", "value": "0x0", "input": "0x01",
          "gas": "0x5208", "gasPrice": "0x1", "type": "0x2", "maxFeePerGas": "0x2", "maxPriorityFeePerGas": "0x1",
          "blockNumber": "0x10", "blockHash": hash, "transactionIndex": "0x0",
        ]),
      Question(
        .receipt(what),
        [
          "transactionHash": hash, "from": address, "to": address, "status": "0x1", "blockHash": hash,
          "blockNumber": "0x9", "gasUsed": "0x5208", "cumulativeGasUsed": "0x5208", "effectiveGasPrice": "0x1",
          "contractAddress": .null, "logs": [log],
        ]),
      Question(.logs(LogFilter(blocks: .block(.zero))), [log, log]),
      Question(
        .feeHistory(blocks: 2, newest: .latest, percentiles: [50]),
        [
          "oldestBlock": "0x1", "baseFeePerGas": ["0x1", "0x2", "0x3"], "gasUsedRatio": [.number(0.5), .number(0.25)],
          "reward": [["0x1"], ["0x2"]],
        ]),
    ]
  }

  /// What stands where something else should.
  private static let odd: [JSON] = [
    .null, true, false, 0, -1, .integer(.max), .integer(.min), .number(0.5), .number(1e300), "", "0x", "0x0", "0x00",
    "0x1", "1", "0xzz", "latest", "0X1F", "0x-1", .string("0x" + String(repeating: "f", count: 64)),
    .string("0x" + String(repeating: "f", count: 65)), hash, address, [], [[]], [:], ["0x1": "0x1"],
  ]

  /// Replaces, removes, repeats or swaps values somewhere inside.
  private static func mutate(_ json: JSON, _ random: inout SplitMix64) -> JSON {
    switch json {
    case .object(let object) where !object.members.isEmpty && random.below(8) != 0:
      var object = object
      let member = object.members[random.below(object.members.count)]
      switch random.below(6) {
      case 0: object[member.key] = nil
      case 1: object[object.members[random.below(object.members.count)].key] = member.value
      default: object[member.key] = mutate(member.value, &random)
      }
      return .object(object)
    case .array(let elements) where !elements.isEmpty && random.below(8) != 0:
      var elements = elements
      let place = random.below(elements.count)
      switch random.below(6) {
      case 0: elements.remove(at: place)
      case 1: elements.insert(elements[place], at: random.below(elements.count))
      default: elements[place] = mutate(elements[place], &random)
      }
      return .array(elements)
    case .string(let text) where random.below(2) == 0 && !text.isEmpty:
      var bytes = Array(text.utf8)
      bytes[random.below(bytes.count)] = Array("0123456789abcdefxX-.\"\\ ".utf8)[random.below(22)]
      return .string(String(decoding: bytes, as: UTF8.self))
    default: return odd[random.below(odd.count)]
    }
  }

  @Test func everyQuestion() throws {
    var random = SplitMix64(Self.seed &+ 20)
    let questions = try Self.questions()
    var read = [Int](repeating: 0, count: questions.count)
    for question in questions {
      #expect(throws: Never.self, "\(question.name)") { try question.read(Self.reply(question.honest)) }
    }
    for round in 0..<Self.iterations / 2 {
      let place = round % questions.count
      let result = Self.mutate(questions[place].honest, &random)
      do {
        _ = try questions[place].read(Self.reply(result))
        read[place] += 1
      } catch { _ = error.description }
    }
    // Each has something that may vary within an honest answer.
    for (question, count) in zip(questions, read) where Self.iterations >= 10_000 {
      #expect(count > 0, "\(question.name)")
    }
  }

  private static func reply(_ result: JSON) -> RPCResponse { RPCResponse(id: 1, outcome: .result(result)) }

  /// Whole batches, as bytes: what is matched to a question carries its id, and each id is answered once.
  @Test func batches() throws {
    var random = SplitMix64(Self.seed &+ 21)
    let questions = try Self.questions()
    var answered = 0
    for _ in 0..<Self.iterations / 8 {
      let picks = (0..<1 + random.below(4)).map { _ in random.below(questions.count) }
      let ids = picks.indices.map { UInt64($0) + 5 }
      var batch = JSON.array(
        zip(picks, ids).map { pick, id in
          ["jsonrpc": "2.0", "id": .integer(Int64(id)), "result": questions[pick].honest]
        })
      if random.below(3) != 0 { batch = Self.mutate(batch, &random) }
      var body = batch.encoded()
      if random.below(3) == 0 { body[random.below(body.count)] = Array("{}[],:\"0x\\ ".utf8)[random.below(11)] }
      do {
        let responses = try RPCResponse.decodeBatch(body, expecting: ids, limits: .init(bytes: 1 << 16, depth: 16))
        guard responses.map(\.id) == ids else {
          Issue.record("wrong ids: \(String(decoding: body, as: UTF8.self))")
          return
        }
        answered += 1
        for (pick, response) in zip(picks, responses) { _ = try questions[pick].read(response) }
      } catch { _ = "\(error)" }
    }
    #expect(answered > 0)
  }

  /// Single answers, as signers give them.
  @Test func singleAnswers() throws {
    var random = SplitMix64(Self.seed &+ 22)
    var answered = 0
    let honest: [JSON] = [
      ["jsonrpc": "2.0", "id": 7, "result": "0x1"],
      ["jsonrpc": "2.0", "id": 7, "result": ["raw": "0x1", "tx": ["hash": Self.hash]]],
      ["jsonrpc": "2.0", "id": 7, "error": ["code": -32000, "message": "denied"]],
      ["jsonrpc": "2.0", "id": .null, "error": ["code": -32700, "message": "parse error"]],
    ]
    for _ in 0..<Self.iterations / 4 {
      var body = Self.mutate(honest[random.below(honest.count)], &random).encoded()
      if random.below(3) == 0, !body.isEmpty { body[random.below(body.count)] = UInt8(random.below(256)) }
      do {
        let response = try RPCResponse.decode(body, expecting: 7, limits: .init(bytes: 1 << 16, depth: 16))
        guard response.id == 7 else {
          Issue.record("wrong id: \(String(decoding: body, as: UTF8.self))")
          return
        }
        answered += 1
      } catch { _ = "\(error)" }
    }
    #expect(answered > 0)
  }
}
