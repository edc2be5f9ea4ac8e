import Glibc
import Logging

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
  /// For a person: time of day (UTC), level, message, key=value.
  case human
  /// One JSON object in a line, keys in alphabetical order, for machines.
  case json
  /// For journald, which keeps the time itself: its priority prefix, message, key=value.
  case journald

  /// What fits the place the lines go to: journald when systemd says that this very descriptor is its stream, a person
  /// on a terminal, machines otherwise.
  package static func fitting(descriptor: Int32 = 2) -> LogFormat {
    fitting(descriptor: descriptor, journalStream: Environment.value("JOURNAL_STREAM"))
  }

  static func fitting(descriptor: Int32, journalStream: String?) -> LogFormat {
    var status = stat()
    if let journalStream, fstat(descriptor, &status) == 0, journalStream == "\(status.st_dev):\(status.st_ino)" {
      return .journald
    }
    return isatty(descriptor) == 1 ? .human : .json
  }
}

/// One log line before it has a form.
struct LogLine {
  var level: Logger.Level
  var label: String
  var message: String
  /// In alphabetical order of the keys.
  var fields: [LogField]
  var unixSeconds: Int
  var milliseconds: Int
}

/// A key and what it says.
struct LogField {
  let key: String
  let value: LogValue
}

/// A field's value: text, or a structure of texts.
enum LogValue {
  case text(String)
  case list([LogValue])
  case record([LogField])

  /// A value longer than this is cut: a node's whole answer has no place in a log.
  private static let maximumBytes = 4096
  /// Deeper structures are flattened to text.
  private static let maximumDepth = 8

  init(_ value: Logger.MetadataValue, depth: Int = 0) {
    switch value {
    case .string(let text): self = .text(Self.bounded(text))
    case .stringConvertible(let thing): self = .text(Self.bounded(thing.description))
    case .array, .dictionary:
      guard depth < Self.maximumDepth else {
        self = .text("(too deep)")
        return
      }
      if case .array(let values) = value {
        self = .list(values.map { LogValue($0, depth: depth + 1) })
      } else if case .dictionary(let values) = value {
        self = .record(Self.fields(values, depth: depth + 1))
      } else {
        self = .text("")
      }
    }
  }

  static func fields(_ metadata: Logger.Metadata, depth: Int = 0) -> [LogField] {
    metadata.sorted { $0.key < $1.key }.map { LogField(key: bounded($0.key), value: LogValue($0.value, depth: depth)) }
  }

  static func bounded(_ text: String) -> String {
    guard text.utf8.count > maximumBytes else { return text }
    return String(decoding: text.utf8.prefix(maximumBytes), as: UTF8.self) + "… (\(text.utf8.count) bytes)"
  }
}
