import Ethereum
import Outbox

/// Where the lease is kept and for how long it is given. Nothing here is a secret.
package struct LeaseSettings: Sendable {
  /// One member of the etcd cluster: an endpoint for each method, since a message goes to an endpoint and an endpoint
  /// is one URL.
  package struct Member: Sendable {
    package let name: String
    package let endpoints: [EtcdMethod: EndpointID]

    /// - Parameter firstIndex: of `EtcdMethod.allCases.count` indices that belong to this member.
    package init(name: String, firstIndex: Int) {
      self.name = name
      var endpoints: [EtcdMethod: EndpointID] = [:]
      for (offset, method) in EtcdMethod.allCases.enumerated() {
        endpoints[method] = EndpointID(index: firstIndex + offset, name: name)
      }
      self.endpoints = endpoints
    }

    package func endpoint(_ method: EtcdMethod) -> EndpointID {
      guard let endpoint = endpoints[method] else { preconditionFailure("a member has an endpoint for each method") }
      return endpoint
    }
  }

  /// In order of preference, never empty.
  package let members: [Member]
  /// Under which all keys of the lease lie; the same for every keeper of this key, and of nobody else.
  package let prefix: String
  package let ttlSeconds: UInt64
  /// The longest that one exchange may take.
  package let exchangeDeadlineMilliseconds: Int
  /// Who we are, as another keeper shows it: the machine's name.
  package let holder: String

  package init(
    members: [Member], prefix: String, ttlSeconds: UInt64, exchangeDeadlineMilliseconds: Int, holder: String
  ) {
    precondition(!members.isEmpty, "a lease is kept somewhere")
    precondition(
      ttlSeconds * 1_000 >= Self.deadlinesInTTL * UInt64(exchangeDeadlineMilliseconds),
      "the configuration refuses a lease shorter than three exchanges")
    self.members = members
    self.prefix = prefix
    self.ttlSeconds = ttlSeconds
    self.exchangeDeadlineMilliseconds = exchangeDeadlineMilliseconds
    self.holder = holder
  }

  /// A lease lives for at least so many deadlines: one for a renewal that is lost, one for the exchange that puts the
  /// transaction into the store, and one for the exchange that sends it.
  package static let deadlinesInTTL: UInt64 = 3

  /// The shortest lease that a keeper with this rhythm can hold: three exchanges, and a rest between two ticks with the
  /// slowest exchange before and after it, since a lease is renewed by exchanges only.
  package static func shortestTTLSeconds(deadlineSeconds: UInt64, intervalSeconds: UInt64) -> UInt64 {
    max(deadlinesInTTL * deadlineSeconds, intervalSeconds + 2 * deadlineSeconds)
  }

  /// How many settled nonces stay in the store, for a keeper that was away with a promise open: it learns what became
  /// of its nonce. Some hundred kilobytes; a keeper that missed more of its own nonces asks for a person.
  static let settledNoncesKept: UInt64 = 64

  var keys: LeaseKeys { LeaseKeys(prefix: prefix) }
}

/// Where the promises of the lanes lie:
///
///     <prefix>/leader                                 who holds the lease; lives and dies with it
///     <prefix>/lanes/<chain>/<sender>/<nonce>/<hash>  a transaction for this nonce: decision and signed bytes
///     <prefix>/lanes/<chain>/<sender>/<nonce>/accepted  a stranger used this nonce, and a person has accepted it
///     <prefix>/lanes/<chain>/<sender>/next            every nonce below this one is settled
///
/// Nonces have leading zeros, so that keys in order are nonces in order, and `next` comes after them. A key is named by
/// the hash of what it holds: no two writers ever want to write different things to one.
struct LeaseKeys {
  let prefix: String

  var leader: String { prefix + "/leader" }
  var lanes: String { prefix + "/lanes/" }

  func lane(_ id: LaneID) -> String { "\(lanes)\(id.chainID)/\(Hex.encode(id.sender.bytes))/" }

  func nonce(_ nonce: UInt64, of id: LaneID) -> String {
    let digits = "\(nonce)"
    return lane(id) + String(repeating: "0", count: max(0, 20 - digits.count)) + digits
  }

  func transaction(_ hash: Bytes32, nonce: UInt64, of id: LaneID) -> String {
    self.nonce(nonce, of: id) + "/" + hash.description
  }

  func accepted(_ nonce: UInt64, of id: LaneID) -> String { self.nonce(nonce, of: id) + "/accepted" }

  func next(_ id: LaneID) -> String { lane(id) + "next" }

  enum Place: Hashable, Sendable {
    case next
    case transaction(nonce: UInt64, hash: Bytes32)
    case accepted(nonce: UInt64)
  }

  /// What a key names; nil where it is none of ours, or written in another way than we write it.
  func read(_ key: [UInt8]) -> (lane: LaneID, place: Place)? {
    let text = String(decoding: key, as: UTF8.self)
    guard text.hasPrefix(lanes) else { return nil }
    let parts = text.dropFirst(lanes.count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, let chainID = UInt64(parts[0]) else { return nil }
    do {
      let lane = LaneID(chainID: chainID, sender: try Address(bytes: Hex.decode(parts[1], limit: 20)))
      if parts.count == 3, Array(next(lane).utf8) == key { return (lane, .next) }
      guard parts.count == 4, let nonce = UInt64(parts[2]) else { return nil }
      if Array(accepted(nonce, of: lane).utf8) == key { return (lane, .accepted(nonce: nonce)) }
      let hash = try Bytes32(hex: parts[3])
      guard Array(transaction(hash, nonce: nonce, of: lane).utf8) == key else { return nil }
      return (lane, .transaction(nonce: nonce, hash: hash))
    } catch {
      return nil
    }
  }
}
