import Ethereum

// The messages of etcd's HTTP gateway (3.4) that a lease needs, as pure encoding and decoding. The gateway writes keys
// and values as base64, 64-bit integers as decimal text, leaves out what is zero, false or empty, wraps each message of
// a stream (keep-alive) into {"result": …}, and takes and gives the field names of the protocol's own definition.

/// What the gateway can be asked.
package enum EtcdMethod: String, Hashable, Sendable, CaseIterable {
  case grant = "/v3/lease/grant"
  case keepAlive = "/v3/lease/keepalive"
  case revoke = "/v3/lease/revoke"
  case timeToLive = "/v3/lease/timetolive"
  case range = "/v3/kv/range"
  case transaction = "/v3/kv/txn"

  /// What the method is called on the wire, below the member's URL.
  package var path: String { rawValue }
}

/// A key with its value and its history.
struct EtcdKeyValue: Hashable, Sendable {
  let key: [UInt8]
  let value: [UInt8]
  /// The revision of the store at which the key came to be; another one after it was deleted and made again.
  let createRevision: Int64
  /// The lease the key lives and dies with; 0 for none.
  let lease: Int64
}

/// The answer to a range, or to the range within a transaction.
struct EtcdRange: Hashable, Sendable {
  let entries: [EtcdKeyValue]
  /// Whether there are more entries than the limit let through.
  let isCut: Bool
}

/// What every answer begins with.
struct EtcdHeader: Hashable, Sendable {
  /// Which cluster answered: revisions of two clusters have nothing to do with each other.
  let cluster: String
  let revision: Int64
}

enum EtcdRequest {
  static func grant(ttlSeconds: UInt64) -> [UInt8] {
    encoded(["TTL": .string("\(ttlSeconds)"), "ID": "0"])
  }

  static func lease(_ id: Int64) -> [UInt8] { encoded(["ID": .string("\(id)")]) }

  /// One key.
  static func range(_ key: String) -> JSON { ["key": text(key)] }

  /// The keys from `first` on that begin with `prefix`, ascending, at one revision of the store.
  /// - Parameter revision: 0 for the newest one.
  static func range(from first: [UInt8], prefix: String, limit: Int, revision: Int64) -> JSON {
    [
      "key": .string(Base64.encode(first)), "range_end": .string(Base64.encode(end(of: prefix))),
      "limit": .string("\(limit)"), "revision": .string("\(revision)"), "sort_order": "ASCEND", "sort_target": "KEY",
    ]
  }

  static func put(_ key: String, _ value: [UInt8], lease: Int64 = 0) -> JSON {
    ["request_put": ["key": text(key), "value": .string(Base64.encode(value)), "lease": .string("\(lease)")]]
  }

  /// Removes the keys from `first` up to, and without, `end`.
  static func delete(from first: String, to end: String) -> JSON {
    ["request_delete_range": ["key": text(first), "range_end": text(end)]]
  }

  static func get(_ range: JSON) -> JSON { ["request_range": range] }

  /// The key came to be at this revision; 0: there is no such key.
  static func created(_ key: String, at revision: Int64) -> JSON {
    ["key": text(key), "target": "CREATE", "result": "EQUAL", "create_revision": .string("\(revision)")]
  }

  /// The key lives with this lease.
  static func held(_ key: String, by lease: Int64) -> JSON {
    ["key": text(key), "target": "LEASE", "result": "EQUAL", "lease": .string("\(lease)")]
  }

  /// All of `then` if every comparison holds, else all of `otherwise`.
  static func transaction(if comparisons: [JSON], then: [JSON], otherwise: [JSON]) -> [UInt8] {
    encoded(["compare": .array(comparisons), "success": .array(then), "failure": .array(otherwise)])
  }

  static func encoded(_ json: JSON) -> [UInt8] { json.encoded() }

  private static func text(_ key: String) -> JSON { .string(Base64.encode(Array(key.utf8))) }

  /// The first key after all that begin with `prefix`.
  static func end(of prefix: String) -> [UInt8] {
    var bytes = Array(prefix.utf8)
    while let last = bytes.popLast() {
      if last < 255 { return bytes + [last + 1] }
    }
    // "\0" means to the end of the store.
    return [0]
  }
}

/// An answer of the gateway, read strictly: what is not understood is a failure and never a guess.
struct EtcdAnswer {
  /// What is accepted: a page of the tail is at most 64 entries of 256 KiB, in base64.
  static let limits = JSONLimits(bytes: 24 << 20, depth: 16, values: 65_536)
  static let keyLimit = 1_024
  /// A transaction of 128 KiB, the most a node takes, is 256 KiB as hex, and a promise may have several; etcd itself
  /// refuses more than 1.5 MiB.
  static let valueLimit = 1_536 << 10

  private let json: JSON
  let header: EtcdHeader

  init(_ body: [UInt8]) throws(EtcdFailure) {
    do { json = try JSON.parse(body, limits: Self.limits) } catch { throw .malformed(error.description) }
    // A stream's message.
    let message = json["result"] ?? json
    guard let header = message["header"], let cluster = header["cluster_id"]?.string else {
      throw .malformed("an answer without a header: \(Excerpt.of(body))")
    }
    self.header = EtcdHeader(cluster: cluster, revision: try Self.integer(header, "revision"))
  }

  /// The answer to a grant: the new lease and the seconds it was really given.
  func granted() throws(EtcdFailure) -> (lease: Int64, ttlSeconds: Int64) {
    let (lease, ttl) = (try Self.integer(json, "ID"), try Self.integer(json, "TTL"))
    guard lease > 0, ttl > 0 else { throw .malformed("a grant of lease \(lease) for \(ttl) s") }
    return (lease, ttl)
  }

  /// The answer to a keep-alive: the seconds the lease has from when it was renewed; 0 when there is no such lease any
  /// more, which the gateway says by leaving the number out.
  func keptAlive(_ lease: Int64) throws(EtcdFailure) -> Int64 {
    guard let result = json["result"] else { throw .malformed("a keep-alive without a result") }
    let found = try Self.integer(result, "ID")
    guard found == lease else { throw .malformed("a keep-alive of lease \(found) in place of \(lease)") }
    return max(0, try Self.integer(result, "TTL"))
  }

  /// The answer to a time-to-live: the seconds left, below zero when there is no such lease.
  func remaining(_ lease: Int64) throws(EtcdFailure) -> Int64 {
    guard try Self.integer(json, "ID") == lease else { throw .malformed("the time to live of another lease") }
    return try Self.integer(json, "TTL")
  }

  func range() throws(EtcdFailure) -> EtcdRange { try Self.range(json) }

  /// The answer to a transaction.
  /// - Returns: whether its comparisons held, and what its ranges found, in their order.
  func transaction() throws(EtcdFailure) -> (succeeded: Bool, ranges: [EtcdRange]) {
    if let flag = json["succeeded"], flag.bool == nil { throw .malformed("succeeded is \(flag.kind)") }
    var ranges: [EtcdRange] = []
    for response in try Self.list(json, "responses") {
      if let range = response["response_range"] { ranges.append(try Self.range(range)) }
    }
    return (json["succeeded"]?.bool ?? false, ranges)
  }

  // MARK: Parts

  private static func range(_ json: JSON) throws(EtcdFailure) -> EtcdRange {
    var entries: [EtcdKeyValue] = []
    for entry in try list(json, "kvs") {
      guard let key = Base64.decode(entry["key"]?.string ?? "", limit: keyLimit), !key.isEmpty,
        let value = Base64.decode(entry["value"]?.string ?? "", limit: valueLimit)
      else { throw .malformed("an entry whose key or value is no base64, or too large") }
      let revision = try integer(entry, "create_revision")
      guard revision > 0 else { throw .malformed("an entry that was never created") }
      entries.append(
        EtcdKeyValue(key: key, value: value, createRevision: revision, lease: try integer(entry, "lease")))
    }
    if let more = json["more"], more.bool == nil { throw .malformed("more is \(more.kind)") }
    return EtcdRange(entries: entries, isCut: json["more"]?.bool ?? false)
  }

  private static func list(_ json: JSON, _ key: String) throws(EtcdFailure) -> [JSON] {
    guard let found = json[key] else { return [] }
    guard let list = found.array else { throw .malformed("\(key) is \(found.kind)") }
    return list
  }

  /// A 64-bit integer as text; 0 where it is left out.
  private static func integer(_ json: JSON, _ key: String) throws(EtcdFailure) -> Int64 {
    guard let found = json[key] else { return 0 }
    guard let text = found.string, let number = Int64(text), "\(number)" == text else {
      throw .malformed("\(key) is no 64-bit integer: \(Excerpt.of(found.encoded()))")
    }
    return number
  }
}

/// Why an exchange with one member came to nothing.
enum EtcdFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case transport(TransportFailure)
  /// The member answered with an error of its own. `excerpt` is printable.
  case refused(status: Int, code: Int64?, excerpt: String)
  case malformed(String)
  /// The member belongs to another cluster than the one that the lease was granted by.
  case otherCluster(found: String, expected: String)

  /// gRPC's number for "not found": of a lease, that there is no such lease.
  private static let notFound: Int64 = 5

  var isNotFound: Bool {
    if case .refused(_, Self.notFound, _) = self { true } else { false }
  }

  init(status: Int, body: [UInt8]) {
    var code: Int64?
    do { code = try JSON.parse(body, limits: EtcdAnswer.limits)["code"]?.integer } catch { code = nil }
    self = .refused(status: status, code: code, excerpt: Excerpt.of(body))
  }

  var description: String {
    switch self {
    case .transport(let failure): failure.description
    case .refused(let status, _, let excerpt): "HTTP \(status): \(excerpt)"
    case .malformed(let what): "not an answer of etcd's gateway: \(what)"
    case .otherCluster(let found, let expected): "it belongs to cluster \(found), the lease to \(expected)"
    }
  }
}
