import Ethereum
import Foundation
import TestSupport
import Testing

@testable import vaultkeeper

/// `decode` against transactions and calls that eth-abi and eth-account encoded.
@Suite struct DecodeTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let input: String
    let json: JSON
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    do {
      let list = try JSON.parse(Array(Fixtures.text("decode.json").utf8)).array ?? []
      return list.map { Case(name: $0["name"]?.string ?? "", input: $0["input"]?.string ?? "", json: $0) }
    } catch {
      return []
    }
  }()

  @Test func thereAreCases() { #expect(Self.cases.count >= 12) }

  @Test(arguments: cases) func eachCaseIsDecoded(it: Case) throws {
    let decoded = try DecodedInput(try Hex.decode(it.input, limit: 1 << 20))
    #expect(decoded.json["call"] == it.json["call"])
    let facts = try #require(it.json["facts"]?.object)
    for fact in facts.members { #expect(decoded.json[fact.key] == fact.value, "\(fact.key)") }
    // Facts and the call, nothing else.
    #expect(decoded.json.object?.count == facts.count + 1)
  }

  @Test func theTreeIsPrintedForPeople() throws {
    let hedge = try #require(Self.cases.first { $0.name == "hedge, call data" })
    let outcome = try Binary.run(["decode", hedge.input])
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      try Data(outcome.output.utf8).write(to: Fixtures.folder.appendingPathComponent("decode-hedge.txt"))
    }
    #expect(outcome.status == 0)
    #expect(try outcome.output == Fixtures.text("decode-hedge.txt"))
  }

  @Test(arguments: ["", "0x", "0x0", "xyz", "0x02", "0x02c0", "0xc0", "0x1234", "0xdeadbeef00"])
  func whatIsNothingIsSaidSo(input: String) throws {
    let outcome = try Binary.run(["decode", input])
    #expect(outcome.status == ExitStatus.usage.rawValue && outcome.output.isEmpty)
    #expect(outcome.complaints.hasPrefix("vaultkeeper: "))
  }

  @Test func mutatedInputsNeverTrap() throws {
    let inputs = try Self.cases.map { try Hex.decode($0.input, limit: 1 << 20) }
    var generator = SplitMix64(1)
    for _ in 0..<3_000 {
      var bytes = inputs[Int.random(in: 0..<inputs.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeLast(bytes.count - at)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        default: bytes[at] = 0xFF
        }
      }
      // As data first: most mutations break the envelope, and the calls inside shall be reached.
      _ = CallDecoder.decode(to: nil, valueWei: .zero, data: bytes).lines()
      do { _ = try DecodedInput(bytes).lines } catch { #expect(!error.description.isEmpty) }
    }
  }

  @Test func nestingIsBounded() throws {
    // multicall in multicall, 40 levels: the decoder stops, and says so.
    let multicall = ABIFunction(name: "multicall", inputs: [.array(.bytes)])
    var data: [UInt8] = []
    for _ in 0..<40 { data = try multicall.encodeCall([.array([.bytes(data)])]) }
    let text = CallDecoder.decode(to: nil, valueWei: .zero, data: data).lines().joined(separator: "\n")
    #expect(text.contains("more calls inside are not shown"))
    #expect(text.components(separatedBy: "multicall").count - 1 == 9)
    // And wide: a thousand calls in one.
    let wide = try multicall.encodeCall([.array((0..<1_000).map { _ in .bytes([1, 2, 3, 4]) })])
    #expect(CallDecoder.decode(to: nil, valueWei: .zero, data: wide).inner.count == 511)
  }
}
