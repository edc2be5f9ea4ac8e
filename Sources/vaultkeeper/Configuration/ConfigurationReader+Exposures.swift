import Contracts
import Ethereum

extension Configuration {
  /// What a vault holds beside its spot tokens and its positions at the venue, by the address book's chain.
  enum Exposure {
    case uniswapV3(UniswapV3Positions)
    case optionBook(ContractOptionBook)
    case signedOptionBook(name: String, path: String, signer: Address, terms: OptionTerms)
    case powerPerpetual(PowerPerpetualHolding)

    var name: String {
      switch self {
      case .uniswapV3(let source): source.name
      case .optionBook(let source): source.name
      case .signedOptionBook(let name, _, _, _): name
      case .powerPerpetual(let source): source.name
      }
    }

    func setting(chainID: UInt64) -> ExposureSetting {
      switch self {
      case .uniswapV3(let source): .uniswapV3(source)
      case .optionBook(let source): .optionBook(source)
      case .signedOptionBook(let name, let path, let signer, let terms):
        .signedOptionBook(
          SignedOptionBook(name: name, path: path, signer: signer, chainID: chainID, terms: terms))
      case .powerPerpetual(let source): .powerPerpetual(source)
      }
    }
  }
}

extension ConfigurationReader {
  /// As many sources as a desk keeps books and pools, and a bound on what a wrong file can make us read.
  private static let exposureLimit = 16
  /// Positions of one pool: each is two more calls in every tick.
  private static let positionLimit = 32

  private enum ExposureKind: String, CaseIterable {
    case uniswapV3, optionBook, signedOptionBook, powerPerpetual
  }

  /// None where the key is absent.
  func exposures(_ section: Section, tokens: [SpotToken]) -> [Configuration.Exposure]? {
    guard section.has("exposures") else { return [] }
    let found = section.requiredList("exposures", limit: Self.exposureLimit) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        exposure(section, tokens: tokens).map { Located(value: $0, place: section.place, path: path) }
      }
    }
    refuseDuplicates(found, of: "name") { $0.name }
    return found.map { $0.map(\.value) }
  }

  private func exposure(_ section: Section, tokens: [SpotToken]) -> Configuration.Exposure? {
    let name = section.required("name", .name)
    let kind = section.required("kind", .choice(ExposureKind.allCases.map { ($0.rawValue, $0) }))
    guard let name, let kind else { return nil }
    switch kind {
    case .uniswapV3: return uniswapV3(section, name, tokens)
    case .optionBook:
      let contract = section.required("contract", .address)
      let terms = optionTerms(section)
      guard let contract, let terms else { return nil }
      return .optionBook(ContractOptionBook(name: name, contract: contract, terms: terms))
    case .signedOptionBook:
      let file = section.required("file", .path)
      let signer = section.required("signer", .address)
      let terms = optionTerms(section)
      guard let file, let signer, let terms else { return nil }
      return .signedOptionBook(name: name, path: absolute(file), signer: signer, terms: terms)
    case .powerPerpetual: return powerPerpetual(section, name)
    }
  }

  private func uniswapV3(_ section: Section, _ name: String, _ tokens: [SpotToken]) -> Configuration.Exposure? {
    let manager = section.required("manager", .address)
    let pool = section.required("pool", .address)
    let token = Form<SpotToken>.token(among: tokens)
    let base = section.required("base", token).flatMap { self.token($0, .base, "base", section) }
    let quote = section.required("quote", token).flatMap { self.token($0, .quote, "quote", section) }
    let ids = section.requiredList("positions", limit: Self.positionLimit) { tree, path in
      Form<UInt256>.tokenID.read(tree, path: path, findings: findings)
    }
    guard let manager, let pool, let base, let quote, let ids, let baseAddress = base.address,
      let quoteAddress = quote.address
    else { return nil }
    guard Set(ids).count == ids.count else {
      section.report("positions", "a position is listed twice", remedy: "list each token id once, or it counts twice")
      return nil
    }
    return .uniswapV3(
      UniswapV3Positions(
        name: name, manager: manager, pool: pool, tokenIDs: ids, base: baseAddress, baseDecimals: base.decimals,
        quote: quoteAddress, quoteDecimals: quote.decimals))
  }

  private func token(_ token: SpotToken, _ role: SpotToken.Role, _ key: String, _ section: Section) -> SpotToken? {
    guard token.role != role else { return token }
    section.report(
      key, "\(quoted(token.symbol)) is listed as a \(token.role.rawValue) token",
      remedy: "name a token of the vault's \(role.rawValue) with an address")
    return nil
  }

  private func optionTerms(_ section: Section) -> OptionTerms? {
    // 0 %: options on chain are settled in dollars that bear no interest while they lie there.
    let rate = section.optional("interestRate", .signedRatio("50%"), default: .zero)
    // An hour: implied volatility of a liquid expiry seldom moves by more than a point in it.
    let age = section.optional("maximumMarkAge", .duration(1...604_800), default: 3_600)
    // Two of Ethereum's 12-second blocks: an order placed later is mined after the expiry.
    let hold = section.optional("expiryHold", .duration(0...86_400), default: 24)
    guard let rate, let age, let hold, let smile = smile(section) else { return nil }
    return OptionTerms(
      interestRate: rate, maximumMarkAgeSeconds: age, expiryHoldSeconds: hold, skewStickiness: smile.stickiness)
  }

  private struct SmileRule {
    /// nil: each strike keeps its volatility, until its mark says otherwise. That is what a book's marks are between
    /// two of them, and it needs no slope, which a few marks tell badly.
    let stickiness: Ratio?
  }

  /// `stickyStrike`, `stickyDelta`, or a ratio between and beyond them.
  private func smile(_ section: Section) -> SmileRule? {
    guard let tree = section.tree("smile") else { return SmileRule(stickiness: nil) }
    if case .scalar = tree.content {
      let words = [("stickyStrike", SmileRule(stickiness: nil)), ("stickyDelta", SmileRule(stickiness: .zero))]
      return section.optional("smile", .choice(words), default: SmileRule(stickiness: nil))
    }
    return section.optionalSection("smile") { section in
      // 2 is what local volatility implies for short expiries; beyond 3 nobody has measured any.
      section.required("skewStickiness", .ratio("0", "3")).map { SmileRule(stickiness: $0) }
    }
  }

  private func powerPerpetual(_ section: Section, _ name: String) -> Configuration.Exposure? {
    let token = section.required("token", .address)
    let decimals = section.optional("decimals", .integer(0...36), default: 18)
    let controller = section.required("controller", .address)
    // Opyn's: a token is the ten-thousandth part of the square, and funding is spread over 17.5 days.
    let scale = section.optional("scale", .integer(1...1_000_000_000_000), default: 10_000)
    let period = section.optional("fundingPeriod", .duration(3_600...31_536_000), default: 1_512_000)
    guard let token, let decimals, let controller, let scale, let period else { return nil }
    return .powerPerpetual(
      PowerPerpetualHolding(
        name: name, token: token, decimals: Int(decimals), controller: controller, scale: scale,
        fundingSeconds: period))
  }
}

extension Form<UInt256> {
  /// The id of a position, which is a token.
  static var tokenID: Form<UInt256> {
    Form(what: "the token id of a position, in decimal digits") { text in
      do { return .value(try UInt256(decimal: text)) } catch { return .wrong("is not a token id") }
    }
  }
}
