import Contracts
import Ethereum
import Host

/// Reads a whole configuration file into settings, or says everything that is wrong with it.
struct ConfigurationReader {
  /// Folder of the configuration file, without a slash at its end; relative paths count from here.
  let folder: String
  let findings: Findings
  /// Of `whileHalted.cancelOrders`; every chain's lane and every vault's policy repeats it.
  let cancelsOrdersWhileHalted: Bool

  /// Most entries of each list: far above any deployment, and a bound on what a wrong file can make us do.
  private static let chainLimit = 64
  private static let vaultLimit = 256

  /// - Throws: every problem found, in the order of the file.
  static func read(tree: SettingTree, file: String, folder: String) throws(ConfigurationError) -> Configuration {
    let findings = Findings()
    let configuration = read(tree, folder: folder, findings: findings)
    guard let configuration, findings.problems.isEmpty else {
      throw ConfigurationError(file: file, problems: findings.problems)
    }
    return configuration
  }

  /// The same, with the findings for whoever wants to know which keys were asked for.
  static func read(_ tree: SettingTree, folder: String, findings: Findings) -> Configuration? {
    Section.read(tree, path: "", findings: findings) { section in
      let whileHalted = section.optionalSection("whileHalted") { section in
        // A halt says that the world contradicts our records; then a person decides, also about resting orders.
        section.optional("cancelOrders", .flag, default: false)
      }
      let reader = ConfigurationReader(
        folder: folder, findings: findings, cancelsOrdersWhileHalted: whileHalted ?? false)
      return reader.configuration(section)
    }
  }

  private func configuration(_ section: Section) -> Configuration? {
    let version = section.required("version", .integer(1...1))
    let journal = section.requiredSection("journal", self.journal)
    let haltMarker = section.required("haltMarker", .path)
    let addressBook = section.required("addressBook", .path)
    let tick = section.optionalSection("tick", self.tick)
    let key = section.requiredSection("key", self.key)
    let metrics = section.sectionIfPresent("metrics") { $0.required("textfile", .path) }
    let alarms = section.sectionIfPresent("alarms", self.alarms)
    refuseHastyAlarm(alarms ?? nil, tick: tick, in: section)
    let writer = self.writer(section, tick: tick, key: key)
    let chains = section.requiredList("chains", limit: ConfigurationReader.chainLimit) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        chain(section).map { Located(value: $0, place: section.place, path: path) }
      }
    }
    let vaults = section.requiredList("vaults", limit: ConfigurationReader.vaultLimit) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        vault(section).map { Located(value: $0, place: section.place, path: path) }
      }
    }
    let joinedVaults = vaults.map { joined($0) }
    refuseDuplicates(chains, of: "name") { $0.name }
    refuseDuplicates(chains, of: "chainID") { $0.chainID }
    refuseDuplicates(vaults, of: "name") { $0.name }
    refuseUnknownChains(vaults, chains)
    refuseMissingRelays(vaults, chains)
    refuseUnpricedGas(vaults, chains)
    guard version != nil, let journal, let haltMarker, let addressBook, let tick, let key, let metrics, let alarms,
      let writer, let chains, let joinedVaults
    else {
      return nil
    }
    return Configuration(
      journal: journal, haltMarkerPath: absolute(haltMarker), cancelsOrdersWhileHalted: cancelsOrdersWhileHalted,
      addressBookPath: absolute(addressBook), tick: tick, key: key, alarms: alarms,
      metricsPath: metrics.map { absolute($0) }, writer: writer, chains: chains.map(\.value),
      vaults: joinedVaults.map(\.value))
  }

  func absolute(_ path: String) -> String { ConfigurationReader.absolute(path, from: folder) }

  static func absolute(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)"
  }

  // MARK: small sections

  private func journal(_ section: Section) -> Configuration.Journal? {
    let path = section.required("path", .path)
    // 30 days of ticks at 12 s are some 200,000 records: a month to look back at, at a size a small disk holds.
    let observations = section.optional("observations", .duration(3_600...315_360_000), default: 2_592_000)
    guard let path, let observations else { return nil }
    return Configuration.Journal(path: absolute(path), observationSeconds: observations)
  }

  private func tick(_ section: Section) -> Configuration.Tick? {
    // 12 s is a slot of Ethereum: more often there is nothing new to see.
    let interval = section.optional("interval", .duration(1...86_400), default: 12)
    // 10 s is far over an honest node's slowest answer, and below the interval.
    let deadline = section.optional("deadline", .duration(1...300), default: 10)
    guard let interval, let deadline else { return nil }
    return Configuration.Tick(intervalSeconds: interval, deadlineSeconds: deadline)
  }

  /// `{file: path}`, `{credential: name}` or, where somebody can be asked, `prompt`.
  /// - Parameter prompt: the question to ask there; nil where nobody can be asked.
  func secret(_ section: Section, _ key: String, prompt: String?) -> SecretSource? {
    let what = "{file: path} or {credential: name}" + (prompt == nil ? "" : ", or the word prompt")
    guard let tree = section.tree(key) else {
      section.report(key, "this key is missing", remedy: "write \(what)")
      return nil
    }
    if case .scalar(let text, _) = tree.content {
      if let prompt, text == "prompt" { return .prompt(question: prompt) }
      section.report(key, "a secret does not stand in this file", remedy: "write \(what)")
      return nil
    }
    return Section.read(tree, path: section.keyPath(key), findings: findings) { source(in: $0, what) }
  }

  /// The `file` or `credential` of a section, of which exactly one must be there.
  func source(in section: Section, _ what: String) -> SecretSource? {
    guard let file = section.ifPresent("file", .path), let credential = section.ifPresent("credential", .name) else {
      return nil
    }
    switch (file, credential) {
    case (let file?, nil): return .file(path: absolute(file))
    case (nil, let credential?): return .credential(name: credential)
    case (nil, nil), (_?, _?):
      findings.report(section.place, section.path, "needs either file or credential", remedy: "write \(what)")
      return nil
    }
  }

  /// A section of which exactly one of several keys must be there, such as a target.
  func exactlyOne(of keys: [String], in section: Section) -> String? {
    let present = keys.filter { section.has($0) }
    if present.count == 1 { return present[0] }
    findings.report(
      section.place, section.path,
      present.isEmpty ? "says nothing" : "says two things at once: \(present.joined(separator: " and "))",
      remedy: "write one of \(keys.joined(separator: ", "))")
    return nil
  }

  // MARK: over the whole file

  func refuseDuplicates<Value, Name: Hashable>(
    _ list: [Located<Value>]?, of key: String, _ name: (Value) -> Name
  ) {
    var seen: Set<Name> = []
    for item in list ?? [] where !seen.insert(name(item.value)).inserted {
      findings.report(
        item.place, "\(item.path).\(key)", "\(quoted("\(name(item.value))")) is used twice", remedy: "choose another")
    }
  }

  private func refuseUnknownChains(_ vaults: [Located<Configuration.Vault>]?, _ chains: [Located<Configuration.Chain>]?)
  {
    guard let vaults, let chains else { return }
    let names = chains.map(\.value.name)
    for vault in vaults where !names.contains(vault.value.chain.value) {
      let chain = vault.value.chain
      findings.report(
        chain.place, chain.path, "there is no chain \(quoted(chain.value))",
        remedy: "name one of: \(names.joined(separator: ", "))")
    }
  }
}
