package import Outbox

/// Who may send with a key when more than one keeper could: the fence between a decision and the wire.
///
/// One machine needs no more than the journal's lock (`LocalFence`). Two machines share a lease (`LeaseFence`), and
/// then nothing is sent that the next holder of the lease would not find.
package protocol WriterFence: AnyObject {
  /// Whether this process may promise, sign and send, by what it knows. Asks nobody.
  func standing(_ now: Moment) -> WriterStanding

  /// Tries to become the one writer, or to hear that it still is; asked at the beginning of a tick where `standing`
  /// says no.
  /// - Returns: what earlier writers left, which must be in the journal before `takeOffice`; nil where this process
  ///   stays what it was.
  /// - Throws: `FenceFailure` when nobody could be asked. Nothing has changed then.
  func stand(deadlineMilliseconds: Int) throws(FenceFailure) -> Inheritance?

  /// What was inherited is durable here: from now on `standing` may say yes.
  func takeOffice(_ inheritance: Inheritance)

  /// Gives the office up, so that another need not wait until it lapses. Failing to say so does no harm.
  func resign(_ why: String, deadlineMilliseconds: Int)

  /// Asked before the first and every later broadcast of these bytes.
  /// - Parameter estate: what a successor would need to keep this promise.
  /// - Throws: `FenceFailure` when it is not certain that a successor will find the promise; then nothing is sent.
  func admit(
    _ transaction: JournaledTransaction, estate: Estate, deadlineMilliseconds: Int
  ) throws(FenceFailure) -> Admitted
}

/// Whether a process may act.
package enum WriterStanding: Hashable, Sendable {
  case mayAct
  case mayNot(reason: String, code: String)
}

/// What a successor needs to keep a promise, as it is when one of its transactions is about to be sent.
package struct Estate: Sendable {
  /// The transactions of the promise up to and with the one to be sent, in the order of signing.
  package let bequests: [Bequest]
  /// Every nonce of the lane below this one is settled here.
  package let settledBelow: UInt64
  /// Nonces of the lane that a stranger used, and a person has accepted it here.
  package let accepted: [UInt64]

  package init(bequests: [Bequest], settledBelow: UInt64, accepted: [UInt64] = []) {
    self.bequests = bequests
    self.settledBelow = settledBelow
    self.accepted = accepted
  }
}

/// A transaction that may be sent now. Only a fence makes one and a `Sender` takes nothing else, so a broadcast past
/// the fence does not compile.
package struct Admitted: Sendable {
  package let transaction: JournaledTransaction

  fileprivate init(locked transaction: JournaledTransaction) { self.transaction = transaction }

  /// - Parameter entry: the proof that the lease's store holds these bytes.
  init(_ transaction: JournaledTransaction, entered entry: LeaseEntry) {
    precondition(entry.hash == transaction.hash, "an entry admits the bytes it was made for")
    self.transaction = transaction
  }
}

/// Why nothing may be sent. Refusals: what is signed stays journaled, and goes out when the fence opens.
package enum FenceFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process is the writer, or this one can no longer be sure that it is.
  case leaseNotHeld(why: String)
  /// It is not certain that the lease's store holds the transaction.
  case leasePutFailed(why: String)
  /// The store holds something that this program did not write, or that contradicts this journal.
  case leaseContents(why: String)
  /// No member of the lease's store gave an answer.
  case leaseUnreachable(why: String)

  package var code: String {
    switch self {
    case .leaseNotHeld: "leaseNotHeld"
    case .leasePutFailed: "leasePutFailed"
    case .leaseContents: "leaseContents"
    case .leaseUnreachable: "leaseUnreachable"
    }
  }

  package var description: String {
    switch self {
    case .leaseNotHeld(let why): "this keeper does not hold the writer's lease: \(why)"
    case .leasePutFailed(let why): "the record of the transaction may not have reached the lease's store: \(why)"
    case .leaseContents(let why):
      "the lease's store cannot be followed: \(why); compare it with both journals, then start again"
    case .leaseUnreachable(let why): "the lease's store gave no answer: \(why); check writer.etcd and the network"
    }
  }
}

/// The fence of a keeper that is alone: the journal's lock keeps a second writer of this machine away before anything
/// else is opened, so whoever runs may act.
package final class LocalFence: WriterFence {
  package init() {}

  package func standing(_ now: Moment) -> WriterStanding { .mayAct }

  package func stand(deadlineMilliseconds: Int) -> Inheritance? { nil }

  package func takeOffice(_ inheritance: Inheritance) {}

  package func resign(_ why: String, deadlineMilliseconds: Int) {}

  package func admit(_ transaction: JournaledTransaction, estate: Estate, deadlineMilliseconds: Int) -> Admitted {
    Admitted(locked: transaction)
  }
}
