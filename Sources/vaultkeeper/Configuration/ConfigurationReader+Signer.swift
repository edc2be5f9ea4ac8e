import Host
import Wallet

// Who signs, and under which policy.
extension ConfigurationReader {
  func key(_ section: Section) -> Configuration.Key? {
    let address = section.required("address", .address)
    let policy = section.ifPresent("policy", .path)
    let holder: Configuration.Key.Holder?
    switch exactlyOne(of: ["keystore", "remote"], in: section) {
    case "keystore"?: holder = keystore(section)
    case "remote"?: holder = section.requiredSection("remote", remote).map { .remote($0) }
    default: holder = nil
    }
    guard let address, let policy, let holder else { return nil }
    return Configuration.Key(
      address: address, holder: holder,
      policy: policy.map {
        Located(
          value: absolute($0), place: section.tree("policy")?.place ?? section.place, path: section.keyPath("policy"))
      })
  }

  private func keystore(_ section: Section) -> Configuration.Key.Holder? {
    let path = section.requiredSection("keystore") { $0.required("path", .path) }
    let passphrase = secret(
      section, "passphrase", prompt: "Passphrase of \(path.map { absolute($0) } ?? "the keystore"): ")
    guard let path, let passphrase else { return nil }
    return .keystore(path: absolute(path), passphrase: passphrase)
  }

  private func remote(_ section: Section) -> Configuration.RemoteKey? {
    let kinds = RemoteSigner.Kind.allCases.map { ($0.rawValue, $0) }
    let kind = section.required("kind", .choice(kinds))
    // Without TLS anybody on the way could ask for signatures too; only this machine needs none.
    let location = self.location(section, name: "signer", allowsPlainHTTP: false)
    let headers = section.has("headers") ? self.headers(section) : []
    let caBundle = section.ifPresent("caBundle", .path)
    // A signer with a network key store answers in well under a second; five leave room for a busy one and end before
    // the tick that waits for them.
    let deadline = section.optional("deadline", .duration(1...300), default: 5)
    guard let kind, let location, let headers, let caBundle, let deadline else { return nil }
    return Configuration.RemoteKey(
      kind: kind,
      endpoint: Configuration.Endpoint(
        name: "signer", role: .public, location: location, allowsPlainHTTP: false, headers: headers,
        caBundlePath: caBundle.map { absolute($0) }), deadlineSeconds: deadline)
  }
}
