package import Ethereum

/// Somebody who can sign for one account: a key in this process (`LocalSigner`) or outside of it (`RemoteSigner`).
/// Nothing that acts holds one of these without its policy (`PolicedSigner`).
package protocol Signer {
  /// The account that transactions will come from.
  var address: Address { get }

  /// Signs, checks what was signed, and returns it ready to be stored and sent. Signing the same transaction twice
  /// gives the same bytes.
  func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction
}

/// Signs with a key held in this process.
package struct LocalSigner: Signer {
  private let key: SecretKey
  private let context: Secp256k1

  package var address: Address { key.address }

  /// - Parameter context: one made with a seed; `sign` throws `.contextNotRandomised` with any other.
  package init(key: SecretKey, context: Secp256k1) {
    self.key = key
    self.context = context
  }

  /// Signs with the key, then reads the bytes back as a stranger would: they must decode to `transaction` and recover
  /// to `address`. This costs two point multiplications and catches a wrong encoding or a flipped bit before anything
  /// leaves.
  ///
  /// - Throws: `.transaction` for one that cannot be encoded; `.selfCheckFailed` or `.selfCheckDiffers`, after which
  ///   nothing has been released.
  package func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction {
    let signature = try context.sign(transaction.signingHash, with: key)
    let reread: SignedTransaction
    do {
      reread = try SignedTransaction.decode(try SignedTransaction(transaction, signature: signature).raw)
    } catch {
      throw .transaction(error)
    }
    var asked = transaction
    // A legacy transaction without protection does not carry its chain id, and reads back with 0.
    if !reread.isBoundToChain { asked.chainID = 0 }
    guard reread.transaction == asked else { throw .selfCheckDiffers(signer: address) }
    let sender = try context.recover(reread)
    guard sender == address else { throw .selfCheckFailed(expected: address, recovered: sender) }
    return reread
  }
}

extension LocalSigner: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "signer of \(address)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}

extension Secp256k1 {
  /// The account that signed `transaction`, of type 0 (with and without chain id), 1 or 2.
  ///
  /// - Throws: `.recoveryFailed` when no key can have made its signature.
  package func recover(_ transaction: SignedTransaction) throws(WalletError) -> Address {
    try recover(transaction.transaction.signingHash, transaction.signature)
  }

  /// The same for a transaction of any type, those that the keeper only reads (3 and 4) included.
  package func recover(_ transaction: TransactionEnvelope) throws(WalletError) -> Address {
    try recover(transaction.signingHash, transaction.signature)
  }
}
