import Ethereum
import Foundation

@testable import Contracts

/// The encoded data of Tests/Fixtures/Contracts/gmx.json, made by make_contracts_fixtures.py with eth-abi and web3.
struct Fixture {
  static let shared = Fixture()

  private let json: JSON

  static var fixturesFolder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
  }

  static var projectFolder: URL { fixturesFolder.deletingLastPathComponent().deletingLastPathComponent() }

  private init() {
    do {
      let data = try Data(contentsOf: Self.fixturesFolder.appending(path: "Contracts/gmx.json"))
      json = try JSON.parse(Array(data))
    } catch {
      preconditionFailure("the fixture Contracts/gmx.json is committed: \(error)")
    }
  }

  private func text(_ section: String, _ name: String) throws -> String {
    guard let text = json[section]?[name]?.string else { throw Missing(name: "\(section).\(name)") }
    return text
  }

  private func hex(_ section: String, _ name: String) throws -> [UInt8] {
    try Hex.decode(text(section, name), limit: 1 << 20)
  }

  func call(_ name: String) throws -> [UInt8] { try hex("calls", name) }
  func answer(_ name: String) throws -> ReadResult { ReadResult(success: true, data: try hex("answers", name)) }
  func revert(_ name: String) throws -> [UInt8] { try hex("reverts", name) }
  func key(_ name: String) throws -> Bytes32 { try Bytes32(bytes: hex("keys", name)) }
  func expected(_ name: String) throws -> String { try text("expected", name) }

  func orderKey(_ index: Int) throws -> Bytes32 {
    guard let text = json["orderKeys"]?[index]?.string else { throw Missing(name: "orderKeys[\(index)]") }
    return try Bytes32(hex: text)
  }

  func parameters() throws -> [ReadResult] {
    guard let list = json["parameters"]?.array else { throw Missing(name: "parameters") }
    return try list.map { ReadResult(success: true, data: try UInt256(decimal: $0.string ?? "").bigEndian32) }
  }

  func log(_ name: String, emitter: Address = Scenario.deployment.eventEmitter) throws -> Log {
    guard let log = json["logs"]?[name], let topics = log["topics"]?.array, let data = log["data"]?.string else {
      throw Missing(name: "logs.\(name)")
    }
    return Log(
      address: emitter, topics: try topics.map { try Bytes32(hex: $0.string ?? "") },
      data: try Hex.decode(data, limit: 1 << 20))
  }

  struct Missing: Error { let name: String }
}

/// The world of the fixtures: GMX on Arbitrum One, WETH and USDC, a vault and its keeper.
enum Scenario {
  static func address(_ hex: String) -> Address {
    do { return try Address(hex: hex) } catch { preconditionFailure("\(error)") }
  }

  static let account = address("0x1111111111111111111111111111111111111111")
  static let keeper = address("0x2222222222222222222222222222222222222222")
  static let roles = address("0x3333333333333333333333333333333333333333")
  static let multiSend = address("0x9641d764fc13c8B624c04430C7356C1C7C8102e2")
  static let market = address("0x70d95587d40A2caf56bd97485aB3Eec10Bee6336")
  static let weth = address("0x82aF49447D8a07e3bd95BD0d56f35241523fBab1")
  static let usdc = address("0xaf88d065e77c8cC2239327C5EDb3A432268e5831")
  static let roleKey = Keccak256.hash(utf8: "keeper")
  static let gasPriceWei: UInt256 = 1_000_000_000

  static let deployment = GMXv2Configuration.Deployment(
    exchangeRouter: address("0x1C3fa76e6E1088bCE750f23a5BFcffa1efEF6A41"),
    router: address("0x7452c558d45f8afC8c83dAe62C3f8A5BE19c71f6"),
    dataStore: address("0xFD70de6b91282D8017aA4E741e9Ae325CAb992d8"),
    reader: address("0x470fbC46bcC0f16532691Df360A07d8Bf5ee0789"),
    orderVault: address("0x31eF83a530Fde1B38EE9A18093A333D8Bbbc40D5"),
    eventEmitter: address("0xC8ee91A54287DB53897056e12D9819156D3822Fb"),
    roleStore: address("0x3c3d99FD298f679DBC2CEcd132b4eC4d0F5e6e72"),
    referralStorage: address("0xe6fab3F0c7199b0d34d7FbE83394fc0e0D06e99d"))

  static func venue(collateral: Address = usdc) throws -> GMXv2Venue {
    let eth = GMXv2Configuration.Token(symbol: "WETH", address: weth, decimals: 18)
    let usd = GMXv2Configuration.Token(symbol: "USDC", address: usdc, decimals: 6)
    return GMXv2Venue(
      configuration: try GMXv2Configuration(
        deployment: deployment, market: market, indexToken: eth, longToken: eth, shortToken: usd, longPricing: .index,
        shortPricing: collateral == usdc ? .collateral : .fixed(.init(decimal: "1")), collateral: collateral,
        impactProbe: Usd(decimal: "20000")))
  }

  static let price = usd("3000")
  static let one = usd("1")

  private static func usd(_ text: String) -> Price {
    do { return try Price(decimal: text) } catch { preconditionFailure("\(error)") }
  }

  /// Round one with these lists; balance 40,000 USDC, allowance 50,000 USDC, the router a controller.
  static func first(positions: String = "noPositions", orders: String = "noOrders") throws -> [ReadResult] {
    let fixture = Fixture.shared
    func word(_ value: UInt256) -> ReadResult { ReadResult(success: true, data: value.bigEndian32) }
    return [
      try fixture.answer(positions), try fixture.answer(orders), try fixture.answer("market"), word(.one),
      word(40_000_000_000), word(50_000_000_000),
    ] + (try fixture.parameters())
  }

  static func second(positions: [String] = [], info: String = "marketInfo") throws -> [ReadResult] {
    try ([info, "executionGain", "executionLoss"] + positions).map { try Fixture.shared.answer($0) }
  }

  static func state(
    positions: String = "noPositions", infos: [String] = [], orders: String = "noOrders"
  ) throws -> VenueState {
    try venue().state(
      account: account, first: first(positions: positions, orders: orders), second: second(positions: infos),
      price: price, collateralPrice: one, now: 1_700_000_200)
  }

  static func trade(
    _ change: String, _ kind: Trade.Kind = .market, worst: String, leverage: String = "2", reduceOnly: Bool = false
  ) throws -> Trade {
    Trade(
      change: try Quantity(decimal: change), kind: kind, worstPrice: try Price(decimal: worst),
      leverage: try Ratio(decimal: leverage), reduceOnly: reduceOnly)
  }
}
