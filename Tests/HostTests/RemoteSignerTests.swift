import Ethereum
import Foundation
import Keeper
import Testing
import Wallet

@testable import Host

/// Remote signers over real sockets, against a stub on loopback. The stub was written from the public documentation of
/// web3signer and of clef's external API; no real signer was asked.
@Suite struct RemoteSignerTests {
  /// What the stub does with a request to sign.
  enum Mood: Sendable {
    case honest
    /// Signs something else than it was asked for.
    case changes(Change)
    case answers([UInt8], status: String)
    /// Takes the request and says nothing.
    case silent
    case hangsUp
  }

  enum Change: String, CaseIterable, Sendable {
    case nonce, to, value, fees, data, chain, signer
  }

  /// A signer with a key of its own.
  final class Stub: Sendable {
    let server: ScriptedServer
    let address: Address

    init(_ kind: RemoteSigner.Kind, _ mood: Mood, gate: Gate? = nil) throws {
      let signer = try Self.signer(0x44)
      let stranger = try Self.signer(0x55)
      address = signer.address
      let accounts = signer.address.description.lowercased()
      // Built anew for each answer, since a signer is not for several threads.
      server = try ScriptedServer { connection in
        while let request = connection.readRequest() {
          guard let asked = Self.parse(request.body), let method = asked["method"]?.string else { return }
          if method == "eth_accounts" || method == "account_list" {
            connection.send(Self.response([.string(accounts)], to: asked))
            continue
          }
          switch mood {
          case .silent:
            gate?.wait()
            return
          case .hangsUp: return connection.reset()
          case .answers(let body, let status): connection.send(ScriptedServer.response(body, status: status))
          case .honest: connection.send(Self.signed(asked, kind, nil, stranger))
          case .changes(let change): connection.send(Self.signed(asked, kind, change, stranger))
          }
        }
      }
    }

    static func signer(_ byte: UInt8) throws -> LocalSigner {
      var seed = [UInt8](repeating: 7, count: 32)
      let context = try Secp256k1(wipingSeed: &seed)
      var scalar = [UInt8](repeating: byte, count: 32)
      return LocalSigner(key: try context.key(wiping: &scalar), context: context)
    }

    private static func parse(_ body: [UInt8]) -> JSON? { try? JSON.parse(body) }

    private static func response(_ result: JSON, to asked: JSON) -> [UInt8] {
      let json: JSON = ["jsonrpc": "2.0", "id": asked["id"] ?? .null, "result": result]
      return ScriptedServer.response(json.encoded(), headers: ["Content-Type: application/json"])
    }

    /// Reads the documented fields and signs what they say, or something else.
    private static func signed(
      _ asked: JSON, _ kind: RemoteSigner.Kind, _ change: Change?, _ stranger: LocalSigner
    ) -> [UInt8] {
      guard let fields = asked["params"]?[0], var transaction = try? read(fields),
        let signer = try? change == .signer ? stranger : Self.signer(0x44)
      else { return ScriptedServer.response("cannot read", status: "400 Bad Request") }
      switch change {
      case .nonce: transaction.nonce += 1
      case .to: transaction.to = stranger.address
      case .value: transaction.valueWei = 1
      case .fees: transaction.kind = .dynamicFee(tipWei: 1, feeCapWei: 1)
      case .data: transaction.data.append(0)
      case .chain: transaction.chainID += 1
      case .signer, nil: break
      }
      guard let signed = try? signer.sign(transaction) else {
        return ScriptedServer.response("cannot sign", status: "500 Internal Server Error")
      }
      let raw = JSON.string(Hex.encode(signed.raw))
      let hash = JSON.string(signed.hash.description)
      return response(kind == .clef ? ["raw": raw, "tx": ["hash": hash]] : raw, to: asked)
    }

    private static func read(_ fields: JSON) throws -> UnsignedTransaction {
      func text(_ name: String) throws -> String { try #require(fields[name]?.string, "\(name)") }
      func number(_ name: String) throws -> UInt256 { try UInt256(hexQuantity: text(name)) }
      return UnsignedTransaction(
        kind: .dynamicFee(tipWei: try number("maxPriorityFeePerGas"), feeCapWei: try number("maxFeePerGas")),
        // web3signer's chain is an option of its command line.
        chainID: try fields["chainId"] == nil ? 42161 : #require(number("chainId").asUInt64),
        nonce: try #require(number("nonce").asUInt64), gasLimit: try #require(number("gas").asUInt64),
        to: try Address(hex: text("to")), valueWei: try number("value"),
        data: try Hex.decode(text("data"), limit: 1 << 20))
    }
  }

  private let transaction = UnsignedTransaction(
    kind: .dynamicFee(tipWei: 1_000_000_000, feeCapWei: 50_000_000_000), chainID: 42161, nonce: 3, gasLimit: 100_000,
    to: Address.zero, valueWei: .zero, data: [1, 2, 3])

  /// - Parameter deadline: long enough that only a hang reaches it, unless a test wants it reached.
  private func remote(
    _ kind: RemoteSigner.Kind, _ stub: Stub, deadline: Int = 20_000, limit: Int = 1 << 20
  ) throws -> RemoteSigner {
    var limits = TransportLimits()
    limits.responseBytes = limit
    let header = try SecretHeader(name: "Authorization", value: "Bearer hunter2-hunter2", endpoint: "signer")
    let (transport, ids) = try makeTransport([stub.server.url + "v1"], limits: limits, headers: [header])
    return RemoteSigner(
      kind, address: stub.address,
      door: SignerExchange(transport: transport, endpoint: ids[0], deadlineMilliseconds: deadline), context: Secp256k1()
    )
  }

  private func fault(_ kind: RemoteSigner.Kind, _ mood: Mood, limit: Int = 1 << 20) throws -> RemoteSignerFault? {
    let stub = try Stub(kind, mood)
    let signer = try remote(kind, stub, limit: limit)
    // The stub's server ends with its last owner.
    let error = withExtendedLifetime(stub) {
      #expect(throws: WalletError.self, performing: { try signer.sign(transaction) })
    }
    guard case .remote(let fault) = error else { return nil }
    return fault
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func anHonestSignerSignsLikeTheKeyItself(kind: RemoteSigner.Kind) throws {
    let stub = try Stub(kind, .honest)
    let signer = try remote(kind, stub)
    #expect(throws: Never.self) { try signer.confirmAddress() }
    #expect(try signer.sign(transaction) == Stub.signer(0x44).sign(transaction))
    let requests = stub.server.requests
    #expect(requests.count == 2)
    #expect(requests[1].header("content-type") == "application/json")
    #expect(requests[1].header("authorization") == "Bearer hunter2-hunter2")
    #expect(requests[1].body.first == UInt8(ascii: "{"))
  }

  @Test(arguments: RemoteSigner.Kind.allCases, Change.allCases)
  func whatIsSignedOtherwiseIsRefused(kind: RemoteSigner.Kind, change: Change) throws {
    let found = try #require(try fault(kind, .changes(change)))
    #expect(found.isHostile, "\(found)")
    switch (change, found) {
    case (.signer, .otherSigner), (.nonce, .differs("nonce", _, _)), (.to, .differs("recipient", _, _)),
      (.value, .differs("value", _, _)), (.fees, .differs("fee cap", _, _)), (.data, .differs("data", _, _)),
      (.chain, .differs("chain id", _, _)):
      break
    default: Issue.record("\(change): \(found)")
    }
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func garbageIsNoSignature(kind: RemoteSigner.Kind) throws {
    for body in ["", "<html>no</html>", "{}", "null", #"{"jsonrpc":"2.0","id":0,"result":"0x00"}"#] {
      guard case .malformed = try fault(kind, .answers(Array(body.utf8), status: "200 OK")) else {
        Issue.record("\(body)")
        continue
      }
    }
    let denied = Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"request denied"}}"#.utf8)
    #expect(try fault(kind, .answers(denied, status: "200 OK")) == .refused(code: -32000, message: "request denied"))
    #expect(try fault(kind, .answers([], status: "502 Bad Gateway")) == .status(502))
    // Servers echo what they were sent: the secret does not come out.
    let echo = Array("no such user: Bearer hunter2-hunter2".utf8)
    let text = try #require(try fault(kind, .answers(echo, status: "200 OK"))).description
    #expect(!text.contains("hunter2"))
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func aHugeAnswerIsCutOff(kind: RemoteSigner.Kind) throws {
    let huge = [UInt8](repeating: UInt8(ascii: "0"), count: 3 << 20)
    guard case .silent = try fault(kind, .answers(huge, status: "200 OK")) else {
      return #expect(Bool(false), "the transport's limit ends it")
    }
    // Below the transport's limit and above the wallet's.
    guard case .malformed = try fault(kind, .answers(huge, status: "200 OK"), limit: 4 << 20) else {
      return #expect(Bool(false), "the wallet's limit ends it")
    }
  }

  @Test(arguments: RemoteSigner.Kind.allCases)
  func silenceEndsWithTheDeadline(kind: RemoteSigner.Kind) throws {
    let gate = Gate()
    defer { gate.open() }
    let stub = try Stub(kind, .silent, gate: gate)
    let signer = try remote(kind, stub, deadline: 150)
    let error = withExtendedLifetime(stub) {
      #expect(throws: WalletError.self) { try signer.sign(transaction) }
    }
    #expect(error?.tickCode == "signerSilent")
    guard case .silent = try fault(kind, .hangsUp) else { return #expect(Bool(false), "a reset is silence too") }
  }

  @Test func nobodyThere() throws {
    let (listener, port) = try ScriptedServer.listen()
    close(listener)
    let (transport, ids) = try makeTransport(["http://127.0.0.1:\(port)/"])
    let door = SignerExchange(transport: transport, endpoint: ids[0], deadlineMilliseconds: 20_000)
    let signer = RemoteSigner(.clef, address: .zero, door: door, context: Secp256k1())
    let error = #expect(throws: WalletError.self) { try signer.sign(transaction) }
    #expect(error?.tickCode == "signerSilent" && error?.isRefusal == false)
  }
}
