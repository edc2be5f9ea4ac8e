import ArgumentParser
import Ethereum
import Host

/// `check`: is everything as configured?
struct CheckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check configuration, key, journal, nodes, contracts, role, prices and balances.",
    discussion: """
      Looks at everything the configuration names and prints a line for each: ✓, or ✗ with what to do about it. \
      Ends with 0 when all is well and with 1 when anything is not. Opens the keystore, so that the key is known to be \
      the configured one (not where its passphrase would be asked for, unless --ask). Signs nothing, sends nothing, \
      takes no lock.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Flag(help: "Ask for the passphrase where the configuration says prompt.")
  var ask = false

  func execute() throws {
    let workshop = try Workshop(configurationPath: file.path, needsEveryEndpoint: false)
    var inspection = Inspection(workshop)
    inspection.local(asksForPassphrase: ask)
    inspection.writer()
    inspection.chains()
    try inspection.vaults()
    if output.isJSON {
      Console.show(inspection.json.text)
    } else {
      for line in inspection.lines { Console.show(line) }
    }
    if inspection.hasFailed { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}
