import CSecp256k1

/// Bytes that must not outlive their use: one heap block that is overwritten with zeros when the last reference goes.
///
/// The block never moves and is never copied by Swift (an `[UInt8]` would be, on every growth and every unshared
/// write). What cannot be promised: copies that a called library makes on its own stack or heap while it computes.
final class SecretBytes: Sendable {
  // Written only in initialisers, before the object is shared.
  private nonisolated(unsafe) let block: UnsafeMutableRawBufferPointer

  /// A zeroed block of `count` bytes, filled by `fill`. If `fill` throws, the block is wiped and freed.
  init<Failure: Error>(
    count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
    vk_wipe(block.baseAddress, block.count)
    usedCount = count
    try fill(UnsafeMutableRawBufferPointer(rebasing: block[0..<count]))
  }

  /// A copy of `bytes`. The caller's own copy is the caller's to wipe.
  convenience init(copying bytes: some Collection<UInt8>) {
    self.init(count: bytes.count) { (block: UnsafeMutableRawBufferPointer) in block.copyBytes(from: bytes) }
  }

  deinit {
    vk_wipe(block.baseAddress, block.count)
    block.deallocate()
  }

  private let usedCount: Int

  /// How many bytes the secret has. Not itself a secret here: keys are always 32, and passphrases are stretched.
  var count: Int { usedCount }

  /// Lends the bytes to `body`, which must not keep the pointer.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: block[0..<usedCount]))
  }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { Secrecy.placeholder }
  var debugDescription: String { Secrecy.placeholder }
  var customMirror: Mirror { Secrecy.mirror(of: self) }
}

/// What every secret shows to `print`, `dump`, interpolation and mirrors.
enum Secrecy {
  static let placeholder = "<secret>"

  static func mirror(of subject: some AnyObject) -> Mirror {
    Mirror(subject, children: [], displayStyle: .none, ancestorRepresentation: .suppressed)
  }

  /// Overwrites an array in place. Works on the caller's storage only while no other reference shares it: the arrays
  /// given to the wallet's initialisers should come straight from a read.
  static func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { vk_wipe($0.baseAddress, $0.count) }
    bytes.removeAll()
  }

  /// Whether two byte strings are equal, in a time that depends on their lengths only.
  static func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
  }
}
