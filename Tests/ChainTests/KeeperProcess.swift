import Ethereum
import Foundation
import Glibc

/// The built program under a configuration of its own, in a folder of its own.
final class KeeperProcess {
  struct Outcome: CustomStringConvertible {
    let status: Int32
    let output: String
    let complaints: String

    var description: String { "status \(status)\n\(output)\n\(complaints)" }
  }

  /// One tick, as its log tells it.
  struct Tick: CustomStringConvertible {
    struct Event {
      let code: String
      let text: String
    }

    let code: String
    let ending: String
    let exchanges: Int
    let transaction: String?
    let events: [Event]
    let outcome: Outcome

    var description: String { "\(ending) \(code), \(exchanges) exchanges\n\(outcome)" }

    func has(_ event: String) -> Bool { events.contains { $0.code == event } }
  }

  let folder: URL
  let configuration: URL
  private let chain: DevChain
  /// Words before the program's own: how it is started in a network of its own.
  var prefix: [String] = []
  private var daemon: Process?
  private var daemonLog: URL?

  init(_ chain: DevChain, _ settings: KeeperSettings = KeeperSettings()) throws {
    self.chain = chain
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("vaultkeeper-chain-\(UUID().uuidString)")
    configuration = folder.appendingPathComponent("vaultkeeper.yaml")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("addresses"), withIntermediateDirectories: true)
    let keys = Workplace.root.appendingPathComponent("keys.example")
    for name in ["devchain-keeper.json", "devchain-keeper.passphrase"] {
      let copy = folder.appendingPathComponent(name)
      try Data(contentsOf: keys.appendingPathComponent(name)).write(to: copy)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy.path)
    }
    guard let book = chain.deployment["addressBook"] else { throw DevChain.Failure("no address book") }
    try Data(book.encoded()).write(to: folder.appendingPathComponent("addresses/gmx-v2-devchain.json"))
    try configure(settings)
  }

  deinit {
    if let daemon, daemon.isRunning {
      kill(daemon.processIdentifier, SIGKILL)
      daemon.waitUntilExit()
    }
    // A folder that stays behind harms nobody.
    do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder.path): \(error)") }
  }

  /// Writes the configuration anew, for the next start.
  func configure(_ settings: KeeperSettings) throws {
    try Data(try settings.yaml(chain).utf8).write(to: configuration)
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// What lies in its folder, beside the outputs of the processes that were run.
  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { !$0.hasPrefix("output.") && !$0.hasPrefix("complaints.") }.sorted()
  }

  func size(of name: String) -> Int {
    var status = stat()
    return stat(folder.appendingPathComponent(name).path, &status) == 0 ? Int(status.st_size) : 0
  }

  // MARK: Commands that end

  @discardableResult
  func run(_ words: String..., input: String? = nil) throws -> Outcome {
    let (process, output, complaints) = try process(words + ["--config", configuration.path])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try text(of: output), complaints: try text(of: complaints))
  }

  /// `decode`, which needs no configuration.
  func decode(_ hex: String) throws -> Outcome {
    let (process, output, complaints) = try process(["decode", "--json", hex])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try text(of: output), complaints: try text(of: complaints))
  }

  /// `run --once`, with its log read.
  func tick() throws -> Tick {
    let outcome = try run("run", "--once", "--log-format", "json")
    guard outcome.status == 0, let tick = try KeeperProcess.ticks(in: outcome).last else {
      throw DevChain.Failure("a tick failed: \(outcome)")
    }
    return tick
  }

  /// Ticks, with a block mined after each that is not the last, until one ends with this code.
  @discardableResult
  func ticks(until code: String, limit: Int = 12) throws -> Tick {
    var codes: [String] = []
    for _ in 0..<limit {
      let tick = try tick()
      if tick.code == code { return tick }
      codes.append(tick.code)
      try chain.mine()
    }
    throw DevChain.Failure("no \(code) in \(limit) ticks: \(codes.joined(separator: ", "))")
  }

  /// What `explain --json` says: the report of a tick that ends before the signature.
  func explain() throws -> JSON {
    let outcome = try run("explain", "--json")
    guard outcome.status == 0 else { throw DevChain.Failure("explain failed: \(outcome)") }
    return try JSON.parse(Array(outcome.output.utf8))
  }

  /// Every tick of the journal.
  func journal() throws -> [JSON] {
    let outcome = try run("journal", "show", "--json")
    guard outcome.status == 0 else { throw DevChain.Failure("journal show failed: \(outcome)") }
    return try outcome.output.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
  }

  /// Every promise record of the journal.
  func promises() throws -> [JSON] {
    let outcome = try run("journal", "show", "--promises", "--json")
    guard outcome.status == 0 else { throw DevChain.Failure("journal show --promises failed: \(outcome)") }
    return try outcome.output.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
  }

  // MARK: The daemon

  /// Starts `run`. Its log goes to a file.
  func start(environment: [String: String] = [:]) throws {
    let (process, _, complaints) = try process(
      ["run", "--log-format", "json", "--config", configuration.path], environment: environment)
    try process.run()
    daemon = process
    daemonLog = complaints
  }

  var isRunning: Bool { daemon?.isRunning ?? false }
  var processID: Int32 { daemon?.processIdentifier ?? 0 }

  /// kill -9.
  func killHard() {
    guard let daemon else { return }
    kill(daemon.processIdentifier, SIGKILL)
    daemon.waitUntilExit()
  }

  /// Any signal, to the daemon.
  func signal(_ number: Int32) { kill(processID, number) }

  /// SIGTERM, and the status it ends with.
  func terminate() throws -> Int32 {
    guard let daemon else { throw DevChain.Failure("no daemon was started") }
    kill(daemon.processIdentifier, SIGTERM)
    try Deadline.wait(for: "the daemon to end") { !daemon.isRunning }
    return daemon.terminationStatus
  }

  /// The ticks the daemon has logged so far.
  func logged() throws -> [Tick] {
    guard let daemonLog else { return [] }
    // A line may be half written.
    let whole = try text(of: daemonLog).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return try KeeperProcess.ticks(in: Outcome(status: 0, output: "", complaints: whole.joined(separator: "\n")))
  }

  // MARK: Processes

  private var count = 0

  private func process(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (Process, output: URL, complaints: URL) {
    count += 1
    let output = folder.appendingPathComponent("output.\(count)")
    let complaints = folder.appendingPathComponent("complaints.\(count)")
    let process = Process()
    let words = prefix + [try Workplace.binary().path] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ["PATH": "/usr/bin:/bin", "COLUMNS": "80"].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files and not pipes: nobody need read them while the process runs.
    for url in [output, complaints] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: complaints)
    return (process, output, complaints)
  }

  private func text(of file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

  static func ticks(in outcome: Outcome) throws -> [Tick] {
    var ticks: [Tick] = []
    var events: [Tick.Event] = []
    for line in outcome.complaints.split(separator: "\n") where line.hasPrefix("{") {
      let entry = try JSON.parse(Array(line.utf8))
      guard let fields = entry["fields"], let code = fields["code"]?.string else { continue }
      guard let ending = fields["ending"]?.string else {
        events.append(Tick.Event(code: code, text: entry["message"]?.string ?? ""))
        continue
      }
      ticks.append(
        Tick(
          code: code, ending: ending, exchanges: fields["exchanges"]?.string.flatMap { Int($0) } ?? 0,
          transaction: fields["transaction"]?.string, events: events, outcome: outcome))
      events = []
    }
    return ticks
  }
}
