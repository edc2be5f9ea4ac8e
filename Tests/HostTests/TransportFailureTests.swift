import Foundation
import Glibc
import Keeper
import Testing

@testable import Host

private let ample = 20_000

/// What libcurl's failures become, and above all whether they admit that the request may have left.
@Suite struct TransportFailureTests {
  private func exchange(
    _ url: String, limits: TransportLimits = .init(), deadline: Int = ample, body: [UInt8] = [1]
  ) throws -> Reply {
    let (transport, ids) = try makeTransport([url], limits: limits)
    return transport.exchange([Outgoing(endpoint: ids[0], body: body)], deadlineMilliseconds: deadline)[0]
  }

  @Test func nobodyListening() throws {
    let (socket, port) = try ScriptedServer.listen()
    close(socket)
    let failure = try #require(try exchange("http://127.0.0.1:\(port)/KEY").failure)
    guard case .connect(let text) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(text.contains("refused") && !text.contains("KEY"))
    #expect(!failure.mayHaveBeenSent)
  }

  @Test func aNameThatDoesNotResolve() throws {
    let failure = try #require(try exchange("https://nowhere.invalid/KEY").failure)
    guard case .resolve(let text) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(!text.contains("KEY"))
  }

  @Test func aPeerThatDoesNotSpeakTLS() throws {
    let server = try ScriptedServer { connection in
      connection.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
      connection.drain()
    }
    let failure = try #require(try exchange("https://127.0.0.1:\(server.port)/KEY").failure)
    guard case .tls(let text) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(!text.contains("KEY"))
    #expect(!failure.mayHaveBeenSent)
  }

  @Test func aDeadlineInTheHandshakeSentNothing() throws {
    // The kernel completes the TCP connection; the TLS handshake never gets an answer.
    let server = try ScriptedServer { connection in connection.drain() }
    var reply: Reply?
    let time = try milliseconds { reply = try exchange("https://127.0.0.1:\(server.port)/", deadline: 300) }
    #expect(reply?.failure == .timeout(sent: false))
    #expect(time > 250 && time < 10_000)
  }

  @Test func aDeadlineAfterTheRequestMayHaveSentIt() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.drain()
    }
    var reply: Reply?
    let time = try milliseconds { reply = try exchange(server.url, deadline: 300) }
    #expect(reply?.failure == .timeout(sent: true))
    #expect(time > 250 && time < 10_000)
  }

  @Test func aSlowDripDoesNotOutliveTheDeadline() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".utf8))
      while connection.send([0x20]) { usleep(20_000) }
    }
    #expect(try exchange(server.url, deadline: 400).failure == .timeout(sent: true))
  }

  @Test func oneSlowNodeDoesNotTakeTheOthersAnswers() throws {
    let slow = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.drain()
    }
    let quick = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("ok")) }
    }
    let (transport, ids) = try makeTransport([slow.url, quick.url])
    let replies = transport.exchange(ids.map { Outgoing(endpoint: $0, body: []) }, deadlineMilliseconds: 1000)
    #expect(replies[0].failure == .timeout(sent: true))
    #expect(replies[1].text == "ok")
    // The next exchange is not disturbed by what was given up.
    let again = transport.exchange([Outgoing(endpoint: ids[1], body: [])], deadlineMilliseconds: ample)
    #expect(again[0].text == "ok")
    #expect(quick.connections == 1)
  }

  @Test func noDeadlineAtAllIsATimeout() throws {
    let server = try ScriptedServer { connection in connection.drain() }
    for deadline in [0, -1, Int.min] {
      guard case .timeout = try exchange(server.url, deadline: deadline).failure else {
        Issue.record("deadline \(deadline)")
        return
      }
    }
  }

  @Test func aResetInTheMiddleOfTheRequest() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readHead()
      connection.reset()
    }
    #expect(try exchange(server.url, body: [UInt8](repeating: 1, count: 8 << 20)).failure == .reset(sent: true))
  }

  @Test func aResetAtOnceIsToldByWhatHadHappened() throws {
    // Whether libcurl saw the connection come up before it went is the machine's affair; both tellings are honest.
    let server = try ScriptedServer { connection in connection.reset() }
    switch try exchange(server.url).failure {
    case .connect, .reset(sent: true): break
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test func aResetAfterTheRequest() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.reset()
    }
    #expect(try exchange(server.url).failure == .reset(sent: true))
    #expect(server.requests.count == 1)
  }

  @Test func anAnswerCutOff() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(ScriptedServer.response(Array("half".utf8), length: 100))
    }
    #expect(try exchange(server.url).failure == .reset(sent: true))
  }

  @Test func aKeptConnectionThatDiesIsNotCalledUnsent() throws {
    // First request answered, second read and then dropped together with the listener: libcurl tries again by itself
    // and is refused. The request did arrive, so the refusal must not hide it.
    let gate = Gate()
    let (listener, port) = try ScriptedServer.listen()
    Thread.detachNewThread {
      let socket = accept(listener, nil, nil)
      let server = ScriptedServer.Connection(socket: socket, server: nil)
      _ = server.readRequest()
      server.send(ScriptedServer.response("first"))
      gate.wait()
      close(listener)
      _ = server.readRequest()
      server.close()
    }
    let (transport, ids) = try makeTransport(["http://127.0.0.1:\(port)/"])
    let message = [Outgoing(endpoint: ids[0], body: [1])]
    #expect(transport.exchange(message, deadlineMilliseconds: ample)[0].text == "first")
    gate.open()
    let failure = try #require(transport.exchange(message, deadlineMilliseconds: ample)[0].failure)
    #expect(failure.mayHaveBeenSent, "\(failure)")
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz",
  ])
  func anAnswerThatIsNotHTTP(answer: String) throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(Array(answer.utf8))
    }
    let failure = try #require(try exchange(server.url).failure)
    #expect(failure.mayHaveBeenSent)
    guard case .protocolViolation = failure else {
      Issue.record("\(failure)")
      return
    }
  }

  private var small: TransportLimits {
    var limits = TransportLimits()
    limits.responseBytes = 1 << 20
    return limits
  }

  @Test func theCapHoldsForAnAnnouncedLength() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(ScriptedServer.response([], length: 1 << 40))
      connection.drain()
    }
    #expect(try exchange(server.url, limits: small).failure == .tooLarge(limitBytes: 1 << 20))
  }

  @Test func theCapHoldsForAnEndlessAnswer() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
      let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x10000) + [13, 10]
      while connection.send(chunk) {}
    }
    #expect(try exchange(server.url, limits: small).failure == .tooLarge(limitBytes: 1 << 20))
  }

  @Test func theCapCountsUnpackedBytes() throws {
    let bomb = Gzip.zeros(16 << 20)
    #expect(bomb.count < 200_000)
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil {
        connection.send(ScriptedServer.response(bomb, headers: ["Content-Encoding: gzip"]))
      }
    }
    #expect(try exchange(server.url, limits: small).failure == .tooLarge(limitBytes: 1 << 20))
    // The same bytes are an answer where they fit: it is the cap that stopped them.
    guard case .answer(_, let body, _) = try exchange(server.url) else {
      Issue.record("the bomb is no valid gzip")
      return
    }
    #expect(body.count == 16 << 20)
  }

  @Test func theCapItselfStillFits() throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil {
        connection.send(ScriptedServer.response([UInt8](repeating: 1, count: 1 << 20)))
      }
    }
    guard case .answer(_, let body, _) = try exchange(server.url, limits: small) else {
      Issue.record("refused")
      return
    }
    #expect(body.count == 1 << 20)
  }

  @Test func endlessHeadersAreCutOff() throws {
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      connection.send(Array("HTTP/1.1 200 OK\r\n".utf8))
      let line = Array("X-Filler: \(String(repeating: "x", count: 1000))\r\n".utf8)
      while connection.send(line) {}
    }
    let failure = try #require(try exchange(server.url).failure)
    guard case .protocolViolation(let text) = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(text.contains("headers"))
  }

  @Test func anInterruptEndsAnExchangeAtOnce() throws {
    let arrived = Gate()
    let server = try ScriptedServer { connection in
      _ = connection.readRequest()
      arrived.open()
      connection.drain()
    }
    let interrupt = try Interrupt()
    let (transport, ids) = try makeTransport([server.url, "https://127.0.0.1:\(server.port)/"], interrupt: interrupt)
    let raised = Locked<ContinuousClock.Instant?>(nil)
    Thread.detachNewThread {
      arrived.wait()
      raised.withLock { $0 = .now }
      interrupt.raise("SIGTERM")
    }
    let replies = transport.exchange(ids.map { Outgoing(endpoint: $0, body: [1]) }, deadlineMilliseconds: 60_000)
    let at = try #require(raised.withLock { $0 })
    #expect(replies[0].failure == .cancelled(sent: true))
    #expect(replies[1].failure == .cancelled(sent: false))
    // A millisecond in truth; a crowded machine gets a second, and the deadline was a minute.
    #expect(ContinuousClock.now - at < .seconds(1))
  }

  @Test func anExchangeAfterAnInterruptRunsAsAlways() throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("ok")) }
    }
    let interrupt = try Interrupt()
    let (transport, ids) = try makeTransport([server.url], interrupt: interrupt)
    interrupt.raise("SIGTERM")
    for _ in 0..<3 {
      let reply = transport.exchange([Outgoing(endpoint: ids[0], body: [])], deadlineMilliseconds: ample)[0]
      #expect(reply.text == "ok")
    }
  }

  @Test func anInterruptAfterTheTransportIsGoneTouchesNothing() throws {
    let interrupt = try Interrupt()
    do { _ = try makeTransport(["http://127.0.0.1:1/"], interrupt: interrupt) }
    interrupt.raise("SIGTERM")
    #expect(interrupt.isStopping)
  }
}
