/// Why a call reverted, read from its revert data.
package enum RevertReason: Hashable, Sendable, CustomStringConvertible {
  /// `require(…, "text")`.
  case error(String)
  /// `assert`, overflow and the like; the code of Solidity's Panic(uint256).
  case panic(UInt256)
  /// A custom error of a known interface.
  case custom(name: String, values: [ABIValue])
  /// Data of no known error; the selector is shorter than four bytes where the data is.
  case unknown(selector: [UInt8], data: [UInt8])
  /// No data: out of gas, a bare `revert()`, or no contract there.
  case empty

  private static let errorType = ABIErrorType(name: "Error", inputs: [.string])
  private static let panicType = ABIErrorType(name: "Panic", inputs: [.uint256])

  /// Never throws: data that does not decode as the error its selector names is `.unknown`.
  package static func decode(_ data: [UInt8], known: [ABIErrorType]) -> RevertReason {
    guard !data.isEmpty else { return .empty }
    let selector = Array(data.prefix(4))
    for type in [errorType, panicType] + known where type.selector == selector {
      let values: [ABIValue]
      do { values = try type.decode(data) } catch { continue }
      switch (type, values.first) {
      case (errorType, .some(.string(let text))): return .error(text)
      case (panicType, .some(.uint(let code))): return .panic(code)
      default: return .custom(name: type.name, values: values)
      }
    }
    return .unknown(selector: selector, data: data)
  }

  /// For people; foreign text bounded and printable.
  package var description: String {
    switch self {
    case .error(let text): "Error(\"\(Excerpt.of(text))\")"
    case .panic(let code): "Panic(\(code.hexQuantity))\(Self.meaning(of: code).map { ": \($0)" } ?? "")"
    case .custom(let name, let values): "\(name)(\(Excerpt.of(values.map(\.description).joined(separator: ", "))))"
    case .unknown(let selector, let data): "unknown error \(Hex.encode(selector)) of \(data.count) bytes"
    case .empty: "no revert data"
    }
  }

  /// Solidity documentation, "Panic via assert and Error via require".
  private static func meaning(of code: UInt256) -> String? {
    switch code.asUInt64 {
    case 0x01: "assertion failed"
    case 0x11: "arithmetic overflow"
    case 0x12: "division by zero"
    case 0x21: "no such enum value"
    case 0x22: "corrupt storage bytes"
    case 0x31: "pop of an empty array"
    case 0x32: "index out of bounds"
    case 0x41: "too much memory"
    case 0x51: "call of an empty function pointer"
    default: nil
    }
  }
}
