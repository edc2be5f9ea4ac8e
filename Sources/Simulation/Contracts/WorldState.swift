import Ethereum

/// Everything that changes in a simulated world. A value: copies share their arrays until one of them changes.
struct WorldState: Sendable {
  var native = SortedMap<Address, UInt256>()
  var wrapped = TokenState()
  var quote = TokenState()
  var baseFeed: FeedState
  var quoteFeed: FeedState
  var sequencer: FeedState
  var shares: ShareState
  var roles: RolesState
  var venue = MarketState()
  var records = WorldRecords()
  /// The second vault, where there is one.
  var sibling: SiblingState?
  /// Moves the price that orders execute at away from the feed's, as the dev chain's oracle does.
  var executionShiftBasisPoints: Int64 = 0
}

struct TokenState: Sendable {
  var balances = SortedMap<Address, UInt256>()
  var allowances = SortedMap<Pair, UInt256>()
  var totalSupply = UInt256.zero

  /// Owner and spender.
  struct Pair: Comparable, Sendable {
    let owner, spender: Address
    static func < (left: Pair, right: Pair) -> Bool {
      left.owner == right.owner ? left.spender < right.spender : left.owner < right.owner
    }
  }
}

/// The newest round of a feed; earlier rounds are not kept, since nobody asks for them.
struct FeedState: Sendable {
  var round: UInt256
  var answer: Int256
  var startedAt: UInt256
  var updatedAt: UInt256
  let decimals: UInt64
}

struct ShareState: Sendable {
  var totalAssets: UInt256
  var totalSupply: UInt256
  var isPaused = false
}

struct RolesState: Sendable {
  /// The Safe has the modifier enabled as its module.
  var isModuleEnabled = true
  /// The keeper is one of the modifier's modules; a former member of a role stays one.
  var isKeeperEnabled = true
  var isKeeperMember = true
  /// Wei of execution fees that may still be sent, and since when.
  var allowance: UInt256
  var allowanceSince: UInt64
}

struct MarketState: Sendable {
  var uints = SortedMap<Bytes32, UInt256>()
  var ints = SortedMap<Bytes32, Int256>()
  var bools = SortedMap<Bytes32, Bool>()
  /// Enumerable sets: removing puts the last into the gap, as the contract does.
  var sets = SortedMap<Bytes32, [Bytes32]>()
  var orders = SortedMap<Bytes32, VenueOrder>()
  var positions = SortedMap<Bytes32, VenuePosition>()
  /// What each bank has recorded of its balances: what came in is the difference to it.
  var recordedInOrderVault = (wrapped: UInt256.zero, quote: UInt256.zero)
  /// The router holds the roles it needs. A router of an older release loses them.
  var isRouterController = true

  func uint(_ key: Bytes32) -> UInt256 { uints[key] ?? .zero }

  mutating func add(_ key: Bytes32, _ amount: UInt256) throws { uints[key] = try uint(key) + amount }

  mutating func insert(_ item: Bytes32, into set: Bytes32) {
    var items = sets[set] ?? []
    guard !items.contains(item) else { return }
    items.append(item)
    sets[set] = items
  }

  mutating func remove(_ item: Bytes32, from set: Bytes32) {
    guard var items = sets[set], let index = items.firstIndex(of: item) else { return }
    items[index] = items[items.count - 1]
    items.removeLast()
    sets[set] = items.isEmpty ? nil : items
  }
}

/// Order types by the protocol's numbers.
package enum VenueOrderType: UInt8, Hashable, Sendable {
  case marketSwap = 0, limitSwap, marketIncrease, limitIncrease, marketDecrease, limitDecrease, stopLossDecrease
  case liquidation, stopIncrease

  package var isIncrease: Bool { self == .marketIncrease || self == .limitIncrease || self == .stopIncrease }
  package var isMarket: Bool { self == .marketIncrease || self == .marketDecrease || self == .liquidation }
}

struct VenueOrder: Hashable, Sendable {
  let key: Bytes32
  let account, receiver, cancellationReceiver, callbackContract, uiFeeReceiver: Address
  let market, collateralToken: Address
  let type: VenueOrderType
  let swapType: UInt8
  var sizeDeltaUsd: UInt256
  var collateralDelta: UInt256
  var triggerPrice: UInt256
  var acceptablePrice: UInt256
  var executionFee: UInt256
  let callbackGasLimit: UInt256
  var minimumOutput: UInt256
  var updatedAt: UInt256
  var validFrom: UInt256
  let isLong: Bool
  let unwrapsNative: Bool
  var isFrozen = false
  var autoCancel: Bool
  let dataList: [Bytes32]
  /// Not the contract's: when it was placed or amended, for the order keeper's patience.
  var changedInBlock: UInt64

  var backTo: Address { cancellationReceiver == .zero ? account : cancellationReceiver }
}

struct VenuePosition: Hashable, Sendable {
  let key: Bytes32
  let account, market, collateralToken: Address
  let isLong: Bool
  var sizeInUsd = UInt256.zero
  var sizeInTokens = UInt256.zero
  var collateralAmount = UInt256.zero
  var pendingImpactAmount = Int256.zero
  var borrowingFactor = UInt256.zero
  var fundingFeePerSize = UInt256.zero
  var longClaimablePerSize = UInt256.zero
  var shortClaimablePerSize = UInt256.zero
  var increasedAt = UInt256.zero
  var decreasedAt = UInt256.zero
}
