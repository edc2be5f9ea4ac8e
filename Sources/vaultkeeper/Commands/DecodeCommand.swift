import ArgumentParser
import Ethereum
import Host

/// `decode`: what some bytes would do.
struct DecodeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Show what a transaction or call data would do.",
    discussion: """
      Takes a signed transaction, the payload of an unsigned one (as run --dry-run prints it) or call data, in \
      hexadecimal. Shows fees and sender, and takes the call apart down to the last: execTransactionWithRole, \
      multiSend, multicall and aggregate3 are opened. Asks nobody and needs no configuration.
      """)

  @Argument(help: ArgumentHelp("The bytes as 0x…; - reads them from the standard input.", valueName: "hex"))
  var input: String

  @OptionGroup var output: OutputOption

  /// Most bytes that are taken apart: eight times the largest transaction that nodes accept (128 KiB).
  private static let limitBytes = 1 << 20

  func execute() throws {
    let text = input == "-" ? try standardInput() : input
    let bytes = try Hex.decode(text.hasPrefix("0x") ? text : "0x" + text, limit: Self.limitBytes)
    guard !bytes.isEmpty else { throw CommandFailure(status: .usage, message: "there is nothing to decode") }
    let decoded = try DecodedInput(bytes)
    Console.show(output.isJSON ? decoded.json.text : decoded.lines.joined(separator: "\n"))
  }

  private func standardInput() throws -> String {
    let bytes = try Files.read("/dev/stdin", limit: 2 * Self.limitBytes + 16)
    return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
  }
}
