import Foundation
import Keeper
import Outbox
import Testing

@testable import Host

@Suite struct MetricsTests {
  /// A backend can be chosen once in a process, so all that is to be seen of the file is seen here.
  @Test func aStandbyIsNoWriter() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metrics-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    let file = TextfileMetrics(path: folder.appendingPathComponent("keeper.prom").path)
    file.bootstrap()
    let metrics = TickMetrics()
    let outbox = Outbox(policies: [])
    for (standing, value) in [
      (WriterStanding.mayAct, 1), (.mayNot(reason: "another holds the lease", code: "standby"), 0),
      (.mayNot(reason: "the last renewal had no answer", code: "leaseNotHeld"), 0), (.mayAct, 1),
    ] {
      metrics.measure(outbox, standing, now: 1_700_000_000)
      #expect(file.write() == nil)
      let text = try String(contentsOf: folder.appendingPathComponent("keeper.prom"), encoding: .utf8)
      #expect(text.contains("vaultkeeper_is_writer \(value)\n"), "\(standing): \(text)")
    }
  }
}
