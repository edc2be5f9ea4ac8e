import Decision
import Ethereum
import Outbox
import Testing

@testable import Keeper

/// The offer for the next transaction, by model and market.
@Suite struct FeeTests {
  private static let gwei: UInt256 = 1_000_000_000

  private func market(baseFee: UInt256?, gasPrice: UInt256? = nil) -> FeeMarket {
    // Half full: the base fee stays as it is.
    FeeMarket(
      head: BlockHeader(
        number: 1, hash: .zero, parentHash: .zero, timestamp: 0, baseFeePerGas: baseFee, gasUsed: 15_000_000,
        gasLimit: 30_000_000), history: nil, gasPriceWei: gasPrice)
  }

  @Test func theCapIsTwiceTheBaseFeePlusTheTip() throws {
    let (quote, terms) = try World.fees(.eip1559).quote(market(baseFee: 10_000_000_000))
    #expect(quote.nextBaseFeeWei == 10_000_000_000)
    #expect(terms == .dynamic(tipWei: 100_000_000, feeCapWei: 20_100_000_000))
  }

  @Test func theCapIsCutToTheCeilingWhileTheNextBlockWouldTakeIt() throws {
    let (quote, terms) = try World.fees(.eip1559).quote(market(baseFee: 80_000_000_000))
    #expect(terms.feeCapWei == 100_000_000_000)
    #expect(quote.feeCapWei == quote.gasPriceCeilingWei)
  }

  @Test func beyondTheCeilingTheQuoteTellsTheTruth() throws {
    let (quote, terms) = try World.fees(.eip1559).quote(market(baseFee: 120_000_000_000))
    #expect(terms.feeCapWei == 120_100_000_000)
    #expect(quote.feeCapWei > quote.gasPriceCeilingWei)
  }

  @Test func arbitrumOffersNoTip() throws {
    let (_, terms) = try World.fees(.arbitrum).quote(market(baseFee: 100_000_000))
    #expect(terms == .dynamic(tipWei: 0, feeCapWei: 200_000_000))
  }

  @Test func legacyOffersTheNodesPrice() throws {
    let (_, terms) = try World.fees(.legacy).quote(market(baseFee: nil, gasPrice: 5_000_000_000))
    #expect(terms == .legacy(gasPriceWei: 5_000_000_000))
  }

  @Test func absurdFeesAreAnErrorAndNoTrap() {
    #expect(throws: EthereumError.self) { try World.fees(.eip1559).quote(market(baseFee: .max)) }
  }
}
