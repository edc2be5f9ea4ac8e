import Ethereum
import Foundation
import Glibc
import Outbox
import Testing

@testable import Host
@testable import Keeper

private func policy(noTick: UInt64 = 60_000) -> AlarmPolicy {
  AlarmPolicy(
    kinds: AlarmKind.allCases, refusalStreak: 3, lowBalanceWei: UInt256(100), noCompletedTickMilliseconds: noTick,
    repeatMilliseconds: 3_600_000)
}

private func book(noTick: UInt64 = 60_000) -> AlarmBook {
  AlarmBook(policy(noTick: noTick), vaults: ["v"], startedAt: now())
}

private func now() -> Moment {
  Moment(
    unixSeconds: UInt64(time(nil)), monotonicMilliseconds: SystemClock.milliseconds(CLOCK_BOOTTIME))
}

/// A channel that remembers, and fails as often as it is told to.
private final class Memory: AlarmChannel {
  let name = "memory"
  private let state: Locked<(failures: Int, messages: [String])>

  init(failures: Int = 0) { state = Locked((failures, [])) }

  var messages: [String] { state.withLock { $0.messages } }

  func deliver(_ message: [UInt8]) -> String? {
    state.withLock { state in
      guard state.failures == 0 else {
        state.failures -= 1
        return "is made to fail"
      }
      state.messages.append(String(decoding: message, as: UTF8.self))
      return nil
    }
  }
}

private func waitUntil(_ holds: () -> Bool) -> Bool {
  let end = Date().addingTimeInterval(60)
  while !holds() {
    guard Date() < end else { return false }
    usleep(10_000)
  }
  return true
}

@Suite struct ChildProcessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func script(_ text: String) throws -> String {
    let path = try folder.write("#!/bin/sh\n" + text + "\n", to: "script", mode: 0o700)
    chmod(path, 0o700)
    return path
  }

  @Test func theCommandGetsItsInputAndAnEnvironmentWithoutOurs() throws {
    setenv("VAULTKEEPER_TEST_SECRET", "hunter2", 1)
    defer { unsetenv("VAULTKEEPER_TEST_SECRET") }
    let out = folder("out")
    let path = try script(
      "cat > '\(out)'; env >> '\(out)'; printf '%s|' \"$@\" >> '\(out)'; ls /proc/$$/fd >> '\(out)'")
    let outcome = ChildProcess.run(
      [path, "a b", "$HOME", "; rm -rf /"], input: Array("{\"alarm\":1}\n".utf8), timeoutMilliseconds: 60_000)
    #expect(outcome == .exited(0))
    let text = try String(contentsOfFile: out, encoding: .utf8)
    #expect(text.hasPrefix("{\"alarm\":1}\n"))
    #expect(text.contains("a b|$HOME|; rm -rf /|"), "no shell has seen the arguments")
    #expect(!text.contains("hunter2") && !text.contains("HOME=") && text.contains("PATH=/usr/local/bin:/usr/bin:/bin"))
  }

  @Test func howItEndsIsTold() throws {
    func run(_ text: String, timeout: UInt64 = 60_000) throws -> ChildProcess.Outcome {
      ChildProcess.run([try script(text)], input: [1], timeoutMilliseconds: timeout)
    }
    #expect(try run("exit 0") == .exited(0))
    #expect(try run("exit 3") == .exited(3))
    #expect(try run("kill -9 $$") == .killed(signal: SIGKILL))
    // It never reads, and what it would be told does not fit a pipe.
    let full = [UInt8](repeating: 0x61, count: 200_000)
    #expect(ChildProcess.run([try script("exit 0")], input: full, timeoutMilliseconds: 60_000) == .exited(0))
    guard case .notStarted(let why) = ChildProcess.run([folder("none")], input: [], timeoutMilliseconds: 1) else {
      Issue.record("it was started")
      return
    }
    #expect(why.contains(folder("none")))
  }

  /// With its children: a shell that waits for a sleep dies, and the sleep with it.
  @Test func oneThatHangsIsKilledWithItsChildren() throws {
    let mark = folder("mark")
    let path = try script("sleep 1000 & echo $! > '\(mark)'; wait")
    let elapsed = milliseconds {
      #expect(
        ChildProcess.run([path], input: [], timeoutMilliseconds: 1_500) == .timedOut(milliseconds: 1_500))
    }
    #expect(elapsed < 30_000)
    let text = try String(contentsOfFile: mark, encoding: .utf8)
    let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(waitUntil { kill(child, 0) != 0 || (Self.state(of: child).map { $0 == "Z" } ?? true) })
  }

  /// One letter, as /proc has it; nil where there is no such process.
  private static func state(of process: Int32) -> Character? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    return stat.split(separator: ")").last?.drop { $0 == " " }.first
  }
}

@Suite struct AlarmRunnerTests {
  private func runner(_ book: AlarmBook, _ channels: [any AlarmChannel]) throws -> AlarmRunner {
    let runner = try AlarmRunner(book: book, channels: channels, clock: SystemClock(interrupt: try Interrupt())) {
      Array("\($0.kind.rawValue) \($0.phase.rawValue) \($0.subject)".utf8)
    }
    try runner.start()
    return runner
  }

  @Test func whatIsRaisedArrivesEverywhereAndTheCallerDoesNotWait() throws {
    let (first, second) = (Memory(), Memory())
    let runner = try runner(book(), [first, second])
    runner.failed(.unwritable(what: "no room"))
    runner.stop(waitingMilliseconds: 60_000)
    #expect(first.messages == ["journal raised journal"] && second.messages == first.messages)
  }

  /// No tick ends, so nothing but the watcher can tell.
  @Test func aKeeperThatHangsIsToldOf() throws {
    let memory = Memory()
    let runner = try runner(book(noTick: 100), [memory])
    #expect(waitUntil { memory.messages == ["noCompletedTick raised v"] })
    var report = TickReport(vault: "v", chain: "c", startedAtUnixSeconds: 1)
    report.end(.missed, "everywhere", "no node answers")
    runner.ticked(report)
    report.end(.refused, "insideBand", "drift is inside the band")
    runner.ticked(report)
    #expect(waitUntil { memory.messages.contains("noCompletedTick cleared v") })
    runner.stop(waitingMilliseconds: 60_000)
  }

  /// Retries wait for seconds; an end does not wait for them, and says what was not delivered.
  @Test func aFailingChannelIsGivenUpWhenTheProcessEnds() throws {
    let memory = Memory(failures: 1_000)
    let runner = try runner(book(), [memory])
    runner.failed(.unwritable(what: "no room"))
    let elapsed = milliseconds { runner.stop(waitingMilliseconds: 60_000) }
    #expect(elapsed < 30_000 && memory.messages.isEmpty)
  }

  @Test func theWebhookGetsTheNoticeAndItsStatusDecides() throws {
    let status = Locked("200 OK")
    let seen = Locked<[String]>([])
    let server = try ScriptedServer { (request: ScriptedServer.Request) in
      seen.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
      return ScriptedServer.response("the key hunter2hunter2 is wrong", status: status.withLock { $0 })
    }
    let url = try SecretURL(server.url + "/hook/hunter2hunter2", endpoint: "alarm webhook")
    let endpoint = EndpointConfiguration(id: EndpointID(index: 0, name: "alarm webhook"), url: url)
    let webhook = try AlarmWebhook(endpoint, version: "test", timeoutMilliseconds: 60_000)
    #expect(webhook.deliver(Array("{\"alarm\":\"halt\"}".utf8)) == nil)
    #expect(seen.withLock { $0 } == ["{\"alarm\":\"halt\"}"])
    for refused in ["302 Found", "404 Not Found", "500 Oops"] {
      status.withLock { $0 = refused }
      let problem = webhook.deliver([0x7b, 0x7d])
      #expect(problem == "answered with HTTP status \(refused.prefix(3))")
    }
    withExtendedLifetime(server) {}
    let nobody = EndpointConfiguration(
      id: EndpointID(index: 0, name: "alarm webhook"),
      url: try SecretURL("http://127.0.0.1:1/hunter2hunter2", endpoint: "alarm webhook"))
    let problem = try AlarmWebhook(nobody, version: "test", timeoutMilliseconds: 60_000).deliver([0x7b])
    #expect(problem?.hasPrefix("failed: ") == true && problem?.contains("hunter2") == false)
  }
}
