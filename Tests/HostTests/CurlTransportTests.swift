import Foundation
import Glibc
import Keeper
import Testing

@testable import Host

/// One transport to the given URLs, endpoints named "node0", "node1", …
func makeTransport(
  _ urls: [String], limits: TransportLimits = .init(), interrupt: Interrupt? = nil, headers: [SecretHeader] = []
) throws -> (CurlTransport, [EndpointID]) {
  let ids = urls.indices.map { EndpointID(index: $0, name: "node\($0)") }
  let endpoints = try zip(ids, urls).map { id, url in
    EndpointConfiguration(id: id, url: try SecretURL(url, endpoint: id.name), headers: headers)
  }
  return (try CurlTransport(endpoints: endpoints, version: "0.0.1", interrupt: interrupt, limits: limits), ids)
}

extension Reply {
  var text: String? {
    if case .answer(_, let body, _) = self { String(decoding: body, as: UTF8.self) } else { nil }
  }
  var status: Int? { if case .answer(let status, _, _) = self { status } else { nil } }
  var failure: TransportFailure? { if case .failed(let failure) = self { failure } else { nil } }
  var retryAfter: Int? { if case .answer(_, _, let seconds) = self { seconds } else { nil } }
}

/// Long enough that only a hang reaches it.
private let ample = 20_000

@Suite struct CurlTransportTests {
  private func one(_ transport: CurlTransport, _ id: EndpointID, _ body: String = "{}", deadline: Int = ample) -> Reply
  {
    transport.exchange([Outgoing(endpoint: id, body: Array(body.utf8))], deadlineMilliseconds: deadline)[0]
  }

  @Test func postsTheBodyAsJSONAndReturnsTheAnswer() throws {
    let server = try ScriptedServer { connection in
      while let request = connection.readRequest() { connection.send(ScriptedServer.response(request.body)) }
    }
    let header = try SecretHeader(name: "Authorization", value: "Bearer s3cret", endpoint: "node0")
    let (transport, ids) = try makeTransport([server.url + "v2/KEY?a=b"], headers: [header])
    let body = #"[{"jsonrpc":"2.0","id":1}]"# + "\u{0}binary"
    #expect(one(transport, ids[0], body).text == body)
    let request = try #require(server.requests.first)
    #expect(request.head.hasPrefix("POST /v2/KEY?a=b HTTP/1.1\r\n"))
    #expect(request.header("content-type") == "application/json")
    #expect(request.header("authorization") == "Bearer s3cret")
    #expect(request.header("user-agent") == "vaultkeeper/0.0.1")
    #expect(request.header("expect") == nil)
  }

  @Test func aLargeBodyIsSentWithoutAskingFirst() throws {
    let server = try ScriptedServer { connection in
      while let request = connection.readRequest() {
        connection.send(ScriptedServer.response("\(request.body.count) \(request.header("expect") ?? "none")"))
      }
    }
    let (transport, ids) = try makeTransport([server.url])
    #expect(one(transport, ids[0], String(repeating: "x", count: 3 << 20)).text == "\(3 << 20) none")
  }

  @Test func anEmptyBodyAndAnEmptyExchangeAreFine() throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("")) }
    }
    let (transport, ids) = try makeTransport([server.url])
    #expect(one(transport, ids[0], "").text == "")
    #expect(transport.exchange([], deadlineMilliseconds: ample).isEmpty)
  }

  @Test func connectionsAreKeptBetweenExchanges() throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("ok")) }
    }
    let (transport, ids) = try makeTransport([server.url])
    for _ in 0..<20 { #expect(one(transport, ids[0]).text == "ok") }
    #expect(server.connections == 1)
    #expect(transport.counters.connectionsOpened == 1)
    #expect(transport.counters.exchanges == 20)
    #expect(transport.counters.requests == 20)
  }

  @Test func allRequestsOfAnExchangeAreUnderWayAtOnceAndRepliesKeepTheirOrder() throws {
    // Nobody answers before all four requests have arrived, and the last to be asked answers first.
    let meeting = Meeting(of: 4)
    let gates = (0..<4).map { _ in Gate() }
    let servers = try (0..<4).map { index in
      try ScriptedServer { connection in
        guard connection.readRequest() != nil, meeting.arrive() else { return }
        if index < 3 { gates[index + 1].wait() }
        connection.send(ScriptedServer.response("node\(index)"))
        gates[index].open()
      }
    }
    let (transport, ids) = try makeTransport(servers.map(\.url))
    let replies = transport.exchange(ids.map { Outgoing(endpoint: $0, body: []) }, deadlineMilliseconds: ample)
    #expect(replies.map(\.text) == ["node0", "node1", "node2", "node3"])
  }

  @Test func severalRequestsToOneEndpointRunInParallelToo() throws {
    let meeting = Meeting(of: 3)
    let server = try ScriptedServer { connection in
      while let request = connection.readRequest() {
        meeting.arrive()
        connection.send(ScriptedServer.response(request.body))
      }
    }
    let (transport, ids) = try makeTransport([server.url])
    let outgoing = ["a", "b", "c"].map { Outgoing(endpoint: ids[0], body: Array($0.utf8)) }
    #expect(transport.exchange(outgoing, deadlineMilliseconds: ample).map(\.text) == ["a", "b", "c"])
  }

  @Test func anyStatusIsAnAnswer() throws {
    for status in ["200 OK", "400 Bad Request", "404 Not Found", "500 Internal Server Error", "503 Busy"] {
      let server = try ScriptedServer { connection in
        while connection.readRequest() != nil { connection.send(ScriptedServer.response("b", status: status)) }
      }
      let (transport, ids) = try makeTransport([server.url])
      #expect(one(transport, ids[0]).status == Int(status.prefix(3)))
    }
  }

  @Test(
    arguments: [
      ("Retry-After: 7", 7), ("Retry-After: 99999999", 3600), ("Retry-After: 0", nil), ("Retry-After: soon", nil),
      ("Retry-After: -5", nil), ("X-Other: 7", nil),
    ] as [(String, Int?)])
  func retryAfterIsReadAndBounded(header: String, expected: Int?) throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil {
        connection.send(ScriptedServer.response("slow down", status: "429 Too Many Requests", headers: [header]))
      }
    }
    let (transport, ids) = try makeTransport([server.url])
    let reply = one(transport, ids[0])
    #expect(reply.status == 429)
    #expect(reply.retryAfter == expected)
  }

  @Test func redirectsAreAnswersAndNotFollowed() throws {
    let target = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("stolen")) }
    }
    for place in [target.url, "file:///etc/passwd"] {
      let server = try ScriptedServer { connection in
        while connection.readRequest() != nil {
          connection.send(ScriptedServer.response("", status: "307 Moved", headers: ["Location: \(place)"]))
        }
      }
      let (transport, ids) = try makeTransport([server.url])
      #expect(one(transport, ids[0]).status == 307)
    }
    #expect(target.connections == 0)
  }

  @Test func gzipIsUnpacked() throws {
    let server = try ScriptedServer { connection in
      while let request = connection.readRequest() {
        guard request.header("accept-encoding") == "gzip" else { return }
        let packed = Gzip.stored(Array("unpacked".utf8))
        connection.send(ScriptedServer.response(packed, headers: ["Content-Encoding: gzip"]))
      }
    }
    let (transport, ids) = try makeTransport([server.url])
    #expect(one(transport, ids[0]).text == "unpacked")
  }

  @Test func anUnknownEndpointIsAFailureOfItsOwn() throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("ok")) }
    }
    let (transport, ids) = try makeTransport([server.url])
    let stranger = EndpointID(index: 9, name: "stranger")
    let replies = transport.exchange(
      [Outgoing(endpoint: stranger, body: []), Outgoing(endpoint: ids[0], body: [])], deadlineMilliseconds: ample)
    #expect(replies[0].failure?.mayHaveBeenSent == false)
    #expect(replies[1].text == "ok")
  }

  @Test func aProxyOfTheEnvironmentIsIgnored() async throws {
    let server = try ScriptedServer { connection in
      while connection.readRequest() != nil { connection.send(ScriptedServer.response("direct")) }
    }
    let url = server.url
    // In a process of its own: the environment belongs to all threads.
    await #expect(processExitsWith: .success) { [url = url as String] in
      for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        setenv(name, "http://127.0.0.1:1", 1)
      }
      unsetenv("no_proxy")
      unsetenv("NO_PROXY")
      let (transport, ids) = try makeTransport([url])
      let reply = transport.exchange([Outgoing(endpoint: ids[0], body: [])], deadlineMilliseconds: 20_000)[0]
      #expect(reply.text == "direct")
    }
  }
}
