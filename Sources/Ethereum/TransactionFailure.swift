/// Why bytes are no valid transaction. `className` is a stable word for tables and test reports.
package enum TransactionFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  case tooLarge(bytes: Int, limit: Int)
  case malformed(RLPFailure)
  case fieldCount(type: UInt8, expected: Int, found: Int)
  case field(name: String, RLPFailure)
  case unsupportedType(UInt8)
  case typeNotActive(UInt8, fork: String)
  case recipientLength(Int)
  case nonceTooHigh(UInt256)
  case gasLimitTooHigh(UInt256)
  case gasLimitAboveCap(UInt64, cap: UInt64)
  case chainIDTooHigh(UInt256)
  case wrongChain(expected: UInt64, found: UInt64)
  case signatureParity(UInt256)
  case signatureRange(name: String, UInt256)
  case signatureHighS(UInt256)
  case tipAboveFeeCap(tipWei: UInt256, feeCapWei: UInt256)
  case feeProductOverflow(gasLimit: UInt64, gasPriceWei: UInt256)
  case intrinsicGas(required: UInt64, gasLimit: UInt64)
  case initCodeTooLong(Int, limit: Int)
  case accessListEntry(index: Int, reason: String)
  case emptyBlobList
  case blobVersion(index: Int)
  case emptyAuthorizationList
  case authorization(index: Int, reason: String)
  case creationNotAllowed(type: UInt8)
  case unprotectedTyped

  /// A word for the kind of failure, stable across releases.
  package var className: String {
    switch self {
    case .empty: "empty"
    case .tooLarge: "tooLarge"
    case .malformed: "malformedRLP"
    case .fieldCount: "fieldCount"
    case .field(let name, _): "field.\(name)"
    case .unsupportedType: "unsupportedType"
    case .typeNotActive: "typeNotActive"
    case .recipientLength: "recipientLength"
    case .nonceTooHigh: "nonceTooHigh"
    case .gasLimitTooHigh: "gasLimitTooHigh"
    case .gasLimitAboveCap: "gasLimitAboveCap"
    case .chainIDTooHigh: "chainIDTooHigh"
    case .wrongChain: "wrongChain"
    case .signatureParity: "signatureParity"
    case .signatureRange: "signatureRange"
    case .signatureHighS: "signatureHighS"
    case .tipAboveFeeCap: "tipAboveFeeCap"
    case .feeProductOverflow: "feeProductOverflow"
    case .intrinsicGas: "intrinsicGas"
    case .initCodeTooLong: "initCodeTooLong"
    case .accessListEntry: "accessList"
    case .emptyBlobList: "emptyBlobList"
    case .blobVersion: "blobVersion"
    case .emptyAuthorizationList: "emptyAuthorizationList"
    case .authorization: "authorization"
    case .creationNotAllowed: "creationNotAllowed"
    case .unprotectedTyped: "unprotectedTyped"
    }
  }

  package var description: String { "transaction (\(className)): \(reason)" }

  private var reason: String {
    switch self {
    case .empty: "no bytes"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes exceed the limit of \(limit)"
    case .malformed(let failure): failure.description
    case .fieldCount(let type, let expected, let found): "type \(type) has \(expected) fields, found \(found)"
    case .field(let name, let failure): "\(name): \(failure.description)"
    case .unsupportedType(let type): "type \(type) is not one this keeper speaks (0, 1, 2)"
    case .typeNotActive(let type, let fork): "type \(type) does not exist in \(fork)"
    case .recipientLength(let count): "to has \(count) bytes; it is 20, or 0 to create a contract"
    case .nonceTooHigh(let nonce): "nonce \(nonce) is not below 2^64 - 1 (EIP-2681)"
    case .gasLimitTooHigh(let limit): "gas limit \(limit) does not fit 64 bits"
    case .gasLimitAboveCap(let limit, let cap): "gas limit \(limit) is above the fork's cap of \(cap) (EIP-7825)"
    case .chainIDTooHigh(let id): "chain id \(id) does not fit 64 bits"
    case .wrongChain(let expected, let found): "made for chain \(found), this is chain \(expected)"
    case .signatureParity(let v): "v or y parity \(v) is none of the allowed"
    case .signatureRange(let name, let value): "\(name) = \(value) is not in 1 … n-1"
    case .signatureHighS(let s): "s = \(s) is above n/2 (EIP-2)"
    case .tipAboveFeeCap(let tip, let cap): "tip \(tip) wei exceeds the fee cap of \(cap) wei"
    case .feeProductOverflow(let limit, let price): "gas limit \(limit) times price \(price) wei does not fit 256 bits"
    case .intrinsicGas(let required, let limit): "gas limit \(limit) is below the intrinsic \(required)"
    case .initCodeTooLong(let count, let limit): "init code of \(count) bytes exceeds \(limit) (EIP-3860)"
    case .accessListEntry(let index, let reason): "access list entry \(index): \(reason)"
    case .emptyBlobList: "a blob transaction carries at least one blob hash"
    case .blobVersion(let index): "blob hash \(index) does not begin with 0x01"
    case .emptyAuthorizationList: "a set-code transaction carries at least one authorization"
    case .authorization(let index, let reason): "authorization \(index): \(reason)"
    case .creationNotAllowed(let type): "type \(type) cannot create a contract; name a recipient"
    case .unprotectedTyped: "only legacy transactions can be without chain id"
    }
  }
}
