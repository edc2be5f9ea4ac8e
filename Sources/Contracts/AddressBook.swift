package import Ethereum

/// The addresses of one protocol's release on one chain: a JSON file of abi/addresses. Addresses are data, because
/// protocols replace contracts with each release.
package struct AddressBook: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let address: Address
  }

  /// Nil where the addresses hold on every chain ("*").
  package let chainID: UInt64?
  package let protocolName: String
  package let release: String
  /// Where the addresses were taken from.
  package let source: String
  /// In the file's order.
  package let entries: [Entry]

  /// Reads a file; `name` is its path, for messages. Every key is required, no other is allowed, and every address must
  /// carry its checksum.
  package init(json bytes: [UInt8], name: String) throws(ContractsError) {
    func fault(_ text: String) -> ContractsError { .addressBook("\(name): \(text)") }
    let json: JSON
    do {
      json = try JSON.parse(bytes)
    } catch {
      throw fault("\(error)")
    }
    guard let members = json.object?.members else { throw fault("a book is a JSON object") }
    let known = ["chainID", "protocol", "release", "source", "contracts"]
    if let stranger = members.first(where: { !known.contains($0.key) }) {
      throw fault("unknown key \"\(Excerpt.of(stranger.key))\"; known are \(known.joined(separator: ", "))")
    }
    func text(_ key: String) throws(ContractsError) -> String {
      guard let text = json[key]?.string, !text.isEmpty else { throw fault("key \"\(key)\" must be a text") }
      return text
    }
    let chain = try text("chainID")
    if chain == "*" {
      chainID = nil
    } else if let number = UInt64(chain), number > 0, String(number) == chain {
      chainID = number
    } else {
      throw fault("chainID \"\(Excerpt.of(chain))\" is neither a decimal chain id nor \"*\"")
    }
    protocolName = try text("protocol")
    release = try text("release")
    source = try text("source")
    guard let contracts = json["contracts"]?.object?.members, !contracts.isEmpty else {
      throw fault("key \"contracts\" must be an object of name and address")
    }
    var entries: [Entry] = []
    for member in contracts {
      guard let hex = member.value.string else { throw fault("contract \(Excerpt.of(member.key)) is not a text") }
      do {
        entries.append(Entry(name: member.key, address: try Address(hex: hex)))
      } catch {
        throw fault("contract \(Excerpt.of(member.key)): \(error)")
      }
    }
    self.entries = entries
  }

  /// The address of a contract; throws naming what the book has instead.
  package func address(_ name: String) throws(ContractsError) -> Address {
    guard let entry = entries.first(where: { $0.name == name }) else {
      let names = entries.map(\.name).joined(separator: ", ")
      throw .addressBook("\(protocolName) \(release) has no contract \"\(name)\"; it has \(names)")
    }
    return entry.address
  }

  /// Throws unless the book holds for this chain.
  package func check(chainID id: UInt64) throws(ContractsError) {
    guard let chainID, chainID != id else { return }
    throw .addressBook("\(protocolName) \(release) is for chain \(chainID), not for chain \(id)")
  }
}
