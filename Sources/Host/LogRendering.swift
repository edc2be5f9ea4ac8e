import Glibc
import Logging

extension LogLine {
  /// The line's bytes, with its line break.
  func rendered(_ format: LogFormat) -> [UInt8] {
    var out = ""
    switch format {
    case .human: out = "\(clock) \(level.padded) \(Self.plain(message))\(pairs)"
    case .json: out = json
    case .journald: out = "<\(level.priority)>\(Self.plain(message))\(pairs)"
    }
    return Array((out + "\n").utf8)
  }

  private var pairs: String { fields.map { " \(Self.plain($0.key))=\(Self.quoted($0.value))" }.joined() }

  private var clock: String {
    let time = calendar
    return "\(pad(time.tm_hour, 2)):\(pad(time.tm_min, 2)):\(pad(time.tm_sec, 2))Z"
  }

  private var timestamp: String {
    let time = calendar
    let date = "\(pad(time.tm_year &+ 1900, 4))-\(pad(time.tm_mon &+ 1, 2))-\(pad(time.tm_mday, 2))"
    return
      "\(date)T\(pad(time.tm_hour, 2)):\(pad(time.tm_min, 2)):\(pad(time.tm_sec, 2)).\(pad(Int32(milliseconds), 3))Z"
  }

  private var calendar: tm {
    var seconds = time_t(unixSeconds)
    var result = tm()
    gmtime_r(&seconds, &result)
    return result
  }

  private func pad(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Fields lie in an object of their own, so that none can pose as the line's level or message.
  private var json: String {
    var out = "{"
    if !fields.isEmpty { out += "\"fields\":\(Self.json(.record(fields)))," }
    out += "\"label\":\(Self.json(label)),\"level\":\(Self.json(level.rawValue)),\"message\":\(Self.json(message)),"
    return out + "\"time\":\(Self.json(timestamp))}"
  }

  private static func json(_ value: LogValue) -> String {
    switch value {
    case .text(let text): json(text)
    case .list(let values): "[" + values.map(json).joined(separator: ",") + "]"
    case .record(let fields): "{" + fields.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",") + "}"
    }
  }

  private static func json(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      default: out += isControl(scalar) ? "\\u" + hex(scalar) : String(scalar)
      }
    }
    return out + "\""
  }

  /// Text in which nothing can move a terminal's cursor or begin a new line.
  private static func plain(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars { out += isControl(scalar) ? "\\u" + hex(scalar) : String(scalar) }
    return out
  }

  private static func quoted(_ value: LogValue) -> String {
    guard case .text(let text) = value else { return json(value) }
    let isSimple =
      !text.isEmpty && text.unicodeScalars.allSatisfy { $0 > " " && $0 != "\"" && $0 != "\\" && !isControl($0) }
    return isSimple ? text : json(text)
  }

  /// C0, DEL, C1, Unicode's line ends and the marks that turn the writing direction around.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1f, 0x7f...0x9f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}

extension Logger.Level {
  /// syslog's priority, which journald reads from `<N>` at the beginning of a line.
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  fileprivate var padded: String {
    let name = rawValue
    return name + String(repeating: " ", count: max(0, 8 - name.utf8.count))
  }
}
