import Contracts
import Decision
import Ethereum

extension ConfigurationReader {
  private static let tokenLimit = 16

  func vault(_ section: Section) -> Configuration.Vault? {
    let name = section.required("name", .name)
    let chain = located(section, "chain", .name)
    let account = section.requiredSection("account", self.account)
    let base = section.requiredSection("base") { asset($0, role: .base) }
    let quote = section.requiredSection("quote") { asset($0, role: .quote) }
    let shares = section.sectionIfPresent("shares") { $0.required("erc4626", .address) }
    let pause = section.ifPresent("pause", .address)
    let oracle = section.requiredSection("oracle", self.oracle)
    let tokens = (base?.tokens ?? []) + (quote?.tokens ?? [])
    let venue = section.requiredSection("venue") { self.venue($0, tokens: tokens) }
    let exposures = self.exposures(section, tokens: tokens)
    let judgement = self.judgement(section)
    let submission = self.submission(section, priceBound: judgement?.priceBound)
    let volatility = section.optionalSection("volatility") { self.volatility($0, band: judgement?.band) }
    refuseDuplicateTokens(tokens, in: section)
    guard let name, let chain, let account, let base, let quote, let shares, let pause, let oracle, let venue,
      let submission, let judgement, let exposures, let volatility
    else { return nil }
    return Configuration.Vault(
      name: name, place: section.place, path: section.path, chain: chain, account: account, base: base, quote: quote,
      shares: shares, pause: pause, oracle: oracle, venue: venue, submission: submission,
      judgement: judgement, exposures: exposures, volatility: volatility)
  }

  private func located<Value>(_ section: Section, _ key: String, _ form: Form<Value>) -> Located<Value>? {
    let place = section.tree(key)?.place ?? section.place
    return section.required(key, form).map { Located(value: $0, place: place, path: section.keyPath(key)) }
  }

  // MARK: who executes

  private enum AccountKind { case eoa, safeRoles }

  private func account(_ section: Section) -> Configuration.Account? {
    let kind = section.required("kind", .choice([("safeRoles", AccountKind.safeRoles), ("eoa", .eoa)]))
    guard kind == .safeRoles else { return kind.map { _ in .eoa } }
    let safe = section.required("safe", .address)
    let roles = section.required("roles", .address)
    let roleKey = section.required("roleKey", .bytes32)
    let multiSend = located(section, "multiSend", .contract)
    guard let safe, let roles, let roleKey, let multiSend else { return nil }
    return .safeRoles(safe: safe, roles: roles, roleKey: roleKey, multiSend: multiSend)
  }

  // MARK: what it holds

  private func asset(_ section: Section, role: SpotToken.Role) -> Configuration.Asset? {
    let symbol = section.required("symbol", .symbol)
    let tokens = section.requiredList("tokens", limit: ConfigurationReader.tokenLimit) { tree, path in
      if case .scalar(let text, _) = tree.content, text == "native" {
        return SpotToken(symbol: symbol ?? "native", address: nil, decimals: 18, role: role)
      }
      return Section.read(tree, path: path, findings: findings) { section in
        let symbol = section.required("symbol", .symbol)
        let address = section.required("address", .address)
        let decimals = section.required("decimals", .integer(0...36))
        guard let symbol, let address, let decimals else { return nil }
        return SpotToken(symbol: symbol, address: address, decimals: Int(decimals), role: role)
      }
    }
    guard let symbol, let tokens else { return nil }
    return Configuration.Asset(symbol: symbol, tokens: tokens)
  }

  private func refuseDuplicateTokens(_ tokens: [SpotToken], in section: Section) {
    for (index, token) in tokens.enumerated() {
      let earlier = tokens[..<index]
      if earlier.contains(where: { $0.symbol == token.symbol }) {
        findings.report(
          section.place, section.path, "the token \(quoted(token.symbol)) is listed twice",
          remedy: "name each token once")
      } else if earlier.contains(where: { $0.address == token.address }) {
        findings.report(
          section.place, section.path, "the tokens \(quoted(token.symbol)) and another have one address",
          remedy: "list each token once, or it counts twice")
      }
    }
  }

  // MARK: oracle and venue

  private func oracle(_ section: Section) -> Configuration.Oracle? {
    let base = section.requiredSection("base", feed)
    let quote: Configuration.Feed??
    if case .scalar("par", _) = section.tree("quote")?.content {
      quote = .some(nil)
    } else {
      quote = section.requiredSection("quote", feed).map { .some($0) }
    }
    let sequencer = section.sectionIfPresent("sequencer") { section -> (Address, UInt64)? in
      let address = section.required("feed", .address)
      // An hour, as Chainlink's own example: the backlog after an outage clears at prices nobody could act on.
      let grace = section.optional("grace", .duration(0...86_400), default: 3_600)
      return address.flatMap { address in grace.map { (address, $0) } }
    }
    guard let base, let quote, let sequencer else { return nil }
    return Configuration.Oracle(base: base, quote: quote, sequencer: sequencer)
  }

  func feed(_ section: Section) -> Configuration.Feed? {
    let address = section.required("feed", .address)
    let heartbeat = section.required("heartbeat", .duration(1...604_800))
    // Five minutes: the oracle's own transaction may wait that long in a busy hour.
    let margin = section.optional("margin", .duration(0...86_400), default: 300)
    let minimum = section.required("minimum", .price)
    let maximum = section.required("maximum", .price)
    guard let address, let heartbeat, let margin, let minimum, let maximum else { return nil }
    guard minimum < maximum else {
      section.report("maximum", "is not above the minimum", remedy: "write minimum below maximum")
      return nil
    }
    return Configuration.Feed(
      address: address,
      limits: FeedLimits(heartbeatSeconds: heartbeat, marginSeconds: margin, minimum: minimum, maximum: maximum))
  }

  private func venue(_ section: Section, tokens: [SpotToken]) -> Configuration.Venue? {
    let kind = section.required("kind", .choice(Configuration.Venue.Kind.allCases.map { ($0.rawValue, $0) }))
    let book = located(section, "book", .bookName)
    let market = section.required("market", .address)
    let token = Form<SpotToken>.token(among: tokens)
    let collateral = section.required("collateral", token).flatMap { self.collateral($0, of: tokens, section) }
    let longToken = section.required("longToken", token)
    let shortToken = section.required("shortToken", token)
    // The index token of a market with a real long token is that token.
    let indexToken = section.ifPresent("indexToken", .address)
    let decimals = section.ifPresent("indexDecimals", .integer(0...30))
    guard let kind, let book, let market, let collateral, let longToken, let shortToken, let indexToken, let decimals,
      let indexAddress = indexToken ?? longToken.address
    else { return nil }
    return Configuration.Venue(
      kind: kind, book: book, market: market, collateral: collateral, longToken: longToken, shortToken: shortToken,
      indexToken: indexAddress, indexDecimals: decimals.map { Int($0) } ?? longToken.decimals)
  }

  /// Collateral is valued at the quote's price, so a base token would be worth a dollar.
  private func collateral(_ token: SpotToken, of tokens: [SpotToken], _ section: Section) -> SpotToken? {
    guard token.role != .quote else { return token }
    let quotes = tokens.filter { $0.role == .quote && $0.address != nil }.map(\.symbol)
    section.report(
      "collateral", "\(quoted(token.symbol)) is a base token, and collateral is valued at the quote's price",
      remedy: quotes.isEmpty
        ? "list a quote token with an address and name it here"
        : "name one of the quote tokens: \(quotes.joined(separator: ", "))")
    return nil
  }

  // MARK: judgement

  private func judgement(_ section: Section) -> Configuration.Judgement? {
    let target = section.requiredSection("target", self.target)
    let band = section.requiredSection("band") { self.band($0, target: target) }
    let clips = section.requiredSection("clips", self.clips)
    let orders = section.optionalSection("orders", self.orders)
    // 1 %: wider than an honest execution price with its impact, narrower than a sandwich needs to pay.
    let priceBound = section.optional(
      "priceBound", .ratio("1bp", "10%"), default: Ratio(raw: 10_000_000_000_000_000))
    // Two: half the notional as collateral keeps a liquidation some 45 % away.
    let leverage = section.optional(
      "leverage", .ratio("0.1", "20"), default: Ratio(raw: 2_000_000_000_000_000_000))
    let attempts = section.optionalSection("attempts") { section in
      // Six: an order that came to nothing six times in a day is not going to fill, and each costs its fee.
      section.optional("perDay", .integer(1...1_000), default: 6)
    }
    let execution = self.execution(section, choice: orders?.choice)
    let alarm = section.optional("liquidationAlarm", .ratio("0", "100%"), default: Policy.defaultLiquidationAlarm)
    let budgets = self.budgets(section, largestClip: clips?.maximum, priceBound: priceBound)
    guard let target, let band, let clips, let orders, let priceBound, let leverage, let attempts, let alarm,
      let budgets, let execution
    else { return nil }
    return Configuration.Judgement(
      target: target, band: band, minimumClip: clips.minimum, maximumClip: clips.maximum, orders: orders.orders,
      execution: execution, priceBound: priceBound, leverage: leverage, liquidationAlarm: alarm,
      attemptsPerDay: attempts, budgets: budgets)
  }

  /// Where the clip or the bound is wrong itself, the written sums are looked at all the same.
  private func budgets(_ section: Section, largestClip: Usd?, priceBound: Ratio?) -> Configuration.Budgets? {
    let largestClip = largestClip ?? Usd(raw: .max)
    let priceBound = priceBound ?? .one
    return section.optionalSection("budgets") { section in
      // Twenty of the largest orders: a vault that trades more than that in a day is not being hedged but churned.
      let turnover = section.optional(
        "turnoverPerDay", .usd, default: Self.multiple(20, of: largestClip))
      // Five of the largest orders, each filled at its worst price: one may be bad luck, five are a cause.
      let loss = section.optional(
        "loss", .usd, default: Self.multiple(5, of: largestClip, scaledBy: priceBound))
      guard let turnover, let loss else { return nil }
      guard turnover.isPositive, loss.isPositive else {
        section.report("loss", "a budget of nothing lets nothing be done", remedy: "write sums above 0 USD")
        return nil
      }
      return Configuration.Budgets(turnoverPerDay: turnover, loss: loss)
    }
  }

  /// As large as can be told where the product is larger: then the clip is no limit either.
  private static func multiple(_ factor: Int, of sum: Usd, scaledBy ratio: Ratio = .one) -> Usd {
    do { return Usd(raw: try sum.scaled(by: ratio, rounding: .up).raw * Int256(factor)) } catch {
      return Usd(raw: .max)
    }
  }

  private func clips(_ section: Section) -> (minimum: Usd, maximum: Usd)? {
    let minimum = section.required("minimum", .usd)
    let maximum = section.required("maximum", .usd)
    guard let minimum, let maximum else { return nil }
    guard maximum.isPositive, minimum <= maximum else {
      section.report("maximum", "is below the minimum, or nothing", remedy: "write minimum no larger than maximum")
      return nil
    }
    return (minimum, maximum)
  }
}

extension Form<ContractReference> {
  /// An address, or a contract of an address-book file.
  static var contract: Form<ContractReference> {
    Form(what: "an address as \"0x…\", or book/Contract for a contract of an address-book file") { text in
      if text.hasPrefix("0x") {
        switch Form<Address>.address.parse(text) {
        case .value(let address): return .value(.address(address))
        case .wrong(let why): return .wrong(why)
        }
      }
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
      guard parts.count == 2, case .value(let book) = Form<String>.bookName.parse(parts[0]),
        (1...60).contains(parts[1].utf8.count)
      else { return .wrong("is neither an address nor book/Contract") }
      return .value(.book(name: book, contract: parts[1]))
    }
  }
}

extension Form<String> {
  /// The name of an address-book file.
  static var bookName: Form<String> {
    Form(what: "the name of a file in the address book, such as gmx-v2.avalanche for gmx-v2.avalanche.json") { text in
      let name = text.hasSuffix(".json") ? String(text.dropLast(5)) : text
      guard case .value = Form<String>.name.parse(name) else {
        return .wrong("is not the name of an address-book file")
      }
      return .value(name)
    }
  }
}

extension Form<SpotToken> {
  /// One of the vault's tokens that has an address, by its symbol.
  static func token(among tokens: [SpotToken]) -> Form<SpotToken> {
    let known = tokens.filter { $0.address != nil }.map(\.symbol)
    let what =
      known.isEmpty
      ? "the symbol of a token of this vault" : "the symbol of one of its tokens: \(known.joined(separator: ", "))"
    return Form(what: what) { text in
      guard let token = tokens.first(where: { $0.symbol == text && $0.address != nil }) else {
        return .wrong("is not a token of this vault with an address")
      }
      return .value(token)
    }
  }
}
