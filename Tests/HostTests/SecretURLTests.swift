import Keeper
import Testing

@testable import Host

@Suite struct SecretURLTests {
  @Test(arguments: [
    ("https://eth.example.com/v3/0123KEY", "https://eth.example.com"),
    ("https://user:KEY@eth.example.com:8443/x?apikey=KEY#KEY", "https://eth.example.com:8443"),
    ("http://127.0.0.1:8545", "http://127.0.0.1:8545"), ("http://localhost:8545/KEY\n", "http://localhost:8545"),
    ("http://[::1]:8545/KEY", "http://[::1]:8545"), ("  https://h/KEY \n", "https://h"),
  ])
  func printsItsOriginHoweverItIsPrinted(text: String, origin: String) throws {
    let url = try SecretURL(text, endpoint: "node0")
    #expect(url.origin == origin)
    let id = EndpointID(index: 0, name: "node0")
    let header = try SecretHeader(name: "X-Key", value: "KEY", endpoint: "node0")
    let endpoint = EndpointConfiguration(id: id, url: url, headers: [header])
    var dumped = ""
    dump(endpoint, to: &dumped)
    for printed in [
      "\(url)", String(reflecting: url), "\(endpoint)", String(reflecting: endpoint), "\([url])",
      "\(Optional(url) as Any)", "\(header)", String(reflecting: [header]), dumped,
    ] {
      #expect(!printed.contains("KEY"), "\(printed)")
    }
  }

  @Test(arguments: [
    ("", "empty"), ("\n", "empty"), ("ftp://h/KEY", "scheme is ftp"), ("file:///etc/KEY", ""), ("h/KEY", ""),
    ("//h/KEY", ""), ("https:///KEY", ""), ("https://h:99999/KEY", ""), ("https://h/K EY", "space"),
    ("https://h/KEY\r\nX: y", "space"), ("https://h/KEY\u{e9}", "ASCII"), ("https://h/\u{0}KEY", "space"),
    ("http://eth.example.com/KEY", "plain http"), ("http://10.0.0.1/KEY", "plain http"),
    ("http://127.evil.com/KEY", "plain http"), ("http://127.0.0.1.evil.com/KEY", "plain http"),
    ("http://localhost.evil.com/KEY", "plain http"), ("http://0x7f.0.0.1.x/KEY", "plain http"),
    ("gopher://h/KEY", "scheme is gopher"), ("https://h/" + String(repeating: "KEY", count: 1000), "longer"),
  ])
  func refusesWhatItCannotUseWithoutRepeatingIt(text: String, hint: String) {
    do {
      let url = try SecretURL(text, endpoint: "node0")
      Issue.record("accepted as \(url)")
    } catch {
      #expect("\(error)".contains("node0") && "\(error)".contains(hint), "\(error)")
      #expect(!"\(error)".contains("KEY"), "\(error)")
    }
  }

  @Test func plainHTTPElsewhereNeedsTheFlag() throws {
    #expect(try SecretURL("http://10.0.0.1:8545", endpoint: "n", allowPlainHTTP: true).isEncrypted == false)
  }

  @Test(arguments: [
    ("", "v"), ("X Y", "v"), ("X:", "v"), ("X", ""), ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "\u{0}"), ("Host", "v"),
    ("content-length", "1"), ("Transfer-Encoding", "chunked"), ("X\r\nY", "v"),
  ])
  func headersThatCouldChangeTheRequestAreRefused(name: String, value: String) {
    #expect(throws: HostError.self) { try SecretHeader(name: name, value: value, endpoint: "node0") }
  }

  @Test func aHeaderFromAFileLosesItsLastLineBreak() throws {
    #expect(try SecretHeader(name: "X-Key", value: "abc\n", endpoint: "n").value == "abc")
  }

  @Test func anEndpointTwiceIsRefused() throws {
    let id = EndpointID(index: 0, name: "node0")
    let endpoint = EndpointConfiguration(id: id, url: try SecretURL("http://127.0.0.1", endpoint: "node0"))
    #expect(throws: HostError.self) { try CurlTransport(endpoints: [endpoint, endpoint], version: "1") }
  }
}
