import Ethereum
import Foundation
import Testing

@testable import Outbox

/// The table of halts in docs/operating.md is the code's. `VAULTKEEPER_RECORD=1` writes it anew.
@Suite struct HaltDocumentationTests {
  private static let file: URL = {
    var url = URL(filePath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.appending(path: "docs/operating.md")
  }()

  private static let begin = "| halt | what was found | what to do |\n|---|---|---|\n"

  private static var rows: String {
    Halt.Kind.allCases.map { "| `\($0.rawValue)` | \($0.meaning) | \($0.remedy) |\n" }.joined()
  }

  @Test func theDocumentationIsWhatTheCodeSays() throws {
    var text = try String(contentsOf: Self.file, encoding: .utf8)
    let start = try #require(text.range(of: Self.begin)).upperBound
    let end = try #require(text.range(of: "\n\n", range: text.index(before: start)..<text.endIndex))
    let written = text[start..<text.index(after: end.lowerBound)]
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      text.replaceSubrange(written.startIndex..<written.endIndex, with: Self.rows)
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(written) == Self.rows, "write it anew with VAULTKEEPER_RECORD=1 swift test")
  }

  @Test func aKindIsNamedAsItsCode() {
    let lane = LaneID(chainID: 1, sender: .zero)
    let head = HeadMark(number: 1, hash: .zero, timestamp: 1)
    let halts: [Halt] = [
      .foreignNonce(
        evidence: ForeignNonce(lane: lane, nonce: 1, ourHashes: [], strangerHash: nil, minedNonce: 2, seen: head)),
      .wrongChain(expected: 1, found: 2, endpoint: "a"), .corruptJournal(what: ""), .roleRevoked(vault: "", detail: ""),
      .invariantBreached(vault: "", intentID: .zero, transactionHash: .zero, detail: ""),
      .lossLimit(vault: "", chainID: 1, drawdownUsd: .zero, limitUsd: .zero), .byOperator(note: ""),
    ]
    #expect(halts.map(\.kind) == Halt.Kind.allCases)
    #expect(halts.allSatisfy { $0.kind.rawValue == $0.code })
  }
}
