package import Ethereum

/// What one endpoint calls its head.
package struct HeadClaim: Hashable, Sendable, CustomStringConvertible {
  package let endpoint: EndpointID
  package let number: UInt64
  package let hash: Bytes32

  package init(endpoint: EndpointID, number: UInt64, hash: Bytes32) {
    self.endpoint = endpoint
    self.number = number
    self.hash = hash
  }

  package var description: String { "\(endpoint) says block \(number) is \(hash)" }
}

/// Which blocks enough endpoints vouch for. An endpoint vouches for its head and, since a head names its parent, for
/// the block before it, both in what the first exchange brings anyway; for earlier ones only when asked.
struct Quorum: Sendable {
  /// One endpoint's headers: its head first, then what it was asked for.
  struct Voice: Sendable {
    let endpoint: EndpointID
    fileprivate(set) var headers: [BlockHeader]
    var head: BlockHeader { headers[0] }

    init(_ endpoint: EndpointID, head: BlockHeader) {
      self.endpoint = endpoint
      headers = [head]
    }

    /// What the endpoint says stands at a height; nil where it says nothing, or two things at once.
    func hash(at number: UInt64) -> Bytes32? {
      var found: Bytes32?
      for header in headers {
        let said: Bytes32
        if header.number == number {
          said = header.hash
        } else if number < .max, header.number == number + 1 {
          said = header.parentHash
        } else {
          continue
        }
        if let found, found != said { return nil }
        found = said
      }
      return found
    }

    /// Whether the endpoint says that this block stands there, with this parent and these figures as far as it tells
    /// any: a hash is soon repeated, and a header cannot be held against it here.
    func vouches(for header: BlockHeader) -> Bool {
      guard hash(at: header.number) == header.hash,
        !headers.contains(where: { $0.hash == header.hash && $0 != header })
      else { return false }
      guard header.number > 0, let parent = hash(at: header.number - 1) else { return true }
      return parent == header.parentHash
    }
  }

  /// A block that enough endpoints vouch for.
  struct Agreement: Hashable, Sendable {
    let header: BlockHeader
    /// Those that vouch for it, in the configuration's order.
    let vouchers: [EndpointID]
  }

  let needed: Int
  private(set) var voices: [Voice]

  init(needed: Int, _ voices: [Voice]) {
    self.needed = needed
    self.voices = voices
  }

  /// The blocks with enough vouchers, the highest first; of equal heights the one that was named first.
  var agreements: [Agreement] {
    var found: [Agreement] = []
    for header in voices.flatMap(\.headers) where !found.contains(where: { $0.header == header }) {
      let vouchers = voices.filter { $0.vouches(for: header) }.map(\.endpoint)
      guard vouchers.count >= needed else { continue }
      let place = found.firstIndex { $0.header.number < header.number } ?? found.endIndex
      found.insert(Agreement(header: header, vouchers: vouchers), at: place)
    }
    return found
  }

  /// The heights to ask everybody for when no block has enough vouchers: the highest one that enough endpoints have
  /// reached, and the three below it. Deeper disagreement than that is no race between nodes but a chain that is
  /// splitting, and nothing to act on.
  var heightsInQuestion: [UInt64] {
    let heights = voices.map(\.head.number).sorted(by: >)
    guard heights.count >= needed, needed > 0 else { return [] }
    let reached = heights[needed - 1]
    return (0..<4).filter { $0 <= reached }.map { reached - $0 }
  }

  /// Adds what an endpoint says stands further back.
  mutating func hear(_ headers: [BlockHeader], from endpoint: EndpointID) {
    guard let index = voices.firstIndex(where: { $0.endpoint == endpoint }) else { return }
    voices[index].headers += headers
  }

  var claims: [HeadClaim] {
    voices.map { HeadClaim(endpoint: $0.endpoint, number: $0.head.number, hash: $0.head.hash) }
  }
}
