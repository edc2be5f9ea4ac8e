import Contracts
import Ethereum
import Host
import Keeper
import Wallet

/// The daemon's decisions without its hands: no signer, no sender, no journal to write.
struct DryRun {
  let workshop: Workshop
  let log: TickLog
  let isJSON: Bool

  func run(once: Bool) throws {
    log.started(workshop, mode: "dry run")
    var rehearsals = try workshop.rehearsals()
    let policy = try workshop.signingPolicy().policy
    let interval = workshop.file.configuration.tick.intervalSeconds * 1000
    while !workshop.interrupt.isStopping {
      let start = workshop.clock.now().monotonicMilliseconds
      for index in rehearsals.indices where !workshop.interrupt.isStopping {
        let rehearsed = rehearsals[index].run()
        for other in rehearsals.indices where other != index { rehearsals[other].hear(rehearsed.report) }
        log.ticked(rehearsed.report)
        if let unsigned = rehearsed.unsigned { show(unsigned, rehearsed.report, policy) }
      }
      if once { break }
      while !workshop.interrupt.isStopping, workshop.clock.now().monotonicMilliseconds < start + interval {
        if workshop.clock.sleep(untilMonotonicMilliseconds: start + interval) == .elapsed { break }
      }
    }
    log.stopped(reason: workshop.interrupt.reason)
  }

  private func show(_ unsigned: UnsignedProposal, _ report: TickReport, _ policy: SigningPolicy) {
    let view = UnsignedView(unsigned, report, policy)
    Console.show(isJSON ? view.json.text : view.lines.joined(separator: "\n"))
  }
}

/// A transaction that would have been signed, for people and for programs.
struct UnsignedView {
  private let unsigned: UnsignedProposal
  private let report: TickReport
  /// What the signer's policy says of it: `allowed`, or its refusal.
  private let ruling: String

  init(_ unsigned: UnsignedProposal, _ report: TickReport, _ policy: SigningPolicy) {
    self.unsigned = unsigned
    self.report = report
    do throws(PolicyRefusal) {
      try policy.check(unsigned.transaction, from: unsigned.sender)
      ruling = "allowed"
    } catch {
      ruling = error.description
    }
  }

  /// With the names nodes use, so that other tools read it.
  private var transaction: JSON {
    let transaction = unsigned.transaction
    var pairs: [(key: String, value: JSON)] = [
      (key: "type", value: .string("0x\(transaction.type)")),
      (key: "chainId", value: .string(UInt256(transaction.chainID).hexQuantity)),
      (key: "from", value: .string(unsigned.sender.description)),
      (key: "nonce", value: .string(UInt256(transaction.nonce).hexQuantity)),
      (key: "gas", value: .string(UInt256(transaction.gasLimit).hexQuantity)),
    ]
    switch transaction.kind {
    case .legacy(let price, _), .accessList(let price):
      pairs.append((key: "gasPrice", value: .string(price.hexQuantity)))
    case .dynamicFee(let tip, let cap):
      pairs.append((key: "maxPriorityFeePerGas", value: .string(tip.hexQuantity)))
      pairs.append((key: "maxFeePerGas", value: .string(cap.hexQuantity)))
    }
    if let to = transaction.to { pairs.append((key: "to", value: .string(to.description))) }
    pairs.append((key: "value", value: .string(transaction.valueWei.hexQuantity)))
    pairs.append((key: "input", value: .string(Hex.encode(transaction.data))))
    return .object(JSONObject(pairs))
  }

  private var payload: String { Hex.encode(unsigned.transaction.signingPayload) }

  var lines: [String] {
    var lines = [
      "\(report.vault): would sign: \(unsigned.reason)", "", "transaction", "  \(transaction.text)", "",
      "RLP", "  \(payload)", "", "signing policy", "  \(ruling)", "", "calls of the vault",
    ]
    for (index, call) in unsigned.calls.enumerated() {
      lines.append("  \(index + 1). \(call.call.label) at \(call.call.to), \(call.call.valueWei) wei")
      lines += call.lines.map { "     \($0)" }
    }
    return lines + [""]
  }

  var json: JSON {
    let calls = unsigned.calls.map { call in
      JSON.object(
        JSONObject([
          (key: "label", value: .string(call.call.label)), (key: "to", value: .string(call.call.to.description)),
          (key: "valueWei", value: .string(call.call.valueWei.description)),
          (key: "data", value: .string(Hex.encode(call.call.data))),
          (key: "lines", value: .array(call.lines.map { .string($0) })),
        ]))
    }
    return .object(
      JSONObject([
        (key: "vault", value: .string(report.vault)), (key: "chain", value: .string(report.chain)),
        (key: "code", value: .string(report.code)), (key: "reason", value: .string(unsigned.reason)),
        (key: "transaction", value: transaction), (key: "rlp", value: .string(payload)),
        (key: "policy", value: .string(ruling)),
        (key: "calls", value: .array(calls)),
      ]))
  }
}
