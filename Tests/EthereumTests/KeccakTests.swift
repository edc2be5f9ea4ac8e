@testable import Ethereum
import TestSupport
import Testing

@Suite struct KeccakTests {
  /// Keccak-256 of the Keccak team's known-answer file (ShortMsgKAT_256) and of well-known texts.
  @Test(arguments: [
    ("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
    ("cc", "0xeead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a"),
    ("41fb", "0xa8eaceda4d47b3281a795ad9e1ea2122b407baf9aabcb9e18b5717b7873537d2"),
    ("1f877c", "0x627d7bc1491b2ab127282827b8de2d276b13d7d70fb4c5957fdf20655bc7ac30"),
  ])
  func knownAnswers(_ message: String, _ digest: String) throws {
    #expect(Keccak256.hash(try Hex.decode(message, limit: 64, prefix: .absent)).description == digest)
  }

  @Test func tenThousandLengths() throws {
    let fixture = try Fixture.json("keccak.json")
    var everything = Keccak256Hasher()
    for index in 0..<10_000 {
      var random = SplitMix64(UInt64(index))
      let digest = Keccak256.hash(random.bytes(random.below(10_001)))
      everything.update(digest.bytes)
      if index.isMultiple(of: 500) {
        #expect(fixture["single"]?["\(index)"]?.string == Hex.encode(digest.bytes, prefix: false))
      }
    }
    #expect(fixture["digestOfDigests"]?.string == Hex.encode(everything.finalize().bytes, prefix: false))
  }

  @Test func everyLengthAroundBlocks() throws {
    var all = ""
    for count in 0..<300 {
      var random = SplitMix64(UInt64(count))
      all += Hex.encode(Keccak256.hash(random.bytes(count)).bytes, prefix: false)
    }
    let digest = Hex.encode(Keccak256.hash(utf8: all).bytes, prefix: false)
    #expect(try Fixture.json("keccak.json")["digestOfLengths0To299"]?.string == digest)
  }

  @Test func incrementalEqualsWhole() {
    var random = SplitMix64(77)
    for _ in 0..<300 {
      let message = random.bytes(random.below(700))
      var hasher = Keccak256Hasher()
      var rest = message[...]
      while !rest.isEmpty {
        let part = rest.prefix(1 + random.below(150))
        if random.below(2) == 0 { hasher.update(part) } else { hasher.update(Array(part)) }
        rest = rest.dropFirst(part.count)
      }
      let fork = hasher
      #expect(hasher.finalize() == Keccak256.hash(message))
      var copy = fork
      #expect(copy.finalize() == Keccak256.hash(AnySequence(message)))
      // A finalised hasher begins anew.
      #expect(hasher.finalize() == Keccak256.hash([UInt8]()))
      #expect(Keccak256.hash(message.span.bytes) == Keccak256.hash(message))
    }
  }
}
