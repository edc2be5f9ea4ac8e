import Foundation
import Quant

/// At its liquidation price a position's equity is its maintenance margin, and a venue that states the price from the
/// margin available says the same.
enum PerpetualStudy {
  static func findings(positions: Int) throws -> [Finding] {
    var draws = NormalDraws(seed: 0x9E49)
    var (accepted, worst, worstVenue, worstInverse) = (0.0, 0.0, 0.0, 0.0)
    for round in 0..<positions {
      let side: PositionSide = round.isMultiple(of: 2) ? .long : .short
      let (entry, rate) = (draws.between(1e-3, 1e5), draws.between(1e-3, 0.2))
      let position = try LinearPerpetual(side: side, entry: entry, size: draws.between(1e-3, 1e4))
      let notional = try position.notional(at: entry)
      let account = try IsolatedLinearMargin(
        position: position, margin: notional * draws.between(0.01, 2), maintenanceRate: rate)
      if let price = account.liquidationPrice {
        accepted += 1
        let scale = max(account.margin, try account.maintenanceMargin(at: price))
        let miss = try account.equity(at: price) - account.maintenanceMargin(at: price)
        worst = max(worst, miss.magnitude / scale)
        let mark = entry * draws.between(0.7, 1.4)
        let available = try account.equity(at: mark) - account.maintenanceMargin(at: mark)
        let venue = try IsolatedLinearMargin.liquidationPrice(
          price: mark, side: side, size: position.size, marginAvailable: available, maintenanceRate: rate)
        worstVenue = max(worstVenue, venue.map { ($0 / price - 1).magnitude * (price / max(price, mark)) } ?? 1)
      }
      worstInverse = max(worstInverse, try inverse(side, entry, rate, &draws))
    }
    return [
      Finding("positions with a liquidation price", accepted, atLeast: Double(positions) / 2),
      Finding("equity less maintenance margin there, linear", worst, atMost: 1e-9),
      Finding("the same price by the margin available", worstVenue, atMost: 1e-9),
      Finding("equity less maintenance margin there, inverse", worstInverse, atMost: 1e-9),
    ]
  }

  /// Coins: the maintenance margin is a part of the notional at the price.
  private static func inverse(
    _ side: PositionSide, _ entry: Double, _ rate: Double, _ draws: inout NormalDraws
  ) throws -> Double {
    let notional = draws.between(10, 1e7)
    let position = try InversePerpetual(side: side, entry: entry, notional: notional)
    let margin = notional / entry * draws.between(0.05, 2)
    guard let price = try position.liquidationPrice(margin: margin, maintenanceRate: rate) else { return 0 }
    let maintenance = rate * notional / price
    return (try position.equity(at: price, margin: margin) - maintenance).magnitude / max(margin, maintenance)
  }
}
