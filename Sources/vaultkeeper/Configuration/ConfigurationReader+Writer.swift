import Ethereum
import Host
import Keeper

// Who may write with the key: this machine alone, or whoever holds a lease.
extension Configuration {
  enum Writer {
    /// The journal's lock is all there is: no other machine runs a keeper with this key.
    case local
    case etcd(Etcd)
  }

  struct Etcd {
    let endpoints: [Endpoint]
    let prefix: String
    let ttlSeconds: UInt64
  }
}

extension ConfigurationReader {
  /// Clusters have three or five members.
  private static let memberLimit = 9

  func writer(_ section: Section, tick: Configuration.Tick?, key: Configuration.Key?) -> Configuration.Writer? {
    guard let tree = section.tree("writer") else { return .local }
    if case .scalar(let text, _) = tree.content {
      if text == "local" { return .local }
      section.report("writer", "\(quoted(text)) is not known here", remedy: "write local, or etcd: with its keys below")
      return nil
    }
    return section.requiredSection("writer") { section in
      section.requiredSection("etcd") { etcd($0, tick: tick, key: key) }.map { .etcd($0) }
    }
  }

  private func etcd(_ section: Section, tick: Configuration.Tick?, key: Configuration.Key?) -> Configuration.Etcd? {
    let endpoints = section.requiredList("endpoints", limit: ConfigurationReader.memberLimit) { tree, path in
      Section.read(tree, path: path, findings: findings) { section in
        member(section).map { Located(value: $0, place: section.place, path: path) }
      }
    }
    refuseDuplicates(endpoints, of: "name") { $0.name }
    let prefix = section.ifPresent("prefix", .etcdPrefix)
    let shortest = tick.map {
      LeaseSettings.shortestTTLSeconds(deadlineSeconds: $0.deadlineSeconds, intervalSeconds: $0.intervalSeconds)
    }
    // 30 s, or the shortest that the ticks allow: a takeover within a minute, and a store whose members elect a leader
    // anew, which takes seconds, costs no lease.
    let ttl = section.optional("ttl", .duration(1...3_600), default: max(30, shortest ?? 0))
    if let ttl, let shortest, ttl < shortest {
      section.report(
        "ttl", "a lease of \(durationText(ttl)) could end within a tick",
        remedy: "write at least \(durationText(shortest)): three times tick.deadline, and tick.interval plus twice it")
      return nil
    }
    guard let endpoints, let prefix, let ttl, let key else { return nil }
    return Configuration.Etcd(
      endpoints: endpoints.map(\.value), prefix: prefix ?? "/vaultkeeper/\(Hex.encode(key.address.bytes))",
      ttlSeconds: ttl)
  }

  private func member(_ section: Section) -> Configuration.Endpoint? {
    let name = section.required("name", .name)
    let allowsPlainHTTP = section.optional("allowPlainHTTP", .flag, default: false)
    let location = self.location(section, name: name ?? "endpoint", allowsPlainHTTP: allowsPlainHTTP ?? false)
    let headers = section.has("headers") ? self.headers(section) : []
    let caBundle = section.ifPresent("caBundle", .path)
    guard let name, let allowsPlainHTTP, let location, let headers, let caBundle else { return nil }
    return Configuration.Endpoint(
      name: name, role: .public, location: location, allowsPlainHTTP: allowsPlainHTTP, headers: headers,
      caBundlePath: caBundle.map { absolute($0) })
  }
}

extension Form<String> {
  /// Under which keys lie in etcd.
  fileprivate static var etcdPrefix: Form<String> {
    Form(what: "a prefix such as /vaultkeeper/first-light: parts of letters, digits, dots, dashes and underscores") {
      text in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let isPrefix =
        text.utf8.count <= 200 && parts.count >= 2 && parts[0].isEmpty
        && parts.dropFirst().allSatisfy { part in
          !part.isEmpty
            && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
        }
      return isPrefix ? .value(text) : .wrong("is no prefix")
    }
  }
}
