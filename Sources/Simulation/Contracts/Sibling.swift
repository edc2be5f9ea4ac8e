package import Ethereum

/// A second vault in a world with `safeRoles`: a Safe, a modifier and shares of its own, in the same market and for the
/// same key. Feeds, tokens and venue are those of the first.
package struct SiblingPlan: Sendable {
  package var safe, roles, shareToken: Address
  package var safeWei: UInt256
  package var baseUnits: UInt256
  package var quoteUnits: UInt256

  package init(safeWei: UInt256, baseUnits: UInt256, quoteUnits: UInt256) {
    func named(_ name: String) -> Address {
      Address(word: Keccak256.hash(utf8: "vaultkeeper simulated sibling " + name).word)
    }
    safe = named("Safe")
    roles = named("Roles")
    shareToken = named("shares")
    self.safeWei = safeWei
    self.baseUnits = baseUnits
    self.quoteUnits = quoteUnits
  }
}

/// What changes of the second vault beside what it owns.
struct SiblingState: Sendable {
  var shares: ShareState
  var roles: RolesState
}

extension WorldPlan {
  /// Who holds what, vault by vault.
  package var holders: [Address] { [holder] + (sibling.map { [$0.safe] } ?? []) }

  /// The plan as the keeper of one vault would describe it: that vault as the only one.
  package func seen(byVault vault: Int) -> WorldPlan {
    guard vault > 0, let sibling else { return self }
    var plan = self
    plan.sibling = nil
    plan.addresses.safe = sibling.safe
    plan.addresses.roles = sibling.roles
    plan.addresses.shareToken = sibling.shareToken
    return plan
  }
}

extension WorldState {
  /// The second vault as it is in the beginning.
  mutating func endow(_ sibling: SiblingPlan, in plan: WorldPlan) {
    native[sibling.safe] = sibling.safeWei
    wrapped.balances[sibling.safe] = sibling.baseUnits
    quote.balances[sibling.safe] = sibling.quoteUnits
    for spender in [plan.addresses.router] {
      let pair = TokenState.Pair(owner: sibling.safe, spender: spender)
      wrapped.allowances[pair] = .max
      quote.allowances[pair] = .max
    }
    sure {
      wrapped.totalSupply = try wrapped.totalSupply + sibling.baseUnits
      quote.totalSupply = try quote.totalSupply + sibling.quoteUnits
    }
    native[plan.addresses.wrappedNative] = wrapped.totalSupply
    let ether = sure { try sibling.baseUnits + sibling.safeWei }
    self.sibling = SiblingState(
      shares: ShareState(
        totalAssets: sure { try sibling.quoteUnits + ether * UInt256(plan.baseAnswer) / VenueScale.power(20) },
        totalSupply: VenueScale.power(23)),
      roles: RolesState(allowance: plan.feeAllowanceWei, allowanceSince: plan.genesisTime))
  }
}

extension ContractMachine {
  /// Whether a contract at this address is the second vault's.
  func isSibling(_ address: Address) -> Bool {
    guard let sibling = plan.sibling else { return false }
    return address == sibling.safe || address == sibling.roles || address == sibling.shareToken
  }

  /// Runs the code of a vault's own contract for the vault that it belongs to.
  mutating func inItsVault(
    _ frame: Frame, _ body: (inout ContractMachine) throws -> [UInt8]
  ) throws -> [UInt8] {
    guard plan.sibling != nil else { return try body(&self) }
    let outer = worksForSibling
    worksForSibling = isSibling(frame.this)
    defer { worksForSibling = outer }
    return try body(&self)
  }

  /// The Safe, the modifier, their state and the shares of the vault whose code is running.
  var safeHere: Address { worksForSibling ? plan.sibling?.safe ?? addresses.safe : addresses.safe }
  var modifierHere: Address { worksForSibling ? plan.sibling?.roles ?? addresses.roles : addresses.roles }
  var sharesHere: ShareState { worksForSibling ? state.sibling?.shares ?? state.shares : state.shares }

  var rolesHere: RolesState {
    get { worksForSibling ? state.sibling?.roles ?? state.roles : state.roles }
    set { if worksForSibling { state.sibling?.roles = newValue } else { state.roles = newValue } }
  }
}

extension ContractWorld {
  package func isPaused(vault: Int) -> Bool { vault == 0 ? isPaused : state.sibling?.shares.isPaused ?? false }

  package mutating func setPaused(_ isPaused: Bool, vault: Int) {
    if vault == 0 { self.isPaused = isPaused } else { state.sibling?.shares.isPaused = isPaused }
  }

  /// Whether the keeper holds its role in a vault.
  package func isRoleHeld(vault: Int) -> Bool {
    guard vault > 0, let roles = state.sibling?.roles else { return isRoleHeld }
    return roles.isKeeperMember && roles.isKeeperEnabled
  }

  package mutating func setRoleHeld(_ isHeld: Bool, vault: Int) {
    if vault == 0 {
      isRoleHeld = isHeld
    } else {
      state.sibling?.roles.isKeeperMember = isHeld
      if isHeld { state.sibling?.roles.isKeeperEnabled = true }
    }
  }

  /// Why nobody should act on what this state shows of a vault; nil where nothing speaks against it.
  func standstill(vault: Int) -> String? {
    if isPaused(vault: vault) { return "the vault is paused" }
    if plan.account == .safeRoles, !isRoleHeld(vault: vault) { return "the role is revoked" }
    if state.sequencer.answer != .zero { return "the sequencer is down" }
    return nil
  }
}
