import Contracts
import Ethereum
import Testing

@testable import Simulation

/// The production codecs read the simulated contracts and act on them, end to end.
@Suite struct ContractWorldTests {
  typealias Kind = WorldPlan.AccountKind

  @Test(arguments: Kind.allCases) func everythingIsReadAtTheStart(kind: Kind) throws {
    let stage = try WorldStage(kind)
    let state = try stage.state()
    #expect(state.positions.isEmpty && state.orders.isEmpty)
    #expect(!state.terms.isDisabled)
    #expect(state.terms.positionFee == (try Ratio(decimal: "0.0006")))
    #expect(state.terms.increaseExecutionGas == 4_350_000)
    #expect(state.terms.cancelDelaySeconds == 300)
    #expect(state.terms.collateralBalanceUnits == 40_000_000_000)
    #expect(state.terms.collateralAllowanceUnits == .max)
    // 3e-10 · 20,000² of a market in balance.
    #expect(state.terms.impactOfBuyingProbe == (try Usd(decimal: "0.12")))
    let vault = try stage.vault()
    #expect(vault.balances.map(\.units) == [ether(kind == .eoa ? 5 : 1), ether(19), 40_000_000_000])
    #expect(!vault.isPaused)
    let account = try stage.account()
    #expect(account.isEnabled)
    #expect(account.keeperBalanceWei == ether(5))
    #expect(try stage.prices().base == Price(decimal: "3000"))
    let sequencer = stage.settings.sequencerFeed
    #expect(try sequencer.reading(stage.read(sequencer.reads())).isUp)
    for (name, address) in stage.settings.venue.contracts + stage.settings.account.contracts {
      #expect(!stage.world.code(at: address).isEmpty, "\(name)")
    }
  }

  @Test(arguments: Kind.allCases) func aMarketShortIsPlacedFilledAndClosed(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let placed = try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
    let key = try #require(placed.first)
    let open = try #require(try stage.state().orders.first)
    #expect(open.key == key && open.state == .pending && open.kind == .marketIncrease)
    #expect(open.change == (try Quantity(decimal: "-5")))
    #expect(open.collateralUnits == 7_500_000_000)
    #expect(open.executionFeeWei == 4_350_000_000_000_000)
    #expect(try stage.fate(of: key) == .pending)
    #expect(stage.world.exposure(of: stage.holder).low == stage.world.netExposure(of: stage.holder).less(ether(5)))

    stage.advance()
    stage.runOrderKeeper { _ in .execute() }
    let fate = try stage.fate(of: key)
    guard case .filled(let price?, let fees?) = fate else {
      Issue.record("\(fate)")
      return
    }
    let (floor, ceiling) = (try Price(decimal: "2999"), try Price(decimal: "3000"))
    #expect(price > floor && price <= ceiling)
    #expect(fees == (try Usd(decimal: "9")), "0.06 % of 15,000 USD")
    let position = try #require(try stage.state().positions.first)
    #expect(position.quantity == (try Quantity(decimal: "-5")))
    #expect(position.collateralUnits == 7_491_000_000)

    stage.advance(seconds: 3_600)
    stage.world.publish(.base, answer: 290_000_000_000, in: stage.block)
    let close = try stage.act(.place(WorldStage.trade("5", worst: "2950", reduceOnly: true)))
    stage.advance()
    stage.runOrderKeeper { _ in .execute() }
    guard case .filled = try stage.fate(of: try #require(close.first)) else {
      Issue.record("the close did not fill: \(try stage.fate(of: close[0]))")
      return
    }
    #expect(try stage.state().positions.isEmpty)
    // 5 · 100 USD of profit less fees, funding and impact.
    let quote = stage.world.quoteUnits(of: stage.holder)
    #expect(quote > 40_480_000_000 && quote < 40_500_000_000)
  }
}

func ether(_ count: UInt64) -> UInt256 { sure { try UInt256(count) * VenueScale.power(18) } }

extension Int256 {
  func less(_ other: UInt256) -> Int256 { sure { try self - Int256(other) } }
}
