import Ethereum

/// A frame that undid itself, with the data it gave back.
struct Revert: Error, Hashable, Sendable {
  let data: [UInt8]

  /// A bare `revert()`, a failed bound or overflow in Vyper, a call without a function.
  static let empty = Revert(data: [])

  init(data: [UInt8]) { self.data = data }

  /// `require(…, "text")`.
  init(text: String) { self.init(Self.textError, .string(text)) }

  /// A custom error of a contract.
  init(_ error: ABIErrorType, _ values: ABIValue...) {
    do {
      data = try error.encode(values)
    } catch {
      preconditionFailure("a simulated contract names an error with values of other types: \(error)")
    }
  }

  /// Arithmetic that overflows reverts without data, as in Vyper.
  init(_ error: any Error) { self = error as? Revert ?? .empty }

  var selector: [UInt8] { Array(data.prefix(4)) }

  private static let textError = ABIErrorType(name: "Error", inputs: [.string])
}

/// Errors of the venue's contracts, as GMX v2 declares them.
enum VenueError {
  static let disabledMarket = error("DisabledMarket", .address)
  static let emptyAccount = error("EmptyAccount")
  static let emptyMarket = error("EmptyMarket")
  static let emptyOrder = error("EmptyOrder")
  static let emptyPosition = error("EmptyPosition")
  static let emptyReceiver = error("EmptyReceiver")
  static let emptyPrimaryPrice = error("EmptyPrimaryPrice", .address)
  static let insufficientCollateralAmount = error("InsufficientCollateralAmount", .uint256, .int256)
  static let insufficientCollateralUsd = error("InsufficientCollateralUsd", .int256)
  static let insufficientExecutionFee = error("InsufficientExecutionFee", .uint256, .uint256)
  static let insufficientFundsToPayForCosts = error("InsufficientFundsToPayForCosts", .uint256, .string)
  static let insufficientWntAmount = error("InsufficientWntAmountForExecutionFee", .uint256, .uint256)
  static let invalidClaimInput = error("InvalidClaimFundingFeesInput", .uint256, .uint256)
  static let invalidCollateralToken = error("InvalidCollateralTokenForMarket", .address, .address)
  static let invalidDecreaseOrderSize = error("InvalidDecreaseOrderSize", .uint256, .uint256)
  static let invalidFeedPrice = error("InvalidFeedPrice", .address, .int256)
  static let invalidOrderPrices = error("InvalidOrderPrices", .uint256, .uint256, .uint256, .uint256)
  static let liquidatablePosition = error("LiquidatablePosition", .string, .int256, .int256, .int256)
  static let maxAutoCancelOrdersExceeded = error("MaxAutoCancelOrdersExceeded", .uint256, .uint256)
  static let minPositionSize = error("MinPositionSize", .uint256, .uint256)
  static let negativeExecutionPrice = error(
    "NegativeExecutionPrice", .int256, .uint256, .uint256, .int256, .uint256)
  static let orderExpired = error(
    "OracleTimestampsAreLargerThanRequestExpirationTime", .uint256, .uint256, .uint256)
  static let orderNotFound = error("OrderNotFound", .bytes32)
  static let orderNotFulfillable = error("OrderNotFulfillableAtAcceptablePrice", .uint256, .uint256)
  static let orderNotUpdatable = error("OrderNotUpdatable", .uint256)
  static let orderTypeCannotBeCreated = error("OrderTypeCannotBeCreated", .uint256)
  static let positionNotFound = error("PositionNotFound", .bytes32)
  static let positionShouldNotBeLiquidated = error(
    "PositionShouldNotBeLiquidated", .string, .int256, .int256, .int256)
  static let requestNotYetCancellable = error("RequestNotYetCancellable", .uint256, .uint256, .string)
  static let sequencerDown = error("SequencerDown")
  static let sequencerGrace = error("SequencerGraceDurationNotYetPassed", .uint256, .uint256)
  static let unauthorized = error("Unauthorized", .address, .string)
  static let unexpectedValidFromTime = error("UnexpectedValidFromTime", .uint256)
  static let unsupportedOrderType = error("UnsupportedOrderType", .uint256)
  static let validFromTimeNotReached = error("OrderValidFromTimeNotReached", .uint256, .uint256)

  private static func error(_ name: String, _ inputs: ABIType...) -> ABIErrorType {
    ABIErrorType(name: name, inputs: inputs)
  }
}

/// Errors of the Roles modifier and of its unwrapper, as Zodiac declares them.
enum RolesError {
  static let notAuthorized = ABIErrorType(name: "NotAuthorized", inputs: [.address])
  static let noMembership = ABIErrorType(name: "NoMembership", inputs: [])
  static let moduleTransactionFailed = ABIErrorType(name: "ModuleTransactionFailed", inputs: [])
  static let conditionViolation = ABIErrorType(name: "ConditionViolation", inputs: [.uint(8), .bytes32])
  static let signatureTooShort = ABIErrorType(name: "FunctionSignatureTooShort", inputs: [])
  static let calldataOutOfBounds = ABIErrorType(name: "CalldataOutOfBounds", inputs: [])
  static let unsupportedMode = ABIErrorType(name: "UnsupportedMode", inputs: [])
  static let malformedHeader = ABIErrorType(name: "MalformedHeader", inputs: [])
  static let malformedBody = ABIErrorType(name: "MalformedBody", inputs: [])
}
