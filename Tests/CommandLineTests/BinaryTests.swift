import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import vaultkeeper

/// The built program, which lies beside the tests.
enum Binary {
  struct Outcome {
    let status: Int32
    let output: String
    let complaints: String
  }

  static func path() throws -> URL {
    guard let path = BuiltProgram.beside(named: "vaultkeeper") else {
      throw Fixtures.Misuse(what: "no vaultkeeper beside \(CommandLine.arguments.first ?? "")")
    }
    return path
  }

  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = try path()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // No terminal to ask on, a fixed width for the help, and no systemd.
    process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "80"]
    let (output, complaints) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = complaints
    try process.run()
    // Both are short; the pipes hold them.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errors = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, complaints: errors)
  }
}

/// A folder for one test, with a configuration that names files in it.
struct Workbench {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("vaultkeeper-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("passphrase.txt", "correct horse\n")
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ text: String, mode: Int = 0o600) throws {
    let url = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)[.posixPermissions]
      as? Int
  }

  /// `full.yaml` with everything inside of the folder, and its address book.
  func configure() throws {
    let yaml = try Fixtures.full()
      .replacingOccurrences(of: "/run/vaultkeeper/halt", with: "halt")
      .replacingOccurrences(of: "../addresses", with: "addresses")
      .replacingOccurrences(of: "data/vaultkeeper.journal", with: "vaultkeeper.journal")
      // Nobody listens there, so nothing is asked outside of this machine.
      .replacingOccurrences(of: "127.0.0.1:8545", with: "127.0.0.1:1")
    try write("keeper.yaml", yaml, mode: 0o644)
    try write("header.txt", "Bearer hunter2")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("addresses"), withIntermediateDirectories: true)
    try write("addresses/gmx-v2-arbitrum.json", Fixtures.text("gmx-v2-arbitrum.json"), mode: 0o644)
  }

  func run(_ arguments: String...) throws -> Binary.Outcome { try Binary.run(arguments, in: folder) }
}

@Suite struct HelpTests {
  static let commands = [
    [], ["run"], ["check"], ["explain"], ["pending"], ["journal"], ["journal", "verify"], ["journal", "show"], ["halt"],
    ["journal", "export"], ["journal", "backup"], ["journal", "restore"], ["replay"], ["shadow"], ["resume"],
    ["status"],
    ["test-alarm"], ["key"], ["key", "new"], ["key", "import"], ["key", "address"], ["key", "policy"], ["decode"],
  ]

  /// The texts are reviewed as files; VAULTKEEPER_RECORD=1 writes them anew.
  @Test(arguments: commands) func helpIsAsRecorded(command: [String]) throws {
    let outcome = try Binary.run(command + ["--help"])
    #expect(outcome.status == 0)
    let name = "help" + command.map { "-" + $0 }.joined() + ".txt"
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      try Data(outcome.output.utf8).write(to: Fixtures.folder.appendingPathComponent(name))
    }
    #expect(try Fixtures.text(name) == outcome.output, "\(name)")
  }

  @Test func everyCommandHasItsText() {
    for command in Vaultkeeper.configuration.subcommands {
      let name = command.configuration.commandName ?? ""
      #expect(Self.commands.contains([name]), "\(name)")
      for inner in command.configuration.subcommands {
        #expect(Self.commands.contains([name, inner.configuration.commandName ?? ""]), "\(name) \(inner)")
      }
    }
  }

  @Test func exitStatusesStandInTheHelp() throws {
    let help = try Fixtures.text("help.txt")
    for status in ExitStatus.allCases { #expect(help.contains(status.meaning)) }
  }

  @Test func versionIsPrinted() throws {
    #expect(try Binary.run(["--version"]).output == Vaultkeeper.version + "\n")
  }

  @Test(arguments: [
    ["rum"], ["run", "--onec"], ["key", "new"], ["decode"], ["run", "--json"], ["journal", "show", "--last", "0"],
    ["resume", "--note", " "], ["run", "--log-level", "loud"],
  ])
  func wrongArgumentsEndWith64(arguments: [String]) throws {
    let outcome = try Binary.run(arguments)
    #expect(outcome.status == ExitStatus.usage.rawValue, "\(outcome.complaints)")
    #expect(!outcome.complaints.isEmpty)
  }
}
