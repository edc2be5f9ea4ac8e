import Ethereum
import Wallet

/// BasicTests: keys and addresses, signed transactions of the first days, and AES in counter mode.
struct BasicSuite {
  let context: Secp256k1

  /// Why a file of BasicTests is not run; nil for those that are.
  static func reasonToSkip(_ name: String) -> String? {
    switch name {
    case "keyaddrtest.json", "txtest.json", "crypto.json", "rlptest.json": nil
    case "hexencodetest.json": "hex-prefix encoding of tries, which no keeper reads"
    case _ where name.hasPrefix("difficulty"): "mining difficulty, which no keeper computes"
    case _ where name.contains("genesis"): "genesis blocks, which no keeper makes"
    default: "not a file this keeper knows"
    }
  }

  func run(_ json: JSON, _ file: TestFile, _ tally: inout Tally) throws {
    switch file.lastName {
    case "keyaddrtest.json":
      for (index, test) in try list(json).enumerated() {
        tally.check("\(file.name) \(test["seed"]?.string ?? "\(index)")") { try checkKey(test) }
      }
    case "txtest.json":
      for (index, test) in try list(json).enumerated() {
        tally.check("\(file.name) \(index)") { try checkTransaction(test) }
      }
    case "crypto.json":
      guard let cases = json.object else { throw LabError("the file is \(json.kind), expected an object") }
      for member in cases.members { checkCipher(member, file, &tally) }
    default:
      guard let cases = json.object else { throw LabError("the file is \(json.kind), expected an object") }
      try RLPSuite.run(cases.members, file.name, &tally)
    }
  }

  private func list(_ json: JSON) throws -> [JSON] {
    guard let cases = json.array else { throw LabError("the file is \(json.kind), expected a list") }
    return cases
  }

  // MARK: - keyaddrtest.json

  /// The key is the hash of the seed, the address is the key's, our signature of the empty string recovers to it, and
  /// the file's own one recovers to somebody. To whom is not compared: the file does not say which hash it signs, it
  /// is neither Keccak-256 nor SHA-256 of nothing, and other clients leave it at this too.
  private func checkKey(_ test: JSON) throws {
    let seed = try test.requireString("seed")
    try expectEqual(Keccak256.hash(utf8: seed).bytes, try test.requireHex("key"), "the hash of the seed")
    var scalar = try test.requireHex("key")
    let key = try context.key(wiping: &scalar)
    try expectEqual(key.address.bytes, try test.requireHex("addr"), "the address")
    let hash = Keccak256.hash([])
    try expectEqual(try context.recover(hash, try context.sign(hash, with: key)), key.address, "the signer")
    let signature = try test.require("sig_of_emptystring")
    _ = try context.recover(
      hash,
      try lowS(
        v: try signature.requireNumber("v"), r: try signature.requireNumber("r"), s: try signature.requireNumber("s")))
  }

  private func address(of test: JSON) throws -> Address {
    var scalar = try test.requireHex("key")
    return try context.key(wiping: &scalar).address
  }

  /// The file is older than EIP-2: the mirror image of a signature with a high s, which has the same signer.
  private func lowS(v: UInt256, r: UInt256, s: UInt256) throws -> Signature {
    guard v == 27 || v == 28, let number = v.asUInt64 else { throw LabError("v is \(v), expected 27 or 28") }
    let parity = UInt8(truncatingIfNeeded: number - 27)
    guard s > Signature.largestS else { return try Signature(yParity: parity, r: r, s: s) }
    return try Signature(yParity: 1 - parity, r: r, s: try Signature.groupOrder - s)
  }

  // MARK: - txtest.json

  /// `unsigned` is the transaction with an empty signature; `signed` carries one of the key's.
  private func checkTransaction(_ test: JSON) throws {
    guard let nonce = try test.requireNumber("nonce").asUInt64, let gas = try test.requireNumber("startgas").asUInt64
    else {
      throw LabError("nonce or startgas does not fit 64 bits")
    }
    let to = try test.requireHex("to")
    let transaction = UnsignedTransaction(
      kind: .legacy(gasPriceWei: try test.requireNumber("gasprice"), protected: false), chainID: 0, nonce: nonce,
      gasLimit: gas, to: to.isEmpty ? nil : try Address(bytes: to), valueWei: try test.requireNumber("value"),
      data: try test.requireHex("data"))
    let fields = try RLP.decode(transaction.signingPayload).items()
    let unsigned = RLP.list(fields + [RLP](repeating: .bytes([]), count: 3)).encoded()
    try expectEqual(Hex.encode(unsigned), Hex.encode(try test.requireHex("unsigned")), "the unsigned transaction")
    let raw = try test.requireHex("signed")
    let items = try RLP.decode(raw).items()
    guard items.count == 9 else { throw LabError("\"signed\" has \(items.count) fields, expected 9") }
    try expectEqual(Array(items.prefix(6)), fields, "the signed transaction's fields")
    let s = try items[8].unsignedInteger()
    let signature = try lowS(v: try items[6].unsignedInteger(), r: try items[7].unsignedInteger(), s: s)
    try expectEqual(try context.recover(transaction.signingHash, signature), try address(of: test), "the sender")
    let encoded = try SignedTransaction(transaction, signature: signature)
    if s <= Signature.largestS { try expectEqual(Hex.encode(encoded.raw), Hex.encode(raw), "the signed transaction") }
    try expectEqual(try SignedTransaction.decode(encoded.raw), encoded, "the signed transaction, read back")
  }

  // MARK: - crypto.json

  private func checkCipher(_ member: JSONObject.Member, _ file: TestFile, _ tally: inout Tally) {
    let name = "\(file.name) \(member.key)"
    let test = member.value
    guard test["decryption_type"]?.string == "aes_ctr" else {
      tally.skip(name, because: "\(test["decryption_type"]?.string ?? "an unnamed cipher"), which no keeper needs")
      return
    }
    tally.check(name) {
      // The files give no initial counter: it is zero.
      let plain = try AESCounterMode.apply(
        key: try test.requireHex("key"), initialCounter: [UInt8](repeating: 0, count: 16),
        to: try test.requireHex("cipher"))
      try expectEqual(Hex.encode(plain), Hex.encode(try test.requireHex("payload")), "the plain text")
    }
  }
}
