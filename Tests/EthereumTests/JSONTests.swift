@testable import Ethereum
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8)) }

  @Test func values() throws {
    #expect(
      try parse(" {\"b\":[1,-2,3.5,true,false,null,\"\\u00e9\\n\"],\"a\":{}} ") == [
        "a": [:], "b": [1, -2, .number(3.5), true, false, .null, "é\n"],
      ])
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try parse("1e3") == .number(1000))
    #expect(try parse("-0") == 0)
    #expect(try parse("\"\\ud83e\\udd8a\\/\\b\\f\\u0041\"") == .string("🦊/\u{8}\u{c}A"))
    #expect(try parse("\"x\"") == "x")
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\"}", "nul", "01", "+1", "NaN", "1 2", "\"\\x\"", "\"a", "[1}", "1e999", "<html>",
    "{a:1}", "'a'", "[1 2]", "\u{0}", "1.", ".5", "1e", "-", "[", "[1", "{\"a\":1", "{\"a\":1,}", "{\"a\":1,\"a\":2}",
    "\"\\ud83e\"",
    "\"\\ud83ex\"", "\"\\udd8a\"", "\"\\ud83e\\u0041\"", "\"\\u12g4\"", "\"\\u12", "\"\t\"", "tru", "\"\\",
  ])
  func malformed(_ text: String) { #expect(throws: EthereumError.self) { try parse(text) } }

  @Test func invalidUTF8() { #expect(throws: EthereumError.self) { try JSON.parse([0x22, 0xff, 0x22]) } }

  @Test func limits() throws {
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    #expect(throws: EthereumError.json(.tooDeep(offset: 64, limit: 64))) { try parse(deep) }
    #expect(throws: Never.self) { try parse(String(deep.dropFirst().dropLast())) }
    #expect(throws: EthereumError.json(.tooLarge(bytes: 3, limit: 2))) {
      try JSON.parse(Array("123".utf8), limits: .init(bytes: 2))
    }
    #expect(throws: EthereumError.self) { try parse(String(repeating: "[", count: 1 << 20)) }
    #expect(throws: EthereumError.json(.tooMany(limit: 3))) {
      try JSON.parse(Array("[1,2,3]".utf8), limits: .init(values: 3))
    }
    // Brackets in strings are text.
    let brackets = "\"\\\"" + String(repeating: "[", count: 100) + "\""
    #expect(throws: Never.self) { try parse(brackets) }
  }

  @Test func encodingIsCanonical() throws {
    let value: JSON = ["z": 1, "a": ["/\"\\\u{1}\n\r\t", .null, .number(0.1), .number(.infinity)], "é": "漢"]
    #expect(value.text == "{\"a\":[\"/\\\"\\\\\\u0001\\n\\r\\t\",null,0.1,null],\"z\":1,\"é\":\"漢\"}")
    let other: JSON = ["b": [true, "x"], "a": .integer(.min)]
    #expect(try JSON.parse(other.encoded()) == other)
    #expect(try JSONCoding.encode(other) == other.encoded())
    #expect(try JSONCoding.decode(JSON.self, from: other.encoded()) == other)
  }

  @Test func objects() {
    var object: JSONObject = ["b": 1, "a": 2, "b": 3]
    #expect(object.keys == ["a", "b"] && object["b"] == 3 && object["c"] == nil)
    object["c"] = 4
    object["a"] = nil
    object["b"] = 5
    #expect(object == ["b": 5, "c": 4])
    #expect(JSON.object(object)["c"] == 4 && JSON.array([1, 2])[1] == 2 && JSON.array([1])[1] == nil)
  }

  @Test func codingErrorsNameThePath() {
    struct Record: Codable { var a: [UInt256] }
    #expect(throws: EthereumError.self) { try JSONCoding.encode(Double.nan) }
    do {
      _ = try JSONCoding.decode(Record.self, from: Array("{\"a\":[\"1\",\"x\"]}".utf8))
      Issue.record("decoded")
    } catch { #expect(error.description.contains("a.") && error.description.contains("\"x\"")) }
  }
}

@Suite struct RPCTests {
  private func decode(_ text: String, _ ids: [UInt64]) throws -> [RPCResponse] {
    try RPCResponse.decodeBatch(Array(text.utf8), expecting: ids)
  }

  @Test func requests() {
    let batch = RPCRequest.encodeBatch([NodeCall.chainID().request(id: 7), NodeCall.block(.latest).request(id: 8)])
    #expect(
      String(decoding: batch, as: UTF8.self)
        == "[{\"id\":7,\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\",\"params\":[]},"
        + "{\"id\":8,\"jsonrpc\":\"2.0\",\"method\":\"eth_getBlockByNumber\",\"params\":[\"latest\",false]}]")
  }

  @Test func answersInAnyOrder() throws {
    let responses = try decode(
      "[{\"id\":2,\"result\":null,\"error\":null},{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":\"execution reverted\","
        + "\"data\":\"0x08c379a0\"}}]", [1, 2])
    #expect(responses.map(\.id) == [1, 2])
    #expect(
      responses[0].outcome
        == .error(RPCErrorObject(code: 3, message: "execution reverted", data: [8, 0xc3, 0x79, 0xa0])))
    #expect(responses[1].outcome == .result(.null))
    #expect(try decode("[]", []).isEmpty)
  }

  @Test func wrongAnswersHaveTheirOwnErrors() {
    func expect(_ failure: RPCFailure, _ text: String, _ ids: [UInt64] = [1], line: SourceLocation = #_sourceLocation) {
      #expect(throws: EthereumError.rpc(failure), sourceLocation: line) { try decode(text, ids) }
    }
    expect(.missingID(2), "[{\"id\":1,\"result\":1}]", [1, 2])
    expect(.duplicateID(1), "[{\"id\":1,\"result\":1},{\"id\":1,\"result\":1}]", [1])
    expect(.unexpectedID("9"), "[{\"id\":9,\"result\":1}]")
    expect(.unexpectedID("null"), "[{\"id\":null,\"error\":{}}]")
    expect(.unexpectedID("\"1\""), "[{\"id\":\"1\",\"result\":1}]")
    expect(
      .batchRefused(RPCErrorObject(code: -32600, message: "batch too large")),
      "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}")
    expect(.notABatch(found: "an object", excerpt: "{\"id\":1,\"result\":1}"), "{\"id\":1,\"result\":1}")
    expect(
      .notAResponse(index: 0, reason: "it has neither a result nor an error", excerpt: "{\"id\":1}"), "[{\"id\":1}]")
    expect(.notAResponse(index: 0, reason: "expected an object, found a number", excerpt: "5"), "[5]")
    expect(.notAResponse(index: 0, reason: "it has no id", excerpt: "{\"result\":1}"), "[{\"result\":1}]")
    expect(
      .notAResponse(
        index: 0, reason: "it has both a result and an error", excerpt: "{\"error\":{},\"id\":1,\"result\":1}"),
      "[{\"id\":1,\"result\":1,\"error\":{}}]")
  }

  @Test func htmlIsQuotedSafely() {
    let page = "<html>\u{1b}[31m" + String(repeating: "x", count: 9000)
    do {
      _ = try decode(page, [1])
      Issue.record("decoded")
    } catch {
      let text = "\(error)"
      #expect(text.contains("<html>.[31m") && text.utf8.count < 400 && !text.utf8.contains(0x1b))
    }
  }

  @Test func revertDataInAllItsPlaces() throws {
    for data in ["\"0x12\"", "{\"data\":\"0x12\"}", "\"Reverted 0x12\""] {
      let error = try decode("[{\"id\":1,\"error\":{\"code\":3,\"message\":\"m\",\"data\":\(data)}}]", [1])[0].outcome
      #expect(error == .error(RPCErrorObject(code: 3, message: "m", data: [0x12])))
    }
    for data in ["\"0x1\"", "5", "\"\"", "\"words only\""] {
      let error = try decode("[{\"id\":1,\"error\":{\"code\":3,\"message\":\"m\",\"data\":\(data)}}]", [1])[0].outcome
      #expect(error == .error(RPCErrorObject(code: 3, message: "m")))
    }
  }
}

@Suite struct NodeCallTests {
  private func answer<T>(_ call: NodeCall<T>, _ result: String) throws -> T {
    try call.answer(RPCResponse(id: 1, outcome: .result(JSON.parse(Array(result.utf8)))))
  }

  private let hash = "0x" + String(repeating: "ab", count: 32)

  @Test func blocks() throws {
    let json =
      "{\"number\":\"0x10\",\"hash\":\"\(hash)\",\"parentHash\":\"\(hash)\",\"timestamp\":\"0x5\",\"gasUsed\":\"0x1\","
      + "\"gasLimit\":\"0x2\",\"baseFeePerGas\":\"0x7\",\"extra\":[]}"
    let header = try #require(try answer(NodeCall.block(.number(16)), json))
    #expect(
      header.number == 16 && header.baseFeePerGas == 7 && header.timestamp == 5 && header.hash.description == hash)
    #expect(try answer(NodeCall.block(.hash(.zero)), "null") == nil)
    #expect(NodeCall.block(.hash(.zero)).method == "eth_getBlockByHash")
    #expect(throws: EthereumError.self) { try answer(NodeCall.block(.latest), "{\"number\":\"0x10\"}") }
    #expect(throws: EthereumError.self) {
      try answer(NodeCall.block(.latest), json.replacing("\"0x10\"", with: "\"0x10000000000000000\""))
    }
  }

  @Test func calls() throws {
    let reference = BlockReference.hash(try Bytes32(hex: hash))
    let call = CallRequest(to: .zero, data: [1], from: .zero, valueWei: 2, gas: 3, gasPriceWei: 4)
    let override = StateOverride(address: .zero, code: [0xfe], balanceWei: 5)
    let zero = Address.zero.description
    #expect(
      JSON.array(NodeCall.call(call, at: reference, overrides: [override]).params).text
        == "[{\"data\":\"0x01\",\"from\":\"\(zero)\",\"gas\":\"0x3\",\"gasPrice\":\"0x4\",\"input\":\"0x01\",\"to\":\"\(zero)\","
        + "\"value\":\"0x2\"},{\"blockHash\":\"\(hash)\",\"requireCanonical\":true},"
        + "{\"\(zero)\":{\"balance\":\"0x5\",\"code\":\"0xfe\"}}]")
    #expect(try answer(NodeCall.call(to: .zero, data: [], at: .latest), "\"0x0102\"") == [1, 2])
    #expect(throws: EthereumError.self) { try answer(NodeCall.call(to: .zero, data: [], at: .latest), "\"0x012\"") }
    let error = RPCErrorObject(code: 3, message: "execution reverted")
    #expect(throws: EthereumError.rpc(.node(method: "eth_call", error))) {
      try NodeCall.call(to: .zero, data: [], at: .latest).answer(RPCResponse(id: 1, outcome: .error(error)))
    }
  }

  @Test func receiptsAndLogs() throws {
    let log =
      "{\"address\":\"0x00000000000000000000000000000000000000AA\",\"topics\":[\"\(hash)\"],\"data\":\"0x01\",\"blockNumber\":\"0x1\","
      + "\"blockHash\":\"\(hash)\",\"transactionHash\":\"\(hash)\",\"logIndex\":\"0x0\",\"removed\":false}"
    let json =
      "{\"transactionHash\":\"\(hash)\",\"from\":\"0x00000000000000000000000000000000000000aa\",\"to\":null,\"status\":\"0x1\","
      + "\"blockHash\":\"\(hash)\",\"blockNumber\":\"0x1\",\"gasUsed\":\"0x2\",\"effectiveGasPrice\":\"0x3\",\"logs\":[\(log)]}"
    let receipt = try #require(try answer(NodeCall.receipt(.zero), json))
    #expect(receipt.status && receipt.to == nil && receipt.logs.count == 1 && receipt.effectiveGasPrice == 3)
    #expect(try answer(NodeCall.receipt(.zero), "null") == nil)
    #expect(throws: EthereumError.self) {
      try answer(NodeCall.receipt(.zero), json.replacing("\"topics\":[\"", with: "\"topics\":[\"0"))
    }
    let filter = LogFilter(blocks: .range(from: .number(1), to: .latest), addresses: [.zero], topics: [[], [.zero]])
    #expect(
      filter.json.text
        == "{\"address\":[\"\(Address.zero)\"],\"fromBlock\":\"0x1\",\"toBlock\":\"latest\",\"topics\":[null,"
        + "[\"\(Bytes32.zero)\"]]}")
    #expect(try answer(NodeCall.logs(filter), "[\(log)]") == receipt.logs)
  }

  @Test func numbers() throws {
    #expect(try answer(NodeCall.chainID(), "\"0x100000001\"") == 4_294_967_297)
    #expect(try answer(NodeCall.balance(.zero, at: .latest), "\"0x0\"") == .zero)
    for bad in ["\"0x\"", "\"0x01\"", "5", "null", "\"5\"", "{}"] {
      #expect(throws: EthereumError.self, "\(bad)") { try answer(NodeCall.blockNumber(), bad) }
    }
    let history = try answer(
      NodeCall.feeHistory(blocks: 1, newest: .latest, percentiles: [50]),
      "{\"oldestBlock\":\"0x1\",\"baseFeePerGas\":[\"0x1\",\"0x2\"],\"gasUsedRatio\":[0.5],\"reward\":[[\"0x3\"]]}")
    #expect(history.baseFeePerGas == [1, 2] && history.reward == [[3]])
    #expect(try answer(NodeCall.sendRaw([1]), "\"\(hash)\"").description == hash)
    let info = try answer(
      NodeCall.transaction(.zero),
      "{\"hash\":\"\(hash)\",\"from\":\"0x00000000000000000000000000000000000000aa\",\"to\":null,"
        + "\"nonce\":\"0x1\",\"value\":\"0x0\",\"input\":\"0x\",\"blockNumber\":null,\"blockHash\":null}")
    #expect(info?.nonce == 1 && info?.block == nil)
  }

  /// A number in JSON has 63 bits for sure; what has more is written as its digits, and both are read.
  @Test(arguments: [0, 1, UInt64(Int64.max), UInt64(Int64.max) + 1, .max])
  func wholeNumbersKeepTheirDigits(number: UInt64) throws {
    struct Record: Codable, Hashable { let number: UInt64 }
    let composed = JSON(whole: number)
    let isLarge = number > UInt64(Int64.max)
    #expect(composed == (isLarge ? .string("\(number)") : .integer(Int64(number))))
    #expect(composed.whole == number)
    let written = try JSON(encoding: Record(number: number))
    #expect(written["number"] == composed)
    #expect(try JSON.parse(written.encoded()) == written)
    #expect(try JSONCoding.decode(Record.self, from: written.encoded()).number == number)
    // As a number it is read, too, digit by digit: so others write it.
    #expect(try JSONCoding.decode(Record.self, from: Array("{\"number\":\(number)}".utf8)).number == number)
  }

  /// Nothing else is taken for one: a record says each number in one way.
  @Test(arguments: [
    "\"5\"", "\"9223372036854775807\"", "\"18446744073709551616\"", "\"+9223372036854775808\"", "-1", "\"\"",
    "1.5", "\"09223372036854775808\"", "null",
  ])
  func noOtherTextIsAWholeNumber(text: String) throws {
    struct Record: Codable { let number: UInt64 }
    #expect(try JSON.parse(Array(text.utf8)).whole == nil)
    #expect(throws: (any Error).self) { try JSONCoding.decode(Record.self, from: Array("{\"number\":\(text)}".utf8)) }
  }
}
