import ArgumentParser
import Ethereum
import Host
import Keeper

/// `test-alarm`: would anybody be told?
struct TestAlarmCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "test-alarm",
    abstract: "Send a test notice the way alarms are sent.",
    discussion: """
      Runs the configured command and calls the configured webhook once each, with a notice whose phase is test, and \
      says what became of it. Ends with 1 when it did not arrive everywhere. Takes no lock; asks no node.
      """)

  @OptionGroup var file: ConfigurationOption

  func execute() throws {
    let configuration = try ConfigurationFile.read(file.path).configuration
    guard let alarms = configuration.alarms else {
      throw CommandFailure(status: .refused, message: "no alarms are configured; add a section alarms: to \(file.path)")
    }
    let now = SystemClock(interrupt: try Interrupt()).now().unixSeconds
    let notice = AlarmNotice(
      kind: alarms.kinds.first ?? .halt, phase: .test, subject: "test-alarm",
      text: "this is a test; nothing is wrong", sinceUnixSeconds: now, atUnixSeconds: now)
    let message = notice.json(keeper: configuration.key.address, version: Vaultkeeper.version).encoded()
    var hasFailed = false
    for channel in try Alarms.channels(alarms) {
      if let problem = channel.deliver(message) {
        hasFailed = true
        Console.show("\(channel.name): \(problem)")
      } else {
        Console.show("\(channel.name): delivered")
      }
    }
    if hasFailed { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}
