import Ethereum
package import Outbox

/// The proof that the lease's store holds a transaction, under our lease or from a writer before us.
struct LeaseEntry {
  let hash: Bytes32

  fileprivate init(_ hash: Bytes32) { self.hash = hash }
}

/// One writer among several machines: a lease in etcd, and a fence at the store.
///
/// The lease decides who should write, by clocks; the fence decides who can, without any. Before a transaction is
/// broadcast its record is put into the store, in a transaction of the store that compares the revision at which our
/// leader key was created. A successor's key has another revision, so from his election on no put of ours goes through,
/// however late it comes; and what went through before he reads before he acts. What was put may be sent at any time:
/// both writers know the same bytes for the same nonce, of which the chain takes one.
package final class LeaseFence: WriterFence {
  private enum Office: Hashable {
    case standby(why: String)
    /// Elected, and not yet heir to what was promised before.
    case elected
    case writer
  }

  private let settings: LeaseSettings
  private let client: LeaseClient
  private let transport: LeasedTransport
  private let clock: any TimeSource
  private var office = Office.standby(why: "the lease was not asked for yet")
  /// A lease of ours that may still be alive while we no longer count on it.
  private var abandoned: Int64?
  /// Transactions that the store is known to hold.
  private var entered: Set<Bytes32> = []

  package init(settings: LeaseSettings, transport: LeasedTransport, clock: any TimeSource) {
    self.settings = settings
    self.transport = transport
    self.clock = clock
    client = LeaseClient(settings: settings, transport: transport, clock: clock)
  }

  package func standing(_ now: Moment) -> WriterStanding {
    switch office {
    case .standby(let why): return .mayNot(reason: why, code: "standby")
    case .elected: return .mayNot(reason: "what was promised before is not taken over yet", code: "standby")
    case .writer: break
    }
    let milliseconds = now.monotonicMilliseconds
    guard let term = transport.term, !term.isOver(milliseconds) else {
      stepDown("the lease was not renewed in time")
      return .mayNot(reason: "the lease was not renewed in time", code: "leaseNotHeld")
    }
    let age = term.ageMilliseconds(milliseconds)
    guard transport.isRenewed else {
      return .mayNot(reason: "the last renewal had no answer; the lease is \(age) ms old", code: "leaseNotHeld")
    }
    guard term.covers(milliseconds, exchangeMilliseconds: settings.exchangeDeadlineMilliseconds) else {
      return .mayNot(
        reason: "the lease is \(age) ms old, and might end before an exchange does", code: "leaseNotHeld")
    }
    return .mayAct
  }

  // MARK: Taking office

  package func stand(deadlineMilliseconds: Int) throws(FenceFailure) -> Inheritance? {
    if case .mayAct = standing(clock.now()) { return nil }
    if office == .writer {
      // An exchange of nothing but the renewal.
      _ = transport.exchange([], deadlineMilliseconds: deadlineMilliseconds)
      return nil
    }
    stepDown("another election was begun")
    do {
      return try campaign(deadlineMilliseconds: deadlineMilliseconds)
    } catch let silence as LeaseClient.Silence {
      office = .standby(why: "the lease's store gave no answer")
      throw .leaseUnreachable(why: silence.description)
    } catch let failure as EtcdFailure {
      office = .standby(why: "the lease's store was not understood")
      throw .leaseUnreachable(why: failure.description)
    } catch let failure as FenceFailure {
      throw failure
    } catch {
      throw .leaseUnreachable(why: "\(error)")
    }
  }

  private func campaign(deadlineMilliseconds deadline: Int) throws -> Inheritance? {
    if let leader = try leader(deadline) {
      guard leader.lease == abandoned else {
        office = .standby(why: "\(Self.holder(leader)) holds the lease")
        return nil
      }
      // Ours from before, and still alive. It ends here: what happened meanwhile must be read first.
      try revoke(leader.lease, deadline)
    }
    let askedAt = clock.now().monotonicMilliseconds
    let granting = try client.ask(
      .grant, EtcdRequest.grant(ttlSeconds: settings.ttlSeconds), cluster: nil, deadlineMilliseconds: deadline)
    let (lease, grantedSeconds) = try granting.granted()
    abandoned = lease
    guard let revision = try elected(with: lease, cluster: granting.header.cluster, deadline) else { return nil }
    let term = LeaseTerm(
      lease: lease, revision: revision, cluster: granting.header.cluster,
      ttlSeconds: min(settings.ttlSeconds, UInt64(grantedSeconds)), askedAt: askedAt)
    transport.begin(term)
    let inheritance: Inheritance
    do { inheritance = try tail(of: term, deadline) } catch {
      resign("what was promised before could not be read", deadlineMilliseconds: deadline)
      throw error
    }
    office = .elected
    entered = Set(inheritance.lanes.flatMap { $0.bequests.map(\.transactionHash) })
    return inheritance
  }

  /// Makes the leader key, if there is none.
  /// - Returns: the revision it was made at; nil where it is somebody else's.
  private func elected(with lease: Int64, cluster: String, _ deadline: Int) throws -> Int64? {
    let key = settings.keys.leader
    let value: JSON = ["holder": .string(settings.holder)]
    let looking = EtcdRequest.get(EtcdRequest.range(key))
    let answer = try client.ask(
      .transaction,
      EtcdRequest.transaction(
        if: [EtcdRequest.created(key, at: 0)],
        then: [EtcdRequest.put(key, value.encoded(), lease: lease), looking], otherwise: [looking]),
      cluster: cluster, deadlineMilliseconds: deadline)
    // Also where the comparison failed: then an earlier try, whose answer was lost, may have been the one that won.
    guard let leader = try answer.transaction().ranges.first?.entries.first else {
      throw EtcdFailure.malformed("a leader key was made, and there is none")
    }
    guard leader.key == Array(key.utf8) else { throw EtcdFailure.malformed("another key than the leader's") }
    guard leader.lease == lease else {
      office = .standby(why: "\(Self.holder(leader)) holds the lease")
      return nil
    }
    return leader.createRevision
  }

  private func leader(_ deadline: Int) throws -> EtcdKeyValue? {
    let key = settings.keys.leader
    let answer = try client.ask(
      .range, EtcdRequest.encoded(EtcdRequest.range(key)), cluster: nil, deadlineMilliseconds: deadline)
    return try answer.range().entries.first { $0.key == Array(key.utf8) }
  }

  private func revoke(_ lease: Int64, _ deadline: Int) throws {
    do {
      _ = try client.ask(.revoke, EtcdRequest.lease(lease), cluster: nil, deadlineMilliseconds: deadline)
    } catch {
      // It has ended by itself.
      guard error.isLeaseGone else { throw error }
    }
  }

  /// Everything below `lanes`, at one revision of the store. Nobody adds to it but us: the leader key is ours.
  private func tail(of term: LeaseTerm, _ deadline: Int) throws -> Inheritance {
    var reader = InheritanceReader(keys: settings.keys)
    let prefix = settings.keys.lanes
    var first = Array(prefix.utf8)
    var revision: Int64 = 0
    for _ in 0..<Self.pageLimit {
      let answer = try client.ask(
        .range,
        EtcdRequest.encoded(
          EtcdRequest.range(from: first, prefix: prefix, limit: Self.pageEntries, revision: revision)),
        cluster: term.cluster, deadlineMilliseconds: deadline)
      let range = try answer.range()
      // The page is no older than our election; the next ones are of the same revision.
      if revision == 0 { revision = answer.header.revision }
      guard revision >= term.revision else { throw EtcdFailure.malformed("an answer from before the election") }
      for entry in range.entries { try reader.take(entry) }
      guard range.isCut else { return reader.inheritance(revision: term.revision) }
      guard let last = range.entries.last, !last.key.lexicographicallyPrecedes(first) else {
        throw EtcdFailure.malformed("a page that goes back")
      }
      first = last.key + [0]
    }
    throw FenceFailure.leaseContents(why: "more than \(Self.pageLimit * Self.pageEntries) entries below \(prefix)")
  }

  /// An answer of 16 entries of 256 KiB each, the largest there can be, is 6 MB as base64.
  private static let pageEntries = 16
  /// Some 8,000 entries: a hundred times what a hundred lanes of a deployment leave.
  private static let pageLimit = 512

  package func takeOffice(_ inheritance: Inheritance) {
    guard office == .elected, let term = transport.term, term.revision == inheritance.revision else { return }
    office = .writer
  }

  package func resign(_ why: String, deadlineMilliseconds: Int) {
    guard let lease = transport.term?.lease ?? abandoned else { return }
    stepDown(why)
    do {
      try revoke(lease, deadlineMilliseconds)
      abandoned = nil
    } catch {
      // It ends by itself, later.
      abandoned = lease
    }
  }

  private func stepDown(_ why: String) {
    if let term = transport.term { abandoned = term.lease }
    transport.end()
    entered = []
    office = .standby(why: why)
  }

  /// The name in a leader key, for people.
  static func holder(_ leader: EtcdKeyValue) -> String {
    do {
      return Excerpt.of(try JSON.parse(leader.value, limits: EtcdAnswer.limits)["holder"]?.string ?? "somebody")
    } catch {
      return "somebody who wrote another leader key"
    }
  }

  // MARK: The fence

  package func admit(
    _ transaction: JournaledTransaction, estate: Estate, deadlineMilliseconds: Int
  ) throws(FenceFailure) -> Admitted {
    if case .mayNot(let reason, _) = standing(clock.now()) { throw .leaseNotHeld(why: reason) }
    guard let term = transport.term else { throw .leaseNotHeld(why: "there is no term") }
    let entry =
      entered.contains(transaction.hash)
      ? LeaseEntry(transaction.hash) : try enter(transaction, estate, term, deadlineMilliseconds)
    // The put has taken its time, and a suspended machine takes any.
    if case .mayNot(let reason, _) = standing(clock.now()) { throw .leaseNotHeld(why: reason) }
    return Admitted(transaction, entered: entry)
  }

  private func enter(
    _ transaction: JournaledTransaction, _ estate: Estate, _ term: LeaseTerm, _ deadline: Int
  ) throws(FenceFailure) -> LeaseEntry {
    let keys = settings.keys
    guard estate.bequests.last?.transactionHash == transaction.hash else {
      throw .leasePutFailed(why: "its record is not at hand")
    }
    let own = keys.transaction(transaction.hash, nonce: transaction.nonce, of: transaction.lane)
    var puts: [JSON] = []
    for bequest in estate.bequests where !entered.contains(bequest.transactionHash) {
      let key = keys.transaction(bequest.transactionHash, nonce: bequest.nonce, of: bequest.lane)
      puts.append(EtcdRequest.put(key, try LeaseEntryForm.encode(bequest)))
    }
    puts.append(EtcdRequest.put(keys.next(transaction.lane), Array("\(estate.settledBelow)".utf8)))
    let kept = LeaseSettings.settledNoncesKept
    let end = estate.settledBelow > kept ? estate.settledBelow - kept : 0
    // What a person has accepted here, nobody need accept again elsewhere.
    for nonce in estate.accepted where nonce >= end {
      puts.append(EtcdRequest.put(keys.accepted(nonce, of: transaction.lane), Array("accepted".utf8)))
    }
    if end > 0 {
      puts.append(
        EtcdRequest.delete(from: keys.nonce(0, of: transaction.lane), to: keys.nonce(end, of: transaction.lane)))
    }
    let body = EtcdRequest.transaction(
      if: [
        EtcdRequest.created(keys.leader, at: term.revision), EtcdRequest.held(keys.leader, by: term.lease),
        EtcdRequest.created(own, at: 0),
      ],
      then: puts,
      otherwise: [EtcdRequest.get(EtcdRequest.range(keys.leader)), EtcdRequest.get(EtcdRequest.range(own))])
    let result: (succeeded: Bool, ranges: [EtcdRange])
    do {
      let answer = try client.ask(.transaction, body, cluster: term.cluster, deadlineMilliseconds: deadline)
      result = try answer.transaction()
    } catch let silence as LeaseClient.Silence {
      throw .leasePutFailed(why: silence.description)
    } catch {
      throw .leasePutFailed(why: "\(error)")
    }
    if !result.succeeded { try confirm(result.ranges, own: own, transaction.hash, term) }
    for bequest in estate.bequests { entered.insert(bequest.transactionHash) }
    return LeaseEntry(transaction.hash)
  }

  /// The comparison failed: because we are the leader no more, or because an earlier try, whose answer was lost, has
  /// put the very same entry.
  private func confirm(
    _ ranges: [EtcdRange], own: String, _ hash: Bytes32, _ term: LeaseTerm
  ) throws(FenceFailure) {
    guard ranges.count == 2 else { throw .leasePutFailed(why: "the store did not say why it refused") }
    guard let leader = ranges[0].entries.first, leader.key == Array(settings.keys.leader.utf8),
      leader.createRevision == term.revision, leader.lease == term.lease
    else {
      let who = ranges[0].entries.first.map { Self.holder($0) } ?? "nobody"
      stepDown("the lease has passed to \(who)")
      throw .leaseNotHeld(why: "it has passed to \(who)")
    }
    guard let entry = ranges[1].entries.first, entry.key == Array(own.utf8) else {
      throw .leasePutFailed(why: "the store refused, and nothing it says explains why")
    }
    let found = try LeaseEntryForm.decode(entry.value)
    guard found.transactionHash == hash else {
      throw .leaseContents(why: "the entry of \(hash) holds \(found.transactionHash)")
    }
  }
}
