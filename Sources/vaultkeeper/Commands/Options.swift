import ArgumentParser
import Host
import Wallet

/// Which configuration.
struct ConfigurationOption: ParsableArguments {
  static let defaultPath = "/etc/vaultkeeper/vaultkeeper.yaml"

  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var path = ConfigurationOption.defaultPath
}

/// How a command's result is printed.
struct OutputOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON instead of a table.")
  var isJSON = false
}

/// Where the passphrase of a keystore comes from. Never an argument's value: those are public on the machine.
struct PassphraseOptions: ParsableArguments {
  @Option(
    name: .customLong("passphrase-file"),
    help: ArgumentHelp("Read the passphrase from this file, which only its owner may read.", valueName: "file"))
  var file: String?

  @Option(
    name: .customLong("passphrase-credential"),
    help: ArgumentHelp("Read the passphrase from this systemd credential.", valueName: "name"))
  var credential: String?

  func validate() throws {
    guard file == nil || credential == nil else {
      throw ValidationError("Give --passphrase-file or --passphrase-credential, not both.")
    }
  }

  /// - Parameter repeated: for a new keystore a person types the passphrase twice, so that a slip does not lock the key
  ///   up.
  func read(for keystore: String, repeated: Bool) throws -> Passphrase {
    if let file { return try PassphraseOptions.read(.file(path: file)) }
    if let credential { return try PassphraseOptions.read(.credential(name: credential)) }
    let first = try PassphraseOptions.read(.prompt(question: "Passphrase of \(keystore): "))
    guard repeated else { return first }
    let second = try PassphraseOptions.read(.prompt(question: "The same again: "))
    guard first.matches(second) else {
      throw CommandFailure(status: .usage, message: "the two passphrases differ; nothing was written, try again")
    }
    return first
  }

  static func read(_ source: SecretSource) throws -> Passphrase {
    // One byte more than a passphrase may have, so that Wallet's message about the length is the one that is seen.
    var bytes = try Credentials.read(source, limit: Passphrase.maximumBytes + 2, trimsNewline: false)
    return try Passphrase(wiping: &bytes)
  }
}
