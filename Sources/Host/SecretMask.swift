/// Hides an endpoint's secrets in every body that comes from it: servers echo the path they did not find, gateways the
/// key they do not know, providers the one whose quota is used up; and such words end in log and journal.
///
/// Secret is what providers may keep a key in: each part of the URL's path, each value of its query, its user
/// information, and the values of the headers. Parts of fewer than 8 bytes stay: no key is so short, and `v2` and
/// `mainnet` are worth reading.
struct SecretMask: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  static let minimumBytes = 8
  /// How far into a body that is no answer is looked. Nobody shows more than its start, and a body of 64 KiB is no
  /// error page.
  static let maximumBytes = 65_536
  /// In ASCII, since that is all that survives in an excerpt.
  static let substitute = Array("(secret)".utf8)

  /// Longest first, so that of two which begin alike the whole one goes.
  let secrets: [[UInt8]]

  init(_ configuration: EndpointConfiguration) {
    var parts = configuration.url.secretParts
    for header in configuration.headers {
      // "Bearer …": the scheme and the key each for itself, too.
      parts += [header.value] + header.value.split(separator: " ").map { String($0) }
    }
    var found: [[UInt8]] = []
    for part in parts.flatMap({ [Array($0.utf8), Self.percentDecoded(Array($0.utf8))] })
    where part.count >= Self.minimumBytes && !found.contains(part) {
      found.append(part)
    }
    secrets = found.sorted { $0.count > $1.count }
  }

  var description: String { "\(secrets.count) secrets" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: ["count": secrets.count]) }

  /// The body as it may leave the door. Of an answer (status 200 and a JSON array, as nodes answer a batch) the data is
  /// left as it is; whatever else came is fit for a message only, and hidden wherever it stands.
  func shown(_ body: [UInt8], status: Int) -> [UInt8] {
    guard !secrets.isEmpty else { return body }
    let first = body.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    if status == 200, first == UInt8(ascii: "[") { return maskedWords(of: body) }
    let end = min(body.count, Self.maximumBytes)
    return masked(body[...], before: end)
  }

  /// These bytes with every secret replaced.
  /// - Parameter end: only those that begin before it; nil for all.
  func masked(_ body: ArraySlice<UInt8>, before end: Int? = nil) -> [UInt8] {
    let end = end ?? body.endIndex
    var shown: [UInt8] = []
    shown.reserveCapacity(body.count)
    var index = body.startIndex
    while index < end {
      let rest = body[index...]
      if let secret = secrets.first(where: { $0.first == body[index] && rest.starts(with: $0) }) {
        shown += Self.substitute
        index += secret.count
      } else {
        shown.append(body[index])
        index += 1
      }
    }
    return shown + body[index...]
  }

  /// With `%41` and its like as the bytes they stand for: some servers show a path so.
  private static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
        let byte = UInt8(String(decoding: text[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return bytes
  }
}
