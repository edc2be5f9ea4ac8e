import Ethereum
import Foundation
import TestSupport
import Testing

@testable import Wallet

/// What a signer answers and what is asked of the policy, mutated. A trap ends the test process; a broken property
/// fails the test.
///
/// VAULTKEEPER_FUZZ_ITERATIONS is the total of inputs (20,000 where it is not set), VAULTKEEPER_FUZZ_SEED the seed.
@Suite struct WalletFuzzTests {
  private static let iterations = setting("VAULTKEEPER_FUZZ_ITERATIONS") ?? 20_000
  private static let seed = UInt64(setting("VAULTKEEPER_FUZZ_SEED") ?? 1)

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  struct Draw {
    private var random: SplitMix64

    init(_ seed: UInt64) { random = SplitMix64(seed) }

    mutating func next() -> UInt64 { random.next() }
    mutating func below(_ bound: Int) -> Int { random.below(bound) }
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

    /// Flips, cuts, repeats, swaps words and plants what decoders stumble over.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      for _ in 0..<(1 + below(3)) {
        guard !bytes.isEmpty else { return [byte()] }
        let place = below(bytes.count)
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = byte()
        case 2: bytes.removeLast(1 + below(min(bytes.count, 64)))
        case 3: bytes.insert(byte(), at: place)
        case 4: bytes.append(contentsOf: bytes[place...].prefix(1 + below(96)))
        case 5: bytes.remove(at: place)
        default:
          // A word of calldata: an offset, a length, an address or an amount, replaced by another of the same call.
          let words = (bytes.count - 4) / 32
          guard words > 1 else { continue }
          let (to, from) = (4 + 32 * below(words), 4 + 32 * below(words))
          bytes.replaceSubrange(to..<to + 32, with: Array(bytes[from..<from + 32]))
        }
      }
      return bytes
    }
  }

  /// Whatever comes back, only the asked transaction under the asked key comes out.
  @Test(arguments: RemoteSigner.Kind.allCases)
  func signerReplies(kind: RemoteSigner.Kind) throws {
    var draw = Draw(Self.seed &+ (kind == .clef ? 1 : 0))
    let bench = try RemoteBench()
    let expected = try bench.local.sign(bench.transaction)
    var answers = [StubDoor.result(expected, kind)]
    var other = bench.transaction
    other.nonce += 1
    answers.append(StubDoor.result(try bench.local.sign(other), kind))
    let id = expected.transaction.signingHash.bytes.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let bodies =
      answers.map {
        JSON.object(["jsonrpc": "2.0", "id": .integer(Int64(id)), "result": $0]).encoded()
      } + [Array(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32000,"message":"denied"}}"#.utf8)]
    var accepted = 0
    var reply = SignerReply.silent(reason: "")
    let signer = RemoteSigner(kind, address: bench.key.address, door: RawDoor { reply }, context: Secp256k1())
    for _ in 0..<Self.iterations / 4 {
      var body = bodies[draw.below(bodies.count)]
      // Half of them inside the hex, where the JSON stays whole.
      if draw.below(2) == 0, let raw = Self.hexTail(body) {
        for _ in 0..<(1 + draw.below(2)) {
          body[raw.lowerBound + draw.below(raw.count)] = Array("0123456789abcdef".utf8)[draw.below(16)]
        }
      } else if draw.below(8) != 0 {
        body = draw.mutate(body)
      }
      reply = .answer(status: draw.below(10) == 0 ? 500 : 200, body: body)
      do {
        let signed = try signer.sign(bench.transaction)
        guard signed.transaction == bench.transaction, signed == expected,
          try bench.context.recover(signed) == bench.key.address
        else {
          Issue.record("accepted \(String(decoding: body, as: UTF8.self))")
          return
        }
        accepted += 1
      } catch { _ = "\(error)" }
    }
    #expect(accepted > 0)
  }

  private final class RawDoor: SignerDoor {
    private let reply: () -> SignerReply

    init(_ reply: @escaping () -> SignerReply) { self.reply = reply }

    func exchange(_ body: [UInt8]) -> SignerReply { reply() }
  }

  /// The signed bytes in a body: the hex digits behind `0x02f8`.
  private static func hexTail(_ body: [UInt8]) -> Range<Int>? {
    let start = Array("0x02f8".utf8)
    guard body.count > start.count else { return nil }
    for index in 0..<body.count - start.count where body[index..<index + start.count].elementsEqual(start) {
      let digits = body[(index + 2)...].prefix { $0 != UInt8(ascii: "\"") }
      return digits.startIndex..<digits.endIndex
    }
    return nil
  }

  /// Mutated calldata: no trap, and what is allowed is one canonical reading with nothing but known calls in it.
  @Test func policyOfMutatedCalls() throws {
    var draw = Draw(Self.seed &+ 2)
    let fixture = try PolicyFixture()
    let corpus = (fixture.legal + fixture.refused).map(\.transaction)
    var (allowed, rules) = (0, Set<PolicyRule>())
    for _ in 0..<Self.iterations / 4 {
      var transaction = corpus[draw.below(corpus.count)]
      transaction.data = draw.mutate(transaction.data)
      do {
        try fixture.policy.check(transaction, from: fixture.sender)
        allowed += 1
        guard try Self.isPlain(transaction, fixture) else {
          Issue.record("allowed to \(transaction.to?.description ?? "") \(Hex.encode(transaction.data))")
          return
        }
      } catch let refusal as PolicyRefusal {
        rules.insert(refusal.rule)
        _ = refusal.description
      }
    }
    #expect(allowed > 0 && rules.count > 8)
  }

  /// Not a second judgement (the fixture's is), but what must hold whatever was mutated: the outermost reading writes
  /// back to the same bytes, and delegatecalls only MultiSend.
  private static func isPlain(_ transaction: UnsignedTransaction, _ fixture: PolicyFixture) throws -> Bool {
    let call = try ABIFunction(
      signature: "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)")
    guard transaction.data.starts(with: call.selector) else { return true }
    let values = try call.decodeCall(transaction.data)
    guard try call.encodeCall(values) == transaction.data, transaction.valueWei == .zero else { return false }
    guard values[3] != .uint(.zero) else { return true }
    guard case .roles(let path)? = fixture.policy.chains.first?.accounts.first?.executor else { return false }
    return values[0] == path.multiSend.map { .address($0) } && values[5] == .bool(true)
  }
}
