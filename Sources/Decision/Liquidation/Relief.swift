package import Contracts
import Ethereum

/// How a position in danger is made safe: the rung of the ladder that this look takes. Collateral that lies free in the
/// vault comes first, where there is enough of it and adding it costs no more than the reduction: it trades nothing, so
/// the hedge stays what it is and need not be bought again. Else the position is made smaller; what one order cannot do
/// is measured anew at the next look, where a smaller position needs less of either.
package struct Relief: Hashable, Sendable {
  /// Why no collateral is added. The raw values are stable: reports carry them.
  package enum Gap: String, Hashable, Sendable, Codable, CaseIterable {
    /// The venue cannot.
    case notOffered
    /// The policy lets none of the vault's collateral go into it.
    case switchedOff
    /// There is no price as far away as a position must be to be safe.
    case noSafePrice
    case tooLittleCollateral
    /// The venue says it cannot for this position, as where it is backed by another token.
    case notQuoted
    /// The reduction costs less.
    case dearer
  }

  /// nil where the position is made smaller.
  package let topUp: TopUp?
  /// nil where collateral is added.
  package let gap: Gap?
  /// What makes the position safe by itself; nil where nothing does.
  package let needed: Usd?
  /// What of the vault's free collateral the policy lets one top-up take.
  package let allowed: Usd
  /// Fee, impact, and what the venue's execution costs where the native currency has a price; nil where it was not
  /// quoted.
  package let costOfAdding: Usd?
  package let costOfReducing: Usd?

  /// - Parameter quote: the venue's.
  init(
    _ risk: LiquidationRisk, reducing reduction: Trade, _ assessment: Assessment, policy: Policy,
    capabilities: Capabilities, nativePrice: Price?, quote: (VenueAction) throws(ContractsError) -> Quote
  ) throws(ContractsError) {
    let rule = policy.execution?.liquidation
    let share = rule?.topUp ?? .zero
    allowed = try assessment.collateralFree.scaled(by: share, rounding: .down)
    var needed: Usd?
    if let rule, let safe = try risk.level(sigmas: rule.safeSigmas, from: assessment.price) {
      let short = try risk.shortfall(at: safe)
      needed = short.isPositive ? short : nil
    }
    self.needed = needed
    guard capabilities.topUp, share.isPositive, let needed, needed <= allowed else {
      gap = Relief.gap(isOffered: capabilities.topUp, share: share, needed: needed)
      (topUp, costOfAdding, costOfReducing) = (nil, nil, nil)
      return
    }
    let wanted = TopUp(
      position: risk.position, value: needed,
      worstPrice: try Pricing(price: assessment.price, policy: policy).worstPrice(toppingUp: risk.position))
    costOfAdding = try Relief.cost(of: .topUp(wanted), nativePrice, quote)
    costOfReducing = try Relief.cost(of: .place(reduction), nativePrice, quote)
    switch (costOfAdding, costOfReducing) {
    case (nil, _): (topUp, gap) = (nil, .notQuoted)
    case (let adding?, let reducing?) where adding > reducing: (topUp, gap) = (nil, .dearer)
    // A reduction that the venue does not take leaves this one.
    case (_?, _): (topUp, gap) = (wanted, nil)
    }
  }

  private static func gap(isOffered: Bool, share: Ratio, needed: Usd?) -> Gap {
    guard isOffered else { return .notOffered }
    guard share.isPositive else { return .switchedOff }
    return needed == nil ? .noSafePrice : .tooLittleCollateral
  }

  /// Nil where the venue does not quote it: what is placed is quoted again, and says what is wrong.
  private static func cost(
    of action: VenueAction, _ nativePrice: Price?, _ quote: (VenueAction) throws(ContractsError) -> Quote
  ) throws(ContractsError) -> Usd? {
    let quoted: Quote
    do { quoted = try quote(action) } catch { return nil }
    guard let nativePrice else { return try quoted.fee + quoted.impact }
    let native = try Quantity(units: quoted.upfrontFeeWei, decimals: 18, rounding: .up)
    return try quoted.fee + quoted.impact + nativePrice.value(of: native, rounding: .up)
  }

  func figures() throws(ContractsError) -> [Figure] {
    var figures: [Figure] = []
    if let needed {
      figures.append(try .usd("collateral to be safe", needed, from: "equity lacking at the safe price"))
    }
    figures.append(try .usd("collateral to give", allowed, from: "vault's free collateral × policy's part"))
    if let costOfAdding {
      figures.append(try .usd("cost of adding collateral", costOfAdding, from: "venue's quote, its fee included"))
    }
    if let costOfReducing {
      figures.append(try .usd("cost of reducing", costOfReducing, from: "venue's quote: fee, impact, its fee"))
    }
    figures.append(
      .word("way to safety", topUp == nil ? "reduce" : "top up", from: gap?.rawValue ?? "enough, and no dearer"))
    return figures
  }
}
