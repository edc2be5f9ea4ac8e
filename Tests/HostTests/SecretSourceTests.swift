import Foundation
import Glibc
import Testing

@testable import Host

@Suite struct SecretSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ source: SecretSource, limit: Int = 4096, trimsNewline: Bool = true, credentials: String? = nil
  ) throws(HostError) -> String {
    String(
      decoding: try Credentials.read(source, limit: limit, trimsNewline: trimsNewline, credentialsFolder: credentials),
      as: UTF8.self)
  }

  @Test(arguments: [
    ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
    (" s \n", " s "),
  ])
  func oneLineBreakAtTheEndIsDropped(content: String, expected: String) throws {
    let path = try folder.write(content, to: "pass")
    #expect(try read(.file(path: path)) == expected)
    #expect(try read(.file(path: path), trimsNewline: false) == content)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o644, 0o666] as [mode_t])
  func aFileOthersCanReadOrWriteIsRefused(mode: mode_t) throws {
    let path = try folder.write("secret", to: "pass", mode: mode)
    #expect(throws: HostError.secretExposed(path: path, mode: mode)) { try read(.file(path: path)) }
    // In the folder where systemd guards it, the mode is systemd's affair.
    #expect(try read(.file(path: path), credentials: folder.path) == "secret")
    #expect(try read(.credential(name: "pass"), credentials: folder.path) == "secret")
  }

  @Test func aLinkOutOfTheCredentialsFolderIsNoCredential() throws {
    let elsewhere = try TemporaryFolder()
    let path = try elsewhere.write("secret", to: "pass", mode: 0o644)
    try FileManager.default.createSymbolicLink(atPath: folder("pass"), withDestinationPath: path)
    #expect(throws: HostError.self) { try read(.file(path: folder("pass")), credentials: folder.path) }
  }

  @Test func whatCannotBeReadSaysWhy() throws {
    #expect(throws: HostError.file(operation: "open", path: folder("none"), code: ENOENT)) {
      try read(.file(path: folder("none")))
    }
    #expect(throws: HostError.notAFile(path: folder.path)) { try read(.file(path: folder.path)) }
    #expect(throws: HostError.notAFile(path: "/dev/zero")) { try read(.file(path: "/dev/zero")) }
    let empty = try folder.write("\n", to: "empty")
    #expect(throws: HostError.secretEmpty(source: empty)) { try read(.file(path: empty)) }
    let large = try folder.write(String(repeating: "x", count: 101), to: "large")
    #expect(throws: HostError.fileTooLarge(path: large, limitBytes: 100)) { try read(.file(path: large), limit: 100) }
    #expect(try read(.file(path: large), limit: 101).count == 101)
  }

  @Test func aPipeWillDo() throws {
    mkfifo(folder("pipe"), 0o600)
    let path = folder("pipe")
    Thread.detachNewThread {
      let descriptor = open(path, O_WRONLY)
      write(descriptor, "from a pipe\n", 12)
      close(descriptor)
    }
    #expect(try read(.file(path: path)) == "from a pipe")
  }

  @Test(arguments: ["", ".", "..", "../pass", "a/b"]) func namesThatLeaveTheFolderAreRefused(name: String) throws {
    #expect(throws: HostError.self) { try read(.credential(name: name), credentials: folder.path) }
  }

  @Test func aMissingCredentialNamesTheUnitsLine() {
    for credentials in [nil, folder.path] {
      let error = #expect(throws: HostError.self) {
        try read(.credential(name: "passphrase"), credentials: credentials)
      }
      #expect(error.map { "\($0)".contains("LoadCredential=passphrase:") } == true)
    }
  }

  @Test func aPromptShowsTheQuestionAndNotTheAnswer() throws {
    let terminal = try Terminal()
    terminal.type("correct horse\n", after: "Passphrase: ")
    let answer = try TerminalPrompt.ask("Passphrase: ", limit: 100, terminal: terminal.subordinate)
    #expect(String(decoding: answer, as: UTF8.self) == "correct horse")
    #expect(!terminal.shown().contains("horse"))
    #expect(terminal.echoes)
  }

  @Test func aPromptIsBoundedAndEndsWithTheInput() throws {
    let terminal = try Terminal()
    terminal.type("0123456789abc\n", after: "? ")
    #expect(throws: HostError.self) { try TerminalPrompt.ask("? ", limit: 10, terminal: terminal.subordinate) }
    #expect(terminal.echoes)
    let second = try Terminal()
    second.type("\u{4}", after: "? ")
    #expect(throws: HostError.self) { try TerminalPrompt.ask("? ", limit: 10, terminal: second.subordinate) }
    #expect(second.echoes)
  }

  @Test func withoutATerminalThePromptSaysSo() {
    let descriptor = open("/dev/null", O_RDWR)
    #expect(throws: HostError.self) {
      try TerminalPrompt.ask("? ", limit: 10, terminal: FileDescriptor(owning: descriptor))
    }
  }

  @Test func entropyHasTheLengthAskedForAndDiffers() throws {
    for count in [0, 1, 32, 256, 257, 1000] { #expect(try Entropy.bytes(count).count == count) }
    #expect(try Entropy.bytes(32) != Entropy.bytes(32))
    #expect(Set(try Entropy.bytes(1000)[500...]).count > 100)
  }
}

/// A pseudo-terminal with a person at it.
private final class Terminal: @unchecked Sendable {
  private let pair: PseudoTerminal
  private var main: Int32 { pair.main }
  let subordinate: FileDescriptor
  private let output = Locked<[UInt8]>([])

  init() throws {
    pair = try PseudoTerminal()
    subordinate = try FileDescriptor.open(pair.name, O_RDWR | O_NOCTTY)
  }

  var echoes: Bool {
    var settings = termios()
    tcgetattr(subordinate.raw, &settings)
    return settings.c_lflag & tcflag_t(ECHO) != 0
  }

  /// Types `text` once the terminal shows `question`.
  func type(_ text: String, after question: String) {
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 1024)
      while !String(decoding: self.output.withLock { $0 }, as: UTF8.self).contains(question) {
        let count = read(self.main, &buffer, buffer.count)
        if count <= 0 { return }
        let seen = buffer[..<count]
        self.output.withLock { $0 += seen }
      }
      _ = write(self.main, text, text.utf8.count)
    }
  }

  /// All that was shown; call when nothing more is to come.
  func shown() -> String {
    var buffer = [UInt8](repeating: 0, count: 1024)
    _ = fcntl(main, F_SETFL, O_NONBLOCK)
    while true {
      let count = read(main, &buffer, buffer.count)
      if count <= 0 { break }
      let seen = buffer[..<count]
      output.withLock { $0 += seen }
    }
    return String(decoding: output.withLock { $0 }, as: UTF8.self)
  }
}
