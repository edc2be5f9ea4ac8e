import Contracts
import Decision
import Keeper

extension ConfigurationReader {
  /// How a vault's keeper is told how much the price moves.
  /// - Parameter band: a rule that calculates needs the price's past at its first start; others are content with what
  ///   ticks see.
  func volatility(_ section: Section, band: BandRule?) -> VolatilitySettings? {
    // All: each knows what the others do not, and the highest of them counts.
    let methods =
      section.has("sources")
      ? section.requiredList("sources", limit: VolatilitySettings.allMethods.count) { tree, path in
        Form.choice(VolatilitySettings.allMethods.map { ($0.rawValue, $0) }).read(tree, path: path, findings: findings)
      } : VolatilitySettings.allMethods
    let configured = section.ifPresent("configured", .ratio("1%", "1000%"))
    let history = section.ifPresent("history", .path)
    let calculates = if case .adaptive? = band { true } else { false }
    let feedRounds = section.optional("feedRounds", .flag, default: calculates)
    let macro = section.sectionIfPresent("macro", self.macro)
    guard let methods, let configured, let history, let feedRounds, let macro else { return nil }
    for (index, method) in methods.enumerated() where methods[..<index].contains(method) {
      section.report("sources", "\(quoted(method.rawValue)) is listed twice", remedy: "name each source once")
      return nil
    }
    return VolatilitySettings(
      methods: methods, configured: configured, historyPath: history.map { absolute($0) }, readsFeedRounds: feedRounds,
      macro: macro)
  }

  private func macro(_ section: Section) -> MacroSettings? {
    let name = section.required("name", .name)
    let path = section.required("path", .path)
    // The default and its reason stand beside `MacroSettings`.
    let age = section.optional(
      "maximumAge", .duration(86_400...2_592_000), default: MacroSettings.defaultMaximumAgeSeconds)
    guard let name, let path, let age else { return nil }
    return MacroSettings(name: name, path: absolute(path), maximumAgeSeconds: age)
  }
}
