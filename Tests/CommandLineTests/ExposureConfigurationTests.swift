import Contracts
import Ethereum
import Foundation
import Testing

@testable import vaultkeeper

/// What a vault holds beside spot and venue, as a configuration says it.
@Suite struct ExposureConfigurationTests {
  static let section = """
        exposures:
          - kind: uniswapV3
            name: pool
            manager: "0x28a8746e75304c0780E011BEd21C72cD78cd535E"
            pool: "0x3E5e9111Ae8eB78Fe1CC3bb8915d5D461F3Ef9A9"
            base: WETH
            quote: USDC
            positions: [7, 340282366920938463463374607431768211456]
          - kind: optionBook
            name: book
            contract: "0x28a8746e75304c0780E011BEd21C72cD78cd535E"
            interestRate: 4%
            maximumMarkAge: 10m
            expiryHold: 1m
          - {kind: signedOptionBook, name: desk, file: desk.json, signer: "0x28a8746e75304c0780E011BEd21C72cD78cd535E"}
          - kind: powerPerpetual
            name: squeeth
            token: "0x28a8746e75304c0780E011BEd21C72cD78cd535E"
            decimals: 18
            controller: "0x3E5e9111Ae8eB78Fe1CC3bb8915d5D461F3Ef9A9"
            scale: 100
            fundingPeriod: 30d

    """

  private func problems(_ old: String, _ new: String) throws -> [String] {
    let parts = Self.section.components(separatedBy: old)
    #expect(parts.count == 2, "\(old)")
    let section = parts.joined(separator: new)
    return Fixtures.problems(try Fixtures.full("    leverage: 3\n", "    leverage: 3\n" + section))
  }

  @Test func everyKindIsRead() throws {
    let yaml = try Fixtures.full("    leverage: 3\n", "    leverage: 3\n" + Self.section)
    let settings = try Fixtures.read(yaml).vaults[0].exposures.map { $0.setting(chainID: 5) }
    #expect(settings.map(\.name) == ["pool", "book", "desk", "squeeth"])
    guard case .uniswapV3(let pool) = settings[0], case .optionBook(let book) = settings[1],
      case .signedOptionBook(let desk) = settings[2], case .powerPerpetual(let power) = settings[3]
    else {
      Issue.record("\(settings)")
      return
    }
    #expect(pool.tokenIDs == [7, UInt256(1) << 128])
    #expect(pool.base == (try Address(hex: "0xd03ea8624C8C5987235048901fB614fDcA89b117")))
    #expect((pool.baseDecimals, pool.quoteDecimals) == (18, 6))
    #expect(
      book.terms
        == OptionTerms(
          interestRate: Ratio(raw: 40_000_000_000_000_000), maximumMarkAgeSeconds: 600, expiryHoldSeconds: 60))
    #expect(desk.path == "/somewhere/desk.json" && desk.chainID == 5)
    #expect(desk.terms == OptionTerms(interestRate: .zero, maximumMarkAgeSeconds: 3_600, expiryHoldSeconds: 24))
    #expect((power.scale, power.fundingSeconds) == (100, 2_592_000))
    #expect(try Fixtures.read(Fixtures.full()).vaults[0].exposures.isEmpty)
  }

  @Test(
    arguments: [
      ("", nil), ("smile: stickyStrike", nil), ("smile: stickyDelta", 0), ("smile: {skewStickiness: 0.5}", 5),
      ("smile: {skewStickiness: 3}", 30),
    ] as [(String, Int64?)])
  func theSmilesMoveIsRead(text: String, tenths: Int64?) throws {
    let section = Self.section.replacingOccurrences(
      of: "maximumMarkAge: 10m", with: "maximumMarkAge: 10m" + (text.isEmpty ? "" : "\n        " + text))
    let yaml = try Fixtures.full("    leverage: 3\n", "    leverage: 3\n" + section)
    let settings = try Fixtures.read(yaml).vaults[0].exposures.map { $0.setting(chainID: 5) }
    guard case .optionBook(let book) = settings[1] else { throw Misread() }
    #expect(book.terms.skewStickiness == (try tenths.map { try Ratio(decimal: "\($0 / 10).\($0 % 10)") }))
  }

  private struct Misread: Error {}

  @Test(
    arguments: [
      ("smile: stickySkew", "vaults[0].exposures[1].smile", "write stickyStrike or stickyDelta"),
      ("smile: {skewStickiness: 3.1}", "vaults[0].exposures[1].smile.skewStickiness", "is out of range"),
      ("smile: {}", "vaults[0].exposures[1].smile.skewStickiness", "is missing"),
    ])
  func aSmileThatIsNoneIsTold(text: String, key: String, words: String) throws {
    let section = Self.section.replacingOccurrences(
      of: "maximumMarkAge: 10m", with: "maximumMarkAge: 10m\n        " + text)
    let yaml = try Fixtures.full("    leverage: 3\n", "    leverage: 3\n" + section)
    let problems = Fixtures.problems(yaml)
    #expect(problems.contains { "\($0)".contains(key) && "\($0)".contains(words) }, "\(problems)")
  }

  @Test func mistakesAreTold() throws {
    let mistakes = [
      ("kind: optionBook", "kind: optionsBook", "vaults[0].exposures[1].kind", "perhaps \"optionBook\""),
      ("base: WETH", "base: USDC", "vaults[0].exposures[0].base", "is listed as a quote token"),
      ("quote: USDC", "quote: DAI", "vaults[0].exposures[0].quote", "is not a token of this vault with an address"),
      ("positions: [7, 340282366920938463463374607431768211456]", "positions: [7, 7]", "positions", "listed twice"),
      (
        "positions: [7, 340282366920938463463374607431768211456]", "positions: [-7]", "positions[0]",
        "is not a token id"
      ),
      ("positions: [7, 340282366920938463463374607431768211456]", "positions: []", "positions", "has 0 entries"),
      ("name: book", "name: pool", "vaults[0].exposures[1].name", "is used twice"),
      ("file: desk.json, ", "", "vaults[0].exposures[2].file", "this key is missing"),
      ("interestRate: 4%", "interestRate: 400%", "vaults[0].exposures[1].interestRate", "out of range"),
      ("scale: 100", "scale: 0", "vaults[0].exposures[3].scale", "out of range"),
      ("scale: 100", "file: x", "vaults[0].exposures[3].file", "unknown key"),
    ]
    for (old, new, key, what) in mistakes {
      let found = try problems(old, new)
      #expect(found.contains { $0.contains(key) && $0.contains(what) }, "\(new): \(found)")
      // Of an unknown kind no other key is known.
      #expect(found.count == 1 || old.hasPrefix("kind"), "\(new): \(found)")
    }
  }
}
