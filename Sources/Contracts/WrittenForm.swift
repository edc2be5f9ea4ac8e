package import Ethereum

/// A venue as a record names it: all that its quotes and calls are made from, so that a decision can be made again
/// where the configuration file is not at hand.
package enum WrittenVenue: Hashable, Sendable, Codable {
  case gmxV2(GMXv2Configuration)

  /// nil for a venue of no kind a configuration knows.
  package init?(_ venue: any Venue) {
    guard let gmx = venue as? GMXv2Venue else { return nil }
    self = .gmxV2(gmx.configuration)
  }

  package var venue: any Venue {
    switch self {
    case .gmxV2(let configuration): GMXv2Venue(configuration: configuration)
    }
  }

  /// Whether what was read from this venue is what would have been read from `other`: the same contracts, market and
  /// tokens. The size of the impact probe may differ; it is a question of the reading that cannot be asked again.
  package func reads(as other: WrittenVenue) -> Bool {
    switch (self, other) {
    case (.gmxV2(let mine), .gmxV2(let theirs)):
      mine.deployment == theirs.deployment && mine.market == theirs.market && mine.indexToken == theirs.indexToken
        && mine.longToken == theirs.longToken && mine.shortToken == theirs.shortToken
        && mine.collateral == theirs.collateral && mine.longPricing == theirs.longPricing
        && mine.shortPricing == theirs.shortPricing
    }
  }
}

/// An account as a record names it, for wrapping calls as it would.
package enum WrittenAccount: Hashable, Sendable, Codable {
  case eoa(holder: Address, multicall: Address)
  case safeRoles(safe: Address, roles: Address, roleKey: Bytes32, multiSend: Address, multicall: Address)

  /// nil for an account of no kind a configuration knows.
  package init?(_ account: any Account) {
    switch account {
    case let account as EOAAccount: self = .eoa(holder: account.holder, multicall: account.multicall)
    case let account as SafeRolesAccount:
      self = .safeRoles(
        safe: account.safe, roles: account.roles, roleKey: account.roleKey, multiSend: account.multiSend,
        multicall: account.multicall)
    default: return nil
    }
  }

  /// - Parameter venue: batches the calls of an account that has no contract of its own.
  package func account(at venue: any Venue) -> any Account {
    switch self {
    case .eoa(let holder, let multicall): EOAAccount(holder: holder, batcher: venue, multicall: multicall)
    case .safeRoles(let safe, let roles, let roleKey, let multiSend, let multicall):
      SafeRolesAccount(safe: safe, roles: roles, roleKey: roleKey, multiSend: multiSend, multicall: multicall)
    }
  }
}

// MARK: - Units say their form at once

extension Quantity: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Usd: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Ratio: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Price: JSONWritable {
  package var json: JSON { .string(description) }
}
