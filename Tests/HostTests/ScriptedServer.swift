import Foundation
import Glibc

/// An HTTP server of raw sockets on 127.0.0.1 whose every byte a test decides. Each connection runs the script on a
/// thread of its own.
final class ScriptedServer: @unchecked Sendable {
  struct Request {
    var head: String
    var body: [UInt8]
    /// A header's value, by its lower-case name.
    func header(_ name: String) -> String? {
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].lowercased() == name { return parts[1].trimmingCharacters(in: .whitespaces) }
      }
      return nil
    }
  }

  let port: UInt16
  private let listener: Int32
  private let condition = NSCondition()
  private var acceptedCount = 0
  private var seen: [Request] = []

  var connections: Int { condition.withLock { acceptedCount } }
  var requests: [Request] { condition.withLock { seen } }
  var url: String { "http://127.0.0.1:\(port)/" }

  init(_ script: @escaping @Sendable (Connection) -> Void) throws {
    (listener, port) = try Self.listen()
    let listener = self.listener
    Thread.detachNewThread { [weak self] in
      while true {
        let socket = accept(listener, nil, nil)
        // This thread closes the listener: a number given back while accept waits on it could be another test's.
        if socket < 0 {
          close(listener)
          return
        }
        guard let self else {
          close(socket)
          continue
        }
        self.condition.withLock { self.acceptedCount += 1 }
        let connection = Connection(socket: socket, server: self)
        Thread.detachNewThread {
          script(connection)
          connection.close()
        }
      }
    }
  }

  /// Answers every request of every connection with what `answer` makes of it.
  convenience init(answering answer: @escaping @Sendable (Request) -> [UInt8]) throws {
    try self.init { connection in
      while let request = connection.readRequest() { connection.send(answer(request)) }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  fileprivate func note(_ request: Request) {
    condition.withLock {
      seen.append(request)
      condition.broadcast()
    }
  }

  /// A listening socket on a port the kernel picks.
  static func listen() throws -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, length) == 0, Glibc.listen(listener, 64) == 0 else { return Int32(-1) }
        return getsockname(listener, address, &length)
      }
    }
    guard listener >= 0, code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  static func response(
    _ body: [UInt8], status: String = "200 OK", headers: [String] = [], length: Int? = nil
  ) -> [UInt8] {
    let head = ["HTTP/1.1 \(status)", "Content-Length: \(length ?? body.count)"] + headers
    return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  static func response(_ body: String, status: String = "200 OK", headers: [String] = []) -> [UInt8] {
    response(Array(body.utf8), status: status, headers: headers)
  }

  final class Connection: @unchecked Sendable {
    private let socket: Int32
    private weak var server: ScriptedServer?
    private var pending: [UInt8] = []
    private var isOpen = true

    init(socket: Int32, server: ScriptedServer?) {
      self.socket = socket
      self.server = server
    }

    /// Reads one whole request; nil when the peer is gone.
    func readRequest() -> Request? {
      guard let head = readHead() else { return nil }
      var request = Request(head: head, body: [])
      let length = request.header("content-length").flatMap { Int($0) } ?? 0
      while pending.count < length { if !fill() { return nil } }
      request.body = Array(pending.prefix(length))
      pending.removeFirst(length)
      server?.note(request)
      return request
    }

    func readHead() -> String? {
      let end: [UInt8] = [13, 10, 13, 10]
      while true {
        if pending.count >= 4 {
          for index in 0...(pending.count - 4) where Array(pending[index..<(index + 4)]) == end {
            let head = String(decoding: pending[..<index], as: UTF8.self)
            pending.removeFirst(index + 4)
            return head
          }
        }
        if !fill() { return nil }
      }
    }

    private func fill() -> Bool {
      var buffer = [UInt8](repeating: 0, count: 65536)
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      pending += buffer[..<count]
      return true
    }

    /// - Returns: false when the peer does not listen any more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
      var offset = 0
      while offset < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress.map { $0 + offset }, bytes.count - offset, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return false }
        offset += count
      }
      return true
    }

    /// Blocks until the peer closes.
    func drain() { while fill() { pending.removeAll() } }

    func close() {
      guard isOpen else { return }
      isOpen = false
      Glibc.close(socket)
    }

    /// Closes with a TCP reset instead of an orderly end.
    func reset() {
      var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      close()
    }
  }
}

/// Opened once; whoever waits goes on.
final class Gate: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOpen = false

  func open() {
    condition.withLock {
      isOpen = true
      condition.broadcast()
    }
  }

  /// - Returns: false after 30 seconds, so that a broken test ends.
  @discardableResult
  func wait() -> Bool {
    condition.withLock {
      let end = Date().addingTimeInterval(30)
      while !isOpen { if !condition.wait(until: end) { return false } }
      return true
    }
  }
}

/// Counts parties up to a number; everybody waits until all have come.
final class Meeting: @unchecked Sendable {
  private let condition = NSCondition()
  private var missing: Int

  init(of parties: Int) { missing = parties }

  @discardableResult
  func arrive() -> Bool {
    condition.withLock {
      missing -= 1
      condition.broadcast()
      let end = Date().addingTimeInterval(30)
      while missing > 0 { if !condition.wait(until: end) { return false } }
      return true
    }
  }
}

/// A folder of its own for one test, removed with its last owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/vaultkeeper-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self(name)))
    chmod(self(name), mode)
    return self(name)
  }
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let time = try clock.measure(body)
  return Double(time.components.seconds) * 1000 + Double(time.components.attoseconds) / 1e15
}

/// A pseudo-terminal; what Glibc's module does not carry of <pty.h>.
final class PseudoTerminal: Sendable {
  let main: Int32
  let name: String

  init() throws {
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var number: Int32 = 0
    // TIOCSPTLCK and TIOCGPTN.
    guard main >= 0, ioctl(main, 0x4004_5431, &number) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
      throw POSIXError(.ENOTTY)
    }
    name = "/dev/pts/\(number)"
  }

  deinit { close(main) }
}
