import Ethereum
package import Keeper

/// etcd's gateway in memory: leases that end, keys with their revisions, transactions that compare. As much of version
/// 3.4 as a lease needs, speaking the bytes of its wire, with a network before it that loses what a test wants lost.
package final class MemoryEtcd: Transport {
  /// What happens to one message.
  package enum Fault {
    /// It never arrives.
    case requestLost
    /// It is heard and obeyed, and the answer never arrives.
    case replyLost
    /// It hangs in the network, and arrives when `deliver` is called; its answer never does.
    case requestLate
    case status(Int, body: String)
    /// The answer, changed.
    case garbled(([UInt8]) -> [UInt8])
  }

  package struct Stored: Hashable {
    package let key: [UInt8]
    package var value: [UInt8]
    package let createRevision: Int64
    package var lease: Int64
  }

  package var fault: (EtcdMethod) -> Fault? = { _ in nil }
  /// Hears of every key that is put, once it stands there.
  package var heedPut: ([UInt8]) -> Void = { _ in }
  /// Who answers messages for other endpoints; nil where there should be none.
  package var nodes: (any Transport)?
  /// As in the header of each answer.
  package var cluster = "14841639068965178418"
  package private(set) var revision: Int64 = 1
  /// Ascending by key.
  package private(set) var stored: [Stored] = []
  package private(set) var asked: [EtcdMethod] = []
  private var leases: [(id: Int64, ttlMilliseconds: UInt64, endsAt: UInt64)] = []
  private var nextLease: Int64 = 7_587_000_000_000_000_001
  private var late: [(EtcdMethod, JSON)] = []
  private let endpoints: [(EndpointID, EtcdMethod)]
  private let clock: any TimeSource

  package init(_ settings: LeaseSettings, clock: any TimeSource) {
    endpoints = settings.members.flatMap { member in EtcdMethod.allCases.map { (member.endpoint($0), $0) } }
    self.clock = clock
  }

  package func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
    outgoing.map { message in
      guard let method = endpoints.first(where: { $0.0 == message.endpoint })?.1 else {
        return nodes?.exchange([message], deadlineMilliseconds: deadlineMilliseconds).first
          ?? .failed(.connect("nobody is there"))
      }
      return reply(method, message.body)
    }
  }

  /// Lets everything arrive that hung in the network.
  package func deliver() {
    for (method, body) in late { _ = answer(method, body) }
    late = []
  }

  /// The value of a key; nil where there is none, or none any more.
  package func value(_ key: String) -> [UInt8]? {
    expire()
    return stored.first { $0.key == Array(key.utf8) }?.value
  }

  private func reply(_ method: EtcdMethod, _ body: [UInt8]) -> Reply {
    let request: JSON
    do { request = try JSON.parse(body) } catch { preconditionFailure("the keeper sends JSON: \(error)") }
    asked.append(method)
    switch fault(method) {
    case .requestLost: return .failed(.timeout(sent: true))
    case .replyLost:
      _ = answer(method, request)
      return .failed(.timeout(sent: true))
    case .requestLate:
      late.append((method, request))
      return .failed(.timeout(sent: true))
    case .status(let status, let body): return .answer(status: status, body: Array(body.utf8), retryAfterSeconds: nil)
    case .garbled(let change): return done(change(answer(method, request).1), 200)
    case nil:
      let (status, body) = answer(method, request)
      return done(body, status)
    }
  }

  private func done(_ body: [UInt8], _ status: Int) -> Reply {
    .answer(status: status, body: body, retryAfterSeconds: nil)
  }

  // MARK: What etcd does

  private func answer(_ method: EtcdMethod, _ request: JSON) -> (Int, [UInt8]) {
    expire()
    switch method {
    case .grant: return (200, grant(Self.number(request["TTL"])).encoded())
    case .keepAlive: return (200, keepAlive(Self.number(request["ID"])).encoded())
    case .timeToLive: return (200, timeToLive(Self.number(request["ID"])).encoded())
    case .revoke:
      let id = Self.number(request["ID"])
      guard leases.contains(where: { $0.id == id }) else { return notFound }
      end(id)
      return (200, with([]).encoded())
    case .range: return (200, range(request).encoded())
    case .transaction:
      guard let result = transaction(request) else { return notFound }
      return (200, result.encoded())
    }
  }

  private var notFound: (Int, [UInt8]) {
    let text: JSON = "etcdserver: requested lease not found"
    return (404, JSON.object(["error": text, "message": text, "code": 5]).encoded())
  }

  private func with(_ members: [(key: String, value: JSON)]) -> JSON {
    let header: JSON = [
      "cluster_id": .string(cluster), "member_id": "10276657743932975437", "revision": .string("\(revision)"),
      "raft_term": "2",
    ]
    return .object(JSONObject([(key: "header", value: header)] + members))
  }

  private func grant(_ ttlSeconds: Int64) -> JSON {
    let id = nextLease
    nextLease += 2
    let ttl = UInt64(clamping: ttlSeconds) * 1_000
    leases.append((id, ttl, clock.now().monotonicMilliseconds + ttl))
    return with([("ID", .string("\(id)")), ("TTL", .string("\(ttlSeconds)"))])
  }

  private func keepAlive(_ id: Int64) -> JSON {
    var members: [(key: String, value: JSON)] = [("ID", .string("\(id)"))]
    if let index = leases.firstIndex(where: { $0.id == id }) {
      leases[index].endsAt = clock.now().monotonicMilliseconds + leases[index].ttlMilliseconds
      members.append(("TTL", .string("\(leases[index].ttlMilliseconds / 1_000)")))
    }
    return ["result": with(members)]
  }

  private func timeToLive(_ id: Int64) -> JSON {
    guard let lease = leases.first(where: { $0.id == id }) else {
      return with([("ID", .string("\(id)")), ("TTL", "-1")])
    }
    let rest = (lease.endsAt - clock.now().monotonicMilliseconds) / 1_000
    return with([
      ("ID", .string("\(id)")), ("TTL", .string("\(rest)")),
      ("grantedTTL", .string("\(lease.ttlMilliseconds / 1_000)")),
    ])
  }

  private func expire() {
    let now = clock.now().monotonicMilliseconds
    for lease in leases where lease.endsAt <= now { end(lease.id) }
  }

  private func end(_ lease: Int64) {
    leases.removeAll { $0.id == lease }
    guard stored.contains(where: { $0.lease == lease }) else { return }
    revision += 1
    stored.removeAll { $0.lease == lease }
  }

  private func range(_ request: JSON) -> JSON {
    let first = Self.bytes(request["key"])
    let end = request["range_end"].map { Self.bytes($0) } ?? first + [0]
    let found = stored.filter { !$0.key.lexicographicallyPrecedes(first) && $0.key.lexicographicallyPrecedes(end) }
    let limit = Self.number(request["limit"])
    let shown = limit > 0 ? Array(found.prefix(Int(limit))) : found
    var members: [(key: String, value: JSON)] = []
    if !shown.isEmpty { members.append(("kvs", .array(shown.map(Self.json)))) }
    if shown.count < found.count { members.append(("more", true)) }
    if !found.isEmpty { members.append(("count", .string("\(found.count)"))) }
    return with(members)
  }

  private static func json(_ entry: Stored) -> JSON {
    var members: [(key: String, value: JSON)] = [
      ("key", .string(Base64.encode(entry.key))), ("create_revision", .string("\(entry.createRevision)")),
      ("mod_revision", .string("\(entry.createRevision)")), ("version", "1"),
      ("value", .string(Base64.encode(entry.value))),
    ]
    if entry.lease != 0 { members.append(("lease", .string("\(entry.lease)"))) }
    return .object(JSONObject(members))
  }

  /// - Returns: nil when it names a lease that there is not.
  private func transaction(_ request: JSON) -> JSON? {
    let holds = (request["compare"]?.array ?? []).allSatisfy { compare($0) }
    let operations = request[holds ? "success" : "failure"]?.array ?? []
    for operation in operations {
      let lease = Self.number(operation["request_put"]?["lease"])
      if lease != 0, !leases.contains(where: { $0.id == lease }) { return nil }
    }
    // Every put of a transaction has the same revision.
    let next = revision + 1
    if operations.contains(where: { $0["request_range"] == nil }) { revision = next }
    let responses = operations.map { operation -> JSON in
      if let put = operation["request_put"] {
        self.put(put, next)
        return ["response_put": [:]]
      }
      if let range = operation["request_delete_range"] {
        let (first, end) = (Self.bytes(range["key"]), Self.bytes(range["range_end"]))
        stored.removeAll { !$0.key.lexicographicallyPrecedes(first) && $0.key.lexicographicallyPrecedes(end) }
        return ["response_delete_range": [:]]
      }
      return ["response_range": range(operation["request_range"] ?? [:])]
    }
    let all: [(key: String, value: JSON)] = responses.isEmpty ? [] : [("responses", .array(responses))]
    return with(holds ? [("succeeded", true)] + all : all)
  }

  private func compare(_ comparison: JSON) -> Bool {
    let key = Self.bytes(comparison["key"])
    let entry = stored.first { $0.key == key }
    return switch comparison["target"]?.string {
    case "CREATE": (entry?.createRevision ?? 0) == Self.number(comparison["create_revision"])
    case "LEASE": (entry?.lease ?? 0) == Self.number(comparison["lease"])
    default: false
    }
  }

  private func put(_ put: JSON, _ revision: Int64) {
    let (key, value, lease) = (Self.bytes(put["key"]), Self.bytes(put["value"]), Self.number(put["lease"]))
    defer { heedPut(key) }
    if let index = stored.firstIndex(where: { $0.key == key }) {
      stored[index].value = value
      stored[index].lease = lease
      return
    }
    let index = stored.firstIndex { key.lexicographicallyPrecedes($0.key) } ?? stored.count
    stored.insert(Stored(key: key, value: value, createRevision: revision, lease: lease), at: index)
  }

  private static func number(_ json: JSON?) -> Int64 { json?.string.flatMap { Int64($0) } ?? 0 }

  private static func bytes(_ json: JSON?) -> [UInt8] { Base64.decode(json?.string ?? "", limit: 1 << 24) ?? [] }
}
