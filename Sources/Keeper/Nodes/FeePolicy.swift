package import Ethereum
import Outbox

/// How fees are quoted on a chain.
package struct FeePolicy: Hashable, Sendable {
  package enum Model: String, Hashable, Sendable {
    /// Type-2 transactions; the tip from `eth_feeHistory`.
    case eip1559
    /// Type-0 transactions with a gas price, for chains without a base fee.
    case legacy
    /// Type-2 transactions without a tip: the sequencer takes them in order of arrival.
    case arbitrum
  }

  package let model: Model
  /// The most that may be offered per unit of gas.
  package let ceilingWei: UInt256
  /// The least tip that is offered, also when the history says that none is needed.
  package let minimumTipWei: UInt256
  /// Which percentile of the tips paid in the last blocks is offered, by urgency.
  package let tipPercentiles: ByUrgency<Double>
  /// What part of the node's gas price is offered where there is no base fee, in percent, by urgency.
  package let gasPricePercents: ByUrgency<UInt64>
  /// The fee cap is this times the next base fee, plus the tip.
  package let baseFeeMultiple: UInt64

  /// - Parameters:
  ///   - tipPercentile: for routine acts.
  ///   - urgentTipPercentile: 90, above nine of ten of those who were included.
  ///   - liquidationTipPercentile: 99, what those pay who must be in the next block; the ceiling still holds.
  ///   - gasPricePercents: a node's gas price is what gets included soon; a quarter more is above those who offer just
  ///     that, and twice as much above nearly all.
  package init(
    model: Model, ceilingWei: UInt256, minimumTipWei: UInt256, tipPercentile: Double, baseFeeMultiple: UInt64,
    urgentTipPercentile: Double = 90, liquidationTipPercentile: Double = 99,
    gasPricePercents: ByUrgency<UInt64> = ByUrgency(routine: 100, urgent: 125, liquidation: 200)
  ) {
    self.model = model
    self.ceilingWei = ceilingWei
    self.minimumTipWei = minimumTipWei
    // A node refuses percentiles that do not ascend, and more urgent never offers less.
    let urgent = max(tipPercentile, urgentTipPercentile)
    tipPercentiles = ByUrgency(
      routine: tipPercentile, urgent: urgent, liquidation: max(urgent, liquidationTipPercentile))
    self.gasPricePercents = gasPricePercents
    self.baseFeeMultiple = baseFeeMultiple
  }
}

/// A value for each urgency.
package struct ByUrgency<Value> {
  package let routine: Value
  package let urgent: Value
  package let liquidation: Value

  package init(routine: Value, urgent: Value, liquidation: Value) {
    self.routine = routine
    self.urgent = urgent
    self.liquidation = liquidation
  }

  package subscript(_ urgency: Urgency) -> Value {
    switch urgency {
    case .routine: routine
    case .urgent: urgent
    case .liquidation: liquidation
    }
  }

  /// From the least urgent to the most.
  package var values: [Value] { [routine, urgent, liquidation] }
}

extension ByUrgency: Sendable where Value: Sendable {}
extension ByUrgency: Equatable where Value: Equatable {}
extension ByUrgency: Hashable where Value: Hashable {}
