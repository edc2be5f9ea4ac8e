@testable import Ethereum
import TestSupport
import Testing

@Suite struct TransactionTests {
  /// Case `index` of `kind`, drawn as the fixture script draws it.
  static func transaction(kind: Int, index: Int) throws -> UnsignedTransaction {
    var random = SplitMix64(3_000_000 + 10_000 * UInt64(kind) + UInt64(index))
    let chains: [UInt64] = [1, 10, 42161, (1 << 32) + 7, (1 << 63) + 11]
    let nonces: [UInt64] = [0, 7, 1 << 32, .max - 1]
    let (chain, nonce) = (chains[random.below(5)], nonces[random.below(4)])
    let gas = 21_000 + UInt64(random.below(30_000_000))
    let tip = try random.uint(96)
    let cap = try tip + random.uint(96)
    let to = random.below(5) == 0 ? nil : try Address(bytes: random.bytes(20))
    let value = try random.uint(256)
    let data = random.bytes(random.below(100))
    var entries: [AccessListEntry] = []
    for _ in 0..<random.below(3) {
      let address = try Address(bytes: random.bytes(20))
      var keys: [Bytes32] = []
      for _ in 0..<random.below(3) { keys.append(try Bytes32(bytes: random.bytes(32))) }
      entries.append(AccessListEntry(address: address, storageKeys: keys))
    }
    let kinds: [UnsignedTransaction.Kind] = [
      .legacy(gasPriceWei: cap, protected: true), .legacy(gasPriceWei: cap, protected: false),
      .accessList(gasPriceWei: cap), .dynamicFee(tipWei: tip, feeCapWei: cap),
    ]
    return UnsignedTransaction(
      kind: kinds[kind], chainID: kind == 1 ? 0 : chain, nonce: nonce, gasLimit: gas, to: to, valueWei: value,
      data: data,
      accessList: kind < 2 ? [] : entries)
  }

  /// 1,000 random transactions of each kind, signed by eth-account.
  @Test func randomAgainstEthAccount() throws {
    let lines = try Fixture.lines("transactions.txt")
    #expect(lines.count == 4_000)
    for line in lines {
      let parts = line.split(separator: " ").map(String.init)
      let (kind, index) = (try #require(Int(parts[0])), try #require(Int(parts[1])))
      let transaction = try Self.transaction(kind: kind, index: index)
      let (r, s) = (try Bytes32(hex: "0x" + parts[3]).word, try Bytes32(hex: "0x" + parts[4]).word)
      let signature = try Signature(yParity: try #require(UInt8(parts[2])), r: r, s: s)
      let signed = try SignedTransaction(transaction, signature: signature)
      #expect(Hex.encode(signed.hash.bytes, prefix: false) == parts[5], "kind \(kind), case \(index)")
      #expect(try SignedTransaction.decode(signed.raw) == signed)
      #expect(try TransactionEnvelope.decode(signed.raw).signingHash == transaction.signingHash)
    }
  }

  /// Files in the ethereum/tests layout; sender recovery is the wallet's and is tested there.
  @Test(arguments: ["TransactionTests/ttValid/valid.json", "TransactionTests/ttInvalid/invalid.json"])
  func files(_ path: String) throws {
    let file = try #require(try Fixture.json(path).object)
    for member in file.members {
      let raw = try Hex.decode(try #require(member.value["txbytes"]?.string), limit: 1 << 20)
      for result in try #require(member.value["result"]?.object).members {
        let fork = try #require(Fork(name: result.key))
        let place = "\(member.key), \(fork)"
        if let hash = result.value["hash"]?.string {
          let transaction = try TransactionEnvelope.decode(raw, chainID: 1)
          #expect(throws: Never.self, "\(place)") { try transaction.validate(fork: fork) }
          #expect(transaction.hash.description == hash, "\(place)")
          let gas = transaction.intrinsicGas(for: fork)
          #expect(UInt256(gas).hexQuantity == result.value["intrinsicGas"]?.string, "\(place)")
        } else {
          #expect(throws: EthereumError.self, "\(place)") {
            try TransactionEnvelope.decode(raw, chainID: 1).validate(fork: fork)
          }
        }
      }
    }
    #expect(file.count > 20)
  }

  @Test func typesTheKeeperDoesNotSpeak() throws {
    let file = try Fixture.json("TransactionTests/ttValid/valid.json")
    for (name, type) in [("Blob", UInt8(3)), ("SetCode", 4)] {
      let raw = try Hex.decode(try #require(file[name]?["txbytes"]?.string), limit: 1 << 16)
      #expect(throws: EthereumError.transaction(.unsupportedType(type))) { try SignedTransaction.decode(raw) }
      #expect(try TransactionEnvelope.decode(raw).type == type)
    }
    #expect(TransactionFailure.unsupportedType(3).className == "unsupportedType")
  }

  @Test func rulesBeforeSigning() throws {
    var transaction = try Self.transaction(kind: 3, index: 0)
    let signature = try Signature(yParity: 0, r: .one, s: .one)
    transaction.kind = .dynamicFee(tipWei: 2, feeCapWei: 1)
    #expect(throws: EthereumError.transaction(.tipAboveFeeCap(tipWei: 2, feeCapWei: 1))) {
      try SignedTransaction(transaction, signature: signature)
    }
    transaction.kind = .legacy(gasPriceWei: 1, protected: true)
    transaction.accessList = [AccessListEntry(address: .zero, storageKeys: [])]
    #expect(throws: EthereumError.self) { try SignedTransaction(transaction, signature: signature) }
    transaction.accessList = []
    transaction.nonce = .max
    #expect(throws: EthereumError.self) { try SignedTransaction(transaction, signature: signature) }
    transaction.nonce = 5
    transaction.chainID = .max
    let signed = try SignedTransaction(transaction, signature: signature)
    #expect(try SignedTransaction.decode(signed.raw, chainID: .max) == signed)
    #expect(throws: EthereumError.transaction(.wrongChain(expected: 1, found: .max))) {
      try SignedTransaction.decode(signed.raw, chainID: 1)
    }
  }

  @Test func signatureRanges() throws {
    let n = Signature.groupOrder
    let high = try Signature.largestS + 1
    #expect(throws: EthereumError.self) { try Signature(yParity: 2, r: 1, s: 1) }
    #expect(throws: EthereumError.self) { try Signature(yParity: 0, r: .zero, s: 1) }
    #expect(throws: EthereumError.self) { try Signature(yParity: 0, r: 1, s: .zero) }
    #expect(throws: EthereumError.self) { try Signature(yParity: 0, r: n, s: 1) }
    #expect(throws: EthereumError.transaction(.signatureHighS(high))) {
      try Signature(yParity: 0, r: 1, s: high)
    }
    #expect(throws: Never.self) { try Signature(yParity: 1, r: n - 1, s: Signature.largestS) }
    let low = try Signature(yParity: 1, r: 5, s: n - high)
    #expect(try Signature(normalizing: 0, r: 5, s: high) == low)
    #expect(try Signature(normalizing: 1, r: 5, s: low.s) == low)
    #expect(throws: EthereumError.self) { try Signature(normalizing: 0, r: 5, s: n) }
    #expect(throws: EthereumError.self) { try Signature(normalizing: 2, r: 5, s: high) }
    #expect(n.description == "115792089237316195423570985008687907852837564279074904382605163141518161494337")
  }
}

@Suite struct FeesTests {
  /// geth's consensus/misc/eip1559 tests: parent base fee, limit, used, next.
  @Test(arguments: [
    (UInt64(1_000_000_000), UInt64(20_000_000), UInt64(10_000_000), UInt64(1_000_000_000)),
    (1_000_000_000, 20_000_000, 9_000_000, 987_500_000), (1_000_000_000, 20_000_000, 11_000_000, 1_012_500_000),
    (1_000_000_000, 20_000_000, 20_000_000, 1_125_000_000), (1_000_000_000, 20_000_000, 0, 875_000_000),
    (7, 20_000_000, 20_000_000, 8), (7, 20_000_000, 0, 7), (0, 30_000_000, 30_000_000, 1), (5, 0, 0, 5),
  ])
  func nextBaseFee(_ parent: UInt64, _ limit: UInt64, _ used: UInt64, _ next: UInt64) throws {
    #expect(
      try Fees.nextBaseFee(parentBaseFee: UInt256(parent), gasUsed: used, gasLimit: limit) == UInt256(next))
  }

  @Test func replacement() throws {
    func caps(_ tip: UInt64, _ cap: UInt64) -> Fees.Caps { .init(tipWei: UInt256(tip), feeCapWei: UInt256(cap)) }
    #expect(Fees.replacementMeets(old: caps(100, 1000), new: caps(110, 1100)))
    #expect(!Fees.replacementMeets(old: caps(100, 1000), new: caps(109, 1100)))
    #expect(!Fees.replacementMeets(old: caps(100, 1000), new: caps(110, 1099)))
    #expect(!Fees.replacementMeets(old: caps(1, 1), new: caps(1, 2)))
    #expect(Fees.replacementMeets(old: caps(0, 0), new: caps(1, 1)))
    #expect(try Fees.bumped(caps(100, 1001), byThousandths: 125) == caps(113, 1127))
    let top = Fees.Caps(tipWei: .max, feeCapWei: .max)
    #expect(!Fees.replacementMeets(old: top, new: top))
    #expect(throws: EthereumError.self) { try Fees.bumped(top, byThousandths: 125) }
  }

  /// geth divides by 100 and drops the rest, others may not: the least caps satisfy both.
  @Test(arguments: [(100, 110), (101, 112), (1, 2), (0, 1), (277_311_301, 305_042_432)] as [(UInt64, UInt64)])
  func theLeastReplacement(_ old: UInt64, _ least: UInt64) throws {
    let caps = Fees.Caps(tipWei: UInt256(old), feeCapWei: UInt256(old))
    let found = try Fees.leastReplacement(of: caps, bumpPercent: 10)
    #expect(found == Fees.Caps(tipWei: UInt256(least), feeCapWei: UInt256(least)))
    #expect(Fees.replacementMeets(old: caps, new: found))
    let blobs = try Fees.leastReplacement(of: caps, bumpPercent: 100)
    #expect(blobs.tipWei == (old == 0 ? .one : try UInt256(old) * 2))
    let top = Fees.Caps(tipWei: .max, feeCapWei: .zero)
    #expect(throws: EthereumError.self) { try Fees.leastReplacement(of: top, bumpPercent: 10) }
  }

  /// Twice the base fee and a tip are mined through five full blocks, and not through six.
  @Test func theWorstBaseFee() throws {
    let now: UInt256 = 1_000_000_000
    #expect(try Fees.worstBaseFee(from: now, afterBlocks: 0) == now)
    #expect(try Fees.worstBaseFee(from: now, afterBlocks: 1) == 1_125_000_000)
    #expect(try Fees.worstBaseFee(from: now, afterBlocks: 5) < 2_000_000_000)
    #expect(try Fees.worstBaseFee(from: now, afterBlocks: 6) > 2_000_000_000)
    #expect(try Fees.worstBaseFee(from: .zero, afterBlocks: 8) == 8)
    #expect(throws: EthereumError.self) { try Fees.worstBaseFee(from: now, afterBlocks: .max) }
  }
}
