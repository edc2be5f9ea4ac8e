import Contracts
import Ethereum
import Quant

/// Positions of one venue that answer for one another, with the collateral they share: closed together where equity
/// falls to maintenance,
///
///     equity(P) = E + Σ qᵢ (P − P₀)    maintenance(P) = m P Σ |qᵢ|
///
/// with E what collateral, profits and free collateral are worth now less what is owed. It is `CommonShock` with every
/// position on one price.
struct CrossAccount: Hashable, Sendable {
  /// E less maintenance at the price of now, USD.
  private let shock: CommonShock
  private let price: Double
  private let maintenanceRate: Double

  /// Nil without a position, and where a number is beyond the formula.
  init?(_ positions: [Position], _ shared: SharedMargin, price: Price) throws(ContractsError) {
    let open = positions.filter { !$0.quantity.isZero }
    guard !open.isEmpty, !price.isZero else { return nil }
    var equity = shared.freeCollateral
    // Funding that waits to be collected answers for nothing before it is.
    for position in open {
      equity = try equity + position.collateralValue + position.unrealised - position.pendingFees
    }
    self.price = price.approximateDouble
    maintenanceRate = shared.maintenanceRate.approximateDouble
    do {
      var holdings: [CommonShock.Holding] = []
      // What a position has gained until now is in the equity, so that each counts from the price of now.
      for position in open {
        holdings.append(
          try CommonShock.Holding(
            price: self.price, beta: 1, collateral: 0, haircut: 0, position: position.quantity.approximateDouble,
            entry: self.price, maintenanceRate: maintenanceRate))
      }
      shock = try CommonShock(cash: equity.approximateDouble, holdings: holdings)
    } catch {
      return nil
    }
  }

  /// The prices at which the account is closed, below and above, each with the largest position that a move there
  /// hurts. Rounded to six places.
  func levels(_ positions: [Position]) throws(ContractsError) -> [(position: Position, price: Price)] {
    var levels: [(position: Position, price: Price)] = []
    let net = try positions.total()
    // The side that the net position is hurt by first: an account that is past its maintenance is so at once on both.
    for isAbove in [net.isNegative, !net.isNegative] {
      let hurt = positions.filter { !$0.quantity.isZero && $0.quantity.isNegative == isAbove }
      guard var largest = hurt.first, let level = try level(isAbove: isAbove) else { continue }
      for position in hurt.dropFirst() where try position.quantity.absolute() > largest.quantity.absolute() {
        largest = position
      }
      levels.append((largest, level))
    }
    return levels
  }

  private func level(isAbove: Bool) throws(ContractsError) -> Price? {
    do {
      // A price a thousand times as high is as good as none.
      let move = isAbove ? try shock.liquidationRise(until: 1_000) : try shock.liquidationFall()
      guard let move else { return nil }
      return try Price(nearest: price * (1 + move), places: 6)
    } catch {
      return nil
    }
  }

  /// Equity less maintenance where the price is `level`, rounded to the millionth below.
  func excess(at level: Price) throws(ContractsError) -> Usd {
    let sum: Double
    do { sum = try shock.excess(at: level.approximateDouble / price - 1) } catch {
      throw .implausible(what: "the margin of the account at \(level)", value: "\(error)")
    }
    return try Usd(nearest: sum, places: 6) - Usd(raw: 1_000_000_000_000)
  }

  /// How much of a position must go so that the account is not closed before `safe`; all of it where that is not
  /// enough.
  /// - Parameter fee: of a trade of one unit.
  func reduction(
    until safe: Price, price: Price, fee: Price, of size: Quantity
  ) throws(ContractsError) -> Quantity {
    let lacking = try excess(at: safe).negated()
    guard lacking.isPositive else { return .zero }
    let gain =
      (safe.approximateDouble - self.price).magnitude + maintenanceRate * safe.approximateDouble
      - fee.approximateDouble
    guard gain > 0 else { return size }
    let wanted = lacking.approximateDouble / gain
    guard wanted < size.approximateDouble else { return size }
    return min(try Quantity(nearest: wanted, places: 9) + Quantity(raw: 1_000_000_000), size)
  }
}
