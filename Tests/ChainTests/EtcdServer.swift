import Ethereum
import Foundation
import Glibc

/// A real etcd of one member, in a folder of its own.
final class EtcdServer {
  private let process = Process()
  private let folder: URL
  let port: UInt16

  /// - Parameter addresses: where it listens beside this machine's loopback.
  init(alsoOn addresses: [String] = []) throws {
    let program = URL(fileURLWithPath: "/usr/bin/etcd")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw DevChain.Failure("there is no /usr/bin/etcd; `make deps` installs Debian's etcd-server")
    }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("vaultkeeper-etcd-\(UUID().uuidString)")
    port = try FreePort.find()
    let peer = "http://127.0.0.1:\(try FreePort.find())"
    let port = port
    let clients = (["127.0.0.1"] + addresses).map { "http://\($0):\(port)" }.joined(separator: ",")
    process.executableURL = program
    process.arguments = [
      "--name", "m0", "--data-dir", folder.path, "--listen-client-urls", clients, "--advertise-client-urls", clients,
      "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "m0=\(peer)",
      "--log-level", "error",
    ]
    process.environment = ["PATH": "/usr/bin:/bin"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try Deadline.wait(for: "etcd to answer") {
      guard process.isRunning else { throw DevChain.Failure("etcd ended; run it by hand to see why") }
      do { return try leader(of: "/none") == nil } catch { return false }
    }
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // A folder that stays behind harms nobody.
    do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(folder.path): \(error)") }
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// The leader key's value; nil while nobody leads.
  func leader(of prefix: String) throws -> String? {
    let key = Data("\(prefix)/leader".utf8).base64EncodedString()
    let question = JSON.object(["key": .string(key)])
    let answer = try JSON.parse(try HTTP.post(port: port, path: "/v3/kv/range", body: question.encoded()))
    guard answer["header"] != nil else { throw DevChain.Failure("no answer of etcd: \(answer.text)") }
    guard let value = answer["kvs"]?[0]?["value"]?.string, let data = Data(base64Encoded: value) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }
}

/// A port that nobody listens on.
enum FreePort {
  static func find() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard descriptor >= 0, result == 0 else { throw DevChain.Failure("no port: \(String(cString: strerror(errno)))") }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// A network of its own for one daemon, with two cables to this machine: one to the chain, one to etcd. Needs root.
final class CutNetwork {
  private let name: String
  private let subnet: Int
  private var forwarder: Process?
  private var lifeline: Pipe?

  /// Whether this process may make one, asked by trying.
  static let isPossible: Bool = {
    guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: ip) else { return false }
    do {
      let probe = "vk-probe-\(getpid())"
      try command(["netns", "add", probe])
      try command(["netns", "delete", probe])
      return true
    } catch {
      return false
    }
  }()

  static let why = "cutting a network needs root and `ip netns` (iproute2)"

  private static var ip: String {
    ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].first { FileManager.default.isExecutableFile(atPath: $0) } ?? "ip"
  }

  private static func command(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: ip)
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw DevChain.Failure("ip \(words.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
  }

  init() throws {
    // 198.18.0.0/15 is set aside for measuring devices and is routed nowhere; a /24 of it for each process.
    subnet = Int(getpid()) % 250
    name = "vk-\(getpid())"
    try Self.command(["netns", "add", name])
    for (cable, host, inside) in [("c", chainAddress, 2), ("e", etcdAddress, 6)] {
      try Self.command(["link", "add", outer(cable), "type", "veth", "peer", "name", inner(cable)])
      try Self.command(["link", "set", inner(cable), "netns", name])
      try Self.command(["address", "add", "\(host)/30", "dev", outer(cable)])
      try Self.command(["link", "set", outer(cable), "up"])
      try Self.command([
        "netns", "exec", name, Self.ip, "address", "add", "198.18.\(subnet).\(inside)/30", "dev", inner(cable),
      ])
      try Self.command(["netns", "exec", name, Self.ip, "link", "set", inner(cable), "up"])
    }
  }

  deinit {
    if let forwarder { kill(forwarder.processIdentifier, SIGKILL) }
    for words in [["netns", "delete", name], ["link", "delete", outer("c")], ["link", "delete", outer("e")]] {
      // The cables go with the network where it was the last to hold them.
      do { try Self.command(words) } catch { continue }
    }
  }

  private func outer(_ cable: String) -> String { "vk\(cable)\(getpid())" }
  private func inner(_ cable: String) -> String { "vi\(cable)\(getpid())" }

  var chainAddress: String { "198.18.\(subnet).1" }
  var etcdAddress: String { "198.18.\(subnet).5" }

  /// How a program is started inside.
  func prefix() -> [String] { [Self.ip, "netns", "exec", name] }

  /// Pulls the cable to etcd, or plugs it in again. What is on its way is lost, and nobody is told.
  func etcd(isReachable: Bool) throws {
    try Self.command(["link", "set", outer("e"), isReachable ? "up" : "down"])
  }

  /// Makes a port of this machine's loopback reachable from inside.
  func forward(port: UInt16) throws {
    let script = """
      import socket, sys, threading
      def pump(a, b):
          try:
              while (data := a.recv(65536)): b.sendall(data)
          except OSError: pass
          for s in (a, b):
              try: s.shutdown(socket.SHUT_RDWR)
              except OSError: pass
      server = socket.create_server((sys.argv[1], int(sys.argv[2])))
      threading.Thread(target=lambda: (sys.stdin.read(), __import__("os")._exit(0)), daemon=True).start()
      print("ready", flush=True)
      while True:
          inside, _ = server.accept()
          outside = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
          for pair in ((inside, outside), (outside, inside)):
              threading.Thread(target=pump, args=pair, daemon=True).start()
      """
    let process = Process()
    process.executableURL = try Workplace.python()
    process.arguments = ["-c", script, chainAddress, "\(port)"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    _ = output.fileHandleForReading.availableData
    forwarder = process
    lifeline = input
  }
}
