import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// One writer among several keepers: who may act, and what is put before it is sent.
@Suite struct LeaseTests {
  private let world = LeaseWorld()

  private func writer(_ name: String = "a") throws -> Holder {
    let holder = try Holder(name, in: world)
    #expect(try holder.seekOffice())
    return holder
  }

  private func code(_ body: () throws -> Void) -> String {
    do { try body() } catch let failure as FenceFailure { return failure.code } catch { return "\(error)" }
    return "nothing thrown"
  }

  // MARK: The term, by our own clock

  @Test func aTermIsCountedFromWhenTheRequestLeft() {
    var term = LeaseTerm(lease: 1, revision: 2, cluster: "c", ttlSeconds: 30, askedAt: 1_000)
    #expect(term.marginMilliseconds == 3_000)
    #expect(!term.isOver(27_999) && term.isOver(28_000))
    #expect(term.covers(22_999, exchangeMilliseconds: 5_000) && !term.covers(23_000, exchangeMilliseconds: 5_000))
    // The answer came late; it counts from the question.
    term.hear(remainingSeconds: 30, askedAt: 20_000)
    #expect(!term.isOver(46_999) && term.isOver(47_000))
    // A clock that goes back is none.
    #expect(term.isOver(19_999))
  }

  @Test func anAnswerToAQuestionAskedTooLateRevivesNothing() {
    var term = LeaseTerm(lease: 1, revision: 2, cluster: "c", ttlSeconds: 30, askedAt: 0)
    term.hear(remainingSeconds: 30, askedAt: 28_000)
    #expect(term.isOver(28_000))
  }

  @Test func aStoreThatSaysLessIsBelieved() {
    var term = LeaseTerm(lease: 1, revision: 2, cluster: "c", ttlSeconds: 30, askedAt: 0)
    term.hear(remainingSeconds: 10, askedAt: 5_000)
    #expect(!term.isOver(11_999) && term.isOver(12_000))
    term.hear(remainingSeconds: 0, askedAt: 6_000)
    #expect(term.isOver(6_000))
    term.hear(remainingSeconds: 30, askedAt: 7_000)
    #expect(term.isOver(7_000))
    var endless = LeaseTerm(lease: 1, revision: 2, cluster: "c", ttlSeconds: .max, askedAt: .max)
    endless.hear(remainingSeconds: .max, askedAt: .max)
    #expect(endless.isOver(.max))
  }

  // MARK: Office

  @Test func oneOfTwoIsTheWriter() throws {
    let (a, b) = (try writer("a"), try Holder("b", in: world))
    #expect(try !b.seekOffice())
    #expect(b.fence.standing(world.clock.now()) == .mayNot(reason: "a holds the lease", code: "standby"))
    world.clock.advance(seconds: 20)
    #expect(a.mayAct)
    a.exchange()
    world.clock.advance(seconds: 20)
    #expect(try a.mayAct && !b.seekOffice())
  }

  @Test func aKeeperThatWasStoppedNoticesBeforeItSends() throws {
    let a = try writer("a")
    let transaction = try a.sign()
    world.clock.advance(seconds: 31)
    #expect(!a.mayAct)
    #expect(code { try a.send(transaction) } == "leaseNotHeld")
    let b = try writer("b")
    #expect(code { try a.send(transaction) } == "leaseNotHeld")
    #expect(try !a.seekOffice())
    #expect(b.mayAct && world.sent.isEmpty)
  }

  @Test func aKeeperStoppedBetweenItsPutAndItsSendDoesNotSend() throws {
    let a = try writer("a")
    let transaction = try a.sign()
    a.fault = { [world] method in
      // Obeyed by the store, and the answer is read when the lease is over.
      guard method == .transaction else { return nil }
      return .garbled { body in
        world.clock.advance(seconds: 31)
        return body
      }
    }
    #expect(code { try a.send(transaction) } == "leaseNotHeld")
    // It was put, so that the next writer sends it.
    let b = try writer("b")
    try b.tick()
    #expect(world.sent.map(\.hash) == [transaction.hash])
  }

  @Test func aLeaseOfOurOwnThatOutlivedOurCountIsEndedAndAskedForAnew() throws {
    let a = try writer("a")
    try a.tick()
    let asked = world.etcd.asked.count
    // Nobody renewed by our count, but the store still has it: 27 s of 30.
    world.clock.advance(seconds: 28)
    #expect(!a.mayAct)
    #expect(try a.seekOffice())
    let conversation = world.etcd.asked[asked...]
    #expect(conversation.contains(.revoke) && conversation.contains(.grant) && conversation.contains(.range))
  }

  @Test func whatAPersonAcceptedTravelsWithTheNextTransaction() throws {
    let a = try writer("a")
    try a.send(try a.sign(), accepted: [3, 5])
    world.clock.advance(seconds: 31)
    let b = try Holder("b", in: world)
    let lane = try #require(try b.fence.stand(deadlineMilliseconds: 5_000)?.lanes.first)
    #expect(lane.accepted == [3, 5] && lane.bequests.count == 1)
    // Told to the outbox, and on to whoever comes after b.
    #expect(lane.id == LeaseWorld.lane)
    let keys = LeaseWorld.settings().keys
    #expect(keys.read(Array(keys.accepted(5, of: lane.id).utf8))?.place == .accepted(nonce: 5))
    #expect(keys.read(Array((keys.nonce(5, of: lane.id) + "/acceptable").utf8)) == nil)
  }

  @Test func aRenewalWithoutAnAnswerEndsActingUntilTheNextOne() throws {
    let a = try writer("a")
    a.fault = { _ in .requestLost }
    a.exchange()
    #expect(!a.mayAct)
    a.fault = { _ in nil }
    a.exchange()
    #expect(a.mayAct)
  }

  @Test func aStoreThatForgotTheLeaseEndsTheTermAtOnce() throws {
    let a = try writer("a")
    // The time that is left is left out, as of a lease that is gone.
    let header = #"{"cluster_id":"14841639068965178418","revision":"9"}"#
    let gone = #"{"result":{"header":\#(header),"ID":"7587000000000000001"}}"#
    a.fault = { $0 == .keepAlive ? .garbled { _ in Array(gone.utf8) } : nil }
    a.exchange()
    #expect(!a.mayAct)
    #expect(code { try a.send(try a.sign()) } == "leaseNotHeld")
  }

  @Test func resigningLetsTheOtherInAtOnce() throws {
    let a = try writer("a")
    a.fence.resign("going home", deadlineMilliseconds: 1_000)
    #expect(!a.mayAct)
    #expect(try writer("b").mayAct)
  }

  @Test func nobodyLeadsWithoutAnAnswer() throws {
    let a = try Holder("a", in: world)
    for fault: MemoryEtcd.Fault in [.requestLost, .status(503, body: "busy"), .garbled { _ in Array("{}".utf8) }] {
      a.fault = { _ in fault }
      #expect(code { try a.seekOffice() } == "leaseUnreachable")
      #expect(!a.mayAct)
    }
  }

  @Test func anElectionWhoseAnswerIsLostIsAskedAboutAgain() throws {
    let a = try Holder("a", in: world)
    var lost = 0
    a.fault = { method in
      guard method == .transaction, lost == 0 else { return nil }
      lost += 1
      return .replyLost
    }
    #expect(try a.seekOffice())
    #expect(lost == 1)
  }

  @Test func anElectionThatArrivesLateBelongsToNobodyWhoActs() throws {
    let a = try Holder("a", in: world)
    a.fault = { $0 == .transaction ? .requestLate : nil }
    #expect(code { try a.seekOffice() } == "leaseUnreachable")
    world.etcd.deliver()
    #expect(!a.mayAct)
    // Its lease is alive, so it is the leader by the store, and nobody acts until it has read what there is.
    #expect(try !Holder("b", in: world).seekOffice())
    a.fault = { _ in nil }
    #expect(try a.seekOffice())
  }

  // MARK: The fence

  @Test func whatIsSentIsInTheStore() throws {
    let a = try writer("a")
    try a.tick()
    #expect(world.sent.count == 1)
    // The same bytes again cost no second put.
    let puts = world.etcd.asked.filter { $0 == .transaction }.count
    try a.tick()
    #expect(world.sent.count == 2 && world.etcd.asked.filter { $0 == .transaction }.count == puts)
  }

  @Test func noPutNoSend() throws {
    let a = try writer("a")
    let transaction = try a.sign()
    for fault: MemoryEtcd.Fault in [
      .requestLost, .status(500, body: "no"), .garbled { _ in [] },
      .garbled { Array(String(decoding: $0, as: UTF8.self).replacing("14841639068965178418", with: "7").utf8) },
    ] {
      a.fault = { $0 == .transaction ? fault : nil }
      #expect(code { try a.send(transaction) } == "leasePutFailed")
    }
    #expect(world.sent.isEmpty)
    a.fault = { _ in nil }
    try a.send(transaction)
    #expect(world.sent.count == 1)
  }

  @Test func aPutWhoseAnswerIsLostIsFoundAgain() throws {
    let a = try writer("a")
    var lost = 0
    a.fault = { method in
      guard method == .transaction, lost == 0 else { return nil }
      lost += 1
      return .replyLost
    }
    try a.send(try a.sign())
    #expect(lost == 1 && world.sent.count == 1)
  }

  @Test func aPutThatArrivesAfterTheSuccessorWasElectedDoesNothing() throws {
    let a = try writer("a")
    let transaction = try a.sign()
    a.fault = { $0 == .transaction ? .requestLate : nil }
    #expect(code { try a.send(transaction) } == "leasePutFailed")
    world.clock.advance(seconds: 31)
    let b = try writer("b")
    world.etcd.deliver()
    let keys = LeaseWorld.settings().keys
    #expect(world.etcd.value(keys.transaction(transaction.hash, nonce: 0, of: LeaseWorld.lane)) == nil)
    try b.tick()
    #expect(world.sent.count == 1 && world.sent.allSatisfy { $0.hash != transaction.hash })
  }

  @Test func theNonceIsTheLastFence() throws {
    let a = try writer("a")
    let own = try a.sign()
    a.fault = { $0 == .transaction ? .requestLost : nil }
    #expect(code { try a.send(own) } == "leasePutFailed")
    world.clock.advance(seconds: 31)
    let b = try writer("b")
    try b.tick()
    #expect(world.sent.map(\.nonce) == [own.nonce])
    b.fence.resign("", deadlineMilliseconds: 1_000)
    a.fault = { _ in nil }
    // It comes back with a signed call of its own for the nonce, and takes up the other's.
    #expect(try a.seekOffice())
    let promise = try #require(a.lane?.open.first)
    #expect(promise.attempts.map(\.transactionHash) == [own.hash, world.sent[0].hash])
    world.mine()
    try a.tick()
    #expect(a.outbox.halts.isEmpty && a.lane?.settled.count == 1)
    #expect(Set(world.sent.map(\.hash)).count == world.sent.count && world.sent.map(\.nonce) == [0, 1])
  }

  @Test func aStandbyThatMissedManyNoncesGoesOnWithTheNext() throws {
    let (a, b) = (try writer("a"), try Holder("b", in: world))
    try a.tick()
    for _ in 0..<5 {
      world.mine()
      try a.tick()
    }
    a.fence.resign("", deadlineMilliseconds: 1_000)
    #expect(try b.seekOffice())
    // All of them: what they cost is charged here, too.
    #expect(b.lane?.open.map(\.nonce) == [0, 1, 2, 3, 4, 5])
    b.fence.resign("", deadlineMilliseconds: 1_000)
    for _ in 0..<3 {
      try a.tick()
      world.mine()
    }
    a.fence.resign("", deadlineMilliseconds: 1_000)
    // What it left open was settled by the other meanwhile.
    try b.tick()
    #expect(b.outbox.halts.isEmpty)
    #expect(world.sent.last?.nonce == UInt64(world.mined.count))
  }

  @Test func theTailStaysShort() throws {
    let a = try writer("a")
    for _ in 0..<80 {
      try a.tick()
      world.mine()
      a.exchange()
    }
    let kept = world.etcd.stored.filter { String(decoding: $0.key, as: UTF8.self).contains("/lanes/") }
    #expect(kept.count <= Int(LeaseSettings.settledNoncesKept) + 3)
    let b = try Holder("b", in: world)
    a.fence.resign("", deadlineMilliseconds: 1_000)
    #expect(try b.seekOffice())
    #expect(b.lane?.open.count == 33)
  }

  /// Budgets are the vault's and not a machine's: what the other writer spent and traded counts for its successor.
  @Test func whatTheOtherSpentIsChargedToTheSuccessor() throws {
    let (a, b) = (try writer("a"), try Holder("b", in: world))
    for _ in 0..<5 {
      try a.tick()
      world.mine()
    }
    try a.tick()
    a.fence.resign("", deadlineMilliseconds: 1_000)
    try b.tick()
    #expect(b.lane?.open.map(\.nonce) == [5] && b.lane?.settled.map(\.nonce) == [0, 1, 2, 3, 4])
    let now = world.clock.now().unixSeconds
    let spent = try [a, b].map { try $0.outbox.gasBudget(LeaseWorld.lane, now: now) }
    #expect(spent[0].spentWei == 500 && spent[1].spentWei == spent[0].spentWei)
    #expect(spent[1].heldWei == spent[0].heldWei)
    let traded = [a, b].map { $0.outbox.spending(vault: "alpha", chainID: 1, now: now) }
    #expect(traded[0].turnoverSpent == 5_000 && traded[1] == traded[0])
    // Asked again, nothing is charged twice.
    b.fence.resign("", deadlineMilliseconds: 1_000)
    #expect(try b.seekOffice())
    #expect(try b.outbox.gasBudget(LeaseWorld.lane, now: now).spentWei == 500)
  }

  @Test(arguments: ["{}", "", #"{"format":1,"place":0,"records":[]}"#, #"{"format":2,"place":0,"records":[]}"#])
  func anEntryThatNoKeeperWroteKeepsEverybodyOut(_ value: String) throws {
    let a = try writer("a")
    try a.tick()
    a.fence.resign("", deadlineMilliseconds: 1_000)
    let b = try Holder("b", in: world)
    b.fault = { method in
      method == .range
        ? .garbled { body in
          let text = String(decoding: body, as: UTF8.self)
          guard let range = text.firstRange(of: "\"value\":\"") else { return body }
          let end = text[range.upperBound...].firstIndex(of: "\"") ?? text.endIndex
          return Array((text[..<range.upperBound] + Base64.encode(Array(value.utf8)) + text[end...]).utf8)
        } : nil
    }
    #expect(code { try b.seekOffice() } == "leaseContents")
    #expect(!b.mayAct)
  }

  @Test func anotherMemberAnswersWhereOneIsSilent() throws {
    let world = LeaseWorld(members: 3)
    let a = try Holder("a", in: world, members: 3)
    var messages = 0
    a.fault = { _ in
      messages += 1
      return messages % 3 == 1 ? .requestLost : nil
    }
    #expect(try a.seekOffice() || a.seekOffice())
  }
}
