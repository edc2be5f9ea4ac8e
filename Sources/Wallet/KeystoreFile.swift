import Ethereum

/// Why a file is no keystore this wallet can open. Quotes only fields that are public and short.
package enum KeystoreFault: Hashable, Sendable, CustomStringConvertible {
  /// More bytes than any keystore has.
  case tooLarge(bytes: Int, limit: Int)
  /// Not a JSON object. Nothing is quoted: people put raw private keys into such files.
  case notAnObject
  /// A field is missing, or of another kind than it should be.
  case field(path: String, expected: String)
  /// A field names a method that this wallet does not have.
  case unsupported(path: String, value: String, supported: String)
  /// A number is outside what its format allows.
  case outOfRange(field: String, value: String, allowed: String)

  package var description: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "the keystore file has \(bytes) bytes, more than \(limit); is it the right file?"
    case .notAnObject:
      "the keystore file is not a JSON object; if it holds a raw private key, import that into a keystore and remove it"
    case .field(let path, let expected): "keystore field \(path) must be \(expected)"
    case .unsupported(let path, let value, let supported):
      "keystore field \(path) is \"\(value)\"; supported: \(supported)"
    case .outOfRange(let field, let value, let allowed): "keystore field \(field) = \(value) must be \(allowed)"
    }
  }
}

extension Keystore {
  /// Reads a keystore file: JSON of version 3 with scrypt or PBKDF2-HMAC-SHA256 and AES-128-CTR.
  ///
  /// Takes what real files vary in: `crypto` or `Crypto`, an address with or without 0x in any case or none at all, a
  /// missing id, unknown extra fields, a ciphertext shorter than 32 bytes (see `unlock`). Takes no memory that the
  /// file's numbers ask for.
  ///
  /// - Throws: `.keystore` naming the field and what it must be, `.hostileParameter` for a salt over the limit.
  package init(parsing file: [UInt8]) throws(WalletError) {
    guard file.count <= KeystoreLimits.fileBytes else {
      throw .keystore(.tooLarge(bytes: file.count, limit: KeystoreLimits.fileBytes))
    }
    let root = try KeystoreReader(file: file)
    let version = try root.integer("version")
    guard version == 3 else {
      throw .keystore(.unsupported(path: "version", value: "\(version)", supported: "3"))
    }
    let crypto = try root.object(anyOf: ["crypto", "Crypto"])
    try crypto.require("cipher", "aes-128-ctr")
    let counter = try crypto.object(anyOf: ["cipherparams"]).bytes("iv", 16...16)
    let (derivation, salt) = try Keystore.derivation(crypto)
    self.init(
      id: root.optionalString("id"), address: try root.address("address"), derivation: derivation, salt: salt,
      initialCounter: counter, ciphertext: try crypto.bytes("ciphertext", 1...32),
      authenticationCode: try crypto.bytes("mac", 32...32))
  }

  private static func derivation(_ crypto: KeystoreReader) throws(WalletError) -> (KeyDerivation, salt: [UInt8]) {
    let name = try crypto.string("kdf")
    let parameters = try crypto.object(anyOf: ["kdfparams"])
    let length = try parameters.integer("dklen")
    guard length == derivedBytes else {
      throw .keystore(.outOfRange(field: parameters.path("dklen"), value: "\(length)", allowed: "\(derivedBytes)"))
    }
    let salt = try parameters.bytes("salt", 0...KeystoreLimits.saltBytes)
    switch name {
    case "scrypt":
      let numbers = ScryptParameters(
        cost: try parameters.integer("n"), blockSize: try parameters.integer("r"),
        parallelism: try parameters.integer("p"))
      return (.scrypt(numbers), salt)
    case "pbkdf2":
      try parameters.require("prf", "hmac-sha256")
      return (.pbkdf2(iterations: try parameters.integer("c")), salt)
    default:
      throw .keystore(
        .unsupported(path: crypto.path("kdf"), value: KeystoreReader.excerpt(name), supported: "scrypt, pbkdf2"))
    }
  }

  /// The file's bytes: JSON as geth and eth-account write it, the address in lower case without 0x, one newline at the
  /// end.
  package func encoded() -> [UInt8] {
    var fields: [(key: String, value: JSON)] = []
    if let address { fields.append(("address", .string(Hex.encode(address.bytes, prefix: false)))) }
    fields.append(("crypto", encodedCrypto()))
    if let id { fields.append(("id", .string(id))) }
    fields.append(("version", 3))
    return JSON.object(JSONObject(fields)).encoded() + Array("\n".utf8)
  }

  private func encodedCrypto() -> JSON {
    let hex: ([UInt8]) -> JSON = { .string(Hex.encode($0, prefix: false)) }
    let name: JSON
    let parameters: JSON
    switch derivation {
    case .scrypt(let scrypt):
      name = "scrypt"
      parameters = [
        "dklen": .integer(Int64(Keystore.derivedBytes)), "n": .integer(Int64(scrypt.cost)),
        "p": .integer(Int64(scrypt.parallelism)), "r": .integer(Int64(scrypt.blockSize)), "salt": hex(salt),
      ]
    case .pbkdf2(let iterations):
      name = "pbkdf2"
      parameters = [
        "c": .integer(Int64(iterations)), "dklen": .integer(Int64(Keystore.derivedBytes)), "prf": "hmac-sha256",
        "salt": hex(salt),
      ]
    }
    return [
      "cipher": "aes-128-ctr", "cipherparams": ["iv": hex(initialCounter)], "ciphertext": hex(ciphertext),
      "kdf": name, "kdfparams": parameters, "mac": hex(authenticationCode),
    ]
  }
}
