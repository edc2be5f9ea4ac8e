/// A lease that was granted to us, by our own monotonic clock.
///
/// The store counts from when a renewal reached it; we count from when the request left, which is earlier. So by our
/// count the lease ends before it does by the store's, as long as the two clocks run equally fast: `marginMilliseconds`
/// covers what they may differ, and a change of etcd's own leader, who may have taken a renewal just before he was
/// deposed.
struct LeaseTerm: Hashable, Sendable {
  let lease: Int64
  /// The revision at which our leader key came to be: the number of our reign. Nobody else's is ever the same.
  let revision: Int64
  let cluster: String
  let ttlMilliseconds: UInt64
  /// The monotonic time at which the request left that was answered last.
  private(set) var renewedAt: UInt64
  /// When the lease ends at the earliest, counted from then.
  private(set) var endsAt: UInt64
  /// The store has said that there is no such lease any more.
  private(set) var isGone = false

  init(lease: Int64, revision: Int64, cluster: String, ttlSeconds: UInt64, askedAt: UInt64) {
    self.lease = lease
    self.revision = revision
    self.cluster = cluster
    ttlMilliseconds = Self.milliseconds(ttlSeconds)
    renewedAt = askedAt
    endsAt = Self.sum(askedAt, ttlMilliseconds)
  }

  /// A tenth, and a second at least: clocks that are disciplined differ by less than a thousandth, and an etcd leader
  /// that lost its majority steps down within its election timeout, a second by default.
  var marginMilliseconds: UInt64 { max(1_000, ttlMilliseconds / 10) }

  /// Whether we must take it that somebody else may hold the lease. Also with a clock that shows less than before: it
  /// cannot be counted with.
  func isOver(_ now: UInt64) -> Bool { !covers(now, exchangeMilliseconds: 0) }

  /// Whether an exchange that begins now and takes as long as it may ends while nobody else can hold the lease.
  func covers(_ now: UInt64, exchangeMilliseconds: Int) -> Bool {
    guard !isGone, now >= renewedAt else { return false }
    let end = Self.sum(Self.sum(now, marginMilliseconds), UInt64(max(0, exchangeMilliseconds)))
    return end < endsAt
  }

  /// How old the last renewal is.
  func ageMilliseconds(_ now: UInt64) -> UInt64 { now >= renewedAt ? now - renewedAt : .max }

  /// Takes an answer to a renewal that was asked for at `askedAt`, however late it comes. A lease that was over by our
  /// own count when it was asked for stays over: what happened in between is not known, and the leader's key will tell.
  mutating func hear(remainingSeconds: Int64, askedAt: UInt64) {
    guard remainingSeconds > 0 else {
      isGone = true
      return
    }
    guard !isOver(askedAt) else { return }
    renewedAt = askedAt
    // A store that says less than it granted is believed.
    endsAt = Self.sum(askedAt, min(ttlMilliseconds, Self.milliseconds(UInt64(remainingSeconds))))
  }

  private static func milliseconds(_ seconds: UInt64) -> UInt64 {
    let (product, isOverflow) = seconds.multipliedReportingOverflow(by: 1_000)
    return isOverflow ? .max : product
  }

  private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, isOverflow) = left.addingReportingOverflow(right)
    return isOverflow ? .max : sum
  }
}
