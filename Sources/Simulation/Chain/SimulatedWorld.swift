package import Ethereum
import Keeper
import Wallet

/// The world outside the program: chain, nodes, time, weather. The program meets it through its doors (`StormDoors`)
/// and can tell nothing else of it; checkers look at it from the other side.
package final class SimulatedWorld {
  package let plan: StormPlan
  package internal(set) var chain: SimulatedChain
  /// The keeper's account.
  package let keeper: Address
  var nodes: [SimulatedNode]
  /// What the makers of blocks have heard of, public or not.
  var builders = TransactionPool()
  var outside: Outside
  var fees: FeeWeather
  package internal(set) var trace: Trace
  package internal(set) var tally = FaultTally()
  package let checkers: Checkers

  /// True time, which nobody in the world knows.
  package internal(set) var milliseconds: UInt64
  let startMilliseconds: UInt64
  /// Where keepers run, and on which one the keeper runs that is at work now.
  var machines: [SimulatedMachine]
  package internal(set) var running = 0
  package internal(set) var tick: UInt64 = 0
  package internal(set) var isCalm = false

  var events: [WorldEvent] = []
  var nextSlot: UInt64
  /// No block is made before this time.
  var stalledUntil: UInt64 = 0
  /// Makers of blocks leave the keeper's transactions out.
  var isCensoring = false
  /// What else happens in a block, after these calls of the keeper. For tests.
  var mischief: ([BlockReceipt], inout ContractWorld) -> Void = { _, _ in }
  private var blocksMade: UInt64 = 0

  let recoverer = Secp256k1()
  var draws: WorldDraws
  /// The newest message, as its endpoint read it.
  var lastAsked: AskedMessage?
  var feeHistory: (place: Int, percentiles: JSON, answer: JSON)?

  // The life and death of the process.
  package internal(set) var boundaries: UInt64 = 0
  /// The process dies at the boundary with this number.
  package var deathAt: UInt64?
  /// What the last boundary was, for a crash's line in the trace.
  package internal(set) var lastBoundary: StaticString = "start"
  var haltReason: String?
  /// Since which tick the operator's marker lies there.
  var haltSinceTick: UInt64 = 0
  /// The process at work is stopped at the boundary with this number, and goes on later.
  var pauseAt: UInt64?
  /// What happens meanwhile.
  var whilePaused: () -> Void = {}
  /// The store of the keepers' lease, where there are two.
  var leaseStore: LeaseStore?
  var spells = StormSpells()
  /// The keeper's key in a stranger's hands.
  let intruder: LocalSigner

  init(plan: StormPlan, signer: LocalSigner, contracts: ContractWorld, keepsTrace: Bool = false) {
    self.plan = plan
    keeper = signer.address
    intruder = signer
    startMilliseconds = StormPlan.startUnixSeconds * 1_000
    milliseconds = startMilliseconds
    nextSlot = startMilliseconds + 12_000
    draws = WorldDraws(seed: plan.seed)
    outside = Outside(plan)
    fees = FeeWeather(plan)
    trace = Trace(keepsLines: keepsTrace)
    checkers = Checkers(plan: plan)
    let genesis = SimulatedBlock(
      number: 20_000_000, hash: Keccak256.hash(Array("genesis \(plan.seed)".utf8)), parentHash: .zero, parent: nil,
      timestamp: StormPlan.startUnixSeconds, baseFeeWei: UInt256(plan.baseFeeWei),
      gasUsed: SimulatedChain.gasLimit / 2, tipWei: 1_000_000_000, receipts: [], logs: [], nonce: 0,
      vaults: contracts.plan.holders.map { _ in .untouched }, contracts: contracts)
    chain = SimulatedChain(genesis: genesis)
    machines = (0..<plan.scene.keeperCount).map { _ in SimulatedMachine() }
    nodes = (0..<plan.nodeCount).map {
      SimulatedNode(endpoint: EndpointID(index: $0, name: "node\($0)"), tip: 0, isRelay: false)
    }
    nodes += plan.relays.map { SimulatedNode(endpoint: $0, tip: 0, isRelay: true) }
  }

  // MARK: Time

  /// Lets the world go on to a time: blocks are made, news travels.
  func advance(to target: UInt64) {
    while true {
      let next = events.first?.time ?? .max
      if nextSlot <= target, nextSlot <= next {
        milliseconds = max(milliseconds, nextSlot)
        passSlot()
      } else if next <= target {
        let event = events.removeFirst()
        milliseconds = max(milliseconds, event.time)
        happen(event)
      } else {
        break
      }
    }
    milliseconds = max(milliseconds, target)
  }

  func schedule(_ kind: WorldEvent.Kind, at time: UInt64) {
    let place = events.firstIndex { $0.time > time } ?? events.count
    events.insert(WorldEvent(time: time, kind: kind), at: place)
  }

  private func happen(_ event: WorldEvent) {
    switch event.kind {
    case .arrival(let node, let place): arrive(place, at: node)
    case .gossip(let target, let transaction): hear(transaction, at: target)
    }
  }

  // MARK: Blocks

  private func passSlot() {
    let slot = nextSlot
    nextSlot += 12_000
    if !isCalm, !plan.isQuiet, draws.blocks.chance(of: 1_500) {
      tally.count(.missedSlots)
      return
    }
    if slot < stalledUntil { return }
    if !isCalm, draws.blocks.chance(of: plan.reorgChance), reorganise(slot: slot) { return }
    publish(makeBlock(on: chain.tip, timestamp: slot / 1_000))
  }

  /// Takes back some blocks and puts others in their place, one more than they were.
  private func reorganise(slot: UInt64) -> Bool {
    let height = chain.head.number - chain.blocks[0].number
    let wanted = draws.blocks.pick([1, 1, 1, 1, 2, 2, 3, 5, 8] as [UInt64])
    return reorganise(depth: min(wanted, plan.deepestReorg, height), slot: slot)
  }

  /// - Parameter losing: nobody has the transactions that are taken back any more.
  func reorganise(depth: UInt64, slot: UInt64, losing: Bool = false) -> Bool {
    guard depth > 0, let fork = chain.canonicalPlace(at: chain.head.number - depth) else { return false }
    tally.count(.reorg)
    trace.note("reorg", at: milliseconds, [UInt8(truncatingIfNeeded: depth)])
    trace.say("reorg of \(depth) blocks from \(chain.head.number - depth)")
    let orphaned = chain.canonicalPlaces(above: chain.blocks[fork].number)
    let displaced = orphaned.flatMap { chain.blocks[$0].receipts.map(\.transaction) }
    // The side branch was made by builders who had the transactions or not.
    let fate = losing ? 2 : draws.blocks.weighted([50, 30, 20])
    if fate == 1 { for transaction in displaced { builders.drop(transaction.hash) } }
    if fate == 0 { for transaction in displaced { returnToPools(transaction, everywhere: true, at: fork) } }
    if fate == 2, !displaced.isEmpty { tally.count(.poolDrop) }
    var parent = fork
    for step in 1...(depth + 1) {
      let back = (depth + 1 - step) * 12
      let timestamp = max(slot / 1_000 - back, chain.blocks[parent].timestamp + 1)
      parent = makeBlock(on: parent, timestamp: timestamp)
    }
    if fate == 1 { for transaction in displaced { returnToPools(transaction, everywhere: false, at: parent) } }
    publish(parent)
    return true
  }

  /// Takes back the last blocks now; for scripts.
  func reorganiseNow(depth: UInt64, losing: Bool = false) {
    let height = chain.head.number - chain.blocks[0].number
    _ = reorganise(depth: min(depth, height), slot: milliseconds, losing: losing)
  }

  private func returnToPools(_ transaction: PooledTransaction, everywhere: Bool, at place: Int) {
    _ = builders.add(transaction, nonce: chain.blocks[place].nonce, balanceWei: balanceWei(at: place))
    for index in publicNodes where everywhere || draws.blocks.chance(of: 50_000) {
      _ = nodes[index].pool.add(
        transaction, nonce: chain.blocks[place].nonce, balanceWei: balanceWei(at: place))
    }
  }

  func balanceWei(at place: Int) -> UInt256 { chain.blocks[place].contracts?.balance(of: keeper) ?? .zero }

  private func makeBlock(on parent: Int, timestamp: UInt64) -> Int {
    blocksMade += 1
    let number = chain.blocks[parent].number + 1
    let baseFee = chain.nextBaseFeeWei(after: parent)
    let gas = fees.step(baseFeeWei: baseFee, &draws.fees)
    var salt = Array("block".utf8)
    salt += chain.blocks[parent].hash.bytes
    for shift in stride(from: 0, to: 64, by: 8) { salt.append(UInt8(truncatingIfNeeded: blocksMade >> UInt64(shift))) }
    let assembly = BlockAssembly(
      number: number, hash: Keccak256.hash(salt), timestamp: timestamp, baseFeeWei: baseFee, tipWei: gas.tipWei)
    let block = assemble(assembly, on: parent, gasUsed: gas.used)
    let place = chain.append(block)
    builders.settle(minedNonce: block.nonce)
    trace.note("block", at: milliseconds, block.hash.bytes)
    for receipt in block.receipts {
      trace.say(
        "block \(number) has \(receipt.transaction.hash), nonce \(receipt.transaction.nonce), "
          + "\(receipt.succeeded ? "succeeded" : "reverted"), gas \(receipt.gasUsed)")
    }
    return place
  }

  /// Tells the nodes of a new head, each in its own time.
  private func publish(_ place: Int) {
    for index in nodes.indices {
      let delay = isCalm ? draws.gossip.within(100...800) : draws.gossip.within(100...4_000)
      schedule(.arrival(node: index, place: place), at: milliseconds + delay)
    }
  }

  private func arrive(_ place: Int, at index: Int) {
    guard !nodes[index].isDeaf else { return }
    // A node that was away gets everything at once; news that has been overtaken is no news.
    let newest = chain.isCanonical(place) ? place : chain.tip
    if chain.blocks[newest].number >= chain.blocks[nodes[index].tip].number || !chain.isCanonical(nodes[index].tip) {
      nodes[index].tip = newest
    }
    nodes[index].pool.settle(minedNonce: chain.blocks[nodes[index].tip].nonce)
  }

  // MARK: Gossip

  /// A node's pool took a transaction; the others hear of it, most of the time.
  func spread(_ transaction: PooledTransaction, from origin: Int) {
    if nodes[origin].isRelay { return passOn(transaction, from: origin) }
    let isSilent = !isCalm && !plan.isQuiet && draws.gossip.chance(of: 1_500)
    if isSilent { tally.count(.poolDrop) }
    let slow: UInt64 = isCalm ? 600 : 3_000
    if !isSilent { schedule(.gossip(target: nil, transaction), at: milliseconds + draws.gossip.within(50...slow)) }
    guard !isSilent else { return }
    for index in publicNodes where index != origin {
      let isLost = !isCalm && draws.gossip.chance(of: 5_000)
      let delay = draws.gossip.within(50...slow)
      if !isLost { schedule(.gossip(target: index, transaction), at: milliseconds + delay) }
    }
  }

  private func hear(_ transaction: PooledTransaction, at target: Int?) {
    guard let target else {
      _ = builders.add(transaction, nonce: chain.head.nonce, balanceWei: balanceWei(at: chain.tip))
      return
    }
    let tip = nodes[target].tip
    _ = nodes[target].pool.add(transaction, nonce: chain.blocks[tip].nonce, balanceWei: balanceWei(at: tip))
  }
}

/// Something that will happen by itself.
struct WorldEvent {
  enum Kind {
    case arrival(node: Int, place: Int)
    /// nil: at the builders'.
    case gossip(target: Int?, PooledTransaction)
  }

  let time: UInt64
  let kind: Kind
}

/// The world's streams of chance.
struct WorldDraws {
  var blocks: Draws
  var gossip: Draws
  var fees: Draws
  var messages: Draws
  var weather: Draws
  var market: Draws
  var machine: Draws
  var relays: Draws
  var keepers: Draws
  let orders: Draws

  init(seed: UInt64) {
    blocks = Draws(seed: seed, "blocks")
    gossip = Draws(seed: seed, "gossip")
    fees = Draws(seed: seed, "fees")
    messages = Draws(seed: seed, "messages")
    weather = Draws(seed: seed, "weather")
    market = Draws(seed: seed, "market")
    machine = Draws(seed: seed, "machine")
    relays = Draws(seed: seed, "relays")
    keepers = Draws(seed: seed, "keepers")
    orders = Draws(seed: seed, "orders")
  }
}
