import Glibc

/// Who we are among other machines. For people; nothing is decided by it.
package enum Machine {
  /// The host's name, or "this machine" where it cannot be asked for.
  package static var name: String {
    // Linux allows 64 bytes.
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "this machine" }
    let end = bytes.firstIndex(of: 0) ?? bytes.count
    let text = String(decoding: bytes[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty ? "this machine" : text
  }

  package static var processID: Int32 { getpid() }
}
