import ArgumentParser
import Ethereum
import Glibc
import Host
import Wallet

/// `key`: the keystores.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make, import and look at keystores; print the signing policy.",
    discussion: """
      Keystores are Web3 files of version 3 (scrypt, AES-128-CTR), as geth and eth-account write and read them. They \
      are written with mode 0600 and never over an existing file. A keeper's key should hold a role at the vault and \
      gas, nothing else.
      """,
    subcommands: [KeyNew.self, KeyImport.self, KeyAddress.self, KeyPolicy.self])
}

/// `key new`: a fresh key.
struct KeyNew: Command {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a key, write its keystore and print its address.",
    discussion: """
      The key comes from the kernel's random numbers and exists nowhere but in the new file, enciphered under the \
      passphrase. Back the file and the passphrase up separately.
      """)

  @Argument(help: ArgumentHelp("The keystore to write. Must not exist.", valueName: "keystore"))
  var path: String

  @OptionGroup var passphrase: PassphraseOptions

  func execute() throws {
    try KeystoreFile.refuseExisting(path)
    let passphrase = try passphrase.read(for: path, repeated: true)
    var entropy = try Entropy.bytes(32)
    let key = try Secp256k1.forKeys().makeKey(wipingEntropy: &entropy)
    try KeystoreFile.write(key, to: path, passphrase: passphrase)
  }
}

/// `key import`: a key from elsewhere.
struct KeyImport: Command {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write the keystore of an existing private key and print its address.",
    discussion: """
      The key is 64 hexadecimal digits, with or without 0x, from a file that only its owner may read or, without \
      --from, typed at a prompt that does not show it. Remove the file afterwards: the keystore replaces it.
      """)

  @Argument(help: ArgumentHelp("The keystore to write. Must not exist.", valueName: "keystore"))
  var path: String

  @Option(help: ArgumentHelp("Read the private key from this file.", valueName: "file"))
  var from: String?

  @OptionGroup var passphrase: PassphraseOptions

  func execute() throws {
    try KeystoreFile.refuseExisting(path)
    let source: SecretSource =
      from.map { .file(path: $0) } ?? .prompt(question: "Private key (64 hexadecimal digits): ")
    var text = try Credentials.read(source)
    let key = try Secp256k1.forKeys().key(wipingHexText: &text)
    let passphrase = try passphrase.read(for: path, repeated: true)
    try KeystoreFile.write(key, to: path, passphrase: passphrase)
  }
}

/// `key address`: whose key a keystore holds.
struct KeyAddress: Command {
  static let configuration = CommandConfiguration(
    commandName: "address",
    abstract: "Print the address of a keystore's key.",
    discussion: """
      Opens the keystore with its passphrase and derives the address from the key itself. With --unverified prints \
      what the file says without opening it; anybody could have changed that.
      """)

  @Argument(help: ArgumentHelp("The keystore.", valueName: "keystore"))
  var path: String

  @Flag(help: "Print the address the file names, without opening it.")
  var unverified = false

  @OptionGroup var passphrase: PassphraseOptions

  func execute() throws {
    let keystore = try KeystoreFile.read(path)
    guard !unverified else {
      guard let address = keystore.address else {
        throw CommandFailure(status: .refused, message: "\(path) does not name its address; run without --unverified")
      }
      return Console.show(address.description)
    }
    let key = try keystore.unlock(with: passphrase.read(for: path, repeated: false), context: Secp256k1.forKeys())
    Console.show(key.address.description)
  }
}

/// A keystore on disk.
enum KeystoreFile {
  static func read(_ path: String) throws -> Keystore {
    // Enciphered, yet a secret: whoever can read it can try passphrases at leisure.
    let bytes = try Credentials.read(.file(path: path), limit: KeystoreLimits.fileBytes, trimsNewline: false)
    return try Keystore(parsing: bytes)
  }

  /// Before anybody is asked for a passphrase. Creating the file refuses again, without a gap.
  static func refuseExisting(_ path: String) throws {
    do {
      _ = try Files.read(path, limit: KeystoreLimits.fileBytes)
    } catch .file(operation: _, path: _, code: ENOENT) {
      return
    }
    throw HostError.fileExists(path: path)
  }

  static func write(_ key: SecretKey, to path: String, passphrase: Passphrase) throws {
    let entropy = try Entropy.bytes(Keystore.entropyBytes)
    try Files.create(path, try Keystore(sealing: key, with: passphrase, entropy: entropy).encoded())
    Console.show(key.address.description)
  }
}

extension Secp256k1 {
  /// A context blinded with the kernel's random numbers, as keys need it.
  static func forKeys() throws -> Secp256k1 {
    var seed = try Entropy.bytes(32)
    return try Secp256k1(wipingSeed: &seed)
  }
}
