import Ethereum
package import Outbox

/// What earlier writers left in the lease's store, for the one who was just elected.
package struct Inheritance: Sendable {
  /// The lanes with promises, in the order of their keys.
  package let lanes: [LaneInheritance]
  /// Which election it belongs to.
  let revision: Int64
}

/// The promises of one lane as they were admitted.
package struct LaneInheritance: Sendable {
  package let id: LaneID
  /// Every nonce below this one was settled when the last transaction was admitted.
  package let settledBelow: UInt64
  /// Nonces that a stranger used, and a person has accepted it.
  package let accepted: [UInt64]
  /// In the order of nonces, and of admission within one.
  package let bequests: [Bequest]
}

/// The written form of a transaction in the store.
enum LeaseEntryForm {
  /// Raised when an old keeper would misread a new entry.
  static let format: Int64 = 1

  static func encode(_ bequest: Bequest) throws(FenceFailure) -> [UInt8] {
    do {
      let records = try bequest.records.map { try JSON.parse(try $0.encoded()) }
      let entry: JSON = [
        "format": .integer(format), "place": .integer(Int64(bequest.place)), "records": .array(records),
      ]
      return entry.encoded()
    } catch {
      throw .leasePutFailed(why: "the record of \(bequest.transactionHash) cannot be written: \(error)")
    }
  }

  static func decode(_ value: [UInt8]) throws(FenceFailure) -> Bequest {
    do {
      let json = try JSON.parse(value, limits: EtcdAnswer.limits)
      guard let found = json["format"]?.integer, found == format else {
        throw FenceFailure.leaseContents(
          why:
            "an entry of format \(json["format"]?.text ?? "none"); known is \(format), so run the same version on both")
      }
      guard let place = json["place"]?.integer.flatMap({ Int(exactly: $0) }), let list = json["records"]?.array else {
        throw FenceFailure.leaseContents(why: "an entry without its records")
      }
      return try Bequest(place: place, records: list.map { try PromiseRecord(decoding: $0.encoded()) })
    } catch let failure as FenceFailure {
      throw failure
    } catch {
      throw .leaseContents(why: "an entry cannot be read: \(error)")
    }
  }
}

/// Puts the entries of the store's tail together.
struct InheritanceReader {
  let keys: LeaseKeys
  private var lanes: [LaneEntries] = []

  private struct LaneEntries {
    let id: LaneID
    var next: UInt64?
    var accepted: [UInt64] = []
    var entries: [(nonce: UInt64, revision: Int64, bequest: Bequest)] = []
  }

  init(keys: LeaseKeys) { self.keys = keys }

  /// - Throws: `leaseContents` for an entry that no keeper of this version wrote: whoever could write it could also
  ///   have taken one away, and a promise that is not known may be promised twice.
  mutating func take(_ entry: EtcdKeyValue) throws(FenceFailure) {
    guard let (lane, place) = keys.read(entry.key) else {
      throw .leaseContents(why: "a key that is none of a keeper's: \(Excerpt.of(entry.key))")
    }
    let index = index(of: lane)
    switch place {
    case .next:
      guard let next = UInt64(String(decoding: entry.value, as: UTF8.self)) else {
        throw .leaseContents(why: "the next nonce of \(lane) is no number: \(Excerpt.of(entry.value))")
      }
      lanes[index].next = next
    case .accepted(let nonce): lanes[index].accepted.append(nonce)
    case .transaction(let nonce, let hash):
      let bequest = try LeaseEntryForm.decode(entry.value)
      guard bequest.lane == lane, bequest.nonce == nonce, bequest.transactionHash == hash else {
        throw .leaseContents(
          why: "the entry of \(hash) at nonce \(nonce) of \(lane) holds \(bequest.transactionHash) at \(bequest.nonce)")
      }
      lanes[index].entries.append((nonce, entry.createRevision, bequest))
    }
  }

  func inheritance(revision: Int64) -> Inheritance {
    Inheritance(
      lanes: lanes.map { lane in
        let ordered = lane.entries.sorted {
          ($0.nonce, $0.revision, $0.bequest.place) < ($1.nonce, $1.revision, $1.bequest.place)
        }
        return LaneInheritance(
          id: lane.id, settledBelow: lane.next ?? 0, accepted: lane.accepted, bequests: ordered.map(\.bequest))
      }, revision: revision)
  }

  private mutating func index(of lane: LaneID) -> Int {
    if let index = lanes.firstIndex(where: { $0.id == lane }) { return index }
    lanes.append(LaneEntries(id: lane))
    return lanes.count - 1
  }
}
