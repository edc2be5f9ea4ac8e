import Contracts
import Decision
import Foundation
import Testing

@testable import vaultkeeper

/// What delta a vault should have, in each way it can be written.
@Suite struct TargetConfigurationTests {
  private static let written = "target: {fractionOfNetAssetValue: 30%}"
  private static let band = "band: {kind: fixed, width: 4%, of: target, reset: edge}"

  private func target(_ text: String) throws -> Target? {
    let yaml = try Fixtures.full(
      "\(Self.written)\n    \(Self.band)", "target: {\(text)}\n    band: {width: 4%, of: netAssetValue}")
    return try Fixtures.read(yaml).vaults.first?.judgement.target
  }

  private func problems(_ text: String) throws -> [String] {
    Fixtures.problems(try Fixtures.full(Self.written, "target: {\(text)}"))
  }

  @Test func synonymsSayTheSame() throws {
    #expect(try target("deltaNeutral: true") == .absolute(.zero))
    #expect(try target("weight: 30%") == .fractionOfNetAssetValue(Ratio(decimal: "0.3")))
    #expect(try target("leverage: 2.5") == .fractionOfNetAssetValue(Ratio(decimal: "2.5")))
    #expect(try target("leverage: -1") == .fractionOfNetAssetValue(Ratio(decimal: "-1")))
  }

  @Test func aFloorIsRead() throws {
    let sum = try #require(try target("insured: {floor: {sum: 80000 USD}}"))
    #expect(sum == .insured(CPPIRule(floor: .guaranteed(CPPIRule.Guarantee(sum: try Usd(decimal: "80000"))))))
    let rule = CPPIRule(
      floor: .guaranteed(
        CPPIRule.Guarantee(
          sum: try Usd(decimal: "72000"), rate: try Ratio(decimal: "0.04"), dueSeconds: 1_830_211_200)),
      multiplier: try Ratio(decimal: "3"), leverageCap: try Ratio(decimal: "1.5"),
      worstGap: try Ratio(decimal: "0.25"), controlSeconds: 3_600,
      jumps: JumpModel(
        .kou(upProbability: try Ratio(decimal: "0.4"), downRate: try Ratio(decimal: "20")),
        jumpsPerYear: try Ratio(decimal: "3"), ruinProbability: try Ratio(decimal: "0.02")))
    let all =
      "insured: {floor: {share: 80%, of: 90000 USD, growth: 4%, until: 2027-12-31}, multiplier: 3, leverageCap: 1.5, "
      + "worstGap: 25%, control: 1h, jumps: {kind: kou, perYear: 3, upProbability: 40%, downRate: 20, ruin: 2%}}"
    #expect(try target(all) == .insured(rule))
    let ratchet = try target("insured: {floor: {ratchet: 85%, peak: 100000 USD, from: 2026-02-28}}")
    #expect(
      ratchet
        == .insured(
          CPPIRule(
            floor: .ratcheted(
              CPPIRule.Ratchet(
                share: try Ratio(decimal: "0.85"), leastPeak: try Usd(decimal: "100000"),
                fromSeconds: 1_772_236_800)))))
  }

  @Test func aCarryIsRead() throws {
    #expect(try target("carry: {}") == .carry(CarryRule()))
    #expect(
      try target("carry: {horizon: 10d, average: 8h, hysteresis: 1.5}")
        == .carry(
          CarryRule(horizonSeconds: 864_000, averageSeconds: 28_800, hysteresis: try Ratio(decimal: "1.5"))))
  }

  @Test func aPortfolioKnowsItsVaults() throws {
    let vaults = try Fixtures.read(try Fixtures.portfolio("30%", "70%")).vaults
    #expect(vaults.map(\.judgement.target.members) == [["second-light"], ["first-light"]])
    #expect(
      vaults[1].judgement.target
        == .portfolioWeight(
          PortfolioShare(portfolio: "both", weight: try Ratio(decimal: "0.7"), members: ["first-light"])))
  }

  @Test func whatMakesNoSenseIsNamed() throws {
    for (text, expected) in [
      ("deltaNeutral: false", "\"false\" is not known here"), ("weight: 101%", "\"101%\" is out of range"),
      ("leverage: 11", "\"11\" is out of range"),
      ("insured: {floor: {sum: 1 USD, growth: 4%}}", "floor.growth: growth and its end belong together"),
      ("insured: {floor: {sum: 1 USD, until: 2027-12-31}}", "floor.until: growth and its end belong together"),
      ("insured: {floor: {sum: 1 USD, ratchet: 80%}}", "floor: says two things at once: sum and ratchet"),
      ("insured: {floor: {}}", "floor: says nothing"),
      ("insured: {floor: {ratchet: 80%, from: 2027-02-29}}", "\"2027-02-29\" is no day of the calendar"),
      ("insured: {floor: {ratchet: 80%, from: 1.1.2027}}", "\"1.1.2027\" is not a day"),
      (
        "insured: {floor: {sum: 1 USD}, multiplier: 3}",
        "multiplier: does not fit the rest: target.insured.multiplier is 3; it must be less than 2.083333"
      ),
      (
        "insured: {floor: {sum: 1 USD}, multiplier: 3, worstGap: 10%, jumps: "
          + "{kind: kou, perYear: 10, upProbability: 40%, downRate: 12}}", "by the jumps"
      ),
      ("carry: {horizon: 2h, average: 3h}", "carry.average: is longer than what is expected by it"),
      ("portfolio: {name: alone, weight: 10%}", "target.portfolio: the portfolio \"alone\" has no other vault"),
      ("carry: {}", "band.of: a share of a target of zero is no band at all"),
    ] {
      let found = try problems(text)
      #expect(found.count == 1 && found[0].contains(expected), "\(text): \(found)")
    }
    let heavy = Fixtures.problems(try Fixtures.portfolio("60%", "40.01%"))
    #expect(heavy.count == 1 && heavy[0].contains("are more than 1 together"), "\(heavy)")
    let apart = Fixtures.problems(try Fixtures.portfolio("60%", "60%", names: ("one", "other")))
    #expect(apart.count == 2 && apart.allSatisfy { $0.contains("has no other vault") }, "\(apart)")
  }
}
