import Ethereum

/// Functions that a keeper's transactions are made of, with their parameters' names, so that `decode` can show a call
/// without a configuration. For people only: nothing is decided, simulated or sent by it.
enum CallVocabulary {
  /// As the contracts declare them.
  static let declarations = [
    // Zodiac Roles v2, Safe 1.4.1, MultiSend
    """
    execTransactionWithRole(address to, uint256 value, bytes data, uint8 operation, bytes32 roleKey, \
    bool shouldRevert)
    """,
    """
    execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, \
    uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures)
    """,
    "multiSend(bytes transactions)",
    // batches
    "multicall(bytes[] data)",
    "aggregate3((address target, bool allowFailure, bytes callData)[] calls)",
    "aggregate3Value((address target, bool allowFailure, uint256 value, bytes callData)[] calls)",
    // GMX v2
    "sendWnt(address receiver, uint256 amount)",
    "sendTokens(address token, address receiver, uint256 amount)",
    """
    createOrder(((address receiver, address cancellationReceiver, address callbackContract, address uiFeeReceiver, \
    address market, address initialCollateralToken, address[] swapPath) addresses, (uint256 sizeDeltaUsd, \
    uint256 initialCollateralDeltaAmount, uint256 triggerPrice, uint256 acceptablePrice, uint256 executionFee, \
    uint256 callbackGasLimit, uint256 minOutputAmount, uint256 validFromTime) numbers, uint8 orderType, \
    uint8 decreasePositionSwapType, bool isLong, bool shouldUnwrapNativeToken, bool autoCancel, bytes32 referralCode, \
    bytes32[] dataList) params)
    """,
    """
    updateOrder(bytes32 key, uint256 sizeDeltaUsd, uint256 acceptablePrice, uint256 triggerPrice, \
    uint256 minOutputAmount, uint256 validFromTime, bool autoCancel)
    """,
    "cancelOrder(bytes32 key)",
    "claimFundingFees(address[] markets, address[] tokens, address receiver)",
    // tokens
    "transfer(address to, uint256 amount)",
    "transferFrom(address from, address to, uint256 amount)",
    "approve(address spender, uint256 amount)",
    "deposit()",
    "withdraw(uint256 amount)",
  ]

  static let functions: [ABIFunction] = declarations.map { declaration in
    do {
      return try Declaration.function(declaration)
    } catch {
      preconditionFailure("a constant declaration is well formed: \(declaration): \(error)")
    }
  }

  static func function(_ data: [UInt8]) -> ABIFunction? {
    functions.first { data.count >= 4 && data.starts(with: $0.selector) }
  }
}

/// Reads a declaration such as `transfer(address to, uint256 amount)`, tuples as `(…) name`.
private struct Declaration {
  private var rest: Substring

  static func function(_ text: String) throws(EthereumError) -> ABIFunction {
    let name = text.prefix { $0 != "(" }
    var declaration = Declaration(rest: text.dropFirst(name.count))
    return ABIFunction(name: String(name), inputParameters: try declaration.parameters())
  }

  /// From an opening bracket past its closing one. The depth is that of our own constants.
  private mutating func parameters() throws(EthereumError) -> [ABIParameter] {
    rest = rest.dropFirst()
    var list: [ABIParameter] = []
    while let next = rest.first, next != ")" {
      let components = next == "(" ? try parameters() : []
      let type = rest.prefix { $0 != " " && $0 != "," && $0 != ")" }
      rest = rest.dropFirst(type.count).drop { $0 == " " }
      let name = rest.prefix { $0 != "," && $0 != ")" }
      rest = rest.dropFirst(name.count).drop { $0 == "," || $0 == " " }
      let prefix = components.isEmpty ? "" : ABIType.tuple(components.map(\.type)).name
      list.append(ABIParameter(String(name), try ABIType(parsing: prefix + type), components: components))
    }
    rest = rest.dropFirst()
    return list
  }
}
