import Contracts
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// What several endpoints say of nonces, blocks and logs, and what is made of it when one lies, truncates or is behind.
@Suite struct OpinionTests {
  private static let order = World.hash(200)
  private static let sender = World.hash(1)

  private func log(_ block: UInt64, index: UInt64, key: Bytes32 = order) -> JSON {
    [
      "address": "0x00000000000000000000000000000000000000ee", "topics": [.string(key.description)], "data": "0x",
      "blockNumber": World.quantity(block), "blockHash": .string(World.block(block).description),
      "transactionHash": .string(World.hash(UInt8(index)).description), "logIndex": World.quantity(index),
    ]
  }

  private struct Said {
    var mined: UInt64 = 4
    /// The count two blocks before the head, which is asked for by number.
    var deep: UInt64? = 4
    var safe: JSON? = "0x3"
    var finalized: JSON? = "0x2"
    var logs: [JSON]?
    var branch = ""
  }

  /// Asks two endpoints, of which each says what it is given to say.
  private func consensus(
    _ said: [Said], orders: [OrderQuestion], heights: [UInt64] = [8],
    depth: Patience = Patience(blocks: 2, seconds: 24), needed: Int? = nil
  ) throws -> Consensus {
    let names = ["a", "b", "c"].prefix(said.count)
    let transport = ScriptedTransport { asked in
      let one = said[asked.endpoint.index]
      let refusal = ScriptedTransport.Answer.error(RPCErrorObject(code: -32_602, message: "unknown tag"))
      switch asked.method {
      case "eth_getTransactionCount":
        switch asked.params.last {
        case "safe": return one.safe.map { .result($0) } ?? refusal
        case "finalized": return one.finalized.map { .result($0) } ?? refusal
        case .string(let text)? where text.hasPrefix("0x"):
          return one.deep.map { .result(World.quantity($0)) } ?? refusal
        default: return .result(World.quantity(one.mined))
        }
      case "eth_getLogs": return one.logs.map { .result(.array($0)) } ?? refusal
      case "eth_getBlockByNumber":
        // Of the head they say the same.
        guard let height = World.height(of: asked) else { return World.plain(asked) }
        return .result(World.header(number: height, branch: one.branch))
      default: return World.plain(asked)
      }
    }
    let chain = World.chain(endpoints: Array(names), quorum: said.count)
    var node = Node(chain: chain, transport: transport)
    let look = try node.look(hashes: [], now: World.now)
    var batch = Batch()
    let places = OpinionPlaces(
      look, sender: try Address(hex: "0x00000000000000000000000000000000000000aa"), heights: heights, orders: orders,
      queries: [LogQuery(address: .zero, topics: [])], asksTags: true,
      deep: DeepBlock(below: look.head, depth, deepening: 1), in: &batch)
    let others = chain.endpoints.dropFirst().map { ($0, batch) }
    let asked = try node.ask(inTurn: chain.endpoints, batch, beside: others) { (answers) throws(NodeFailure) in
      try places.opinion(answers)
    }
    #expect(node.exchanges == 2, "all of them are asked in one exchange")
    return Consensus(
      [asked.answer] + (try asked.others.map { (answers) throws(NodeFailure) in try places.opinion(answers) }),
      needed: needed ?? said.count)
  }

  private let placed = [OrderQuestion(key: order, fromBlock: 6)]

  @Test func theHighestNonceCountsAndTheLowestIsFinal() throws {
    let found = try consensus(
      [Said(mined: 4, logs: []), Said(mined: 6, safe: "0x5", finalized: "0x1", logs: [])], orders: [])
    #expect(found.minedNonce == 6 && found.safeNonce == 3 && found.finalizedNonce == 1)
  }

  @Test func onlyWhatTheWholeQuorumCallsFinalIsFinal() throws {
    let untold = try consensus([Said(logs: []), Said(safe: nil, finalized: nil, logs: [])], orders: [])
    #expect(untold.finalizedNonce == nil && untold.safeNonce == nil)
    // More transactions final than mined, or than safe: another chain, or a lie.
    for said in [Said(safe: "0x9", finalized: "0x9", logs: []), Said(safe: "0x1", finalized: "0x2", logs: [])] {
      #expect(try consensus([said], orders: []).finalizedNonce == nil)
    }
  }

  @Test func aDeepCountTakesTheWholeQuorumAndABlockThatIsOldEnough() throws {
    #expect(try consensus([Said(deep: 3, logs: []), Said(deep: 2, logs: [])], orders: []).deepNonce == 2)
    // One has no state there any more, or says that more was deep than is mined.
    for said in [Said(deep: nil, logs: []), Said(mined: 4, deep: 5, logs: [])] {
      #expect(try consensus([Said(logs: []), said], orders: []).deepNonce == nil)
    }
    // Blocks come every 12 s: two of them are 24 s.
    #expect(try consensus([Said(logs: [])], orders: [], depth: Patience(blocks: 2, seconds: 25)).deepNonce == nil)
  }

  @Test func aDeepBlockLiesAsFarBackAsFinalitySays() throws {
    let head = BlockHeader(
      number: 10, hash: World.hash(10), parentHash: World.hash(9), timestamp: 1, baseFeePerGas: nil, gasUsed: 0,
      gasLimit: 0)
    func number(_ blocks: UInt64, _ deepening: UInt64 = 1) -> UInt64 {
      DeepBlock(below: head, Patience(blocks: blocks, seconds: 0), deepening: deepening).number
    }
    #expect(number(3) == 7 && number(3, 2) == 4 && number(12) == 0 && number(.max, 2) == 0 && number(10) == 0)
    // The first block of a chain is as deep as any, however young it is.
    #expect(DeepBlock(below: head, Patience(blocks: 10, seconds: .max), deepening: 1).isOldEnough(head))
  }

  @Test func logsAreUnitedAndEachIsThereOnce() throws {
    let (first, second, third) = (log(6, index: 1), log(7, index: 0), log(7, index: 3))
    let found = try consensus([Said(logs: [third, first]), Said(logs: [first, second])], orders: placed)
    #expect(found.logs.map(\.blockNumber) == [6, 7, 7] && found.logs.map(\.logIndex) == [1, 0, 3])
    #expect(found.notes.isEmpty && found.isSilenceAnAnswer)
  }

  /// One endpoint's word is heard, and is no agreement; nor is the same place in other words.
  @Test func whatTheWholeQuorumTellsIsAgreed() throws {
    let (first, second) = (log(6, index: 1), log(7, index: 0))
    let found = try consensus([Said(logs: [first, second, second]), Said(logs: [first])], orders: placed)
    #expect(found.logs.count == 2 && found.agreedLogs.map(\.blockNumber) == [6])
    let forged = log(6, index: 1, key: World.hash(201))
    #expect(try consensus([Said(logs: [forged]), Said(logs: [first])], orders: placed).agreedLogs.isEmpty)
    #expect(try consensus([Said(logs: [first, second])], orders: placed).agreedLogs.count == 2)
  }

  @Test func logsOutsideOfTheQuestionAreNoAnswer() throws {
    let found = try consensus([Said(logs: [log(5, index: 1), log(6, index: 1), log(11, index: 1)])], orders: placed)
    #expect(found.logs.map(\.blockNumber) == [6])
  }

  /// The order was placed in block 6, by a receipt: who tells nothing of it from there on leaves something out.
  @Test func logsWithoutTheBlockOfOurReceiptAreNoted() throws {
    let missing = NodeFailure.logsMissing(World.endpoint("a", 0), block: 6)
    let alone = try consensus([Said(logs: [])], orders: placed)
    #expect(alone.notes == [missing] && !alone.isSilenceAnAnswer)
    let helped = try consensus([Said(logs: []), Said(logs: [log(6, index: 1)])], orders: placed)
    #expect(helped.notes == [missing] && helped.isSilenceAnAnswer && helped.logs.count == 1)
    // After a reorg it may stand in another block: any word about the order will do.
    #expect(try consensus([Said(logs: [log(9, index: 1)])], orders: placed).notes.isEmpty)
    // Nobody knows where it was placed.
    #expect(try consensus([Said(logs: [])], orders: [OrderQuestion(key: Self.order, fromBlock: 0)]).notes.isEmpty)
  }

  @Test func refusedLogsAreNotSilence() throws {
    let found = try consensus([Said(logs: nil)], orders: placed)
    #expect(!found.isSilenceAnAnswer && found.notes.map(\.code) == ["nodeRefused"])
  }

  /// The others failed in this one exchange: the last one's word holds up, and concludes nothing.
  @Test func theWordOfTheLastOneIsNoAgreement() throws {
    let alone = try consensus([Said(mined: 6, logs: [])], orders: [], needed: 2)
    #expect(alone.minedNonce == 6 && alone.agreedNonce == 0)
    #expect(alone.safeNonce == nil && alone.finalizedNonce == nil)
    #expect(alone.canonical.isEmpty && !alone.isSilenceAnAnswer)
    let both = try consensus([Said(mined: 6, logs: []), Said(logs: [])], orders: [], needed: 2)
    #expect(both.minedNonce == 6 && both.agreedNonce == 4)
    #expect(both.canonical.map(\.number) == [8] && both.isSilenceAnAnswer)
  }

  @Test func aBlockThatIsDisputedIsNoEvidence() throws {
    let agreed = try consensus([Said(logs: []), Said(logs: [])], orders: [])
    #expect(agreed.canonical == [CanonicalBlock(number: 8, hash: World.block(8))])
    let disputed = try consensus([Said(logs: []), Said(logs: [], branch: "lie")], orders: [])
    #expect(disputed.canonical.isEmpty)
    #expect(disputed.notes.map(\.code) == ["nodesContradict"])
  }

  @Test func aReadThatReturnsNothingIsNoReading() throws {
    let token = try Address(hex: "0x00000000000000000000000000000000000000bb")
    let read = Read(to: token, data: [1, 2, 3, 4])
    let transport = ScriptedTransport { asked in
      asked.method == "eth_call" ? .result(asked.endpoint.name == "a" ? "0x" : "0x07") : World.plain(asked)
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    var batch = Batch()
    let round = try ReadRound([read], at: World.hash(5), multicall3: nil, in: &batch)
    let (results, endpoint, _) = try node.ask(inTurn: node.chain.endpoints, batch) { (answers) throws(NodeFailure) in
      try round.results(answers)
    }
    #expect(results.map(\.data) == [[7]] && endpoint.name == "b")
    #expect(node.failures.map(\.code) == ["nodeAnswerMalformed"])
  }
}
