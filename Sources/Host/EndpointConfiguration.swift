package import Keeper

/// A header sent with every request to one endpoint, such as a provider's key. Prints as its name only.
package struct SecretHeader: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package let name: String
  let value: String

  /// Set by the transport itself, or able to change where one request ends and the next begins.
  private static let reserved = [
    "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent",
  ]

  /// - Throws: `HostError.endpoint` when the name is no HTTP token or is ours to set, or the value could end the line.
  package init(name: String, value: String, endpoint: String) throws(HostError) {
    let token = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
    guard token, !name.isEmpty, name.utf8.count <= 128 else {
      throw .endpoint(endpoint: endpoint, problem: "a header's name is not an HTTP token", remedy: "use letters and -")
    }
    guard !Self.reserved.contains(name.lowercased()) else {
      throw .endpoint(
        endpoint: endpoint, problem: "the header \(name) is set by vaultkeeper itself", remedy: "remove it")
    }
    let trimmed = value.last?.isNewline == true ? String(value.dropLast()) : value
    guard !trimmed.isEmpty, trimmed.utf8.count <= 8192, trimmed.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw .endpoint(
        endpoint: endpoint, problem: "the value of the header \(name) is empty, too long or holds a control character",
        remedy: "put it on one line")
    }
    self.name = name
    self.value = trimmed
  }

  package var description: String { "\(name): (secret)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// Where one endpoint is and how it is spoken to.
package struct EndpointConfiguration: Sendable, CustomStringConvertible {
  package let id: EndpointID
  package let url: SecretURL
  package let headers: [SecretHeader]
  /// Certificates to trust instead of the system's, as a PEM file; nil for the system's.
  package let caBundlePath: String?

  package init(id: EndpointID, url: SecretURL, headers: [SecretHeader] = [], caBundlePath: String? = nil) {
    self.id = id
    self.url = url
    self.headers = headers
    self.caBundlePath = caBundlePath
  }

  package var description: String { "\(id.name) (\(url))" }
}
