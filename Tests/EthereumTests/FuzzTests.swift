@testable import Ethereum
import FoundationEssentials
import TestSupport
import Testing

/// Every decoder on mutated and random bytes. A trap ends the test process; a broken property fails the test.
///
/// VAULTKEEPER_FUZZ_ITERATIONS is the total of inputs (100,000 where it is not set), VAULTKEEPER_FUZZ_SEED the seed.
@Suite struct FuzzTests {
  private static let iterations = setting("VAULTKEEPER_FUZZ_ITERATIONS") ?? 100_000
  private static let seed = UInt64(setting("VAULTKEEPER_FUZZ_SEED") ?? 1)

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// Flips, cuts, repeats, inserts, and plants the bytes decoders stumble over.
  private static func mutate(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(1 + random.below(4)) {
      let place = bytes.isEmpty ? 0 : random.below(bytes.count)
      switch random.below(7) {
      case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(random.below(8))
      case 1 where !bytes.isEmpty:
        bytes[place] = [0, 1, 0x7f, 0x80, 0xb7, 0xb8, 0xbf, 0xc0, 0xf7, 0xf8, 0xff][random.below(11)]
      case 2 where !bytes.isEmpty: bytes.removeLast(1 + random.below(bytes.count))
      case 3: bytes.insert(contentsOf: random.bytes(1 + random.below(9)), at: place)
      case 4 where !bytes.isEmpty: bytes += bytes[place...].prefix(64)
      case 5 where bytes.count >= 32:
        // A whole word: an offset or length of the ABI.
        let word = place / 32 * 32
        guard word + 32 <= bytes.count else { break }
        bytes.replaceSubrange(word..<word + 32, with: UInt256Tests.value(&random).bigEndian32)
      case 6 where !bytes.isEmpty: bytes.remove(at: place)
      default: bytes.append(UInt8(truncatingIfNeeded: random.next()))
      }
    }
    return bytes
  }

  @Test func rlp() throws {
    var random = SplitMix64(Self.seed)
    var accepted = 0
    var corpus = [RLP.list([.bytes([1]), .list([.bytes([UInt8](repeating: 9, count: 60))])]).encoded()]
    for _ in 0..<Self.iterations / 6 {
      let input =
        random.below(4) == 0
        ? random.bytes(random.below(80)) : Self.mutate(corpus[random.below(corpus.count)], &random)
      do {
        let item = try RLP.decode(input)
        guard item.encoded() == input else {
          Issue.record("not canonical: \(Hex.encode(input))")
          return
        }
        accepted += 1
        if corpus.count < 1000, input.count < 300 { corpus.append(input) }
      } catch { _ = "\(error)" }
    }
    #expect(accepted > 0)
  }

  @Test func abi() throws {
    var random = SplitMix64(Self.seed &+ 1)
    var accepted = 0
    let limits = ABI.Limits(elements: 500, bytes: 10_000)
    for _ in 0..<Self.iterations / 60 {
      let types = (0..<1 + random.below(3)).map { _ in random.type(depth: 3) }
      let values = try types.map { try random.value($0) }
      let data = try ABI.encode(values, as: types)
      #expect(try ABI.decode(data, as: types, limits: .canonical) == values)
      for _ in 0..<10 {
        let input = Self.mutate(data, &random)
        do {
          let decoded = try ABI.decode(input, as: types, limits: limits)
          let encoded = try ABI.encode(decoded, as: types)
          guard try ABI.decode(encoded, as: types, limits: .canonical) == decoded else {
            Issue.record("\(types): \(Hex.encode(input))")
            return
          }
          accepted += 1
        } catch { _ = "\(error)" }
      }
      _ = RevertReason.decode(Self.mutate([8, 0xc3, 0x79, 0xa0] + data, &random), known: []).description
    }
    #expect(accepted > 0)
  }

  @Test func transactions() throws {
    var random = SplitMix64(Self.seed &+ 2)
    var accepted = 0
    var corpus: [[UInt8]] = []
    for path in ["TransactionTests/ttValid/valid.json", "TransactionTests/ttInvalid/invalid.json"] {
      for member in try #require(try Fixture.json(path).object).members {
        let raw = try Hex.decode(try #require(member.value["txbytes"]?.string), limit: 1 << 20)
        if raw.count < 1000 { corpus.append(raw) }
      }
    }
    for _ in 0..<Self.iterations / 6 {
      let input = Self.mutate(corpus[random.below(corpus.count)], &random)
      do {
        let transaction = try TransactionEnvelope.decode(input)
        _ = transaction.signingHash
        _ = transaction.intrinsicGas(for: .osaka)
        if case .ours(let signed) = transaction {
          guard try SignedTransaction(signed.transaction, signature: signed.signature).raw == input else {
            Issue.record("not canonical: \(Hex.encode(input))")
            return
          }
        }
        accepted += 1
        try transaction.validate(fork: Fork.allCases[random.below(Fork.allCases.count)])
      } catch { _ = "\(error)" }
    }
    #expect(accepted > 0)
  }

  @Test func rpc() {
    var random = SplitMix64(Self.seed &+ 3)
    let hash = "0x" + String(repeating: "ab", count: 32)
    let corpus = [
      "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1f\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":3,\"message\":\"m\",\"data\":\"0x12\"}}]",
      "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"no\"}}",
      "<html><body>502 Bad Gateway</body></html>",
      "[{\"id\":1,\"result\":{\"number\":\"0x10\",\"hash\":\"\(hash)\",\"parentHash\":\"\(hash)\",\"timestamp\":\"0x5\",\"gasUsed\":\"0x1\","
        + "\"gasLimit\":\"0x2\"}},{\"id\":2,\"result\":[{\"address\":\"0x00\",\"topics\":[]}]}]",
    ].map { Array($0.utf8) }
    var answered = 0
    for _ in 0..<Self.iterations / 6 {
      let input = Self.mutate(corpus[random.below(corpus.count)], &random)
      do {
        let responses = try RPCResponse.decodeBatch(input, expecting: [1, 2], limits: .init(bytes: 4096, depth: 16))
        guard responses.map(\.id) == [1, 2] else {
          Issue.record("wrong ids: \(Hex.encode(input))")
          return
        }
        answered += 1
        _ = try NodeCall.block(.latest).answer(responses[0])
        _ = try NodeCall.logs(LogFilter(blocks: .block(.zero))).answer(responses[1])
      } catch { _ = "\(error)" }
    }
    #expect(answered > 0)
  }

  @Test func texts() throws {
    var random = SplitMix64(Self.seed &+ 4)
    let corpus = [
      "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x1f", "(uint256,(bool,bytes)[2])[]", "f(address,uint256[])",
      "115792089237316195423570985008687907853269984665640564039457584007913129639935", "-5",
    ].map { Array($0.utf8) }
    for _ in 0..<Self.iterations / 6 {
      let text = String(decoding: Self.mutate(corpus[random.below(corpus.count)], &random), as: UTF8.self)
      do { #expect(try Address(hex: text).bytes.count == 20) } catch { _ = "\(error)" }
      do { #expect(try Hex.decode(text, limit: 64).count <= 64) } catch { _ = "\(error)" }
      do { #expect(try UInt256(hexQuantity: text).hexQuantity == text.lowercased()) } catch { _ = "\(error)" }
      do { _ = try Int256(decimal: text) } catch { _ = "\(error)" }
      do { #expect(try ABIType(parsing: ABIType(parsing: text).name).headSize >= 0) } catch { _ = "\(error)" }
      do { _ = try ABIFunction(signature: text) } catch { _ = "\(error)" }
    }
  }

  @Test func typedData() throws {
    var random = SplitMix64(Self.seed &+ 5)
    let lines = try Fixture.lines("typed-data.jsonl").prefix(50)
    let corpus =
      lines.map {
        Array($0.replacing("\"hash\"", with: "\"primaryType\":\"Main\",\"domain\":{},\"message\":{},\"hash\"").utf8)
      }
      + [
        Array(
          """
          {"types":{"EIP712Domain":[],"M":[{"name":"a","type":"uint8[2]"},{"name":"m","type":"M[]"},{"name":"b","type":"bytes"}]},
          "primaryType":"M","domain":{},"message":{"a":[1,"2"],"m":[],"b":"0x12"}}
          """.utf8)
      ]
    for _ in 0..<Self.iterations / 6 {
      let pick = random.below(2) == 0 ? corpus.count - 1 : random.below(corpus.count)
      do {
        _ = try TypedData(json: Self.mutate(corpus[pick], &random), limits: .init(bytes: 1 << 16, depth: 16))
          .signingHash()
      } catch { _ = "\(error)" }
    }
  }
}
