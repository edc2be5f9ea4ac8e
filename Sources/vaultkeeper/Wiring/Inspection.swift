import Contracts
import Decision
import Ethereum
import Host
import Keeper
import Outbox
import Wallet

/// What `check` looks at, one line for each thing.
struct Inspection {
  struct Line {
    enum Mark: String {
      case good = "✓"
      case bad = "✗"
      case skipped = "–"
    }

    let mark: Mark
    let subject: String
    let finding: String
    let remedy: String
  }

  let workshop: Workshop
  private(set) var results: [Line] = []

  init(_ workshop: Workshop) { self.workshop = workshop }

  var hasFailed: Bool { results.contains { $0.mark == .bad } }

  mutating func good(_ subject: String, _ finding: String) {
    results.append(Line(mark: .good, subject: subject, finding: finding, remedy: ""))
  }

  mutating func bad(_ subject: String, _ finding: String, _ remedy: String) {
    results.append(Line(mark: .bad, subject: subject, finding: finding, remedy: remedy))
  }

  mutating func skipped(_ subject: String, _ finding: String) {
    results.append(Line(mark: .skipped, subject: subject, finding: finding, remedy: ""))
  }

  var lines: [String] {
    var table = TextTable()
    for result in results { table.add([result.mark.rawValue, result.subject, result.finding]) }
    var lines: [String] = []
    for (line, result) in zip(table.lines, results) {
      lines.append(line)
      if !result.remedy.isEmpty { lines.append("   → \(result.remedy)") }
    }
    let failed = results.filter { $0.mark == .bad }.count
    return lines + [failed == 0 ? "all is well" : "\(failed) of \(results.count) are not well"]
  }

  var json: JSON {
    .array(
      results.map { result in
        .object(
          JSONObject([
            (key: "good", value: result.mark == .skipped ? .null : .bool(result.mark == .good)),
            (key: "subject", value: .string(result.subject)), (key: "finding", value: .string(result.finding)),
            (key: "remedy", value: .string(result.remedy)),
          ]))
      })
  }

  // MARK: this machine

  mutating func local(asksForPassphrase asks: Bool) {
    let file = workshop.file
    good("configuration", "\(file.path), hash \(file.hash)")
    for book in file.books { good("address book \(book.name)", "\(book.content.entries.count) contracts") }
    key(asks: asks)
    policy()
    journal()
    alarms()
    oldKeys()
    if let reason = workshop.desk.haltReason() {
      bad("halt marker", quoted(reason, limit: 200), "look at the reason, then: vaultkeeper resume")
    } else {
      good("halt marker", "absent")
    }
  }

  private mutating func journal() {
    let path = workshop.file.configuration.journal.path
    do {
      guard try SQLiteJournalReader.isPresent(at: path) else {
        return good("journal", "\(path) is not there yet; the first run makes it")
      }
      let found = try SQLiteJournalReader(path: path).verified()
      good("journal", "\(found.promises.sequence) promise records, \(found.observations.sequence) observations, sound")
      let halts = try workshop.memory().outbox.halts
      for halt in halts { bad("journal", "halted: \(halt)", "vaultkeeper resume, when it is over") }
    } catch {
      bad("journal", CommandFailure(error).message, "see what was found")
    }
  }

  /// Opened, not used: `test-alarm` sends one.
  private mutating func alarms() {
    guard let alarms = workshop.file.configuration.alarms else {
      return skipped("alarms", "none are configured, so nobody is called")
    }
    do {
      if let program = alarms.command?.first, !Files.isExecutable(program) {
        return bad("alarms", "\(quoted(program)) cannot be run", "correct alarms.command, or chmod +x")
      }
      let names = try Alarms.channels(alarms).map(\.name).joined(separator: ", ")
      good("alarms", "\(names), on \(alarms.kinds.map(\.rawValue).joined(separator: ", "))")
    } catch {
      bad("alarms", CommandFailure(error).message, "see what was found")
    }
  }

  // MARK: nodes and contracts

  mutating func chains() {
    for chain in workshop.deployment.chains {
      guard let endpoint = endpoints(of: chain) else { continue }
      contracts(of: chain, endpoint)
    }
  }

  private mutating func contracts(of chain: Deployment.Chain, _ endpoint: EndpointID) {
    var questions = Questionnaire(
      workshop.transport, endpoint, chain.settings.exchangeDeadlineMilliseconds)
    let named = ContractList(chain).items
    let codes = named.map { questions.ask(.code($0.address, at: .latest)) }
    let tokens = ContractList.tokens(chain)
    let decimals = tokens.map { questions.ask(.call(to: $0.address, data: Erc20.decimals, at: .latest)) }
    let keeper = workshop.file.configuration.key.address
    let balance = questions.ask(.balance(keeper, at: .latest))
    let answers: Questionnaire.Answers
    do {
      answers = try questions.send()
    } catch {
      return bad("\(chain.settings.name): contracts", error.description, "ask again")
    }
    for (item, place) in zip(named, codes) {
      report("\(chain.settings.name): \(item.name)") { () throws(Questionnaire.Failure) in
        let code = try answers.read(place)
        return code.isEmpty
          ? .failure(Finding("no code at \(item.address)", "correct the address, or the chain it is for"))
          : .success("\(item.address), \(code.count) bytes of code")
      }
    }
    for (token, place) in zip(tokens, decimals) {
      report("\(chain.settings.name): \(token.symbol)") { () throws(Questionnaire.Failure) in
        let found = Erc20.decimals(in: try answers.read(place))
        return found == token.decimals
          ? .success("\(token.decimals) decimals")
          : .failure(
            Finding("has \(found.map { "\($0)" } ?? "no") decimals, configured are \(token.decimals)", "correct it"))
      }
    }
    report("\(chain.settings.name): keeper's balance") { () throws(Questionnaire.Failure) in
      let wei = try answers.read(balance)
      let text = "\(EtherText.of(wei)) ether at \(keeper)"
      return wei > chain.settings.clearNonceReserveWei
        ? .success(text)
        : .failure(
          Finding(text, "send it more than its reserve of \(EtherText.of(chain.settings.clearNonceReserveWei)) ether"))
    }
  }

  private struct Finding: Error {
    let what: String
    let remedy: String

    init(_ what: String, _ remedy: String) {
      self.what = what
      self.remedy = remedy
    }
  }

  private mutating func report(
    _ subject: String, _ look: () throws(Questionnaire.Failure) -> Result<String, Finding>
  ) {
    do {
      switch try look() {
      case .success(let finding): good(subject, finding)
      case .failure(let finding): bad(subject, finding.what, finding.remedy)
      }
    } catch {
      bad(subject, error.description, "ask again, or correct the address")
    }
  }

  // MARK: vaults

  /// Refusals that are no fault of the deployment: there is nothing to do, or not now.
  private static let ordinary: [Refusal.Code] = [
    .callInDoubt, .callInFlight, .orderPending, .orderResting, .insideBand, .belowMinimumClip, .gasPriceAboveCeiling,
    .gasBudgetUsed, .attemptsExhausted, .halted,
  ]

  /// One judgement of each vault, of which the guards tell about role, prices, pause and funds.
  mutating func vaults() throws {
    for var rehearsal in try workshop.rehearsals() {
      let report = rehearsal.run().report
      let name = report.vault
      guard report.ending != .missed else {
        bad("\(name): judgement", "\(report.code): \(report.text)", "see what was found")
        continue
      }
      exposures(of: report)
      for check in report.checks {
        let numbers = check.figures.map(\.description).joined(separator: ", ")
        switch (check.outcome, check.code) {
        case (.passed, _): good("\(name): \(check.name)", numbers)
        case (.refused, let code?) where Self.ordinary.contains(code): skipped("\(name): \(check.name)", code.meaning)
        case (.refused, let code?): bad("\(name): \(check.name)", "\(code.meaning): \(numbers)", code.remedy)
        case (.refused, nil): bad("\(name): \(check.name)", numbers, "see explain")
        case (.notApplicable, _), (.notReached, _): continue
        }
      }
      for warning in report.warnings {
        skipped("\(name): warning", Decision.Warning(rawValue: warning)?.text ?? warning)
      }
    }
  }
}

/// The contracts of a chain's vaults that must carry code, each once.
private struct ContractList {
  private(set) var items: [(name: String, address: Address)] = []

  init(_ chain: Deployment.Chain) {
    if let multicall = chain.settings.multicall3 { add("Multicall3", multicall) }
    for vault in chain.vaults {
      let name = vault.name
      if vault.account.name != "eoa" { add("\(name): vault", vault.account.holder) }
      for contract in vault.account.contracts { add("\(name): \(contract.name)", contract.address) }
      for exposure in vault.exposures {
        for contract in exposure.contracts { add("\(name): \(exposure.name) \(contract.name)", contract.address) }
      }
      for contract in vault.venue.contracts { add("\(vault.venue.name): \(contract.name)", contract.address) }
      add("\(name): price feed", vault.priceFeed.address)
      if let feed = vault.quoteFeed { add("\(name): quote feed", feed.address) }
      if let feed = vault.nativeFeed { add("\(name): native feed", feed.address) }
      if let feed = vault.sequencerFeed { add("\(name): sequencer feed", feed.address) }
      if let shares = vault.reader.erc4626 { add("\(name): shares", shares) }
      if let pause = vault.reader.pausable { add("\(name): pause", pause) }
      for token in vault.reader.tokens { if let address = token.address { add(token.symbol, address) } }
    }
  }

  private mutating func add(_ name: String, _ address: Address) {
    if !items.contains(where: { $0.address == address }) { items.append((name, address)) }
  }

  static func tokens(_ chain: Deployment.Chain) -> [(symbol: String, address: Address, decimals: Int)] {
    var list: [(symbol: String, address: Address, decimals: Int)] = []
    for token in chain.vaults.flatMap(\.reader.tokens) {
      guard let address = token.address, !list.contains(where: { $0.address == address }) else { continue }
      list.append((token.symbol, address, token.decimals))
    }
    return list
  }
}

/// The one question `check` asks of a token.
private enum Erc20 {
  /// `decimals()`.
  static let decimals = ABIFunction(name: "decimals", inputs: []).selector

  static func decimals(in answer: [UInt8]) -> Int? {
    do { return answer.count == 32 ? try UInt256(bigEndian: answer).asInt : nil } catch { return nil }
  }
}
