import Ethereum
import Testing

@testable import Keeper

/// Answers as a real etcd 3.4.23 gave them over its gateway, and answers that nobody should believe.
@Suite struct EtcdMessageTests {
  private let header =
    #""header":{"cluster_id":"324952591200643719","member_id":"3319814642761637952","revision":"2","raft_term":"2"}"#

  private func answer(_ text: String) throws -> EtcdAnswer { try EtcdAnswer(Array(text.utf8)) }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64IsTheStandards(_ bytes: String, _ text: String) {
    #expect(Base64.encode(Array(bytes.utf8)) == text)
    #expect(Base64.decode(text, limit: 6) == Array(bytes.utf8))
  }

  @Test(arguments: ["Zg=", "Zg", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9", "Zm9v\n", "====", "Z===", "-_-_", "Zm9vYmFyZm9v"])
  func base64OfAnotherFormIsRefused(_ text: String) { #expect(Base64.decode(text, limit: 6) == nil) }

  @Test func everyByteSurvives() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ length &* 13) }
      #expect(Base64.decode(Base64.encode(bytes), limit: length) == bytes)
    }
  }

  @Test func grantsAreRead() throws {
    let it = try answer("{\(header),\"ID\":\"2324035568541319685\",\"TTL\":\"5\"}").granted()
    #expect(it.lease == 2_324_035_568_541_319_685 && it.ttlSeconds == 5)
  }

  @Test func aLeaseThatIsGoneHasNoTimeToLive() throws {
    #expect(try answer("{\"result\":{\(header),\"ID\":\"123\",\"TTL\":\"5\"}}\n").keptAlive(123) == 5)
    #expect(try answer("{\"result\":{\(header),\"ID\":\"123\"}}").keptAlive(123) == 0)
    #expect(throws: EtcdFailure.self) {
      try answer("{\"result\":{\(header),\"ID\":\"124\",\"TTL\":\"5\"}}").keptAlive(123)
    }
    #expect(throws: EtcdFailure.self) { try answer("{\(header),\"ID\":\"123\",\"TTL\":\"5\"}").keptAlive(123) }
  }

  @Test func aTransactionThatFailedSaysNothingOfSucceeding() throws {
    let held = try answer(
      """
      {\(header),"responses":[{"response_range":{"header":{"revision":"2"},"kvs":[{"key":"bGVhZGVy",\
      "create_revision":"2","mod_revision":"2","version":"1","value":"bWU=",\
      "lease":"2324035568541319687"}],"count":"1"}},\
      {"response_range":{"header":{"revision":"2"}}}]}
      """
    ).transaction()
    #expect(!held.succeeded && held.ranges.count == 2 && held.ranges[1].entries.isEmpty)
    let leader = try #require(held.ranges[0].entries.first)
    #expect(leader.key == Array("leader".utf8) && leader.value == Array("me".utf8))
    #expect(leader.createRevision == 2 && leader.lease == 2_324_035_568_541_319_687)

    let done = try answer(
      "{\(header),\"succeeded\":true,\"responses\":[{\"response_put\":{\"header\":{\"revision\":\"3\"}}}]}"
    ).transaction()
    #expect(done.succeeded && done.ranges.isEmpty)
  }

  @Test func errorsOfTheStoreKeepTheirNumber() {
    let body =
      #"{"error":"etcdserver: requested lease not found","message":"etcdserver: requested lease not found","code":5}"#
    #expect(EtcdFailure(status: 404, body: Array(body.utf8)).isNotFound)
    #expect(!EtcdFailure(status: 404, body: Array("Not Found\n".utf8)).isNotFound)
    #expect(!EtcdFailure(status: 503, body: []).isNotFound)
  }

  @Test(arguments: [
    "", "[]", "{}", "null", #"{"header":{}}"#, #"{"header":{"cluster_id":7,"revision":"1"}}"#,
    #"{"header":{"cluster_id":"7","revision":1}}"#, #"{"header":{"cluster_id":"7","revision":"1e3"}}"#,
    #"{"header":{"cluster_id":"7","revision":"99999999999999999999"}}"#,
    #"{"header":{"cluster_id":"7","revision":"+1"}}"#, "<html>bad gateway</html>",
  ])
  func whatHasNoProperHeaderIsNoAnswer(_ text: String) { #expect(throws: EtcdFailure.self) { try answer(text) } }

  @Test(arguments: [
    #""kvs":{}"#, #""kvs":[7]"#, #""kvs":[{"key":"","create_revision":"1"}]"#,
    #""kvs":[{"key":"Zg==","value":"Zg==","create_revision":"0"}]"#,
    #""kvs":[{"key":"Zg==","value":"Z","create_revision":"1"}]"#,
    #""kvs":[{"key":"Zg==","value":7,"create_revision":"1","lease":7}]"#, #""more":1"#,
  ])
  func rangesThatMakeNoSenseAreRefused(_ body: String) {
    #expect(throws: EtcdFailure.self) { try answer("{\(header),\(body)}").range() }
  }

  @Test func grantsThatGrantNothingAreRefused() {
    for body in [#""ID":"0","TTL":"5""#, #""ID":"7""#, #""ID":"-7","TTL":"5""#, #""ID":"7","TTL":"-1""#] {
      #expect(throws: EtcdFailure.self) { try answer("{\(header),\(body)}").granted() }
    }
  }

  /// Whatever bytes come, they are refused or read, and nothing traps.
  @Test func mutilatedAnswersDoNotTrap() {
    let whole = Array(
      "{\(header),\"succeeded\":true,\"responses\":[{\"response_range\":{\"kvs\":[{\"key\":\"Zg==\"}]}}]}".utf8)
    for index in whole.indices {
      for byte: UInt8 in [0, 0x22, 0x2d, 0x39, 0x7b, 0xff] {
        var text = whole
        text[index] = byte
        do { _ = try EtcdAnswer(text).transaction() } catch { continue }
      }
    }
  }

  @Test func keysSayWhatTheyName() throws {
    let keys = LeaseWorld.settings().keys
    let hash = World.hash(3)
    let key = keys.transaction(hash, nonce: 7, of: LeaseWorld.lane)
    let read = try #require(keys.read(Array(key.utf8)))
    #expect(read.lane == LeaseWorld.lane && read.place == .transaction(nonce: 7, hash: hash))
    #expect(keys.read(Array(keys.next(LeaseWorld.lane).utf8))?.place == .next)
    #expect(key < keys.transaction(World.hash(4), nonce: 10, of: LeaseWorld.lane))
    #expect(keys.transaction(hash, nonce: .max, of: LeaseWorld.lane) < keys.next(LeaseWorld.lane))
    for wrong in [
      "", "/vaultkeeper/test/leader", keys.lane(LeaseWorld.lane), key + "/", key.uppercased(), keys.lanes + "1/2/3/4",
      keys.lane(LeaseWorld.lane) + "7/\(hash)",
    ] {
      #expect(keys.read(Array(wrong.utf8)) == nil, "\(wrong)")
    }
  }
}
