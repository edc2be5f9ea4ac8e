import Ethereum
import Foundation
import Glibc
import Testing

/// The hands of an operator, and of somebody who should not have the key.
@Suite(.serialized)
struct OperatorTests {
  @Test func aHaltedKeeperObservesAndSettlesAndSignsNothing() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    #expect(try keeper.run("halt", "--reason", "maintenance").status == 0)
    let halted = try keeper.tick()
    #expect(halted.code == "halted", "\(halted)")
    #expect(try chain.pooled().isEmpty)
    #expect(try keeper.run("resume").status == 1, "without a note nothing changes")
    #expect(try keeper.tick().code == "halted")
    #expect(try keeper.run("resume", "--note", "done").status == 0)
    #expect(try keeper.tick().code == "placeMarket")

    #expect(try keeper.run("halt").status == 0)
    try chain.mine()
    let observing = try keeper.tick()
    #expect(observing.code == "halted" && observing.has("mined"), "\(observing)")
    try chain.mine(3)
    let settling = try keeper.tick()
    #expect(settling.code == "halted" && settling.has("settled"), "\(settling)")
    #expect(try chain.keeperNonce() == 1)
    #expect(try keeper.run("resume", "--note", "done again").status == 0)
    try keeper.ticks(until: "insideBand")
    try expectSoundJournal(keeper)
  }

  @Test func aStrangerWithTheKeyHaltsIt() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.ticks(until: "insideBand")
    try chain.call("scenario_foreignTransaction")
    try chain.mine()
    try keeper.ticks(until: "halted")
    try chain.call("scenario_depositWeth", .string(UInt256(2_000_000_000_000_000_000).hexQuantity))
    try chain.mine()
    #expect(try keeper.tick().code == "halted")
    #expect(try chain.keeperNonce() == 2, "one of ours, one of the stranger's")
    let why = try keeper.run("resume")
    #expect(why.status == 1 && why.output.contains("foreignNonce"), "\(why)")

    #expect(try keeper.run("resume", "--note", "the key is mine again").status == 0)
    try keeper.ticks(until: "placeMarket")
    try keeper.ticks(until: "insideBand")
    #expect(try chain.keeperNonce() == 3)
    try expectSoundJournal(keeper)
  }

  @Test func aSecondDaemonOnTheJournalRefusesToStart() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    #expect(try keeper.run("halt").status == 0)
    try keeper.start()
    try Deadline.wait(for: "the first daemon's first tick") { try !keeper.logged().isEmpty }
    let second = try keeper.run("run", "--once")
    #expect(second.status == 74, "\(second)")
    #expect(second.complaints.contains("\(keeper.processID)"), "\(second)")
    // Who only reads needs no lock.
    for words in ["pending", "explain"] { #expect(try keeper.run(words).status == 0) }
    #expect(try keeper.run("journal", "verify").status == 0)
    #expect(try keeper.terminate() == 0)
    #expect(try keeper.tick().code == "halted")
  }

  @Test func systemdHearsOfTicksAndSIGTERMEndsInOrder() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    let socket = try NotifySocket(path: keeper.folder.appendingPathComponent("notify").path)
    try keeper.start(environment: ["NOTIFY_SOCKET": socket.path])
    try Deadline.wait(for: "READY and two WATCHDOGs") {
      socket.receive()
      let lines = socket.messages.flatMap { $0.split(separator: "\n") }
      return lines.contains("READY=1") && lines.count(where: { $0 == "WATCHDOG=1" }) >= 2
    }
    #expect(socket.messages.contains { $0.contains("STATUS=") })
    #expect(try keeper.terminate() == 0)
    socket.receive()
    #expect(socket.messages.contains { $0.contains("STOPPING=1") })
    try expectSoundJournal(keeper)
    try chain.mine()
    try keeper.ticks(until: "insideBand")
    #expect(try chain.events("OrderCreated") == 1)
  }
}

/// What systemd would listen on.
private final class NotifySocket {
  let path: String
  private(set) var messages: [String] = []
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw DevChain.Failure("socket: \(errno)") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw DevChain.Failure("\(path) is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw DevChain.Failure("bind \(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// Takes in what has come so far.
  func receive() {
    var buffer = [UInt8](repeating: 0, count: 8_192)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      messages.append(String(decoding: buffer[0..<count], as: UTF8.self))
    }
  }
}
