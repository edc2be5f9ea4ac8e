import Glibc
package import Metrics

/// Metrics in a file, in Prometheus' text format: node_exporter's textfile collector and its like pick it up. No port
/// is opened beside a hot key.
///
/// Counters count from the process's start; gauges hold their last value.
package final class TextfileMetrics: MetricsFactory, Sendable {
  private enum Kind: String {
    case counter, gauge
  }

  private struct Sample {
    let name: String
    /// `{vault="a",code="b"}`, or nothing.
    let labels: String
    let kind: Kind
    var value: Double
  }

  private let path: String
  private let samples = Locked<[String: Sample]>([:])
  private let problem = Locked<String?>(nil)

  package init(path: String) { self.path = path }

  /// Makes this the process's metrics. Call once, before anything counts.
  package func bootstrap() { MetricsSystem.bootstrap(self) }

  /// Writes all samples, so that a reader sees the old file or the new one. Not durable: after a crash the numbers are
  /// of no use.
  ///
  /// - Returns: why it could not be written, once for each new reason; metrics never stop a keeper.
  package func write() -> String? {
    do {
      try replaceFile(Array(text().utf8))
      problem.withLock { $0 = nil }
      return nil
    } catch {
      let text = "metrics: \(error)"
      return problem.withLock { problem in
        defer { problem = text }
        return problem == text ? nil : text
      }
    }
  }

  private func replaceFile(_ bytes: [UInt8]) throws(HostError) {
    let temporary = path + ".new"
    // Read by a collector that is another user.
    let file = try FileDescriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644)
    _ = fchmod(file.raw, 0o644)
    try file.writeAll(bytes, path: temporary)
    guard rename(temporary, path) == 0 else { throw .file(operation: "replace", path: path, code: errno) }
  }

  /// Sorted, so that two files can be compared.
  func text() -> String {
    let all = samples.withLock { Array($0.values) }
      .sorted { ($0.name, $0.labels) < ($1.name, $1.labels) }
    var lines: [String] = []
    var last = ""
    for sample in all {
      if sample.name != last { lines.append("# TYPE \(sample.name) \(sample.kind.rawValue)") }
      last = sample.name
      lines.append("\(sample.name)\(sample.labels) \(Self.number(sample.value))")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private func change(_ key: Key, _ kind: Kind, _ change: (Double) -> Double) {
    samples.withLock { samples in
      let id = key.name + key.labels
      let old = samples[id] ?? Sample(name: key.name, labels: key.labels, kind: kind, value: 0)
      samples[id] = Sample(name: old.name, labels: old.labels, kind: kind, value: change(old.value))
    }
  }

  fileprivate struct Key {
    let name: String
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)]) {
      name = label
      let parts = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
      labels = parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
      var result = ""
      for character in text.unicodeScalars {
        switch character {
        case "\\": result += "\\\\"
        case "\"": result += "\\\""
        case "\n": result += "\\n"
        default: result.unicodeScalars.append(character)
        }
      }
      return result
    }
  }

  // MARK: Handlers

  private final class CounterCell: CounterHandler {
    let key: Key
    let metrics: TextfileMetrics

    init(_ key: Key, _ metrics: TextfileMetrics) {
      self.key = key
      self.metrics = metrics
    }

    func increment(by amount: Int64) { metrics.change(key, .counter) { $0 + Double(amount) } }
    func reset() { metrics.change(key, .counter) { _ in 0 } }
  }

  private final class GaugeCell: RecorderHandler {
    let key: Key
    let metrics: TextfileMetrics

    init(_ key: Key, _ metrics: TextfileMetrics) {
      self.key = key
      self.metrics = metrics
    }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { metrics.change(key, .gauge) { _ in value } }
  }

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    CounterCell(Key(label, dimensions), self)
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    GaugeCell(Key(label, dimensions), self)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    NOOPMetricsHandler.instance
  }

  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
