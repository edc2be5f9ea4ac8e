import Contracts
import Ethereum
import Host
import Keeper
import Outbox

// The numbers below are defaults, each with its reason; docs/configuration.md repeats both.
extension ConfigurationReader {
  private static let endpointLimit = 16

  func chain(_ section: Section) -> Configuration.Chain? {
    let name = section.required("name", .name)
    let chainID = section.required("chainID", .integer(1...UInt64.max))
    let endpoints = section.requiredList("endpoints", limit: ConfigurationReader.endpointLimit) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        endpoint(section).map { Located(value: $0, place: section.place, path: path) }
      }
    }
    refuseDuplicates(endpoints, of: "name") { $0.name }
    let multicall = section.optional("multicall3", .multicall, default: MulticallBatch.canonicalAddress)
    let fees = section.requiredSection("fees", self.fees)
    let head = section.optionalSection("head") { section -> (UInt64, UInt64)? in
      // Seven missed slots of 12 s: more in a row than mainnet has had, and sooner than a stalled node does harm.
      let age = section.optional("maximumAge", .duration(1...86_400), default: 90)
      let lag = section.optional(
        "maximumLag", .integer(0...100_000), default: ConfigurationReader.maximumLagBlocks(fees?.policy.model))
      return age.flatMap { age in lag.map { (age, $0) } }
    }
    let nodes = self.nodes(section, endpoints: endpoints, maximumLagBlocks: head?.1)
    let gas = section.requiredSection("gas") { self.gas($0, fees: fees) }
    let lane = self.lane(section, chainID: chainID, fees: fees, gas: gas)
    guard let name, let chainID, let endpoints, let multicall, let head, let nodes, let fees, let gas,
      let lane
    else { return nil }
    return Configuration.Chain(
      name: name, chainID: chainID, endpoints: endpoints.map(\.value), multicall3: multicall,
      maximumHeadAgeSeconds: head.0, nodes: nodes, fees: fees.policy, gas: gas, lane: lane)
  }

  // MARK: endpoints

  private func endpoint(_ section: Section) -> Configuration.Endpoint? {
    let name = section.required("name", .name)
    let roles = Configuration.Endpoint.Role.allCases.map { ($0.rawValue, $0) }
    let role = section.optional("role", .choice(roles), default: .public)
    let endpoint = self.endpoint(section, name: name ?? "endpoint", role: role ?? .public)
    return name == nil || role == nil ? nil : endpoint
  }

  /// Where something is and how it is spoken to; its name comes from elsewhere.
  func endpoint(
    _ section: Section, name: String, role: Configuration.Endpoint.Role
  ) -> Configuration.Endpoint? {
    let allowsPlainHTTP = section.optional("allowPlainHTTP", .flag, default: false)
    let location = self.location(section, name: name, allowsPlainHTTP: allowsPlainHTTP ?? false)
    let headers = section.has("headers") ? self.headers(section) : []
    let caBundle = section.ifPresent("caBundle", .path)
    guard let allowsPlainHTTP, let location, let headers, let caBundle else { return nil }
    return Configuration.Endpoint(
      name: name, role: role, location: location, allowsPlainHTTP: allowsPlainHTTP, headers: headers,
      caBundlePath: caBundle.map { absolute($0) })
  }

  func location(
    _ section: Section, name: String, allowsPlainHTTP: Bool
  ) -> Configuration.Endpoint.Location? {
    let what = "a URL, {credential: name} or {file: path}"
    guard let tree = section.tree("url") else {
      section.report("url", "this key is missing", remedy: "write \(what)")
      return nil
    }
    guard case .scalar(let text, _) = tree.content else {
      let source = Section.read(tree, path: section.keyPath("url"), findings: findings) { self.source(in: $0, what) }
      return source.map { .secret($0) }
    }
    do {
      return .inline(try SecretURL(text, endpoint: name, allowPlainHTTP: allowsPlainHTTP))
    } catch {
      switch error {
      case .endpoint(_, let problem, let remedy): section.report("url", problem, remedy: remedy)
      default: section.report("url", "the URL cannot be used", remedy: "write \(what)")
      }
      return nil
    }
  }

  func headers(_ section: Section) -> [(name: String, value: SecretSource)]? {
    section.requiredList("headers", limit: 16) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        let name = section.required("name", .headerName)
        let value = secret(section, "value", prompt: nil)
        guard let name, let value else { return nil }
        return (name, value)
      }
    }
  }

  // MARK: fees

  struct Fees {
    let policy: FeePolicy
    let clearingCeilingWei: UInt256?
  }

  private func fees(_ section: Section) -> Fees? {
    let models: [FeePolicy.Model] = [.eip1559, .legacy, .arbitrum]
    let model = section.optional("model", .choice(models.map { ($0.rawValue, $0) }), default: .eip1559)
    let ceiling = section.required("ceiling", .wei(1))
    let clearing = section.ifPresent("clearingCeiling", .wei(1))
    let tip = section.optionalSection("tip") { section -> (UInt256, UInt64, (urgent: UInt64, liquidation: UInt64))? in
      // 0.1 gwei: producers take less on quiet days, but a hedge should not wait for one.
      let minimum = section.optional("minimum", .wei(), default: 100_000_000)
      // The median of what the last blocks paid: as much as most, and no auction against ourselves.
      let percentile = section.optional("percentile", .integer(1...99), default: 50)
      let higher = urgentPercentiles(section, routine: percentile)
      guard let minimum, let percentile, let higher else { return nil }
      return (minimum, percentile, higher)
    }
    let gasPrice = section.optionalSection("gasPrice", gasPricePercents)
    // Twice the base fee outlives five full blocks in a row (1.125^5 = 1.8).
    let multiple = section.optional("baseFeeMultiple", .integer(1...10), default: 2)
    if let ceiling, let minimum = tip?.0, minimum > ceiling {
      section.report("ceiling", "the ceiling is below the smallest tip", remedy: "raise it, or lower tip.minimum")
      return nil
    }
    if let ceiling, let written = clearing, let clearing = written, clearing < ceiling {
      section.report(
        "clearingCeiling", "a nonce stuck at the ceiling can only be cleared above it",
        remedy: "write at least \(ceiling) wei")
      return nil
    }
    guard let model, let ceiling, let clearing, let tip, let gasPrice, let multiple else { return nil }
    let policy = FeePolicy(
      model: model, ceilingWei: ceiling, minimumTipWei: tip.0, tipPercentile: Double(tip.1), baseFeeMultiple: multiple,
      urgentTipPercentile: Double(tip.2.urgent), liquidationTipPercentile: Double(tip.2.liquidation),
      gasPricePercents: gasPrice)
    return Fees(policy: policy, clearingCeilingWei: clearing)
  }

  // MARK: keeping promises

  private func lane(_ section: Section, chainID: UInt64?, fees: Fees?, gas: Configuration.Gas?) -> LanePolicy? {
    // Deeper than any reorg of mainnet since it left proof of work (7 blocks), in less than three minutes.
    let finality = patience(section, "finality", blocks: 12, seconds: 120)
    // A pool that lost our bytes is the usual cause, and the same bytes again do no harm.
    let resend = patience(section, "resend", blocks: 3, seconds: 30)
    let replacement = section.optionalSection("replacement") { self.replacement($0, model: fees?.policy.model) }
    let clear = clearing(section)
    guard let chainID, let fees, let gas, let finality, let resend, let replacement, let clear else { return nil }
    return LanePolicy(
      chainID: chainID, depth: finality, resendAfter: resend, replaceAfter: replacement.after,
      replacementPerMille: replacement.perMille, feeCeilingWei: fees.policy.ceilingWei,
      clearingCeilingWei: fees.clearingCeilingWei, clearAfter: clear, noOpGasLimit: gas.clearLimit,
      attemptsPerPromise: replacement.attempts, gasBudgetWei: gas.perDayWei,
      gasWindows: [GasWindow(seconds: 3_600, wei: gas.perHourWei)], gasQuotePerDay: gas.perDayUsd?.raw.magnitude,
      cancelsOrdersWhileHalted: cancelsOrdersWhileHalted)
  }

  /// The inner optional is nil for `never`, the outer one when the value is wrong.
  private func clearing(_ section: Section) -> Patience?? {
    if case .scalar(let text, _) = section.tree("clear")?.content {
      if text == "never" { return .some(nil) }
      section.report(
        "clear", "\(quoted(text)) is not known here", remedy: "write never, or after: with blocks and time below")
      return nil
    }
    // Half an hour and not less than 100 blocks: a hedge decided then answers yesterday's question, and a nonce that
    // stays stuck holds up everything after it.
    return section.optionalSection("clear") { patience($0, "after", blocks: 100, seconds: 1_800) }.map { .some($0) }
  }

  /// Blocks and time, of which the later counts.
  private func patience(_ section: Section, _ key: String, blocks: UInt64, seconds: UInt64) -> Patience? {
    section.optionalSection(key) { section in
      let blocks = section.optional("blocks", .integer(0...1_000_000), default: blocks)
      let seconds = section.optional("time", .duration(0...604_800), default: seconds)
      guard let blocks, let seconds else { return nil }
      return Patience(blocks: blocks, seconds: seconds)
    }
  }

  private func replacement(
    _ section: Section, model: FeePolicy.Model?
  ) -> (after: Patience?, perMille: UInt64, attempts: Int)? {
    // Arbitrum's sequencer takes transactions in the order of arrival and keeps no pool to replace in.
    let isEnabled = section.optional("enabled", .flag, default: model != .arbitrum)
    // Four blocks of 12 s: the resubmission time of the most used rollup sender.
    let after = patience(section, "after", blocks: 4, seconds: 48)
    // geth asks for 10 %; an eighth leaves room for pools that compare strictly or round differently.
    let bump = section.optional("bump", .perMille(100...1_000), default: 125)
    // With an eighth each, ten are a rise to 2.9 times the first offer: beyond that the ceiling should rule.
    let attempts = section.optional("attempts", .integer(1...50), default: 10)
    guard let isEnabled, let after, let bump, let attempts else { return nil }
    return (isEnabled ? after : nil, bump, Int(attempts))
  }
}

extension Form<Address?> {
  /// Where Multicall3 stands; nil where it does not.
  fileprivate static var multicall: Form<Address?> {
    Form(what: "canonical, absent or an address as \"0x…\"") { text in
      switch text {
      case "canonical": return .value(MulticallBatch.canonicalAddress)
      case "absent": return .value(nil)
      default:
        switch Form<Address>.address.parse(text) {
        case .value(let address): return .value(address)
        case .wrong(let why): return .wrong(why)
        }
      }
    }
  }
}

extension Form<String> {
  fileprivate static var headerName: Form<String> {
    Form(what: "a header's name, such as Authorization") { text in
      let isToken = (1...128).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "-") }
      return isToken ? .value(text) : .wrong("is not a header's name")
    }
  }
}
