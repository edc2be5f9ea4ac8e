import Contracts
import Ethereum
import Testing

@testable import Decision

/// Every small state: drift × standing orders × policies × venues. What holds in all of them.
struct StateSpaceTests {
  private static let bases: [Quantity] = [
    0, 9.59, 10, 10.41, 11, 20,
  ]

  private static let orderSets: [[OpenOrder]] = {
    var sets: [[OpenOrder]] = [[]]
    let changes: [Quantity] = [-20, -10, -0.5, 0.1, 10]
    for change in changes {
      let isSale = change.isNegative
      let near: Price = isSale ? 3003 : 2997
      let reached: Price = isSale ? 2990 : 3010
      let far: Price = isSale ? 3100 : 2900
      let bound: Price = isSale ? 2970 : 3030
      for (age, trigger) in [(60, near), (60, reached), (60, far), (5000, near)] as [(UInt64, Price)] {
        sets.append([
          World.order(change, trigger: trigger, acceptable: bound, updatedAt: World.now - age, collateral: 10_000)
        ])
      }
      sets.append([World.order(change, acceptable: nil)])
      sets.append([World.order(change, state: .frozen(reason: ""), trigger: near, acceptable: bound)])
      sets.append([World.order(change, state: .unknown, trigger: near, acceptable: bound)])
      for age: UInt64 in [60, 400, 4000] {
        sets.append([
          World.order(
            change, kind: .marketIncrease, state: .pending, trigger: nil, acceptable: bound,
            updatedAt: World.now - age)
        ])
      }
      sets.append([
        World.order(change, key: 1, trigger: near, acceptable: bound),
        World.order(-1, key: 2),
      ])
    }
    return sets
  }()

  private static func policies(_ execution: ExecutionRules? = nil) throws -> [Policy] {
    var policies: [Policy] = []
    for (target, basis, reset) in [
      (.absolute(10), .target, .edge), (.fractionOfNetAssetValue(0.3), .target, .centre),
      (.absolute(0), .netAssetValue, .centre), (.fractionOfNetAssetValue(-0.1), .netAssetValue, .edge),
    ] as [(Target, FixedBand.Basis, FixedBand.Reset)] {
      for (urgent, patience, bound) in [(50, 600, 0.01), (2, 0, 0.5)] as [(Ratio, UInt64, Ratio)] {
        policies.append(
          try World.policy(
            target: target, band: FixedBand(width: 0.04, of: basis, reset: reset), maximumClip: 20_000,
            orders: World.orders(patience: patience, urgentBands: urgent), priceBound: bound,
            execution: execution))
      }
    }
    return policies
  }

  private static let venues: [ScriptedVenue] = {
    var stiff = ScriptedVenue()
    stiff.capabilities.modify = false
    return [ScriptedVenue(), stiff]
  }()

  private static let positionSets: [[Position]] = [[], [World.short(-3)]]

  @Test func whatHoldsEverywhere() throws {
    var judged = 0
    var acted = 0
    for policy in try Self.policies() {
      for base in Self.bases {
        for positions in Self.positionSets {
          for orders in Self.orderSets {
            let observation = World.observation(
              vault: World.vault(base: base), positions: positions, orders: orders)
            let isFirst = positions.isEmpty && !orders.isEmpty
            for venue in isFirst ? Self.venues : [Self.venues[0]] {
              let judgement = try World.judgement(observation, policy: policy, venue: venue)
              let isHolding = try holds(judgement, observation, policy, venue)
              #expect(isHolding, "base \(base), \(positions.map(\.quantity)), \(orders), \(policy)")
              judged += 1
              if judgement.verdict.approved != nil { acted += 1 }
            }
          }
        }
      }
    }
    #expect(judged > 5_000 && acted > 1_000, "\(judged) judged, \(acted) acted")
  }

  /// The same where resting is weighed against crossing, corrections are sliced, and liquidations anticipated.
  @Test func whatHoldsEverywhereWithTheRulesOfExecution() throws {
    let positionSets = [[], [World.short(-3)], [World.short(-3, liquidationPrice: 3040)]]
    let venue = ScriptedVenue(impactPerSquare: 1)
    var (judged, acted, reduced, toppedUp, sliced) = (0, 0, 0, 0, 0)
    for policy in try Self.policies(ExecutionRules()) {
      for base in Self.bases {
        for positions in positionSets {
          for orders in Self.orderSets {
            // Half of those in danger find collateral, half do not.
            let isPoor = positions.first?.liquidationPrice != nil && judged.isMultiple(of: 2)
            let observation = World.observation(
              vault: World.vault(base: base), positions: positions, orders: orders,
              terms: World.terms(collateral: isPoor ? 0 : 40_000))
            let judgement = try World.judgement(
              observation, policy: policy, circumstances: World.known(), venue: venue)
            let isHolding = try holds(judgement, observation, policy, venue)
            #expect(isHolding, "base \(base), \(positions.map(\.quantity)), \(orders), \(policy)")
            judged += 1
            if judgement.verdict.approved != nil { acted += 1 }
            if judgement.reasons.last == .deRisk { reduced += 1 }
            if judgement.reasons.last == .topUp { toppedUp += 1 }
            if judgement.plan?.schedule != nil { sliced += 1 }
          }
        }
      }
    }
    #expect(
      judged > 5_000 && acted > 1_000 && reduced > 100 && toppedUp > 100 && sliced > 500,
      "\(judged) \(acted) \(reduced) \(toppedUp) \(sliced)")
  }

  /// Plain Booleans: the macros are too slow for every state.
  private func holds(
    _ judgement: Judgement, _ observation: Observation, _ policy: Policy, _ venue: ScriptedVenue
  ) throws -> Bool {
    guard let assessment = judgement.assessment, let calibration = judgement.calibration,
      let plan = judgement.plan
    else { return false }
    let trades = plan.actions.compactMap(\.trade)
    let isInside = try calibration.band.contains(assessment.drift)
    // Approved or refused, and never an action without approval of every guard.
    if judgement.verdict.approved == nil && judgement.code == nil { return false }
    if plan.actions.isEmpty && judgement.verdict.approved != nil { return false }
    // Inside the band nothing trades; without orders nothing is done at all.
    if isInside && !trades.isEmpty && plan.deRisk == nil { return false }
    if isInside && plan.deRisk == nil && observation.venue?.orders.isEmpty == true && judgement.code != .insideBand {
      return false
    }
    if trades.count > 1 { return false }
    for planned in plan.actions {
      if let topUp = planned.topUp {
        // Only where a position is in danger, alone but for what is taken back, of what the vault has, and bounded.
        let floor = try assessment.price.scaled(by: .one - policy.priceBound, rounding: .up)
        let isSound =
          plan.deRisk != nil && trades.isEmpty && planned.reason == .topUp && topUp.value <= assessment.collateralFree
          && topUp.worstPrice >= floor
        if !isSound || plan.turnover != .zero { return false }
      }
      guard let trade = planned.trade else { continue }
      if plan.deRisk != nil {
        if try !isReduction(trade, observation) || planned.reason != .deRisk { return false }
        continue
      }
      if try !isSound(trade, assessment, calibration, policy) { return false }
      if case .place = planned.action, try !isAlone(plan, observation) { return false }
    }
    guard let approved = judgement.verdict.approved else { return true }
    return try isClearedAsPlanned(approved, venue)
  }

  /// Bounded, toward the target, and at its worst fill not beyond the far edge.
  private func isSound(
    _ trade: Trade, _ assessment: Assessment, _ calibration: Calibration, _ policy: Policy
  ) throws -> Bool {
    let isSale = trade.change.isNegative
    let bound: Price = try assessment.price.scaled(
      by: isSale ? .one - policy.priceBound : .one + policy.priceBound, rounding: isSale ? .up : .down)
    guard !trade.worstPrice.isZero, isSale ? trade.worstPrice >= bound : trade.worstPrice <= bound else {
      return false
    }
    var sizing = assessment.price
    if case .limit(let limit) = trade.kind {
      guard isSale ? limit >= trade.worstPrice : limit <= trade.worstPrice else { return false }
      sizing = max(sizing, limit)
    }
    guard isSale != assessment.drift.isNegative else { return false }
    // An order sized in dollars gives more of the base asset the lower it fills.
    let worst = try sizing.value(of: trade.change, rounding: .awayFromZero)
      .quantity(at: min(trade.worstPrice, assessment.price), rounding: .awayFromZero)
    let after = try assessment.drift + worst
    let size = try after.absolute()
    return after.isNegative == assessment.drift.isNegative || size <= calibration.band.halfWidth
  }

  /// What may leave the target: it takes from a position, no more than there is, at a bound, and cannot open another.
  private func isReduction(_ trade: Trade, _ observation: Observation) throws -> Bool {
    let held = try (observation.venue?.positions ?? []).total()
    let isWithin = try trade.change.absolute() <= held.absolute()
    return trade.reduceOnly && trade.kind == .market && trade.change.isNegative != held.isNegative && isWithin
      && !trade.worstPrice.isZero
  }

  /// A new order stands alone: none is left, and any that stood is taken back in the same transaction.
  private func isAlone(_ plan: Plan, _ observation: Observation) throws -> Bool {
    let standing = (observation.venue?.orders ?? []).filter(\.isStanding).count
    return plan.standing.isEmpty && plan.actions.count(where: \.isCancel) == standing
  }

  /// What the venue then shows is what the clearance wants to see.
  private func isClearedAsPlanned(_ approved: Approved, _ venue: ScriptedVenue) throws -> Bool {
    let proposal = try approved.proposal(at: venue, through: ScriptedAccount())
    var state = approved.venueState
    for planned in approved.plan.actions {
      state = try venue.after(planned.action, state, price: approved.assessment.price, now: World.now)
    }
    let simulation = Simulation(
      dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: nil, postState: state)
    return try Clearance(proposal, simulation).cleared != nil
  }

  /// Judge, place, fill, judge again: every start ends inside the band, or says why not.
  @Test func everyStartComesHome() throws {
    for policy in try Self.policies() + Self.policies(ExecutionRules()) {
      for base in Self.bases {
        for start in Self.positionSets {
          let end = try settle(base: base, positions: start, policy: policy)
          #expect(end == .insideBand || end == .belowMinimumClip, "base \(base), \(start.map(\.quantity)), \(policy)")
        }
      }
    }
  }

  private func settle(base: Quantity, positions: [Position], policy: Policy) throws -> Refusal.Code? {
    var net = try positions.total()
    for _ in 0..<40 {
      let observation = World.observation(
        vault: World.vault(base: base), positions: net.isZero ? [] : [World.short(net)],
        terms: World.terms(collateral: 1_000_000))
      let judgement = try World.judgement(observation, policy: policy, venue: ScriptedVenue(impactPerSquare: 0.5))
      guard let trade = judgement.plan?.actions.first?.trade else { return judgement.code }
      net = try net + trade.change
    }
    return nil
  }

  /// Too long and too short are treated alike.
  @Test func symmetricInSign() throws {
    for distance in [0.3, 0.5, 1, 5, 9] as [Quantity] {
      let band = FixedBand(width: 0.01, of: .netAssetValue, reset: .edge)
      let long = try World.judgement(policy: World.policy(target: .absolute(20 - distance), band: band))
      let short = try World.judgement(policy: World.policy(target: .absolute(20 + distance), band: band))
      let sale = long.plan?.actions.first?.trade?.change
      let purchase = short.plan?.actions.first?.trade?.change
      #expect(try sale == purchase?.negated())
      #expect(long.code == short.code)
    }
  }
}
