import Ethereum
import Testing

@testable import Wallet

/// Signed transactions against eth-account: 1,000 random ones of type 0 (with and without chain id), 1 and 2.
struct SigningTests {
  private static func transaction(_ row: JSON) throws -> UnsignedTransaction {
    let price = try row.word("price")
    let kind: UnsignedTransaction.Kind
    switch try row.text("kind") {
    case "legacy": kind = .legacy(gasPriceWei: price, protected: false)
    case "protected": kind = .legacy(gasPriceWei: price, protected: true)
    case "accessList": kind = .accessList(gasPriceWei: price)
    default: kind = .dynamicFee(tipWei: try row.word("tip"), feeCapWei: price)
    }
    let to = try row.text("to")
    return UnsignedTransaction(
      kind: kind, chainID: try row.uint64("chain"), nonce: try row.uint64("nonce"), gasLimit: try row.uint64("gas"),
      to: to.isEmpty ? nil : try Address(hex: to), valueWei: try row.word("value"),
      data: try Hex.decode(try row.text("data"), limit: 1 << 16), accessList: try accessList(row))
  }

  private static func accessList(_ row: JSON) throws -> [AccessListEntry] {
    try #require(row["access"]?.array).map { entry in
      let words = try #require(entry.array).map { try #require($0.string) }
      return AccessListEntry(
        address: try Address(hex: try #require(words.first)),
        storageKeys: try words.dropFirst().map { try Bytes32(hex: $0) })
    }
  }

  /// r, s, v and every other byte equal eth-account's, and the sender comes back from the bytes.
  @Test func bytesEqualEthAccounts() throws {
    let context = try WalletFixture.context()
    let stranger = Secp256k1()
    let rows = try WalletFixture.rows("signing.json")
    #expect(rows.count == 1000)
    for (index, row) in rows.enumerated() {
      let signer = LocalSigner(key: try WalletFixture.key(try row.text("key"), context), context: context)
      let signed = try signer.sign(try Self.transaction(row))
      let raw = try row.text("raw")
      #expect(Hex.encode(signed.raw) == raw, "case \(index)")
      #expect(signed.hash.description == (try row.text("hash")), "case \(index)")
      #expect(signer.address.description == (try row.text("sender")), "case \(index)")
      let bytes = try Hex.decode(raw, limit: 1 << 16)
      #expect(try stranger.recover(try SignedTransaction.decode(bytes)) == signer.address, "case \(index)")
      #expect(try stranger.recover(try TransactionEnvelope.decode(bytes)) == signer.address, "case \(index)")
    }
  }

  @Test func signingTwiceGivesTheSameBytes() throws {
    let context = try WalletFixture.context()
    let key = try WalletFixture.key(String(repeating: "77", count: 32), context)
    let row = try #require(try WalletFixture.rows("signing.json").last)
    let transaction = try Self.transaction(row)
    let first = try LocalSigner(key: key, context: context).sign(transaction)
    let again = try LocalSigner(key: key, context: try WalletFixture.context(seed: 99)).sign(transaction)
    #expect(first == again)
  }

  /// A changed byte in what was signed changes the sender or breaks the transaction: never the same sender.
  @Test func aChangedTransactionHasAnotherSender() throws {
    let context = Secp256k1()
    for row in try WalletFixture.rows("signing.json").prefix(40) {
      let good = try Hex.decode(try row.text("raw"), limit: 1 << 16)
      for offset in good.indices {
        var bytes = good
        bytes[offset] ^= 1
        let sender = Result { try context.recover(try TransactionEnvelope.decode(bytes)) }
        if case .success(let address) = sender { #expect(address.description != (try row.text("sender"))) }
      }
    }
  }

  /// Types 3 and 4, which the keeper only reads: signed by eth-account.
  @Test func foreignTypesAreRecovered() throws {
    for row in try WalletFixture.rows("foreign.json") {
      let envelope = try TransactionEnvelope.decode(try Hex.decode(try row.text("raw"), limit: 1 << 16), chainID: 1)
      #expect(Int(envelope.type) == (try row.whole("type")))
      #expect(envelope.hash.description == (try row.text("hash")))
      #expect(try Secp256k1().recover(envelope).description == (try row.text("sender")))
    }
  }

  /// What breaks a rule of the chain is refused before it is signed.
  @Test func invalidTransactionsAreNotSigned() throws {
    let context = try WalletFixture.context()
    let signer = LocalSigner(key: try WalletFixture.key(String(repeating: "77", count: 32), context), context: context)
    let good = UnsignedTransaction(
      kind: .dynamicFee(tipWei: 1, feeCapWei: 2), chainID: 1, nonce: 0, gasLimit: 21_000, to: .zero)
    _ = try signer.sign(good)
    var tip = good
    tip.kind = .dynamicFee(tipWei: 3, feeCapWei: 2)
    var nonce = good
    nonce.nonce = .max
    var legacy = good
    legacy.kind = .legacy(gasPriceWei: 1, protected: true)
    legacy.accessList = [AccessListEntry(address: .zero, storageKeys: [])]
    for bad in [tip, nonce, legacy] {
      #expect(throws: WalletError.self) { try signer.sign(bad) }
    }
    let blind = LocalSigner(
      key: try WalletFixture.key(String(repeating: "77", count: 32), context), context: Secp256k1())
    #expect(throws: WalletError.contextNotRandomised) { try blind.sign(good) }
  }
}
