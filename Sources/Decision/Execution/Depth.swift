package import Contracts
import Ethereum
import Quant

/// How much one order may trade before the market moves by more than it is worth.
package struct Depth: Hashable, Sendable {
  package enum Limit: String, Hashable, Sendable, Codable {
    /// A larger order would move the price by more than the policy's part, and by more than one more order's gas.
    case impact
    /// The schedule's own clip.
    case configured
    /// A larger swap could be traded around at a profit, whatever its price bound.
    case sandwich
  }
  /// Magnitude.
  package let largest: Quantity
  package let limit: Limit
  /// Of an order of that size, by the venue's quote; nil where it could not say.
  let impact: Usd?
}

/// What the venue quotes for market orders of several sizes.
struct DepthSearch {
  let venue: any Venue
  let state: VenueState
  let pricing: Pricing
  /// The sign of the change.
  let isSale: Bool
  let reduceOnly: Bool
  let gasPriceWei: UInt256
  let rule: ScheduleRule
  /// Gas and upfront fee of one more order, dollars; nil where the native currency has no price.
  let fixedCost: Usd?

  /// The tightest of the limits; nil where `due` may be traded at once, or nobody can tell.
  func depth(of due: Quantity) throws(ContractsError) -> Depth? {
    var tightest: Depth?
    func consider(_ size: Quantity?, _ limit: Depth.Limit) throws(ContractsError) {
      guard let size, size < tightest?.largest ?? due else { return }
      tightest = Depth(largest: size, limit: limit, impact: try quote(size)?.impact)
    }
    try consider(try largestByImpact(due), .impact)
    try consider(try rule.clip?.quantity(at: pricing.price, rounding: .down), .configured)
    try consider(try largestUnsandwiched(), .sandwich)
    return tightest
  }

  /// Nil where the venue has no quote for that size.
  func quote(_ size: Quantity) throws(ContractsError) -> Quote? {
    guard !size.isZero else { return nil }
    let trade = try pricing.market(isSale ? size.negated() : size, reduceOnly: reduceOnly)
    do {
      return try venue.quote(.place(trade), state: state, price: pricing.price, gasPriceWei: gasPriceWei)
    } catch {
      // A size that cannot be traded says nothing of the depth; the order itself will be quoted again.
      return nil
    }
  }

  /// The largest size whose impact is within the policy's part of its value, or costs no more than the gas that one
  /// more order would: at c n² of impact, orders of √(F/c) cost least together.
  private func largestByImpact(_ due: Quantity) throws(ContractsError) -> Quantity? {
    guard let whole = try quote(due), try !isAcceptable(whole) else { return nil }
    var (tooLarge, good) = (due, Quantity.zero)
    // A twelfth halving is a four-thousandth: a market that shallow is none.
    for _ in 0..<12 {
      let half = try tooLarge.scaled(by: Self.half, rounding: .down)
      guard let quoted = try quote(half) else { break }
      if try isAcceptable(quoted) {
        good = half
        break
      }
      tooLarge = half
    }
    guard good.isPositive else { return tooLarge < due ? tooLarge : nil }
    // To a sixteenth of itself.
    for _ in 0..<4 {
      let middle = try (good + tooLarge).scaled(by: Self.half, rounding: .down)
      guard let quoted = try quote(middle) else { break }
      if try isAcceptable(quoted) { good = middle } else { tooLarge = middle }
    }
    return good
  }

  private func isAcceptable(_ quote: Quote) throws(ContractsError) -> Bool {
    let value = try pricing.price.value(of: quote.change.absolute(), rounding: .down)
    let tolerated = try value.scaled(by: rule.impact, rounding: .down)
    return quote.impact <= max(tolerated, fixedCost ?? .zero)
  }

  /// What cannot be traded around in a pool: about the pool's fee times what it holds of the token that goes in.
  private func largestUnsandwiched() throws(ContractsError) -> Quantity? {
    guard venue.capabilities.counterparty == .pool, let pool = state.terms.pool else { return nil }
    let reserve =
      isSale ? pool.base.approximateDouble : pool.quote.approximateDouble / pricing.price.approximateDouble
    do {
      return try Quantity(
        nearest: Sandwich.largestSafeClip(reserveIn: reserve, fee: pool.fee.approximateDouble), places: 6)
    } catch {
      // A pool without reserves is no market.
      return nil
    }
  }

  private static let half = Ratio(raw: 500_000_000_000_000_000)
}
