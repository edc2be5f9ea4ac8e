import Foundation
import Glibc
import Logging
import Testing

@testable import Host

@Suite struct LogTests {
  /// What a logger with this format writes.
  private func written(_ format: LogFormat, level: Logger.Level = .trace, _ body: (inout Logger) -> Void) throws
    -> String
  {
    let folder = try TemporaryFolder()
    let descriptor = open(folder("log"), O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    let sink = LogSink(format: format, descriptor: descriptor)
    var logger = Logger(label: "keeper") { label in sink.handler(label: label, level: level) }
    body(&logger)
    return try String(contentsOfFile: folder("log"), encoding: .utf8)
  }

  private let line = LogLine(
    level: .warning, label: "keeper", message: "tick done",
    fields: [LogField(key: "block", value: .text("19")), LogField(key: "why", value: .text("inside band"))],
    unixSeconds: 1_700_000_000, milliseconds: 42)

  private func text(_ line: LogLine, _ format: LogFormat) -> String {
    String(decoding: line.rendered(format), as: UTF8.self)
  }

  @Test func theThreeForms() {
    #expect(text(line, .human) == "22:13:20Z warning  tick done block=19 why=\"inside band\"\n")
    #expect(text(line, .journald) == "<4>tick done block=19 why=\"inside band\"\n")
    let json =
      #"{"fields":{"block":"19","why":"inside band"},"label":"keeper","level":"warning","#
      + #""message":"tick done","time":"2023-11-14T22:13:20.042Z"}"# + "\n"
    #expect(text(line, .json) == json)
  }

  @Test(arguments: LogFormat.allCases) func nothingForgesALineOrMovesTheCursor(format: LogFormat) throws {
    let hostile = "a\nb\r\u{1b}[2Jc\u{7f}\u{9b}d\u{2028}e\u{202e}f\"g\\h\u{0}\tż🦀"
    let out = try written(format) { logger in
      logger[metadataKey: "key\n=1"] = "\(hostile)"
      logger.info("\(hostile)", metadata: ["list": .array(["\(hostile)"]), "map": .dictionary(["k\n": "\(hostile)"])])
    }
    #expect(out.filter(\.isNewline).count == 1 && out.hasSuffix("\n"))
    for scalar in out.unicodeScalars where scalar != "\n" {
      #expect(
        scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value) && scalar.value != 0x202e, "\(scalar.value)")
    }
    #expect(out.contains("ż🦀"))
  }

  @Test func jsonIsJSONWithEveryCharacterKept() throws {
    let hostile = "a\nb\r\u{1b}[2Jc\u{7f}\u{9b}d\u{2028}e\u{202e}f\"g\\h\u{0}\tż🦀"
    let out = try written(.json) { logger in
      logger.error("\(hostile)", metadata: ["level": "info", "message": "forged", "l": ["1", ["x": "\(hostile)"]]])
    }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(out.utf8)) as? [String: Any])
    #expect(object["message"] as? String == hostile)
    #expect(object["level"] as? String == "error")
    let fields = try #require(object["fields"] as? [String: Any])
    #expect(fields["message"] as? String == "forged")
    #expect(((fields["l"] as? [Any])?[1] as? [String: String])?["x"] == hostile)
  }

  @Test func valuesAreBounded() throws {
    for format in LogFormat.allCases {
      let out = try written(format) { logger in
        logger.info(
          "\(String(repeating: "x", count: 100_000))", metadata: ["body": "\(String(repeating: "ż", count: 100_000))"])
      }
      #expect(out.utf8.count < 10_000 && out.contains("(200000 bytes)"))
    }
  }

  @Test func deepStructuresEnd() throws {
    var value: Logger.MetadataValue = "x"
    for _ in 0..<100 { value = .array([value]) }
    let deep = value
    #expect(try written(.json) { $0.info("m", metadata: ["deep": deep]) }.contains("too deep"))
  }

  @Test func fieldsComeInAlphabeticalOrderAndTheNearestWins() throws {
    let out = try written(.journald) { logger in
      logger[metadataKey: "b"] = "outer"
      logger[metadataKey: "c"] = "3"
      logger.info("m", metadata: ["a": "1", "b": "inner"])
    }
    #expect(out == "<6>m a=1 b=inner c=3\n")
  }

  @Test func levelsBelowTheThresholdAreSilent() throws {
    #expect(
      try written(.journald, level: .warning) {
        $0.info("no"); $0.critical("yes")
      } == "<2>yes\n")
  }

  @Test func everyLevelHasItsPriority() {
    #expect(Logger.Level.allCases.map(\.priority) == [7, 7, 6, 5, 4, 3, 2])
  }

  @Test func theFormatFollowsWhereTheLinesGo() throws {
    let folder = try TemporaryFolder()
    let descriptor = open(folder("log"), O_RDWR | O_CREAT, 0o600)
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    let stream = "\(status.st_dev):\(status.st_ino)"
    #expect(LogFormat.fitting(descriptor: descriptor, journalStream: stream) == .journald)
    #expect(LogFormat.fitting(descriptor: descriptor, journalStream: "1:2") == .json)
    #expect(LogFormat.fitting(descriptor: descriptor, journalStream: nil) == .json)
    let terminal = try PseudoTerminal()
    #expect(LogFormat.fitting(descriptor: terminal.main, journalStream: nil) == .human)
  }

  @Test func aLineThatCannotBeWrittenIsCountedAndDoesNotStopAnybody() throws {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let sink = LogSink(format: .journald, descriptor: ends[1])
    let logger = Logger(label: "keeper") { label in sink.handler(label: label, level: .trace) }
    let filler = String(repeating: "x", count: 4000)
    for _ in 0..<20 { logger.info("\(filler)") }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    #expect(read(ends[0], &buffer, buffer.count) > 0)
    logger.info("after")
    let count = read(ends[0], &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).contains("after droppedLines="))
    close(ends[0])
    close(ends[1])
  }
}
