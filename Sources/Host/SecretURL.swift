import CCurl

/// An endpoint's URL. Providers keep their keys in its path, query and user information, so it prints as scheme, host
/// and port only, however it is printed.
package struct SecretURL: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  /// Longer than any provider's URL; a bound on what is parsed.
  private static let maximumBytes = 2048

  /// The whole URL, for libcurl only.
  let text: String
  /// Scheme, host and port: fit for a log line.
  package let origin: String
  package let isEncrypted: Bool

  /// Parses with libcurl's own parser, the one that will later decide where the request goes.
  ///
  /// - Parameters:
  ///   - text: surrounding white space is dropped, so that a file's last newline does no harm.
  ///   - endpoint: the endpoint's name, for the message.
  ///   - allowPlainHTTP: whether `http` may be used to a host other than this machine.
  /// - Throws: `HostError.endpoint`, whose text repeats nothing of the URL but its scheme and host.
  package init(_ text: String, endpoint: String, allowPlainHTTP: Bool = false) throws(HostError) {
    func problem(_ problem: String, _ remedy: String) -> HostError {
      .endpoint(endpoint: endpoint, problem: problem, remedy: remedy)
    }
    let trimmed = Self.trim(text)
    let example = "write it as https://host/path"
    guard !trimmed.isEmpty else { throw problem("the URL is empty", example) }
    guard trimmed.utf8.count <= Self.maximumBytes else {
      throw problem("the URL is longer than \(Self.maximumBytes) bytes", "check that the right file is named")
    }
    guard trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw problem("the URL holds a space, a line break or a character that is not ASCII", "percent-encode it")
    }
    // libcurl forgives a third slash and takes the path's first part, perhaps the key, for the host.
    guard !trimmed.contains(":///"), let parts = Self.parse(trimmed) else {
      throw problem("the URL cannot be parsed", example)
    }
    guard parts.scheme == "https" || parts.scheme == "http" else {
      throw problem("the URL's scheme is \(parts.scheme)", "only https and http are spoken")
    }
    isEncrypted = parts.scheme == "https"
    if !isEncrypted && !allowPlainHTTP && !Self.isLoopback(parts.host) {
      throw problem(
        "plain http to \(parts.host) shows every request and any key to the network",
        "use https, or set allowPlainHTTP for this endpoint if the network between is yours")
    }
    self.text = trimmed
    origin = "\(parts.scheme)://\(parts.host)\(parts.port.map { ":" + $0 } ?? "")"
  }

  /// This URL with a path after its own, for a server whose methods are paths.
  /// - Throws: `HostError.endpoint` where there is a query or a fragment, which a path cannot follow.
  package func appending(path: String, endpoint: String) throws(HostError) -> SecretURL {
    guard !text.contains("?"), !text.contains("#") else {
      throw .endpoint(
        endpoint: endpoint, problem: "the URL has a query, and this server's methods are paths below it",
        remedy: "write it without, and keys as headers")
    }
    let base = text.hasSuffix("/") ? String(text.dropLast()) : text
    return try SecretURL(base + path, endpoint: endpoint, allowPlainHTTP: true)
  }

  package var description: String { origin }
  package var debugDescription: String { origin }
  package var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }

  /// Where a provider may keep a key: user and password, each part of the path, each value of query and fragment, as
  /// they stand in the URL.
  var secretParts: [String] {
    var parts: [String] = []
    let afterScheme = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
    let authority = afterScheme.prefix { !"/?#".contains($0) }
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at]
      parts += [String(user)] + user.split(separator: ":", maxSplits: 1).map { String($0) }
    }
    let target = afterScheme[authority.endIndex...]
    let path = target.prefix { !"?#".contains($0) }
    parts += path.split(separator: "/").map { String($0) }
    for pair in target[path.endIndex...].split(whereSeparator: { "?&#".contains($0) }) {
      let value = pair.firstIndex(of: "=").map { pair[pair.index(after: $0)...] } ?? pair
      parts.append(String(value))
    }
    return parts
  }

  private struct Parts {
    var scheme: String
    var host: String
    var port: String?
  }

  private static func parse(_ text: String) -> Parts? {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    // Any scheme is parsed, so that the message can name the wrong one.
    let anyScheme = UInt32(CURLU_NON_SUPPORT_SCHEME)
    guard curl_url_set(handle, CURLUPART_URL, text, anyScheme) == CURLUE_OK,
      let scheme = part(CURLUPART_SCHEME, of: handle), let host = part(CURLUPART_HOST, of: handle), !host.isEmpty
    else { return nil }
    return Parts(scheme: scheme, host: host, port: part(CURLUPART_PORT, of: handle))
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  /// Whether the host is this machine by its very name; nothing is looked up.
  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func trim(_ text: String) -> String {
    func isSpace(_ character: Character) -> Bool { character.isWhitespace }
    return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
