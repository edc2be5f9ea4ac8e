import Host
import Keeper

extension Inspection {
  /// Who may write: this machine alone, or the holder of a lease that every member of its store tells of.
  mutating func writer() {
    guard let lease = workshop.deployment.lease else {
      return good("writer", "this machine alone (writer: local); run no second keeper with this key")
    }
    let settings = lease.settings(holder: "check")
    let tick = workshop.file.configuration.tick
    good(
      "writer",
      "lease of \(settings.ttlSeconds) s below \(settings.prefix); tick.deadline is \(tick.deadlineSeconds) s, "
        + "tick.interval \(tick.intervalSeconds) s")
    let inspection = LeaseInspection(settings: settings, transport: workshop.transport)
    for member in settings.members {
      let subject = "writer: etcd \(member.name)"
      if let problem = workshop.problem(of: OpenEndpoints.id(of: member)) {
        bad(subject, problem.description, Self.secretRemedy)
        continue
      }
      switch inspection.ask(member) {
      case .nobodyLeads: good(subject, "nobody holds the lease")
      case .leads(let leader): good(subject, "\(leader.holder) leads, \(leader.remainingSeconds) s left")
      case .failed(let why): bad(subject, why, "check its URL, its certificate and the network")
      }
    }
  }
}
