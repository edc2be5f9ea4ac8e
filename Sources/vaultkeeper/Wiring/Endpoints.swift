import Host
import Keeper

extension Deployment.Chain {
  /// The endpoints with their secrets, which are read here and nowhere else.
  ///
  /// - Throws: `HostError` naming the endpoint or the file.
  func openEndpoints() throws(HostError) -> [EndpointConfiguration] {
    var list: [EndpointConfiguration] = []
    for (id, endpoint) in zip(settings.endpoints, endpoints) { list.append(try endpoint.open(as: id)) }
    return list
  }
}

extension Configuration.Endpoint {
  /// The endpoint with its secrets.
  ///
  /// - Throws: `HostError` naming the endpoint or the file.
  func open(as id: EndpointID) throws(HostError) -> EndpointConfiguration {
    var headers: [SecretHeader] = []
    for header in self.headers {
      headers.append(try SecretHeader(name: header.name, value: try Self.text(header.value), endpoint: name))
    }
    return EndpointConfiguration(id: id, url: try Self.url(of: self), headers: headers, caBundlePath: caBundlePath)
  }

  private static func url(of endpoint: Configuration.Endpoint) throws(HostError) -> SecretURL {
    switch endpoint.location {
    case .inline(let url): return url
    case .secret(let source):
      return try SecretURL(
        try text(source), endpoint: endpoint.name, allowPlainHTTP: endpoint.allowsPlainHTTP)
    }
  }

  private static func text(_ source: SecretSource) throws(HostError) -> String {
    String(decoding: try Credentials.read(source), as: UTF8.self)
  }
}

extension Deployment {
  /// One transport for all endpoints of all chains.
  func openTransport(interrupt: Interrupt) throws(HostError) -> CurlTransport {
    var endpoints: [EndpointConfiguration] = []
    for chain in chains { endpoints += try chain.openEndpoints() }
    return try CurlTransport(endpoints: endpoints, version: Vaultkeeper.version, interrupt: interrupt)
  }
}
