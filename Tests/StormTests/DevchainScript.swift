import Contracts
import Ethereum
import Foundation

@testable import Simulation

/// Tests/Fixtures/Storm/devchain.json: a script run on the dev chain's contracts in a real EVM, with every answer and
/// log, made by make_storm_fixtures.py.
struct DevchainScript {
  let json: JSON
  let plan: WorldPlan
  /// A world at the same addresses in the same state as the dev chain's at the start of the script.
  let world: ContractWorld

  var steps: [JSON] { json["steps"]?.array ?? [] }

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Fixtures/Storm/devchain.json"))
    json = try JSON.parse(Array(data))
    let addresses = try Self.addresses(json)
    var plan = WorldPlan(
      keeper: try Self.address(json, "keeper"), account: .safeRoles, genesisTime: 1_700_000_000)
    plan.addresses = addresses
    plan.roleKey = try Bytes32(hex: json["roleKey"]?.string ?? "")
    self.plan = plan
    world = try Self.atStart(ContractWorld(plan), json)
  }

  private static func atStart(_ world: ContractWorld, _ json: JSON) throws -> ContractWorld {
    var world = world
    func feed(_ name: String, decimals: UInt64) throws -> FeedState {
      let parts = try (json["rounds"]?[name]?.array ?? []).map { try Int256(decimal: $0.string ?? "") }
      guard parts.count == 4 else { throw Missing(name: name) }
      return FeedState(
        round: parts[0].bits, answer: parts[1], startedAt: parts[2].bits, updatedAt: parts[3].bits,
        decimals: decimals)
    }
    world.state.baseFeed = try feed("ETH", decimals: 8)
    world.state.quoteFeed = try feed("USDC", decimals: 8)
    world.state.sequencer = try feed("sequencer", decimals: 0)
    world.state.shares.totalAssets = try UInt256(decimal: json["totalAssets"]?.string ?? "")
    world.state.roles.allowanceSince = json["allowanceSince"]?.uint64 ?? 0
    return world
  }

  private static func address(_ json: JSON, _ name: String) throws -> Address {
    guard let text = json["addresses"]?[name]?.string else { throw Missing(name: name) }
    return try Address(hex: text)
  }

  private static func addresses(_ json: JSON) throws -> WorldAddresses {
    func named(_ name: String) throws -> Address { try address(json, name) }
    return WorldAddresses(
      wrappedNative: try named("WETH"), quoteToken: try named("USDC"), baseFeed: try named("ETH / USD"),
      quoteFeed: try named("USDC / USD"), sequencerFeed: try named("sequencer"), shareToken: try named("shares"),
      safe: try named("safe"), roles: try named("roles"), multiSend: try named("multiSend"),
      unwrapper: try named("unwrapper"), safeOwner: try named("owner"),
      exchangeRouter: try named("ExchangeRouter"), router: try named("Router"), dataStore: try named("DataStore"),
      reader: try named("Reader"), orderVault: try named("OrderVault"), eventEmitter: try named("EventEmitter"),
      roleStore: try named("RoleStore"), referralStorage: try named("ReferralStorage"),
      orderHandler: try named("OrderHandler"), positionHandler: try named("PositionHandler"),
      oracle: try named("Oracle"), market: try named("Market"), orderKeeper: try named("orderKeeper"))
  }

  struct Missing: Error { let name: String }
}

/// A step's fields.
extension JSON {
  var uint64: UInt64? { integer.flatMap { UInt64(exactly: $0) } }

  func bytes(_ key: String) throws -> [UInt8] { try Hex.decode(self[key]?.string ?? "", limit: 1 << 22) }
  func word(_ key: String) throws -> UInt256 { try UInt256(decimal: self[key]?.string ?? "0") }
  func address(_ key: String) throws -> Address { try Address(hex: self[key]?.string ?? "") }
  var kind: String { self["kind"]?.string ?? "" }

  func context() throws -> BlockContext {
    guard let block = self["block"], let number = block["number"]?.uint64, let time = block["timestamp"]?.uint64 else {
      throw DevchainScript.Missing(name: "block")
    }
    return BlockContext(number: number, timestamp: time, baseFeeWei: try block.word("baseFee"))
  }

  func emitted() throws -> [EmittedLog] {
    try (self["logs"]?.array ?? []).map { log in
      EmittedLog(
        address: try log.address("address"),
        topics: try (log["topics"]?.array ?? []).map { try Bytes32(hex: $0.string ?? "") },
        data: try log.bytes("data"))
    }
  }
}
