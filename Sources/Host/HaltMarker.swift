import Glibc

/// The file that halts a keeper: while it is there, nothing is signed. An operator can make and remove it by hand, the
/// keeper makes it when the world contradicts its promises; it outlives a restart.
package struct HaltMarker: Sendable {
  /// What the marker says.
  package enum State: Sendable, Equatable {
    case clear
    /// `reason` is the file's text, one line or JSON; empty for a file made by `touch`.
    case halted(reason: String)
  }

  /// A reason longer than this is cut when it is read: it goes into every tick's report.
  private static let limitBytes = 16 << 10

  package let path: String

  package init(path: String) { self.path = path }

  /// Looks at the file, each time anew: it is asked each tick and before each signature. Whatever cannot be looked at
  /// counts as halted, for the operator may have meant it.
  package func state() -> State {
    do {
      let bytes = try Files.read(path, limit: Self.limitBytes)
      return .halted(reason: String(decoding: bytes, as: UTF8.self).trimmedLine)
    } catch {
      switch error {
      case .file(_, _, ENOENT): return .clear
      case .fileTooLarge: return .halted(reason: "(the marker \(path) is longer than \(Self.limitBytes) bytes)")
      default: return .halted(reason: "the marker cannot be read: \(error)")
      }
    }
  }

  /// The file's text; nil when there is none. For a file whose presence permits something: one that cannot be read
  /// permits nothing.
  ///
  /// - Throws: `HostError.file` or `fileTooLarge`.
  package func text() throws(HostError) -> String? {
    do {
      return String(decoding: try Files.read(path, limit: Self.limitBytes), as: UTF8.self).trimmedLine
    } catch .file(_, _, ENOENT) {
      return nil
    }
  }

  /// Halts. An existing marker stays as it is: the first reason is the one to look into.
  ///
  /// - Returns: false when there was a marker already.
  /// - Throws: `HostError.file` when the marker cannot be made durable.
  @discardableResult
  package func set(reason: String) throws(HostError) -> Bool {
    do {
      // Readable by the daemon's user whoever made it; there is no secret in it.
      try Files.create(path, Array((reason + "\n").utf8), mode: 0o644)
      return true
    } catch .fileExists {
      return false
    }
  }

  /// Ends the halt.
  ///
  /// - Returns: false when there was none.
  @discardableResult
  package func clear() throws(HostError) -> Bool { try Files.remove(path) }
}

extension String {
  fileprivate var trimmedLine: String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
