package import Ethereum

/// What went wrong between us and a signer outside of this process. After each of these nothing has been signed that
/// this program would send.
package enum RemoteSignerFault: Equatable, Sendable, CustomStringConvertible {
  /// No answer, or none in time.
  case silent(reason: String)
  /// An HTTP status other than 200, without a JSON-RPC error that says more.
  case status(Int)
  /// The signer's own no.
  case refused(code: Int, message: String)
  /// An answer that is none to what was asked.
  case malformed(reason: String)
  /// Signed bytes that are no valid transaction: not canonical, a high s, a field out of range.
  case undecodable(EthereumError)
  /// A valid transaction, and another one than was asked for.
  case differs(field: String, asked: String, found: String)
  case otherSigner(expected: Address, recovered: Address)
  /// The signer's documentation has no field for it.
  case unsupported(RemoteSigner.Kind, what: String)
  /// The signer does not list the configured account.
  case unknownAccount(Address, accounts: Int)

  package var description: String {
    switch self {
    case .silent(let reason): "the signer did not answer (\(reason)); nothing was signed, the next tick asks again"
    case .status(let status):
      "the signer answered with HTTP status \(status); check its address, its access list and what key.remote.headers "
        + "hold"
    case .refused(let code, let message):
      "the signer refused with error \(code): \"\(message)\"; look into its own rules and log"
    case .malformed(let reason):
      "the signer's answer cannot be read: \(reason); check that key.remote.kind and its URL belong together"
    case .undecodable(let error):
      "the signer returned bytes that are no valid transaction: \(error.description). Do not trust this signer before "
        + "you know why"
    case .differs(let field, let asked, let found):
      "the signer signed something else: \(field) was \(asked), it signed \(found). Do not trust this signer before "
        + "you know why"
    case .otherSigner(let expected, let recovered):
      "the signer signed with the key of \(recovered) instead of \(expected); correct key.address or the signer"
    case .unsupported(let kind, let what): "\(kind.rawValue) cannot be asked to sign \(what)"
    case .unknownAccount(let address, let accounts):
      "the signer lists \(accounts) accounts, and \(address) is none of them; give it the key, or correct key.address"
    }
  }

  /// Whether the answer could not have come from an honest signer.
  package var isHostile: Bool {
    switch self {
    case .undecodable, .differs, .otherSigner: true
    case .silent, .status, .refused, .malformed, .unsupported, .unknownAccount: false
    }
  }
}
