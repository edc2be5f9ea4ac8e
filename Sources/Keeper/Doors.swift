// The doors through which the keeper meets the world: a transport, a clock, the journal store (declared by its owner,
// Outbox) and, where the configuration names files that others write, papers. Host opens them on the real world,
// Simulation on a simulated one, and nothing else can tell which.

/// One JSON-RPC endpoint, by its place in the chain's list. Carries nothing secret: the URL stays behind the door.
package struct EndpointID: Hashable, Sendable, CustomStringConvertible {
  /// Position in the configuration's list, from 0; unique over all chains of the process.
  package let index: Int
  /// The name from the configuration, fit for a log line.
  package let name: String

  package init(index: Int, name: String) {
    self.index = index
    self.name = name
  }

  package var description: String { name }
}

/// One message for one endpoint: the body of an HTTP POST.
package struct Outgoing: Sendable {
  package let endpoint: EndpointID
  package let body: [UInt8]

  package init(endpoint: EndpointID, body: [UInt8]) {
    self.endpoint = endpoint
    self.body = body
  }
}

/// What came back for one `Outgoing`. Any status is an answer; the caller judges it.
package enum Reply: Sendable {
  case answer(status: Int, body: [UInt8], retryAfterSeconds: Int?)
  case failed(TransportFailure)
}

/// Why no answer came. No case ever holds a URL's path, query or user information, where providers keep their keys.
package enum TransportFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case resolve(String)
  case connect(String)
  case tls(String)
  /// `sent` says whether any byte of the request may have left this machine: then a transaction may have been taken.
  case timeout(sent: Bool)
  case reset(sent: Bool)
  case tooLarge(limitBytes: Int)
  /// The answer was not HTTP as agreed. The request was sent.
  case protocolViolation(String)
  /// A signal asked us to stop while the exchange was under way.
  case cancelled(sent: Bool)

  /// Whether the request may have reached the node, so that a transaction in it must be treated as uncertain.
  package var mayHaveBeenSent: Bool {
    switch self {
    case .resolve, .connect, .tls: false
    case .timeout(let sent), .reset(let sent), .cancelled(let sent): sent
    case .tooLarge, .protocolViolation: true
    }
  }

  package var description: String {
    switch self {
    case .resolve(let text): "the host name did not resolve (\(text))"
    case .connect(let text): "no connection (\(text))"
    case .tls(let text): "the TLS handshake failed (\(text))"
    case .timeout(let sent): sent ? "no answer before the deadline" : "no connection before the deadline"
    case .reset(let sent):
      sent ? "the connection broke before an answer" : "the connection broke before the request left"
    case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
    case .protocolViolation(let text): "the answer is not HTTP as agreed (\(text))"
    case .cancelled: "interrupted by a signal"
    }
  }
}

/// The door to the nodes.
package protocol Transport: AnyObject {
  /// Sends every message at once and waits until each has an answer or a failure, or the deadline has passed.
  ///
  /// - Parameter deadlineMilliseconds: from now, for the exchange as a whole.
  /// - Returns: one reply for each message, in the same order.
  func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply]
}

/// A reading of the clock: the wall clock for comparing with block timestamps, the monotonic one for measuring.
package struct Moment: Hashable, Sendable {
  /// Unix time in seconds. May jump when the machine's clock is set.
  package let unixSeconds: UInt64
  /// Milliseconds since an arbitrary start. Never goes back.
  package let monotonicMilliseconds: UInt64

  package init(unixSeconds: UInt64, monotonicMilliseconds: UInt64) {
    self.unixSeconds = unixSeconds
    self.monotonicMilliseconds = monotonicMilliseconds
  }
}

/// Why a sleep ended.
package enum Wake: Hashable, Sendable {
  case elapsed
  /// A signal arrived; the caller asks what it wants of us.
  case interrupted
}

/// The door to time.
package protocol TimeSource: AnyObject {
  func now() -> Moment
  /// Sleeps until the monotonic clock shows the given time, or a signal interrupts. Returns at once if it is past.
  func sleep(untilMonotonicMilliseconds: UInt64) -> Wake
}

/// A file as it was when it was read.
package struct Paper: Hashable, Sendable {
  package let bytes: [UInt8]
  /// When it was last written, by the file system's word.
  package let modifiedAtUnixSeconds: UInt64

  package init(bytes: [UInt8], modifiedAtUnixSeconds: UInt64) {
    self.bytes = bytes
    self.modifiedAtUnixSeconds = modifiedAtUnixSeconds
  }
}

/// Why a paper cannot be read. Never fatal: whoever wanted it goes on without, and says so.
package enum PaperFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(path: String)
  /// A folder, a pipe, a device: reading one might never end.
  case notAFile(path: String)
  case tooLarge(path: String, limitBytes: Int)
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .missing(let path): "\(path) is not there; put it there, or take it out of the configuration"
    case .notAFile(let path): "\(path) is no ordinary file; name one"
    case .tooLarge(let path, let limit): "\(path) is larger than \(limit) bytes; is this the file you meant?"
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason); make it readable for the keeper"
    }
  }
}

/// The door to files that others write for the keeper: price histories, macro series, signed option books. Nothing in
/// them is believed before it was checked.
package protocol Papers: AnyObject {
  /// - Parameter limit: the most bytes; no more are ever held.
  func read(_ path: String, limit: Int) throws(PaperFailure) -> Paper
}

/// For a keeper whose configuration names no papers.
package final class NoPapers: Papers {
  package init() {}
  package func read(_ path: String, limit: Int) throws(PaperFailure) -> Paper { throw .missing(path: path) }
}

/// The operator's hand on the daemon: a peephole beside the doors. Host looks at marker files.
package protocol OperatorDesk: AnyObject {
  /// Why the operator wants the keeper halted; nil without a marker. Asked in each tick and again before each
  /// signature. A marker that cannot be read counts as one.
  func haltReason() -> String?
  /// Whether the operator who halted wants our own resting orders taken back. Means nothing without a `haltReason`; a
  /// wish that cannot be read is none.
  func wantsOrdersTakenBack() -> Bool
  /// A person's word that the halts on record are understood and over; nil without. Stays until acknowledged.
  func resumption() -> String?
  func acknowledgeResumption()
}

extension OperatorDesk {
  package func wantsOrdersTakenBack() -> Bool { false }
}
