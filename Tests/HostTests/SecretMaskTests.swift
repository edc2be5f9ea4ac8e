import Foundation
import Keeper
import Testing

@testable import Host

private let ample = 20_000
private let key = "0123abcd-KEY-4567"

/// Servers echo what they were asked for; an endpoint's secrets must not come back with it.
@Suite struct SecretMaskTests {
  /// A server that shows whoever asks the target and the headers of the request.
  private func echo(_ path: String, status: String, headers: [SecretHeader] = []) throws -> String {
    let server = try ScriptedServer(answering: { request in
      ScriptedServer.response("Cannot \(request.head) here", status: status)
    })
    let (transport, ids) = try makeTransport([server.url + path], headers: headers)
    let reply = transport.exchange([Outgoing(endpoint: ids[0], body: [1])], deadlineMilliseconds: ample)[0]
    #expect(server.requests.first?.head.contains(path) == true, "the request itself must carry the secret")
    return try #require(reply.text)
  }

  @Test(arguments: ["404 Not Found", "401 Unauthorized", "429 Too Many Requests", "500 Oh", "200 OK"])
  func anEchoOfThePathCarriesNoKey(status: String) throws {
    let text = try echo("v2/\(key)", status: status)
    #expect(text.hasPrefix("Cannot POST /v2/(secret) HTTP/1.1"), "\(text)")
    #expect(!text.contains(key))
  }

  @Test func anEchoOfQueryAndHeadersCarriesNoKey() throws {
    let headers = [
      try SecretHeader(name: "Authorization", value: "Bearer hunter2-hunter2", endpoint: "node0"),
      try SecretHeader(name: "X-Key", value: "hunter3 hunter3", endpoint: "node0"),
    ]
    let text = try echo("rpc?chain=1&apikey=\(key)", status: "403 Forbidden", headers: headers)
    #expect(text.hasPrefix("Cannot POST /rpc?chain=1&apikey=(secret) HTTP/1.1"), "\(text)")
    #expect(!text.contains("hunter"), "\(text)")
  }

  @Test func theDataOfAnAnswerIsNotTouched() throws {
    // The key is what a node answers with, as it never would be: not a byte of data may change.
    for answer in [
      #"[{"result":"0x0123456789abcdef"}]"#, " \r\n\t[\"0x0123456789abcdef\"]",
      #"[{"jsonrpc":"2.0","id":1,"result":{"0123456789abcdef":["0x0123456789abcdef0123456789abcdef"]}}]"#,
    ] {
      #expect(
        String(decoding: try mask("https://h/x0123456789abcdef").shown(Array(answer.utf8), status: 200), as: UTF8.self)
          == answer)
      let server = try ScriptedServer(answering: { _ in ScriptedServer.response(answer) })
      let (transport, ids) = try makeTransport([server.url + "0123456789abcdef"])
      let reply = transport.exchange([Outgoing(endpoint: ids[0], body: [1])], deadlineMilliseconds: ample)[0]
      #expect(reply.text == answer.replacingOccurrences(of: #"{"0123456789abcdef":"#, with: #"{"(secret)":"#))
    }
  }

  @Test(arguments: [
    // The words of an error, beside data that happens to hold the same digits.
    (
      #"[{"id":1,"error":{"code":-32005,"message":"key abcdef0123 is over quota","data":"0xabcdef0123"}}]"#,
      #"[{"id":1,"error":{"code":-32005,"message":"key (secret) is over quota","data":"0xabcdef0123"}}]"#
    ),
    // A result of words, an array that is no JSON, a string that never ends.
    (#"[{"id":1,"result":"no such key: abcdef0123"}]"#, #"[{"id":1,"result":"no such key: (secret)"}]"#),
    ("[error] abcdef0123 is unknown", "[error] (secret) is unknown"),
    (#"[{"id":1,"error":{"message":"abcdef0123"#, #"[{"id":1,"error":{"message":"(secret)""#),
    // Written with escapes.
    (#"[{"error":{"message":"v2\/\u0061bcdef0123 \"x\""}}]"#, #"[{"error":{"message":"v2/(secret)  x "}}]"#),
    (#"[{"error":{"message":"a\/b\n"}}]"#, #"[{"error":{"message":"a\/b\n"}}]"#),
    (#"[{"error":{"message":"abcdef0123\"#, #"[{"error":{"message":"(secret) ""#),
  ])
  func theWordsOfAnAnswerCarryNoKey(answer: String, expected: String) throws {
    let shown = try mask("https://h/v2/abcdef0123").shown(Array(answer.utf8), status: 200)
    #expect(String(decoding: shown, as: UTF8.self) == expected)
  }

  private func mask(_ url: String) throws -> SecretMask {
    let id = EndpointID(index: 0, name: "node0")
    return SecretMask(EndpointConfiguration(id: id, url: try SecretURL(url, endpoint: "node0")))
  }

  private func shown(_ text: String, of url: String) throws -> String {
    String(decoding: try mask(url).shown(Array(text.utf8), status: 404), as: UTF8.self)
  }

  @Test(arguments: [
    // Every place in a URL, and the host is none.
    ("https://user1234:pass5678@longhost.example:8443/path1234/x?a=value123&flag1234#frag1234", "user1234", "(secret)"),
    ("https://user1234:pass5678@longhost.example/", "pass5678", "(secret)"),
    ("https://user1234:pass5678@longhost.example/", "longhost.example", "longhost.example"),
    ("https://longhost.example/path1234/x", "no /path1234/x", "no /(secret)/x"),
    ("https://h/x?a=value123&flag1234#frag1234", "value123 flag1234 frag1234", "(secret) (secret) (secret)"),
    ("https://h/x?a=key=with=signs==", "key=with=signs==", "(secret)"),
    // Seven bytes are a word, eight may be a key.
    ("https://h/1234567/12345678", "1234567 12345678", "1234567 (secret)"),
    // As written and as decoded.
    ("https://h/key%2Bwith%2Bplus", "key%2Bwith%2Bplus key+with+plus", "(secret) (secret)"),
    ("https://h/100%25%zz%", "100%%zz% 100%25%zz%", "(secret) (secret)"),
    // The longer of two that begin alike; at the end; twice; cut off.
    ("https://h/abcdefgh/abcdefghij", "abcdefghij abcdefgh abcdefghij", "(secret) (secret) (secret)"),
    ("https://h/abcdefgh", "abcdefghabcdefgh abcdefg", "(secret)(secret) abcdefg"),
    ("https://h", "as it is", "as it is"), ("https://h/abcdefgh", "", ""),
  ])
  func whatIsHiddenAndWhatIsNot(url: String, body: String, expected: String) throws {
    #expect(try shown(body, of: url) == expected)
  }

  @Test func theStartOfALargeBodyIsMaskedAndNothingIsLost() throws {
    let filler = String(repeating: "x", count: SecretMask.maximumBytes - 9)
    // The second begins inside of the limit and ends beyond it.
    let body = key + filler.dropLast(key.utf8.count) + key + "tail" + key
    let text = try shown(body, of: "https://h/\(key)")
    #expect(text == "(secret)" + filler.dropLast(key.utf8.count) + "(secret)tail" + key)
  }

  @Test func theMaskItselfIsNotPrinted() throws {
    let mask = try mask("https://h/\(key)")
    var dumped = ""
    dump(mask, to: &dumped)
    for printed in ["\(mask)", String(reflecting: mask), "\([mask])", dumped] { #expect(!printed.contains("KEY")) }
  }
}
