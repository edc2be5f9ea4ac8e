import Ethereum
import Foundation

/// A devchain with the first-light world in a process of its own, on a free port. It mines when told to, so that a test
/// says what happens between two ticks and nothing sleeps.
final class DevChain {
  /// What keeps a test from telling anything, as opposed to an expectation that is not met.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  /// One HTTP request as the chain's log has it.
  struct Request: CustomStringConvertible {
    let endpoint: String
    let methods: [String]
    /// The kind of the fault that was played.
    let fault: String?
    let atSeconds: Double

    var description: String { "\(endpoint): \(methods.joined(separator: " "))" + (fault.map { " (\($0))" } ?? "") }
  }

  let deployment: JSON
  private let process: Process
  /// The chain ends when this closes; it is held open and never written to.
  private let lifeline: Pipe
  private let port: UInt16

  init() throws {
    let python = try Workplace.python()
    process = Process()
    process.executableURL = python
    process.arguments = ["-m", "devchain", "--scenario", "first-light", "--port", "0", "--stdin", "--no-mining"]
    process.currentDirectoryURL = Workplace.root.appendingPathComponent("devchain")
    lifeline = Pipe()
    let output = Pipe()
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    let line = try DevChain.line(from: output.fileHandleForReading)
    let ready = try JSON.parse(line)
    guard let port = ready["port"]?.integer, let deployment = ready["deployment"] else {
      throw Failure("devchain's ready line lacks its port or deployment: \(String(decoding: line, as: UTF8.self))")
    }
    self.port = UInt16(port)
    self.deployment = deployment
    // Set-up lies an hour back; the first block is of now, and the price feeds are refreshed in the next.
    try mine(3)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private static func line(from handle: FileHandle) throws -> [UInt8] {
    var line: [UInt8] = []
    while !line.contains(UInt8(ascii: "\n")) {
      let data = handle.availableData
      guard !data.isEmpty else {
        throw Failure("devchain did not start; run it by hand: python -m devchain --scenario first-light")
      }
      line += data
    }
    return line
  }

  /// The URL of one of its endpoints, each with faults of its own.
  func url(_ endpoint: String) -> String { "http://127.0.0.1:\(port)/\(endpoint)" }

  // MARK: Talking to it

  /// A call on /admin, which has no faults and stays out of the request log.
  @discardableResult
  func call(_ method: String, _ params: JSON...) throws -> JSON {
    let body = JSON.object(["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .array(params)])
    let answer = try JSON.parse(try HTTP.post(port: port, path: "/admin", body: body.encoded()))
    guard let result = answer["result"], answer["error"] == nil else {
      throw Failure("\(method): \(answer.text)")
    }
    return result
  }

  func mine(_ blocks: Int = 1) throws {
    for _ in 0..<blocks { try call("evm_mine") }
  }

  func setPrice(_ price: Double, of symbol: String = "ETH") throws {
    try call("scenario_setPrice", .string(symbol), .number(price))
    try mine()
  }

  func setFaults(_ rules: [JSON]) throws { try call("dev_faults", .array(rules)) }

  /// The requests since the last time they were asked for with `clear`.
  func requests(clear: Bool = true) throws -> [Request] {
    try (call("dev_requests", .bool(clear)).array ?? []).map { entry in
      var time = 0.0
      if case .number(let seconds)? = entry["t"] { time = seconds }
      return Request(
        endpoint: entry["endpoint"]?.string ?? "", methods: (entry["methods"]?.array ?? []).compactMap(\.string),
        fault: entry["fault"]?.string, atSeconds: time)
    }
  }

  // MARK: What stands on it

  func address(_ path: String...) throws -> String {
    var value: JSON? = deployment
    for key in path { value = value?[key] }
    guard let text = value?.string else { throw Failure("the deployment has no \(path.joined(separator: "."))") }
    return text
  }

  func head() throws -> UInt64 { try number(call("eth_blockNumber")) }

  /// How many transactions of the keeper the chain holds.
  func keeperNonce() throws -> UInt64 {
    try number(call("eth_getTransactionCount", .string(address("keeper")), "latest"))
  }

  /// How many events of this name the venue has emitted.
  func events(_ name: String) throws -> Int {
    let filter: JSON = [
      "fromBlock": "0x0", "toBlock": "latest",
      "address": .string(try address("addressBook", "contracts", "EventEmitter")),
      "topics": [.null, .string(Keccak256.hash(Array(name.utf8)).description)],
    ]
    return try call("eth_getLogs", filter).array?.count ?? 0
  }

  /// The block a transaction is in; nil while it is in none.
  func block(of transaction: String) throws -> UInt64? {
    guard let number = try call("eth_getTransactionReceipt", .string(transaction))["blockNumber"] else { return nil }
    return try self.number(number)
  }

  /// The hashes of the keeper's transactions that wait in the pool.
  func pooled() throws -> [JSON] {
    let keeper = try address("keeper").lowercased()
    let senders = try call("txpool_content")["pending"]?.object?.members ?? []
    let queue = senders.first { $0.key.lowercased() == keeper }?.value.object?.members ?? []
    return queue.map(\.value)
  }

  /// Delta as it stands on chain, in ETH, read without the keeper: what the Safe holds of ether, wrapped or not, less what
  /// it is short at the venue.
  func delta() throws -> Double {
    let safe = try address("account", "safe")
    let ether = try UInt256(hexQuantity: try text(call("eth_getBalance", .string(safe), "latest")))
    let balance = try ABIFunction(signature: "balanceOf(address)", outputs: [.uint(256)])
    let wrapped = try read(balance, [.address(try Address(hex: safe))], at: address("tokens", "WETH", "address"))
    guard case .uint(let weth)? = wrapped.first else { throw Failure("balanceOf answered \(wrapped)") }
    let wei = try Int256(ether + weth) + position()
    return wei.approximateDouble / 1e18
  }

  /// Size of the Safe's position in wei of ETH; short is negative.
  private func position() throws -> Int256 {
    let shape =
      "((address,address,address),(uint256,uint256,uint256,int256,uint256,uint256,uint256,uint256,uint256,uint256),"
      + "(bool))[]"
    let function = try ABIFunction(
      signature: "getAccountPositions(address,address,uint256,uint256)", outputs: [try ABIType(parsing: shape)])
    let arguments: [ABIValue] = [
      .address(try Address(hex: address("addressBook", "contracts", "DataStore"))),
      .address(try Address(hex: address("account", "safe"))), .uint(0), .uint(16),
    ]
    let answer = try read(function, arguments, at: address("addressBook", "contracts", "Reader"))
    guard case .array(let positions)? = answer.first else { throw Failure("no array of positions: \(answer)") }
    var size = Int256.zero
    for position in positions {
      guard case .tuple(let parts) = position, parts.count == 3, case .tuple(let numbers) = parts[1],
        case .uint(let tokens) = numbers[1], case .tuple(let flags) = parts[2], case .bool(let isLong)? = flags.first
      else { throw Failure("not a position: \(position)") }
      size = try size + Int256(sign: isLong ? .plus : .minus, magnitude: tokens)
    }
    return size
  }

  private func read(_ function: ABIFunction, _ arguments: [ABIValue], at contract: String) throws -> [ABIValue] {
    let request: JSON = [
      "to": .string(contract), "data": .string(Hex.encode(try function.encodeCall(arguments))),
    ]
    let answer = try text(call("eth_call", request, "latest"))
    return try function.decodeReturn(Hex.decode(answer, limit: 1 << 20))
  }

  private func text(_ json: JSON) throws -> String {
    guard let text = json.string else { throw Failure("expected text, got \(json.text)") }
    return text
  }

  private func number(_ json: JSON) throws -> UInt64 {
    guard let number = try UInt256(hexQuantity: text(json)).asUInt64 else { throw Failure("too large: \(json.text)") }
    return number
  }
}
