/// What a key or passphrase file's mode and owner must be. The rule only: Host asks the file system for the numbers.
package enum KeyFileRules {
  /// Where a secret file lies.
  package enum Place: Hashable, Sendable {
    /// An ordinary path: nobody but its owner may read or write it.
    case ordinary
    /// Inside the directory systemd names in CREDENTIALS_DIRECTORY. Where systemd hands credentials over by access
    /// list, the group bits show the list's mask (0440) and root is the owner; the directory itself is private.
    case systemdCredential
  }

  /// Checks the numbers that `fstat` gave for the opened file (not `stat` of its path, which could change in between).
  ///
  /// - Parameters:
  ///   - mode: `st_mode`, with or without its file type bits; a type other than a regular file is refused.
  ///   - ownerID: `st_uid`.
  ///   - processID: the effective user id of this process.
  /// - Throws: `.keyFile` with what to do about it.
  package static func check(
    mode: UInt32, ownerID: UInt32, processID: UInt32, place: Place = .ordinary
  ) throws(WalletError) {
    let kind = mode & 0o170000
    guard kind == 0 || kind == 0o100000 else { throw .keyFile(.notRegular(mode: mode)) }
    guard ownerID == processID || ownerID == 0 else {
      throw .keyFile(.foreignOwner(ownerID: ownerID, processID: processID))
    }
    let forbidden: UInt32 = place == .ordinary ? 0o077 : 0o037
    guard mode & forbidden == 0 else { throw .keyFile(.open(mode: mode & 0o7777)) }
  }
}

/// What is wrong with a secret file's mode or owner.
package enum KeyFileFault: Hashable, Sendable, CustomStringConvertible {
  /// A directory, device, socket or pipe.
  case notRegular(mode: UInt32)
  /// Owned by a user who is neither this process's nor root, and who could change or read it.
  case foreignOwner(ownerID: UInt32, processID: UInt32)
  /// The group or the world has rights on it.
  case open(mode: UInt32)

  package var description: String {
    switch self {
    case .notRegular(let mode): "is not a regular file (st_mode 0\(String(mode, radix: 8))); name the file itself"
    case .foreignOwner(let ownerID, let processID):
      "belongs to user \(ownerID), who could read or replace it, while this process runs as user \(processID); "
        + "chown it to user \(processID)"
    case .open(let mode):
      "has mode 0\(String(mode, radix: 8)), so users other than its owner have rights on it; chmod 600 it, "
        + "and if it ever was readable by others, replace the key"
    }
  }
}
