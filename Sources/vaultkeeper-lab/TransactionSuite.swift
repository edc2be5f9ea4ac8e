import Ethereum
import Wallet

/// TransactionTests: the bytes of one transaction, and for each fork whether a block may hold it, on chain 1.
struct TransactionSuite {
  /// The files are made for the main chain.
  private static let chainID: UInt64 = 1

  let context: Secp256k1

  func run(_ cases: [JSONObject.Member], _ file: String, _ tally: inout Tally) throws {
    for member in cases {
      let name = "\(file) \(member.key)"
      guard let result = member.value["result"]?.object else {
        if member.value.has("rlp") {
          tally.skip(name, because: "an old layout, without a fork from Berlin on")
        } else {
          tally.fail(name, "the case has neither \"result\" nor the old layout's \"rlp\"")
        }
        continue
      }
      run(name, member.value, result, &tally)
    }
  }

  /// One case: every fork from Berlin on, and one printed line for each class of rejection.
  private func run(_ name: String, _ test: JSON, _ result: JSONObject, _ tally: inout Tally) {
    guard let text = test["txbytes"]?.string else {
      tally.fail(name, "\"txbytes\" is missing or not a string")
      return
    }
    var rejections: [(reason: String, forks: [String])] = []
    for expected in forks(name, result, &tally) {
      tally.check("\(name) \(expected.fork)") {
        guard let reason = try check(text, expected.fork, expected.outcome) else { return }
        if rejections.last?.reason == reason {
          rejections[rejections.count - 1].forks.append(expected.fork.description)
        } else {
          rejections.append((reason, [expected.fork.description]))
        }
      }
    }
    for rejection in rejections {
      print("rejected \(name) (\(rejection.forks.joined(separator: ", "))): \(rejection.reason)")
    }
  }

  /// The forks the case names that the keeper knows, in their order; forks later than those are listed as skipped.
  private func forks(_ name: String, _ result: JSONObject, _ tally: inout Tally) -> [(fork: Fork, outcome: JSON)] {
    var known: [(fork: Fork, outcome: JSON)] = []
    for member in result.members {
      if let fork = Fork(name: member.key) {
        known.append((fork, member.value))
      } else if !Fork.olderNames.contains(member.key) {
        tally.skip("\(name) \(member.key)", because: "not a fork this keeper knows")
      }
    }
    if result.members.allSatisfy({ Fork.olderNames.contains($0.key) }) {
      tally.skip(name, because: "names no fork from Berlin on")
    }
    return known.sorted { $0.fork < $1.fork }
  }

  /// Nil if accepted as the file says; the class of the fault if rejected as the file says; else throws.
  private func check(_ text: String, _ fork: Fork, _ outcome: JSON) throws -> String? {
    guard outcome.object != nil else { throw LabError("the fork's result is \(outcome.kind), expected an object") }
    let isAcceptance = outcome.has("hash") || outcome.has("sender")
    let judged: (envelope: TransactionEnvelope, sender: Address)
    do {
      judged = try judge(text, fork)
    } catch {
      let reason = Self.className(error)
      guard isAcceptance else { return reason }
      throw LabError("rejected as \(reason) (\(error)), expected to be accepted")
    }
    guard isAcceptance else {
      throw LabError("accepted, expected to be rejected (\(outcome["exception"]?.string ?? "no reason given"))")
    }
    try expectEqual(judged.envelope.hash.bytes, try outcome.requireHex("hash"), "the hash")
    try expectEqual(judged.sender.bytes, try outcome.requireHex("sender"), "the sender")
    // Files written before 2021 leave it out.
    if outcome.has("intrinsicGas") {
      let gas = try UInt256(hex: try outcome.requireString("intrinsicGas"))
      try expectEqual(UInt256(judged.envelope.intrinsicGas(for: fork)), gas, "the intrinsic gas")
    }
    return nil
  }

  /// What a node does before it takes a transaction, as far as the transaction alone tells.
  private func judge(_ text: String, _ fork: Fork) throws -> (TransactionEnvelope, Address) {
    let raw = try Hex.decode(text, limit: 4 << 20)
    let limits = RLP.Limits(bytes: 4 << 20)
    let envelope = try TransactionEnvelope.decode(raw, chainID: Self.chainID, limits: limits)
    try envelope.validate(fork: fork)
    return (envelope, try context.recover(envelope))
  }

  private static func className(_ error: any Error) -> String {
    switch error {
    case EthereumError.transaction(let failure): failure.className
    case EthereumError.hex: "notHex"
    case WalletError.recoveryFailed: "noSender"
    default: "other (\(error))"
    }
  }
}

extension UInt256 {
  /// A hex number with 0x, leading zeros allowed, as the files write gas ("0x00").
  fileprivate init(hex text: String) throws {
    guard text.hasPrefix("0x"), text.utf8.count <= 66 else { throw LabError("\"\(text)\" is no hex number") }
    let digits = text.dropFirst(2)
    let even = digits.utf8.count.isMultiple(of: 2) ? String(digits) : "0" + digits
    try self.init(bigEndian: try Hex.decode(even, limit: 32, prefix: .absent))
  }
}
