/// The parameters of scrypt (RFC 7914).
package struct ScryptParameters: Hashable, Sendable {
  /// n, the CPU and memory cost: a power of two.
  package let cost: Int
  /// r, the block size in units of 128 bytes.
  package let blockSize: Int
  /// p, how many independent lanes there are, computed one after the other.
  package let parallelism: Int

  package init(cost: Int, blockSize: Int, parallelism: Int) {
    self.cost = cost
    self.blockSize = blockSize
    self.parallelism = parallelism
  }
}

/// How a keystore turns its passphrase into a key.
package enum KeyDerivation: Hashable, Sendable {
  case scrypt(ScryptParameters)
  /// PBKDF2-HMAC-SHA256 with this many iterations (c).
  case pbkdf2(iterations: Int)

  /// What a new keystore gets: scrypt with n = 262144, r = 8, p = 1.
  ///
  /// These are the parameters that geth and eth-account write: 256 MiB and about a second for each guess of the
  /// passphrase, paid once per start by the keeper. A stolen file is worth as much work as the passphrase has guesses.
  package static let standard = KeyDerivation.scrypt(ScryptParameters(cost: 262_144, blockSize: 8, parallelism: 1))

  /// scrypt with n = 4096, r = 8, p = 6, geth's "light" choice: 4 MiB. For development keys and small machines; it
  /// protects a weak passphrase about ten times less in time and sixty times less in memory.
  package static let light = KeyDerivation.scrypt(ScryptParameters(cost: 4096, blockSize: 8, parallelism: 6))
}

/// The most that a keystore read from a file may make this process spend before its passphrase is even tried. Whoever
/// can replace the file could otherwise take the machine's memory, or hang the start for days.
package struct KeystoreLimits: Hashable, Sendable {
  /// Bytes scrypt may take, 128·r·(n + p).
  package let memoryBytes: Int
  /// Steps scrypt may take, n·r·p.
  package let scryptSteps: Int
  /// Iterations PBKDF2 may take.
  package let iterations: Int

  package init(memoryBytes: Int, scryptSteps: Int, iterations: Int) {
    self.memoryBytes = memoryBytes
    self.scryptSteps = scryptSteps
    self.iterations = iterations
  }

  /// 384 MiB: one and a half times what the standard parameters take (256 MiB), so that the next power of two (512 MiB)
  /// is refused; 2²⁴ steps: eight times the standard, some seconds; ten million iterations: ten times what eth-account
  /// writes, also some seconds.
  package static let standard = KeystoreLimits(
    memoryBytes: 384 << 20, scryptSteps: 1 << 24, iterations: 10_000_000)

  /// Most bytes of a keystore file. Real ones have about 500; 64 KiB leaves room for a wallet's own extra fields.
  package static let fileBytes = 64 << 10

  /// Most bytes of a salt. Real ones have 16 or 32.
  package static let saltBytes = 256

  /// Throws `.hostileParameter` or `.keystore` unless `derivation` is well formed and within the limits. Takes no
  /// memory.
  func check(_ derivation: KeyDerivation) throws(WalletError) {
    switch derivation {
    case .pbkdf2(let count):
      guard count >= 1 else { throw .keystore(.outOfRange(field: "c", value: "\(count)", allowed: "1 or more")) }
      guard count <= iterations else {
        throw .hostileParameter(name: "c", value: "\(count)", limit: "\(iterations) iterations")
      }
    case .scrypt(let parameters): try check(parameters)
    }
  }

  private func check(_ parameters: ScryptParameters) throws(WalletError) {
    let (n, r, p) = (parameters.cost, parameters.blockSize, parameters.parallelism)
    guard n >= 2, n & (n - 1) == 0 else {
      throw .keystore(.outOfRange(field: "n", value: "\(n)", allowed: "a power of two, 2 or more"))
    }
    guard r >= 1 else { throw .keystore(.outOfRange(field: "r", value: "\(r)", allowed: "1 or more")) }
    guard p >= 1 else { throw .keystore(.outOfRange(field: "p", value: "\(p)", allowed: "1 or more")) }
    // RFC 7914 section 6: p ≤ (2³² − 1)·32 / (128·r).
    let lanes = r.multipliedReportingOverflow(by: p)
    guard !lanes.overflow, lanes.partialValue < 1 << 30 else {
      throw .keystore(.outOfRange(field: "r·p", value: "\(r)·\(p)", allowed: "less than 2^30"))
    }
    let blocks = n.addingReportingOverflow(p)
    let units = blocks.partialValue.multipliedReportingOverflow(by: r)
    let memory = units.partialValue.multipliedReportingOverflow(by: 128)
    guard !blocks.overflow, !units.overflow, !memory.overflow, memory.partialValue <= memoryBytes else {
      throw .hostileParameter(
        name: "n, r, p", value: "\(n), \(r), \(p)", limit: "\(memoryBytes >> 20) MiB for 128·r·(n + p)")
    }
    let steps = n.multipliedReportingOverflow(by: lanes.partialValue)
    guard !steps.overflow, steps.partialValue <= scryptSteps else {
      throw .hostileParameter(name: "n, r, p", value: "\(n), \(r), \(p)", limit: "\(scryptSteps) for n·r·p")
    }
  }
}
