import Host
import Keeper

extension Deployment.Chain {
  /// The endpoints with their secrets, which are read here and nowhere else.
  ///
  /// - Throws: `HostError` naming the endpoint or the file.
  func openEndpoints() throws(HostError) -> [EndpointConfiguration] {
    var list: [EndpointConfiguration] = []
    for (id, endpoint) in zip(settings.endpoints, endpoints) {
      list.append(
        EndpointConfiguration(
          id: id, url: try endpoint.openURL(), headers: try endpoint.openHeaders(),
          caBundlePath: endpoint.caBundlePath))
    }
    return list
  }
}

extension Deployment.Lease {
  /// One endpoint for each method of each member: a method is a path of its own.
  func openEndpoints() throws(HostError) -> [EndpointConfiguration] {
    var list: [EndpointConfiguration] = []
    for (member, endpoint) in zip(members, configuration.endpoints) {
      let (url, headers) = (try endpoint.openURL(), try endpoint.openHeaders())
      for method in EtcdMethod.allCases {
        list.append(
          EndpointConfiguration(
            id: member.endpoint(method), url: try url.appending(path: method.path, endpoint: endpoint.name),
            headers: headers, caBundlePath: endpoint.caBundlePath))
      }
    }
    return list
  }
}

extension Configuration.Endpoint {
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

extension Deployment {
  /// One transport for all endpoints of all chains, and for the members that keep the lease.
  func openTransport(interrupt: Interrupt) throws(HostError) -> CurlTransport {
    var endpoints: [EndpointConfiguration] = []
    for chain in chains { endpoints += try chain.openEndpoints() }
    if let lease { endpoints += try lease.openEndpoints() }
    return try CurlTransport(endpoints: endpoints, version: Vaultkeeper.version, interrupt: interrupt)
  }
}
