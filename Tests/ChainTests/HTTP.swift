import Foundation
import Glibc

/// Just enough HTTP to call a chain on this machine.
enum HTTP {
  /// Posts JSON and returns the body of the answer. A connection each, which the server closes.
  static func post(port: UInt16, path: String, body: [UInt8]) throws -> [UInt8] {
    let socket = try connect(port: port)
    defer { close(socket) }
    let head =
      "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
      + "Content-Length: \(body.count)\r\n\r\n"
    try send(Array(head.utf8) + body, to: socket)
    let answer = try receive(from: socket)
    let separator: [UInt8] = Array("\r\n\r\n".utf8)
    guard let end = answer.firstRange(of: separator) else {
      throw DevChain.Failure("no HTTP answer: \(String(decoding: answer.prefix(200), as: UTF8.self))")
    }
    return Array(answer[end.upperBound...])
  }

  private static func connect(port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw failure("socket") }
    // A chain that computes is slow on a busy machine; one that has died is to be noticed.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(descriptor)
      throw failure("connect to port \(port)")
    }
    return descriptor
  }

  private static func send(_ bytes: [UInt8], to socket: Int32) throws {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw failure("send") }
      offset += count
    }
  }

  private static func receive(from socket: Int32) throws -> [UInt8] {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count == 0 { return answer }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("receive")
      }
      answer += buffer[0..<count]
    }
  }

  private static func failure(_ what: String) -> DevChain.Failure {
    DevChain.Failure("\(what): \(String(cString: strerror(errno)))")
  }
}
