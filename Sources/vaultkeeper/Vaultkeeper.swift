import ArgumentParser

/// The program: a list of commands, one file each.
@main
struct Vaultkeeper: ParsableCommand {
  /// Also the user agent towards nodes, and part of every start's log line.
  static let version = "0.2.0"

  static let configuration = CommandConfiguration(
    commandName: "vaultkeeper",
    abstract: "Keeps the delta of on-chain vaults inside a band.",
    discussion: """
      Watches vaults, decides when one has drifted off its target delta, and gets the correcting transaction mined \
      exactly once. All about a deployment stands in one YAML file (docs/configuration.md); secrets come from files, \
      systemd credentials or a prompt, never from arguments.

      Start with: check (is everything as configured?), explain (what would be decided now, and why?) and \
      run --dry-run (what would be signed?).

      \(ExitStatus.help)
      """,
    version: version,
    subcommands: [
      RunCommand.self, CheckCommand.self, ExplainCommand.self, PendingCommand.self, StatusCommand.self,
      JournalCommand.self, ReplayCommand.self, ShadowCommand.self,
      HaltCommand.self, ResumeCommand.self, TestAlarmCommand.self, KeyCommand.self, DecodeCommand.self,
    ])
}
