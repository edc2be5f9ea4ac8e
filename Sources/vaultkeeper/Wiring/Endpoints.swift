import Host
import Keeper

/// The endpoints of all chains, and the members that keep the lease, with their secrets, which are read here and nowhere
/// else.
struct OpenEndpoints {
  /// An endpoint that cannot be asked, and why.
  struct Failure {
    /// Of a member that keeps the lease: that of its first method.
    let id: EndpointID
    let error: HostError
  }

  private(set) var configurations: [EndpointConfiguration] = []
  private(set) var failures: [Failure] = []

  init(_ deployment: Deployment) {
    for (id, endpoint) in deployment.chains.flatMap(\.endpoints) {
      do { configurations.append(try endpoint.open(as: id)) } catch { failures.append(Failure(id: id, error: error)) }
    }
    guard let lease = deployment.lease else { return }
    for (member, endpoint) in zip(lease.members, lease.configuration.endpoints) {
      do {
        configurations += try Deployment.Lease.open(member, endpoint)
      } catch {
        failures.append(Failure(id: Self.id(of: member), error: error))
      }
    }
  }

  static func id(of member: LeaseSettings.Member) -> EndpointID { member.endpoint(EtcdMethod.allCases[0]) }
}

extension Deployment.Lease {
  /// One endpoint for each method of a member: a method is a path of its own.
  fileprivate static func open(
    _ member: LeaseSettings.Member, _ endpoint: Configuration.Endpoint
  ) throws(HostError) -> [EndpointConfiguration] {
    let (url, headers) = (try endpoint.openURL(), try endpoint.openHeaders())
    var list: [EndpointConfiguration] = []
    for method in EtcdMethod.allCases {
      list.append(
        EndpointConfiguration(
          id: member.endpoint(method), url: try url.appending(path: method.path, endpoint: endpoint.name),
          headers: headers, caBundlePath: endpoint.caBundlePath))
    }
    return list
  }
}

extension Configuration.Endpoint {
  /// The endpoint with its secrets.
  ///
  /// - Throws: `HostError` naming the endpoint or the file.
  func open(as id: EndpointID) throws(HostError) -> EndpointConfiguration {
    EndpointConfiguration(id: id, url: try openURL(), headers: try openHeaders(), caBundlePath: caBundlePath)
  }

  fileprivate func openHeaders() throws(HostError) -> [SecretHeader] {
    var list: [SecretHeader] = []
    for header in headers {
      list.append(try SecretHeader(name: header.name, value: try Self.text(header.value), endpoint: name))
    }
    return list
  }

  fileprivate func openURL() throws(HostError) -> SecretURL {
    switch location {
    case .inline(let url): return url
    case .secret(let source):
      return try SecretURL(try Self.text(source), endpoint: name, allowPlainHTTP: allowsPlainHTTP)
    }
  }

  private static func text(_ source: SecretSource) throws(HostError) -> String {
    String(decoding: try Credentials.read(source), as: UTF8.self)
  }
}
