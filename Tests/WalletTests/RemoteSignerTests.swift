import Ethereum
import Testing

@testable import Wallet

/// A signer behind a door whose every answer the test decides. Honest answers follow the documentation of web3signer
/// and clef; no real one was asked.
final class StubDoor: SignerDoor {
  var reply: (JSON) throws -> SignerReply
  private(set) var requests: [JSON] = []

  init(_ reply: @escaping (JSON) throws -> SignerReply) { self.reply = reply }

  func exchange(_ body: [UInt8]) -> SignerReply {
    do {
      let request = try JSON.parse(body)
      requests.append(request)
      return try reply(request)
    } catch {
      Issue.record("\(error)")
      return .silent(reason: "\(error)")
    }
  }

  static func answer(_ result: JSON, to request: JSON) -> SignerReply {
    .answer(
      status: 200,
      body: JSON.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": result]).encoded())
  }

  static func result(_ signed: SignedTransaction, _ kind: RemoteSigner.Kind) -> JSON {
    let raw = JSON.string(Hex.encode(signed.raw))
    switch kind {
    case .web3signer: return raw
    case .clef: return ["raw": raw, "tx": ["hash": .string(signed.hash.description), "nonce": "0x7"]]
    }
  }
}

/// Everything the tests of remote signers start from.
struct RemoteBench {
  let context: Secp256k1
  let key: SecretKey
  let other: SecretKey
  let local: LocalSigner
  let transaction: UnsignedTransaction

  init() throws {
    context = try WalletFixture.context()
    key = try WalletFixture.key(String(repeating: "22", count: 32), context)
    other = try WalletFixture.key(String(repeating: "33", count: 32), context)
    local = LocalSigner(key: key, context: context)
    transaction = PolicyFixture.transaction(
      42161, to: try Address(bytes: [UInt8](repeating: 0xab, count: 20)), valueWei: 5, data: [1, 2, 3, 4])
  }

  func remote(_ kind: RemoteSigner.Kind, _ reply: @escaping (JSON) throws -> SignerReply) -> RemoteSigner {
    RemoteSigner(kind, address: key.address, door: StubDoor(reply), context: Secp256k1())
  }

  /// What comes of an answer with this result.
  func signing(_ kind: RemoteSigner.Kind, _ result: JSON) throws -> WalletError? {
    let signer = remote(kind) { StubDoor.answer(result, to: $0) }
    return #expect(throws: WalletError.self) { try signer.sign(transaction) }
  }
}

@Suite struct RemoteSignerTests {
  private let bench: RemoteBench

  init() throws { bench = try RemoteBench() }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func anHonestAnswerIsWhatTheKeyItselfWouldSign(kind: RemoteSigner.Kind) throws {
    for transaction in [
      bench.transaction,
      PolicyFixture.transaction(1, to: bench.key.address, kind: .legacy(gasPriceWei: 9, protected: true)),
    ] {
      let expected = try bench.local.sign(transaction)
      let signer = bench.remote(kind) { StubDoor.answer(StubDoor.result(expected, kind), to: $0) }
      #expect(try signer.sign(transaction) == expected)
    }
  }

  /// The documented fields, all as hex quantities, and one object instead of a batch.
  @Test func requestsAreWrittenAsDocumented() throws {
    let expected = try bench.local.sign(bench.transaction)
    for kind in RemoteSigner.Kind.allCases {
      let door = StubDoor { StubDoor.answer(StubDoor.result(expected, kind), to: $0) }
      _ = try RemoteSigner(kind, address: bench.key.address, door: door, context: Secp256k1()).sign(bench.transaction)
      let request = try #require(door.requests.first)
      #expect(request["jsonrpc"] == "2.0")
      #expect(request["method"]?.string == (kind == .clef ? "account_signTransaction" : "eth_signTransaction"))
      var fields: JSONObject = [
        "from": .string(bench.key.address.description), "to": "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB",
        "gas": "0x1e8480", "nonce": "0x7", "value": "0x5", "data": "0x01020304",
        "maxPriorityFeePerGas": "0x3b9aca00", "maxFeePerGas": "0xba43b7400",
      ]
      if kind == .clef { fields["chainId"] = "0xa4b1" }
      #expect(request["params"]?[0] == .object(fields))
    }
  }

  @Test func whatASignerHasNoFieldForIsNotAsked() throws {
    var listed = bench.transaction
    listed.accessList = [AccessListEntry(address: .zero, storageKeys: [.zero])]
    var replayable = bench.transaction
    replayable.kind = .legacy(gasPriceWei: 1, protected: false)
    let signer = bench.remote(.web3signer) { _ in .silent(reason: "asked") }
    for transaction in [listed, replayable] {
      let error = #expect(throws: WalletError.self) { try signer.sign(transaction) }
      guard case .remote(.unsupported) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }
    let expected = try bench.local.sign(listed)
    let clef = bench.remote(.clef) { request in
      #expect(request["params"]?[0]?["accessList"]?[0]?["storageKeys"]?[0]?.string == Bytes32.zero.description)
      return StubDoor.answer(StubDoor.result(expected, .clef), to: request)
    }
    #expect(try clef.sign(listed) == expected)
  }

  /// One field changed and properly signed again: refused by that field's name.
  @Test(arguments: RemoteSigner.Kind.allCases)
  func aChangedFieldIsNamed(kind: RemoteSigner.Kind) throws {
    let changes: [(String, (inout UnsignedTransaction) throws -> Void)] = [
      ("type", { $0.kind = .legacy(gasPriceWei: 50_000_000_000, protected: true) }),
      ("chain id", { $0.chainID = 1 }), ("nonce", { $0.nonce += 1 }), ("gas limit", { $0.gasLimit -= 1 }),
      ("fee cap", { $0.kind = .dynamicFee(tipWei: 1_000_000_000, feeCapWei: 50_000_000_001) }),
      ("tip", { $0.kind = .dynamicFee(tipWei: 999_999_999, feeCapWei: 50_000_000_000) }),
      ("recipient", { $0.to = try Address(bytes: [UInt8](repeating: 0xac, count: 20)) }),
      ("recipient", { $0.to = nil }), ("value", { $0.valueWei = 6 }), ("data", { $0.data = [1, 2, 3, 5] }),
      ("access list", { $0.accessList = [AccessListEntry(address: .zero, storageKeys: [])] }),
    ]
    for (field, change) in changes {
      var changed = bench.transaction
      try change(&changed)
      let error = try bench.signing(kind, StubDoor.result(try bench.local.sign(changed), kind))
      guard case .remote(.differs(field, _, _)) = error else {
        return #expect(Bool(false), "\(field): \(String(describing: error))")
      }
      #expect(error?.tickCode == "signerUntrusted")
    }
    var legacy = bench.transaction
    legacy.kind = .legacy(gasPriceWei: 1, protected: true)
    var replayable = legacy
    replayable.kind = .legacy(gasPriceWei: 1, protected: false)
    let answer = StubDoor.result(try bench.local.sign(replayable), kind)
    let signer = bench.remote(kind) { StubDoor.answer(answer, to: $0) }
    let error = #expect(throws: WalletError.self) { try signer.sign(legacy) }
    guard case .remote(.differs("replay protection", _, _)) = error else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func anotherSignerIsRefused(kind: RemoteSigner.Kind) throws {
    let foreign = LocalSigner(key: bench.other, context: bench.context)
    let error = try bench.signing(kind, StubDoor.result(try foreign.sign(bench.transaction), kind))
    #expect(error == .remote(.otherSigner(expected: bench.key.address, recovered: bench.other.address)))
  }

  /// (r, n − s) with the other parity recovers to the same account, and no chain takes it since Homestead.
  @Test(arguments: RemoteSigner.Kind.allCases)
  func aHighSIsRefused(kind: RemoteSigner.Kind) throws {
    let signed = try bench.local.sign(bench.transaction)
    let high = try Signature.groupOrder - signed.signature.s
    guard case .list(var fields) = try RLP.decode(Array(signed.raw.dropFirst())) else {
      return #expect(Bool(false), "a list")
    }
    fields[fields.count - 3] = .integer(UInt256(UInt64(signed.signature.yParity ^ 1)))
    fields[fields.count - 1] = .integer(high)
    let raw = Hex.encode([2] + RLP.list(fields).encoded())
    let error = try bench.signing(kind, kind == .clef ? ["raw": .string(raw)] : .string(raw))
    #expect(error == .remote(.undecodable(.transaction(.signatureHighS(high)))))
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func garbageIsRefused(kind: RemoteSigner.Kind) throws {
    let signed = try bench.local.sign(bench.transaction)
    let raw = Hex.encode(signed.raw)
    let wrap: (String) -> JSON = { kind == .clef ? ["raw": .string($0)] : .string($0) }
    for text in ["0x", "0x00", "0xc0", raw + "00", String(raw.dropLast(2)), "0x02" + raw.dropFirst(4) + "ff"] {
      let error = try bench.signing(kind, wrap(text))
      guard case .remote(.undecodable) = error else {
        return #expect(Bool(false), "\(text): \(String(describing: error))")
      }
    }
    for result: JSON in [
      wrap(String(raw.dropFirst(2))), wrap("0xzz"), wrap(raw + "0"), .null, true, 7, [], .array([.string(raw)]),
      ["transaction": .string(raw)], kind == .clef ? .string(raw) : ["raw": .string(raw)],
    ] {
      let error = try bench.signing(kind, result)
      guard case .remote(.malformed) = error else {
        return #expect(Bool(false), "\(result): \(String(describing: error))")
      }
      #expect(error?.tickCode == "signer")
    }
    if kind == .clef {
      let error = try bench.signing(kind, ["raw": .string(raw), "tx": ["hash": .string(Bytes32.zero.description)]])
      guard case .remote(.differs("hash", _, _)) = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
    }
  }

  @Test func answersToOtherQuestionsAreRefused() throws {
    let result = Hex.encode(try bench.local.sign(bench.transaction).raw)
    for body in [
      "", "null", "[]", "<html>", #"{"jsonrpc":"2.0","id":1,"result":"\#(result)"}"#,
      #"{"jsonrpc":"2.0","result":"\#(result)"}"#, #"[{"jsonrpc":"2.0","id":1,"result":"\#(result)"}]"#,
      #"{"jsonrpc":"2.0","id":"1","result":"\#(result)"}"#, String(repeating: "[", count: 100),
      String(repeating: " ", count: 2 << 20),
    ] {
      let signer = bench.remote(.web3signer) { _ in .answer(status: 200, body: Array(body.utf8)) }
      let error = #expect(throws: WalletError.self) { try signer.sign(bench.transaction) }
      guard case .remote(.malformed) = error else {
        return #expect(Bool(false), "\(body.prefix(40)): \(String(describing: error))")
      }
    }
    let both = bench.remote(.web3signer) { request in
      let id = try #require(request["id"]?.integer)
      let body = #"{"jsonrpc":"2.0","id":\#(id),"result":"\#(result)","error":{"code":1,"message":"m"}}"#
      return .answer(status: 200, body: Array(body.utf8))
    }
    #expect(throws: WalletError.self) { try both.sign(bench.transaction) }
  }

  /// A signer that is away, slow, or says no has sent nothing: the tick ends with its own code and the next one asks.
  @Test func silenceAndRefusalsHaveTheirCodes() throws {
    func code(_ reply: SignerReply) throws -> String? {
      let signer = bench.remote(.clef) { _ in reply }
      return #expect(throws: WalletError.self) { try signer.sign(bench.transaction) }?.tickCode
    }
    #expect(try code(.silent(reason: "no answer before the deadline")) == "signerSilent")
    #expect(try code(.answer(status: 502, body: Array("bad gateway".utf8))) == "signer")
    let denied = Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"request denied"}}"#.utf8)
    #expect(try code(.answer(status: 200, body: denied)) == "signerRefused")
    #expect(try code(.answer(status: 400, body: denied)) == "signerRefused")
    let signer = bench.remote(.clef) { StubDoor.answer(.null, to: $0) }
    let error = #expect(throws: WalletError.self) { try signer.sign(bench.transaction) }
    #expect(error?.isRefusal == false)
    let overloaded = bench.remote(.web3signer) { request in
      guard case .answer(_, let body) = StubDoor.answer("0x", to: request) else { return .silent(reason: "") }
      return .answer(status: 500, body: body)
    }
    #expect(throws: WalletError.remote(.status(500))) { try overloaded.sign(bench.transaction) }
  }

  @Test func theAccountIsAskedFor() throws {
    for kind in RemoteSigner.Kind.allCases {
      let door = StubDoor { StubDoor.answer(.array([.string(bench.key.address.description.lowercased())]), to: $0) }
      let signer = RemoteSigner(kind, address: bench.key.address, door: door, context: Secp256k1())
      #expect(throws: Never.self) { try signer.confirmAddress() }
      #expect(door.requests.first?["method"]?.string == (kind == .clef ? "account_list" : "eth_accounts"))
      let stranger = RemoteSigner(kind, address: bench.other.address, door: door, context: Secp256k1())
      #expect(throws: WalletError.remote(.unknownAccount(bench.other.address, accounts: 1))) {
        try stranger.confirmAddress()
      }
      for answer: JSON in [.null, "0x", [7], ["0x12"], [.null]] {
        let odd = bench.remote(kind) { StubDoor.answer(answer, to: $0) }
        #expect(throws: WalletError.self) { try odd.accounts() }
      }
    }
  }
}
