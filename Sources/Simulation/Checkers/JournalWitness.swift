import Ethereum
import Outbox

/// What the journal says of calls, read from the bytes that were stored and with nothing of the program's own reading:
/// a witness that does not share its mistakes.
struct JournalWitness: Sendable {
  struct Intent: Sendable {
    let id: Bytes32
    let purpose: String
    let decidedAt: (number: UInt64, hash: Bytes32)
    let data: [UInt8]
    var vault = StormPolicy.vaultNames[0]
    var route = StormScene.Submission.public
  }

  struct Attempt: Sendable {
    let intent: Intent
    /// "first", "feeBump", "noOp"… as the journal spells it.
    let kind: String
    let journaledAt: UInt64
    let raw: [UInt8]

    var isNoOp: Bool { kind == "noOp" }
    /// The decision that it was signed on is as new as its record says; a higher bid for an earlier one is not.
    var isDecidedAnew: Bool { kind != "feeBump" }
  }

  private var intents: [Bytes32: Intent] = [:]
  private var attempts: [Bytes32: Attempt] = [:]
  /// The first decision of the promise that a later one belongs to.
  private var roots: [Bytes32: Bytes32] = [:]
  /// In the order of signing.
  private(set) var hashes: [Bytes32] = []

  func attempt(_ hash: Bytes32) -> Attempt? { attempts[hash] }

  /// The first decision that was made for an intent's nonce.
  func root(of intentID: Bytes32) -> Bytes32 { roots[intentID] ?? intentID }

  /// - Returns: what is wrong with the record, if anything.
  mutating func read(_ entry: JournalEntry, at milliseconds: UInt64) -> String? {
    do {
      guard let record = try JSON.parse(entry.payload)["record"], let name = record.object?.keys.first,
        let body = record[name]
      else { return "entry \(entry.sequence) has no record" }
      switch name {
      case "reserved", "revised":
        guard let json = body["intent"] else { return "entry \(entry.sequence) has no intent" }
        // A revision is a decision of its own: its signature names it, and not the one whose nonce it took.
        let intent = try Self.intent(json)
        intents[intent.id] = intent
        if name == "revised" { roots[intent.id] = root(of: try Bytes32(hex: body["intentID"]?.string ?? "")) }
      case "signed":
        let raw = try Hex.decode(body["attempt"]?["raw"]?.string ?? "", limit: 1 << 20)
        let id = try Bytes32(hex: body["intentID"]?.string ?? "")
        guard let intent = intents[id] else { return "entry \(entry.sequence) signs for an unknown intent \(id)" }
        let hash = Keccak256.hash(raw)
        attempts[hash] = Attempt(
          intent: intent, kind: body["attempt"]?["kind"]?.string ?? "", journaledAt: milliseconds, raw: raw)
        hashes.append(hash)
      default: break
      }
      return nil
    } catch {
      return "entry \(entry.sequence) cannot be read: \(error)"
    }
  }

  /// Adds a signature that no journal holds: for the tests of the checkers.
  mutating func forge(_ raw: [UInt8], intent: Intent, at milliseconds: UInt64 = 0) {
    let hash = Keccak256.hash(raw)
    attempts[hash] = Attempt(intent: intent, kind: "first", journaledAt: milliseconds, raw: raw)
    hashes.append(hash)
  }

  private static func intent(_ json: JSON) throws -> Intent {
    let number = json["decidedAt"]?["number"]
    return Intent(
      id: try Bytes32(hex: json["id"]?.string ?? ""), purpose: json["purpose"]?.string ?? "",
      decidedAt: (
        UInt64(clamping: number?.integer ?? 0), try Bytes32(hex: json["decidedAt"]?["hash"]?.string ?? "")
      ),
      data: try Hex.decode(json["data"]?.string ?? "0x", limit: 1 << 20), vault: json["vault"]?.string ?? "",
      route: route(json["route"]))
  }

  private static func route(_ json: JSON?) -> StormScene.Submission {
    if let blocks = json?["relayThenPublic"]?["afterBlocks"]?.integer {
      return .privateThenPublic(afterBlocks: UInt64(clamping: blocks))
    }
    return json?["relay"] == nil ? .public : .private
  }
}
