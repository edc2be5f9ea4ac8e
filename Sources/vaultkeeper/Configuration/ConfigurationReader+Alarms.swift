import Ethereum
import Host
import Keeper

extension Configuration {
  /// When a person is called, and how.
  struct Alarms {
    /// The program and its arguments; nil for none.
    let command: [String]?
    let webhook: Endpoint?
    let kinds: [AlarmKind]
    let refusalStreak: Int
    let lowBalanceWei: UInt256?
    let noCompletedTickSeconds: UInt64
    let repeatSeconds: UInt64
    /// How long a command may run, or a webhook take to answer.
    let timeoutSeconds: UInt64

    var policy: AlarmPolicy {
      AlarmPolicy(
        kinds: kinds, refusalStreak: refusalStreak, lowBalanceWei: lowBalanceWei,
        noCompletedTickMilliseconds: noCompletedTickSeconds * 1000, repeatMilliseconds: repeatSeconds * 1000)
    }
  }
}

extension ConfigurationReader {
  /// A program, and as many arguments as anybody needs.
  private static let argumentLimit = 32

  func alarms(_ section: Section) -> Configuration.Alarms? {
    let command = section.has("command") ? self.command(section) : .some(nil)
    let webhook = section.sectionIfPresent("webhook", self.webhook)
    let kinds =
      section.has("on")
      ? section.requiredList("on", limit: AlarmKind.allCases.count) { tree, path in
        Form.choice(AlarmKind.allCases.map { ($0.rawValue, $0) }).read(tree, path: path, findings: findings)
      } : AlarmKind.allCases
    // 25 ticks of 12 s are five minutes: longer than any obstacle that goes away by itself within a few blocks.
    let streak = section.optional("refusalStreak", .integer(2...100_000), default: 25)
    let lowBalance = section.ifPresent("lowBalance", .wei(UInt256(1)))
    // Ten minutes: longer than a node's restart, and much shorter than a hedge can wait.
    let noTick = section.optional("noCompletedTick", .duration(5...86_400), default: 600)
    // An hour: a page that nobody answered must come again, and not so often that it is switched off.
    let again = section.optional("repeat", .duration(1...604_800), default: 3_600)
    // Ten seconds are long for a mail or a POST.
    let timeout = section.optional("timeout", .duration(1...120), default: 10)
    guard let command, let webhook, let kinds, let streak, let lowBalance, let noTick, let again, let timeout else {
      return nil
    }
    guard command != nil || webhook != nil else {
      findings.report(
        section.place, section.path, "nobody would be told", remedy: "write command, webhook, or both")
      return nil
    }
    return Configuration.Alarms(
      command: command, webhook: webhook, kinds: kinds, refusalStreak: Int(streak), lowBalanceWei: lowBalance,
      noCompletedTickSeconds: noTick, repeatSeconds: again, timeoutSeconds: timeout)
  }

  /// Nil when it is wrong.
  private func command(_ section: Section) -> [String]?? {
    let words = section.requiredList("command", limit: Self.argumentLimit) { tree, path in
      Form<String>.argument.read(tree, path: path, findings: findings)
    }
    guard let words else { return nil }
    guard words[0].hasPrefix("/") else {
      section.report("command", "\(quoted(words[0])) is not an absolute path", remedy: "no shell looks for the program")
      return nil
    }
    return .some(words)
  }

  private func webhook(_ section: Section) -> Configuration.Endpoint? {
    endpoint(section, name: "alarm webhook", role: .public)
  }

  /// A tick that is slow is no tick that hangs.
  func refuseHastyAlarm(_ alarms: Configuration.Alarms?, tick: Configuration.Tick?, in section: Section) {
    guard let alarms, let tick, alarms.noCompletedTickSeconds < 2 * tick.intervalSeconds else { return }
    section.report(
      "alarms", "noCompletedTick is \(durationText(alarms.noCompletedTickSeconds)), less than two ticks",
      remedy: "write at least \(durationText(2 * tick.intervalSeconds))")
  }
}

extension Form<String> {
  /// An argument of a program, as it stands.
  fileprivate static var argument: Form<String> {
    Form(what: "a text of 1 to 4096 bytes") { text in
      let isGood = (1...4_096).contains(text.utf8.count) && !text.utf8.contains(0)
      return isGood ? .value(text) : .wrong("is no argument")
    }
  }
}
