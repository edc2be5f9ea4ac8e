import Contracts
import Decision
import Ethereum
import Outbox
import Testing
import Wallet

@testable import Keeper
@testable import Simulation

/// Whole ticks of one keeper with two vaults of one portfolio, each on a chain of its own.
@Suite struct PortfolioTickTests {
  /// The world's chain under another number: nothing else tells its nodes' answers from those of the first.
  private final class Renumbered: Transport {
    private let inner: any Transport
    private let chainID: UInt64

    init(_ inner: any Transport, chainID: UInt64) {
      self.inner = inner
      self.chainID = chainID
    }

    func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
      let replies = inner.exchange(outgoing, deadlineMilliseconds: deadlineMilliseconds)
      return zip(outgoing, replies).map { message, reply in
        guard case .answer(let status, let body, let retryAfter) = reply else { return reply }
        do {
          let asked = try JSON.parse(message.body).array ?? []
          let ids = asked.filter { $0["method"] == "eth_chainId" }.compactMap { $0["id"] }
          let answers = (try JSON.parse(body).array ?? []).map { answer -> JSON in
            guard case .object(var object) = answer, let id = answer["id"], ids.contains(id) else { return answer }
            object["result"] = .string(UInt256(chainID).hexQuantity)
            return .object(object)
          }
          return .answer(status: status, body: JSON.array(answers).encoded(), retryAfterSeconds: retryAfter)
        } catch {
          return reply
        }
      }
    }
  }

  private struct Stage {
    let wiring: StormWiring
    let worlds: [SimulatedWorld]
    let store = MemoryJournalStore()
    let maximumAge: UInt64
    /// The second vault's smallest order: so large that it never trades.
    let vaults: [VaultSettings]

    init(weights: (String, String), maximumAge: UInt64 = 60) throws {
      self.maximumAge = maximumAge
      wiring = StormWiring(plan: StormPlan(seed: 5).withoutFaults().with(.plain))
      let wiring = wiring
      worlds = (0..<2).map { _ in wiring.world(keepsTrace: false) }
      vaults = try [("one", "two", weights.0, "100"), ("two", "one", weights.1, "1000000000")].map {
        let old = wiring.vaults[0]
        let share = PortfolioShare(
          portfolio: "both", weight: try Ratio(decimal: $0.2), members: [$0.1], maximumAgeSeconds: maximumAge)
        let policy = try Policy(
          target: .portfolioWeight(share),
          band: .fixed(FixedBand(width: Ratio(decimal: "0.01"), of: .netAssetValue, reset: .centre)),
          minimumClip: Usd(decimal: $0.3), maximumClip: Usd(decimal: "1000000000"), orders: OrderPreference(),
          priceBound: Ratio(decimal: "0.02"), leverage: Ratio(decimal: "2"))
        return VaultSettings(
          name: $0.0, account: old.account, venue: old.venue, reader: old.reader, priceFeed: old.priceFeed,
          quoteFeed: old.quoteFeed, sequencerFeed: old.sequencerFeed, policy: policy, attemptLimit: 6)
      }
    }

    private func chain(_ index: Int, like old: ChainSettings) -> ChainSettings {
      let id = UInt64(index + 1)
      return ChainSettings(
        name: "chain\(id)", chainID: id, endpoints: old.endpoints, quorum: old.quorum, multicall3: old.multicall3,
        exchangeDeadlineMilliseconds: old.exchangeDeadlineMilliseconds, fees: old.fees, gasLimit: old.gasLimit,
        gasMarginPercent: old.gasMarginPercent, clearNonceReserveWei: old.clearNonceReserveWei,
        lane: LanePolicy(
          chainID: id, depth: old.lane.depth, feeCeilingWei: old.lane.feeCeilingWei, clearAfter: old.lane.clearAfter,
          gasBudgetWei: old.lane.gasBudgetWei))
    }

    func keeper() throws -> Keeper {
      let like = try wiring.keeper(on: StormStore(worlds[0]), world: worlds[0]).watches[0].node.chain
      let chains = (0..<2).map { chain($0, like: like) }
      let transports: [any Transport] = [
        StormTransport(worlds[0]), Renumbered(StormTransport(worlds[1]), chainID: 2),
      ]
      let watches = (0..<2).map {
        Watch(vault: vaults[$0], keeper: wiring.key.address, node: Node(chain: chains[$0], transport: transports[$0]))
      }
      let policy = try DerivedPolicy(
        (0..<2).map {
          DerivedPolicy.Chain(settings: chains[$0], vaults: [vaults[$0]], valueCeilingWei: like.lane.gasBudgetWei)
        }
      ).policy
      return try Keeper(
        watches: watches, journal: try Journal(open: store), signer: PolicedSigner(wiring.key, policy: policy),
        sender: Sender(transport: transports[0]), clock: StormClock(worlds[0]), desk: StormDesk(worlds[0]),
        configurationHash: StormWiring.configurationHash)
    }

    func pass(seconds: UInt64, only world: Int? = nil) {
      for index in worlds.indices where world == nil || index == world {
        worlds[index].advance(to: worlds[index].milliseconds + seconds * 1_000)
      }
    }
  }

  private func number(_ report: TickReport, _ name: String) -> Double? {
    report.figure(name).flatMap { Double($0.value) }
  }

  @Test func eachVaultIsSteeredByWhatBothAreWorth() throws {
    let stage = try Stage(weights: ("0.1", "0.2"))
    var keeper = try stage.keeper()
    stage.pass(seconds: 24)
    // Nobody knows yet what the other is worth.
    let first = try keeper.tick(0)
    #expect(first.code == "portfolioIncomplete", "\(first.code): \(first.text)")
    #expect(first.mark?.worth.isPositive == true)
    // The second knows the first, and is steered by both.
    let second = try keeper.tick(1)
    #expect(second.code == "belowMinimumClip", "\(second.code): \(second.text)")
    #expect(second.chain == "chain2")
    let (one, two) = (try #require(number(first, "net asset value")), try #require(number(second, "net asset value")))
    let whole = try #require(number(second, "portfolio's worth"))
    #expect(abs(whole - one - two) < 0.02 && one > 0 && two > 0)
    let target = try #require(number(second, "target")), price = try #require(number(second, "price"))
    #expect(abs(target * price - 0.2 * whole) < 0.02)
    // And now the first acts on it, on its own chain.
    stage.pass(seconds: 12)
    let third = try keeper.tick(0)
    #expect(third.ending == .acted, "\(third.code): \(third.text)")
    #expect(keeper.outbox.state.lanes.map(\.id.chainID) == [1])
    let held = try #require(third.figure("oldest worth").flatMap { UInt64($0.value) })
    #expect(held >= 12 && held <= stage.maximumAge)

    // The second chain is not heard of any more: the first vault waits, its call is looked after all the same.
    stage.pass(seconds: 90, only: 0)
    let fourth = try keeper.tick(0)
    #expect(fourth.checks.contains { $0.code == .portfolioStale }, "\(fourth.code): \(fourth.text)")
    #expect(fourth.ending != .acted)
    // Until it is.
    stage.pass(seconds: 114, only: 1)
    _ = try keeper.tick(1)
    let fifth = try keeper.tick(0)
    #expect(!fifth.checks.contains { $0.code == .portfolioStale }, "\(fifth.code): \(fifth.text)")

    // A start like any other: what the journal holds is what was known.
    let again = try stage.keeper()
    for vault in ["one", "two"] {
      #expect(again.aims.mark(of: vault) != nil && again.aims.mark(of: vault) == keeper.aims.mark(of: vault))
    }
    // And every judgement comes out again from the records.
    let summary = try ReplayTests.replay(stage.store)
    #expect(summary.first == nil, "\(summary.first.map { "\($0)" } ?? "")")
    #expect(summary.compared >= 5 && summary.different == 0)
  }
}
