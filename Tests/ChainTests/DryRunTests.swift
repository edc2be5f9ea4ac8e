import Ethereum
import Testing

/// A dry run decides as the daemon does and touches nothing.
@Suite(.serialized)
struct DryRunTests {
  @Test func aDryRunSendsNothingAndPrintsWhatItWouldSign() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    _ = try chain.requests()
    let files = try keeper.files()
    let outcome = try keeper.run("run", "--dry-run", "--once", "--json")
    #expect(outcome.status == 0, "\(outcome)")

    let methods = try chain.requests().flatMap(\.methods)
    #expect(!methods.isEmpty && !methods.contains("eth_sendRawTransaction"))
    #expect(methods.allSatisfy { $0.hasPrefix("eth_") })
    #expect(try chain.pooled().isEmpty)
    #expect(try keeper.files() == files, "a dry run leaves no journal, no lock and no marker")

    let printed = try JSON.parse(Array(outcome.output.utf8))
    #expect(printed["code"]?.string == "placeLimit")
    #expect(printed["reason"]?.string?.isEmpty == false)
    #expect(printed["calls"]?.array?.isEmpty == false)
    try expectDecodes(printed, keeper, chain)
  }

  /// The printed RLP, taken apart by `decode`, is the printed transaction.
  private func expectDecodes(_ printed: JSON, _ keeper: KeeperProcess, _ chain: DevChain) throws {
    let transaction = try #require(printed["transaction"])
    let decoded = try keeper.decode(try #require(printed["rlp"]?.string))
    #expect(decoded.status == 0, "\(decoded)")
    #expect(decoded.output.contains(try #require(transaction["to"]?.string)))
    #expect(decoded.output.contains("createOrder"))

    // And by the tests' own hand: an EIP-1559 payload is 0x02 and a list of nine.
    let payload = try Hex.decode(try #require(printed["rlp"]?.string), limit: 1 << 20)
    #expect(payload.first == 2)
    guard case .list(let fields) = try RLP.decode(Array(payload.dropFirst())) else {
      Issue.record("the payload is no list")
      return
    }
    let values = fields.prefix(8).map { field -> String in
      guard case .bytes(let bytes) = field else { return "a list" }
      return Hex.encode(bytes)
    }
    func quantity(_ key: String) throws -> String {
      Hex.encode(try UInt256(hexQuantity: try #require(transaction[key]?.string)).minimalBigEndian)
    }
    #expect(
      values == [
        try quantity("chainId"), try quantity("nonce"), try quantity("maxPriorityFeePerGas"),
        try quantity("maxFeePerGas"), try quantity("gas"), try #require(transaction["to"]?.string).lowercased(),
        try quantity("value"), try #require(transaction["input"]?.string),
      ])
    #expect(transaction["from"]?.string == (try chain.address("keeper")))
  }

  /// What it printed is what the daemon then signs: same call, same gas.
  @Test func theDaemonSignsWhatTheDryRunPrinted() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    let dry = try keeper.run("run", "--dry-run", "--once", "--json")
    let printed = try #require(try JSON.parse(Array(dry.output.utf8))["transaction"])
    try #require(try keeper.tick().code == "placeLimit")
    let sent = try #require(try chain.pooled().first)
    for key in ["nonce", "gas", "maxFeePerGas", "maxPriorityFeePerGas", "value", "input"] {
      #expect(sent[key] == printed[key], "\(key)")
    }
  }

  @Test func checkPassesAndNamesWhatIsWrong() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    let good = try keeper.run("check")
    #expect(good.status == 0, "\(good)")
    try chain.call("scenario_revokeRole", true)
    try chain.mine()
    let bad = try keeper.run("check")
    #expect(bad.status == 1)
    #expect(bad.output.contains("✗") && bad.output.contains("role"))
    #expect(!keeper.exists("vaultkeeper.journal"))
  }
}
