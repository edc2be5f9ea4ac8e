import Ethereum
import Foundation
import Testing

@testable import abigen

@Suite struct GeneratorTests {
  private var project: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  @Test func committedFilesAreWhatTheInterfacesGenerate() throws {
    let outputs = try Generator.generate(from: project.appending(path: "abi").path())
    let differing = try Generator.differences(
      outputs, in: project.appending(path: "Sources/Contracts/Generated").path())
    #expect(differing == [], "run `make abi`")
    for output in outputs {
      for line in output.text.split(separator: "\n") { #expect(line.count <= 120, "\(output.name): \(line)") }
    }
  }

  @Test func differencesNameChangedMissingAndStrayFiles() throws {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "abigen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let outputs = [Generator.Output(name: "A.swift", text: "a\n"), Generator.Output(name: "B.swift", text: "b\n")]
    #expect(try Generator.write(outputs, to: folder.path()) == ["A.swift", "B.swift"])
    #expect(try Generator.write(outputs, to: folder.path()) == [])
    let changed = [Generator.Output(name: "A.swift", text: "c\n"), Generator.Output(name: "C.swift", text: "c\n")]
    #expect(try Generator.differences(changed, in: folder.path()) == ["A.swift", "C.swift", "B.swift"])
    #expect(try Generator.write(changed, to: folder.path()) == ["A.swift", "C.swift", "B.swift"])
    #expect(try Generator.differences(changed, in: folder.path()) == [])
    try FileManager.default.removeItem(at: folder)
  }

  @Test(arguments: [
    ("{", "not JSON"), ("{}", "array of entries"), ("[{}]", "\"type\""),
    (#"[{"type":"function"}]"#, "\"name\""), (#"[{"type":"function","name":"f"}]"#, "\"inputs\""),
    (#"[{"type":"error","name":"E","inputs":[{"name":"a","type":"fixed128x18"}]}]"#, "not supported"),
    (#"[{"type":"error","name":"E","inputs":[{"name":"a","type":"uint256[3]"}]}]"#, "not supported"),
    (#"[{"type":"error","name":"E","inputs":[{"name":"a","type":"tuple","components":[]}]}]"#, "internalType"),
    (
      #"[{"type":"function","name":"f","inputs":[],"outputs":[],"stateMutability":"view"},"#
        + #"{"type":"function","name":"f","inputs":[],"outputs":[],"stateMutability":"view"}]"#, "overloaded"
    ),
  ])
  func faultsNameTheFile(_ text: String, _ part: String) {
    do {
      _ = try InterfaceParser.parse(Array(text.utf8), name: "X", path: "abi/X.json")
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.hasPrefix("abi/X.json: error: "))
      #expect(part == "not JSON" || error.text.contains(part), "\(error)")
    }
  }

  @Test func namesAvoidKeywordsAndBlanks() {
    #expect(Naming.property("operator", index: 0) == "`operator`")
    #expect(Naming.property("", index: 3) == "value3")
    #expect(Naming.property("_dataList", index: 0) == "dataList")
    #expect(Naming.type("aggregate3") == "Aggregate3")
  }
}
