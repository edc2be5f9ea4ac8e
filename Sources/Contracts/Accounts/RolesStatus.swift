import Ethereum

/// Why Zodiac Roles v2.1 refused: the first argument of ConditionViolation, by number.
enum RolesStatus: UInt64, CaseIterable {
  case ok = 0, delegateCallNotAllowed, targetAddressNotAllowed, functionNotAllowed, sendNotAllowed, orViolation
  case norViolation, parameterNotAllowed, parameterLessThanAllowed, parameterGreaterThanAllowed, parameterNotAMatch
  case notEveryArrayElementPasses, noArrayElementPasses, parameterNotSubsetOfAllowed, bitmaskOverflow
  case bitmaskNotAllowed, customConditionViolation, allowanceExceeded, callAllowanceExceeded, etherAllowanceExceeded

  /// `info` is the guard's reason for a custom condition (text or a hash), the key for an allowance.
  static func describe(status: UInt256, info: Bytes32) -> String {
    guard let status = status.asUInt64.flatMap(RolesStatus.init(rawValue:)) else {
      return "status \(status), which is not known here"
    }
    switch status {
    case .customConditionViolation: return "customConditionViolation: \(text(info))"
    case .allowanceExceeded, .callAllowanceExceeded, .etherAllowanceExceeded:
      return "\(status) of allowance \(text(info))"
    default: return info == .zero ? "\(status)" : "\(status) (\(text(info)))"
    }
  }

  /// Short ASCII text padded with zeros as text, anything else as hex.
  private static func text(_ info: Bytes32) -> String {
    let text = info.bytes.prefix { $0 != 0 }
    let isText = !text.isEmpty && text.allSatisfy { (0x20..<0x7f).contains($0) }
    let isPadded = info.bytes.dropFirst(text.count).allSatisfy { $0 == 0 }
    return isText && isPadded ? String(decoding: text, as: UTF8.self) : info.description
  }
}
