package import Contracts
package import Decision
package import Ethereum
package import Outbox

/// The eyes on one vault: it reads, judges and simulates. It has no key, no journal and no way to send.
package struct Watch {
  package let vault: VaultSettings
  /// Who would sign.
  package let keeper: Address
  package var node: Node
  /// Where the files are read that the vault's exposures name.
  let papers: any Papers
  var signedBooks = SignedBooks()
  /// What is read at every head, once it was written out.
  var standingReads: StandingReads?

  package init(vault: VaultSettings, keeper: Address, node: Node, papers: any Papers = NoPapers()) {
    self.papers = papers
    self.vault = vault
    self.keeper = keeper
    self.node = node
  }

  package var lane: LaneID { LaneID(chainID: node.chain.chainID, sender: keeper) }
}

/// Everything seen for one vault in one tick, all at one block hash.
struct Seen: Sendable {
  let look: Look
  /// The endpoint that answered the reads; the simulation asks it first.
  let endpoints: [EndpointID]
  let observation: Observation
  /// Whether the keeper holds its role, and by whose word.
  let role: RoleView
  let evidence: NodeEvidence
  /// What became of the orders we had asked about.
  let fates: [OrderFate]
  /// The venue's reads at this block, for reading its state again after a simulated call.
  let venueReads: VenueReads?
  /// Multicall3's runtime code, where it stands.
  let multicallCode: [UInt8]?
}

struct OrderFate: Sendable {
  let key: Bytes32
  let state: OrderState
  /// When the venue says that it last changed; nil where it does not list it.
  let updatedAt: UInt64?
}

/// The venue's two rounds of reads as they were asked, and what they were read with.
struct VenueReads: Sendable {
  let first: [Read]
  let second: [Read]
  let price: Price
  let collateralPrice: Price
}

/// An order of ours whose fate is to be looked up, and the block from which on its logs can lie.
struct OrderQuestion: Sendable {
  let key: Bytes32
  let fromBlock: UInt64
}

/// Why a tick could not see: the nodes, or an answer that makes no sense in the vault's contracts.
package enum WatchFailure: Error, CustomStringConvertible {
  case node(NodeFailure)
  case contracts(ContractsError)
  /// The judgement could not be calculated: numbers too large, or a quote the venue cannot give.
  case decision(DecisionError)
  /// None of the kinds above, by its own words.
  case other(String)

  init(_ error: any Error) {
    switch error {
    case let failure as NodeFailure: self = .node(failure)
    case let failure as ContractsError: self = .contracts(failure)
    case let failure as DecisionError: self = .decision(failure)
    case let failure as WatchFailure: self = failure
    default: self = .other("\(error)")
    }
  }

  package var description: String {
    switch self {
    case .node(let failure): failure.description
    case .contracts(let error): error.description
    case .decision(let error): error.description
    case .other(let text): text
    }
  }

  package var code: String {
    switch self {
    case .node(let failure): failure.code
    case .contracts: "answerImplausible"
    case .decision: "notCalculable"
    case .other: "unexpected"
    }
  }
}
