import Ethereum
import Foundation
import Glibc
import Synchronization

/// A devchain in a process of its own, on a free port. Deploying the world takes seconds, so a test that is done hands
/// the process on, rolled back to where it started.
final class DevChainServer: Sendable {
  let deployment: JSON
  private let port: UInt16
  private let processID: Int32
  /// The chain ends when this closes, at the latest with the tests. It is held open and never written to.
  private let lifeline: FileHandle
  /// The state just after set-up. A snapshot can be returned to once.
  private let snapshot: Mutex<JSON>

  private static let idle = Mutex<[DevChainServer]>([])

  /// One that nobody uses, or a new one.
  static func take() throws -> DevChainServer {
    try idle.withLock { $0.popLast() } ?? DevChainServer()
  }

  /// Takes a used one back. One that cannot be rolled back is ended, so that no test meets what another has left.
  static func giveBack(_ server: DevChainServer) {
    do {
      try server.reset()
      idle.withLock { $0.append(server) }
    } catch {
      kill(server.processID, SIGKILL)
    }
  }

  private init() throws {
    let process = Process()
    process.executableURL = try Workplace.python()
    let setUp = Int(Date().timeIntervalSince1970) - 43_200
    process.arguments = [
      "-m", "devchain", "--scenario", "first-light", "--genesis-time", "\(setUp)", "--port", "0", "--stdin",
      "--no-mining",
    ]
    process.currentDirectoryURL = Workplace.root.appendingPathComponent("devchain")
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = try DevChainServer.line(from: output.fileHandleForReading)
    let ready = try JSON.parse(line)
    guard let port = ready["port"]?.integer, let deployment = ready["deployment"] else {
      throw DevChain.Failure("devchain's ready line lacks something: \(String(decoding: line, as: UTF8.self))")
    }
    self.port = UInt16(port)
    self.deployment = deployment
    processID = process.processIdentifier
    lifeline = input.fileHandleForWriting
    snapshot = Mutex(.null)
    try call("evm_increaseTime", [.integer(-DevChainServer.behindSeconds)])
    try takeSnapshot()
  }

  /// How far the chain's clock is behind the machine's. Tests that let chain time pass need room for it, since a keeper
  /// believes no head that lies in the future. The set-up is dated half a day back, so this is less.
  static let behindSeconds: Int64 = 2_000

  private static func line(from handle: FileHandle) throws -> [UInt8] {
    var line: [UInt8] = []
    while !line.contains(UInt8(ascii: "\n")) {
      let data = handle.availableData
      guard !data.isEmpty else {
        throw DevChain.Failure("devchain did not start; run it by hand: python -m devchain --scenario first-light")
      }
      line += data
    }
    return line
  }

  private func takeSnapshot() throws {
    let taken = try call("evm_snapshot", [])
    snapshot.withLock { $0 = taken }
  }

  private func reset() throws {
    try call("evm_setIntervalMining", [0])
    try call("dev_faults", [[]])
    try call("scenario_orderKeeper", [true, 2])
    try call("scenario_cancelNextMarketOrder", [0])
    try call("scenario_freezeNextLimitOrder", [0])
    guard try call("evm_revert", [snapshot.withLock { $0 }]) == true else {
      throw DevChain.Failure("devchain cannot be rolled back")
    }
    try takeSnapshot()
  }

  func url(_ endpoint: String) -> String { "http://127.0.0.1:\(port)/\(endpoint)" }

  @discardableResult
  func call(_ method: String, _ params: [JSON]) throws -> JSON {
    let body: JSON = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .array(params)]
    let answer = try JSON.parse(try HTTP.post(port: port, path: "/admin", body: body.encoded()))
    guard let result = answer["result"], answer["error"] == nil else {
      throw DevChain.Failure("\(method): \(answer.text)")
    }
    return result
  }
}
