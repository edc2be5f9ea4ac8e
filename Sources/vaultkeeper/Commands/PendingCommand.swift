import ArgumentParser
import Ethereum
import Host
import Keeper
import Outbox

/// `pending`: what is promised and not over.
struct PendingCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "pending",
    abstract: "List promises, orders and halts that are not over.",
    discussion: """
      Reads the journal, without a lock and without asking a node: every call that was promised and is not settled, \
      with its attempts and what the endpoints said to them; every order at a venue; the gas budget; every halt.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  func execute() throws {
    let file = try ConfigurationFile.read(file.path)
    let memory = try JournalMemory(file, policies: file.configuration.chains.map(\.lane))
    let now = SystemClock(interrupt: try Interrupt()).now().unixSeconds
    let view: PendingView
    do {
      view = try memory.outbox.pending(now: now)
    } catch {
      throw CommandFailure(status: .configuration, message: error.description)
    }
    if output.isJSON { return Console.show(try JSONText.of(view)) }
    for line in PendingText.lines(view) { Console.show(line) }
  }
}

/// A `PendingView` for people.
enum PendingText {
  static func lines(_ view: PendingView) -> [String] {
    var lines: [String] = []
    for lane in view.lanes { lines += self.lines(lane) }
    if !view.openOrders.isEmpty {
      var table = TextTable(["order", "vault", "state", "placed"])
      for order in view.openOrders {
        table.add([order.key.description, order.vault, order.state, TimeText.utc(order.placedAtUnixSeconds)])
      }
      lines += table.lines + [""]
    }
    for halt in view.halts { lines.append("HALTED \(halt.code): \(halt.text)") }
    return lines.isEmpty ? ["nothing is pending"] : lines
  }

  private static func lines(_ lane: LaneView) -> [String] {
    var lines = ["\(lane.sender) on chain \(lane.chainID): \(lane.standing.rawValue)"]
    if let nonce = lane.nextNonce { lines[0] += ", next nonce \(nonce)" }
    if let doubt = lane.nonceInDoubt { lines[0] += ", nonce \(doubt) in doubt" }
    lines.append(
      "  gas of the day: \(EtherText.of(lane.gasSpentWei)) spent, \(EtherText.of(lane.gasHeldWei)) held, "
        + "of \(EtherText.of(lane.gasBudgetWei)) ether")
    for promise in lane.promises {
      lines.append(
        "  nonce \(promise.nonce)  \(promise.vault)  \(promise.purpose)  \(promise.state)  \(promise.summary)")
      for attempt in promise.attempts {
        lines.append("    \(attempt.transactionHash)  \(attempt.kind.rawValue)  \(attempt.standing)")
        for answer in attempt.answers { lines.append("      \(answer.endpoint): \(answer.submission)") }
      }
    }
    return lines + [""]
  }
}
