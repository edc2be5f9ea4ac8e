import Foundation
import Testing

@testable import Decision

/// docs/refusals.md is the list of refusals as the code knows it. `VAULTKEEPER_RECORD=1` writes it anew.
@Suite struct RefusalDocumentationTests {
  private static let file: URL = {
    var url = URL(filePath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.appending(path: "docs/refusals.md")
  }()

  private static var text: String {
    var lines = [
      "# Why a tick did not act", "",
      "Each tick that does nothing ends with one of these codes and its numbers, in the log, in the journal and in",
      "`explain`. They stand in the order in which they are judged; the first that applies is reported.", "",
      "| code | meaning | what to do |", "|---|---|---|",
    ]
    lines += Refusal.allCodes.map { "| `\($0.code)` | \($0.meaning) | \($0.remedy) |" }
    lines += [
      "", "## Warnings", "",
      "A tick that carries one of these was judged all the same; `explain` and `check` show them.",
      "", "| code | meaning | what to do |", "|---|---|---|",
    ]
    lines += Decision.Warning.allCases.map { "| `\($0.rawValue)` | \($0.meaning) | \($0.remedy) |" }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func theDocumentationIsWhatTheCodeSays() throws {
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      try Self.text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(written == Self.text, "write docs/refusals.md anew with VAULTKEEPER_RECORD=1 swift test")
  }

  @Test func everyCodeSaysWhatItMeansAndWhatToDo() {
    #expect(Refusal.allCodes.count == Refusal.Code.allCases.count)
    for code in Refusal.allCodes { #expect(!code.meaning.isEmpty && !code.remedy.isEmpty, "\(code.code)") }
  }
}
