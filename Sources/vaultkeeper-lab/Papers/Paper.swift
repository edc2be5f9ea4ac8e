import Contracts
import Ethereum
import Foundation
import Quant

/// One published result, and how it is reproduced.
struct Paper: Sendable {
  /// What `--only` calls it.
  let name: String
  let title: String
  /// Simulated paths, or what stands for them, unless `--paths` says otherwise.
  let paths: Int
  let reproduce: @Sendable (PaperInputs) throws -> PaperResult

  init(
    _ name: String, _ title: String, paths: Int = 0,
    _ reproduce: @escaping @Sendable (PaperInputs) throws -> PaperResult
  ) {
    self.name = name
    self.title = title
    self.paths = paths
    self.reproduce = reproduce
  }

  /// The same of findings alone.
  init(_ name: String, _ title: String, paths: Int = 0, findings: @escaping @Sendable (PaperInputs) throws -> [Finding])
  {
    self.init(name, title, paths: paths) { PaperResult(findings: try findings($0)) }
  }
}

struct PaperInputs {
  let paths: Int
  /// Test vectors, and the mark/pound returns below them.
  let vectors: String
  /// Histories of prices that are not part of the project; nil where none were named.
  let data: String?
}

struct PaperResult {
  var findings: [Finding]
  /// Rows to print as they are, the heading first.
  var table: [[String]] = []
  /// Why nothing was done; nil where something was.
  var skipped: String?
}

extension Paper {
  static let all: [Paper] = [
    Paper("A", "every vector of the fixtures (the hedging tables are B)", findings: vectors),
    Paper("B", "Derman and Kamal 1999; Hull, tables 19.1 to 19.4", findings: hedging),
    Paper("C", "Leland 1985: the premium pays for the costs", paths: 100_000) {
      try LelandStudy.findings(paths: $0.paths)
    },
    Paper("D", "the impulse band is the cheapest", paths: 40_000_000) {
      try BandStudy.optimality(looks: $0.paths)
    },
    Paper("E", "three generations at equal tracking error", paths: 20_000_000) {
      try BandStudy.equalDeviation(looks: $0.paths)
    },
    Paper("F", "Whalley-Wilmott 1997 against Zakamouline 2006", paths: 20_000) {
      try ZakamoulineStudy.findings(paths: $0.paths)
    },
    Paper("G", "portfolio insurance: Balder-Brandl-Mahayni 2009, Cont-Tankov 2009", paths: 2_000_000) {
      try InsuranceStudy.findings(paths: $0.paths)
    },
    Paper(
      "H", "GARCH(1,1) on mark/pound: Bollerslev-Ghysels, Fiorentini-Calzolari-Panattoni 1996", findings: markPound),
    Paper("I", "efficiency of range estimators", paths: 400_000) {
      try VolatilityStudy.efficiencies(days: $0.paths)
    },
    Paper("J", "Gerhold-Guasoni-Muhle-Karbe-Schachermayer 2014: weights") { _ in try WeightStudy.findings() },
    Paper("K", "Uniswap v3 integers; loss versus rebalancing (Milionis et al. 2022)", paths: 100_000) {
      try uniswapBook() + LiquidityStudy.findings(paths: $0.paths)
    },
    Paper("L", "a searcher of brute force and the sandwich bound", paths: 20_000) {
      try SandwichStudy.findings(pools: $0.paths)
    },
    Paper("M", "liquidation prices: equity is the maintenance margin", paths: 200_000) {
      try PerpetualStudy.findings(positions: $0.paths)
    },
    Paper("backtest", "Bitcoin, hourly, 2017 to 2019: short calls hedged by the program's bands", backtest),
  ]

  private static let hedgingKind = "hull_delta_hedge"

  private static func vectors(_ inputs: PaperInputs) throws -> [Finding] {
    var tally = VectorTally()
    for file in try TestFile.all(under: inputs.vectors) where file.isJSON && file.lastName != "\(hedgingKind).json" {
      try VectorsCommand.read(file, dataFolder: inputs.vectors, &tally)
    }
    return tally.counts.map { kind, passed, failed in
      Finding("\(kind): failed of \(passed + failed)", Double(failed), published: 0, within: 0)
    }
  }

  /// The cases of the fixture, each output against its own tolerance.
  private static func hedging(_ inputs: PaperInputs) throws -> [Finding] {
    let path = (inputs.vectors as NSString).appendingPathComponent("\(hedgingKind).json")
    let json = try JSON.parse(try TestFile(name: path, path: path, kind: nil).read())
    guard let cases = json["cases"]?.array else { throw LabError("\(path) holds no cases") }
    return try cases.flatMap { each in
      let vector = try VectorCase(each, kind: hedgingKind, dataFolder: inputs.vectors)
      let found = try vector.evaluated()
      let input = VectorInput(each["in"]?.object ?? JSONObject([]), dataFolder: "")
      let label = try label(input)
      return try (each["out"]?.object?.members ?? []).flatMap { member in
        let tolerance = try VectorTolerance.of(member.key, in: each["tol"])
        return zip(numbers(found[member.key]), numbers(member.value)).enumerated().map { index, pair in
          let place = member.value.array == nil ? "" : ", week \(index)"
          return Finding(
            "\(label): \(member.key)\(place)", pair.0, published: pair.1,
            within: tolerance.absolute + tolerance.relative * pair.1.magnitude)
        }
      }
    } + exactTables(cases)
  }

  private static func label(_ input: VectorInput) throws -> String {
    let table = try input.text("table")
    if let weeks = try input.optionalNumber("weeks_between") { return "\(table), every \(weeks) weeks" }
    if let hedges = try input.optionalNumber("rehedges") { return "\(table), \(Int(hedges)) hedges" }
    return table
  }

  private static func numbers(_ json: JSON?) -> [Double] {
    switch json {
    case .integer(let value): [Double(value)]
    case .number(let value): [value]
    case .array(let values): values.flatMap { numbers($0) }
    default: []
    }
  }

  /// Tables 19.2 and 19.3 with deltas that are not rounded.
  private static func exactTables(_ cases: [JSON]) throws -> [Finding] {
    try [("Hull 19.2", 263.24), ("Hull 19.3", 256.54)].map { table, published in
      guard let each = cases.first(where: { $0["in"]?["table"]?.string == table }), let given = each["in"]?.object
      else { throw LabError("no \(table) among the vectors") }
      return Finding(
        "\(table): total, deltas not rounded, kUSD", try HullVectors.total(VectorInput(given, dataFolder: ""), lot: 0),
        published: published, within: 0.05)
    }
  }

  private static func markPound(_ inputs: PaperInputs) throws -> [Finding] {
    let path = (inputs.vectors as NSString).appendingPathComponent("data/dem2gbp.csv")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try VolatilityStudy.markPound(VolatilityVectors.returns(text))
  }

  /// The Uniswap V3 Development Book, milestone 1: 42 USDC into a pool of one range.
  private static func uniswapBook() throws -> [Finding] {
    let step = try UniswapV3Math.swapStep(
      from: UInt256(decimal: "5602277097478614198912276234240"), to: UniswapV3Math.maximumSqrtPrice,
      liquidity: UInt256(decimal: "1517882343751509868544"),
      remaining: .input(UInt256(decimal: "42000000000000000000")), feeMillionths: 0)
    func differs(_ found: UInt256, _ expected: String) throws -> Double {
      found == (try UInt256(decimal: expected)) ? 0 : 1
    }
    return [
      Finding(
        "digits of √P after the book's swap that differ",
        try differs(step.sqrtPrice, "5604469350942327889444743441197"), published: 0, within: 0),
      Finding(
        "digits of the ether bought (0.008396714242162444) that differ",
        try differs(step.amountOut, "8396714242162444"), published: 0, within: 0),
    ]
  }

  private static func backtest(_ inputs: PaperInputs) throws -> PaperResult {
    guard let folder = inputs.data else {
      return PaperResult(findings: [], skipped: "no --data folder was named; it needs \(HourlyPrices.fileName)")
    }
    let path = (folder as NSString).appendingPathComponent(HourlyPrices.fileName)
    guard FileManager.default.fileExists(atPath: path) else {
      return PaperResult(findings: [], skipped: "there is no \(path)")
    }
    let prices = try HourlyPrices(csv: String(contentsOfFile: path, encoding: .utf8))
    return try BacktestReport(Backtest(prices)).result
  }
}
