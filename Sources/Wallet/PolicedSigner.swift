package import Ethereum

/// A signer behind its policy, and the only kind that a keeper can be made with: what the policy does not allow never
/// reaches the key.
package struct PolicedSigner: Signer {
  private let signer: any Signer
  package let policy: SigningPolicy

  package var address: Address { signer.address }

  package init(_ signer: any Signer, policy: SigningPolicy) {
    self.signer = signer
    self.policy = policy
  }

  /// Whether the policy would let this be signed; for asking before a nonce is promised for it.
  /// - Throws: `.policy`.
  package func check(_ transaction: UnsignedTransaction) throws(WalletError) {
    do { try policy.check(transaction, from: address) } catch { throw .policy(error) }
  }

  /// - Throws: `.policy`, after which the key was not touched and nobody was asked; what the signer throws.
  package func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction {
    try check(transaction)
    let signed = try signer.sign(transaction)
    // The policy judged what was asked for, so nothing else may come out, whoever the signer is.
    guard signed.transaction == transaction else { throw .selfCheckDiffers(signer: address) }
    return signed
  }
}

extension PolicedSigner: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "policed signer of \(address)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
