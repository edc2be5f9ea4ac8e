import Ethereum
import Foundation

/// A chain with the first-light world, as fresh as after set-up. It mines when told to, so that a test says what
/// happens between two ticks and nothing sleeps.
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

    var description: String { "\(endpoint): \(methods.joined(separator: " "))" + (fault.map { " (\($0))" } ?? "") }
  }

  private let server: DevChainServer

  /// - Parameters:
  ///   - feedsAreFresh: otherwise the price feeds are as old as the set-up, half a day.
  ///   - secondsToLive: how much of the chain's time the test lets pass at most.
  init(feedsAreFresh: Bool = true, secondsToLive: Int64 = DevChainServer.behindSeconds) throws {
    server = try DevChainServer.take()
    try call("evm_increaseTime", .integer(DevChainServer.behindSeconds - secondsToLive))
    try call("scenario_heartbeat", .bool(feedsAreFresh))
    // A block brings the world from its set-up to the test's time, and the feeds are refreshed in the next.
    try mine(3)
    _ = try requests()
  }

  deinit { DevChainServer.giveBack(server) }

  var deployment: JSON { server.deployment }

  /// The URL of one of its endpoints, each with faults of its own.
  func url(_ endpoint: String) -> String { server.url(endpoint) }

  // MARK: Talking to it

  /// A call on /admin, which has no faults and stays out of the request log.
  @discardableResult
  func call(_ method: String, _ params: JSON...) throws -> JSON { try server.call(method, params) }

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
      Request(
        endpoint: entry["endpoint"]?.string ?? "", methods: (entry["methods"]?.array ?? []).compactMap(\.string),
        fault: entry["fault"]?.string)
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
  func keeperNonce() throws -> UInt64 { try nonce(of: address("keeper")) }

  /// How many transactions of an address the chain holds.
  func nonce(of address: String) throws -> UInt64 {
    try number(call("eth_getTransactionCount", .string(address), "latest"))
  }

  /// How many events of this name the venue has emitted.
  func events(_ name: String) throws -> Int { try transactions(emitting: name).count }

  /// The transaction of each event of this name.
  func transactions(emitting name: String) throws -> [String] {
    let filter: JSON = [
      "fromBlock": "0x0", "toBlock": "latest",
      "address": .string(try address("addressBook", "contracts", "EventEmitter")),
      "topics": [.null, .string(Keccak256.hash(Array(name.utf8)).description)],
    ]
    return (try call("eth_getLogs", filter).array ?? []).compactMap { $0["transactionHash"]?.string }
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

  /// Delta as it stands on chain, in ETH, read without the keeper: what the Safe holds of ether, wrapped or not, less
  /// what it is short at the venue.
  func delta() throws -> Double {
    let safe = try address("account", "safe")
    let ether = try UInt256(hexQuantity: try text(call("eth_getBalance", .string(safe), "latest")))
    let balance = try ABIFunction(signature: "balanceOf(address)", outputs: [.uint(256)])
    let wrapped = try read(balance, [.address(try Address(hex: safe))], at: address("tokens", "WETH", "address"))
    guard case .uint(let weth)? = wrapped.first else { throw Failure("balanceOf answered \(wrapped)") }
    let wei = try Int256(ether + weth) + position()
    return wei.approximateDouble / 1e18
  }

  /// What the Safe's tokens and positions are worth in dollars at a price of ETH, read without the keeper; what waits in
  /// orders is not in it.
  func worth(at price: Double) throws -> Double {
    let safe = try address("account", "safe")
    let balance = try ABIFunction(signature: "balanceOf(address)", outputs: [.uint(256)])
    let dollars = try read(balance, [.address(try Address(hex: safe))], at: address("tokens", "USDC", "address"))
    guard case .uint(let units)? = dollars.first else { throw Failure("balanceOf answered \(dollars)") }
    let positions = try positions()
    let held = try delta() - positions.reduce(0) { $0 + $1.size.approximateDouble / 1e18 }
    return positions.reduce(held * price + units.approximateDouble / 1e6) { sum, position in
      let size = position.size.approximateDouble / 1e18
      let gained = size * price - (size < 0 ? -position.dollars : position.dollars)
      return sum + position.collateral.approximateDouble / 1e6 + gained
    }
  }

  /// Unix seconds of the head.
  func headSeconds() throws -> UInt64 {
    try number(try call("eth_getBlockByNumber", "latest", .bool(false))["timestamp"] ?? .null)
  }

  /// Collateral of the Safe's positions in USDC, as the venue's Reader has it.
  func collateral() throws -> Double {
    var units = UInt256.zero
    for position in try positions() { units = try units + position.collateral }
    return units.approximateDouble / 1e6
  }

  /// Size of the Safe's position in wei of ETH; short is negative.
  func position() throws -> Int256 {
    var size = Int256.zero
    for position in try positions() { size = try size + position.size }
    return size
  }

  /// Size in wei of ETH, what it was sold or bought for in dollars, and collateral in USDC's smallest units.
  private func positions() throws -> [(size: Int256, dollars: Double, collateral: UInt256)] {
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
    return try positions.map { position in
      guard case .tuple(let parts) = position, parts.count == 3, case .tuple(let numbers) = parts[1],
        case .uint(let dollars) = numbers[0], case .uint(let tokens) = numbers[1],
        case .uint(let collateral) = numbers[2], case .tuple(let flags) = parts[2],
        case .bool(let isLong)? = flags.first
      else { throw Failure("not a position: \(position)") }
      let size = try Int256(sign: isLong ? .plus : .minus, magnitude: tokens)
      return (size, dollars.approximateDouble / 1e30, collateral)
    }
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
