import Contracts

/// Whether the keeper holds its role, as the endpoints tell it.
struct RoleView: Hashable, Sendable {
  /// What the tick is judged by: what is agreed, or the word of the endpoint that answers the reads. A lie costs a
  /// refusal, or meets the simulation.
  let isHeld: Bool
  /// What as many endpoints say as the quorum needs; nil where they do not agree, or fewer were asked.
  let agreed: Bool?
  /// Endpoints that say otherwise.
  let contradictions: [NodeFailure]

  init(isHeld: Bool, agreed: Bool?, contradictions: [NodeFailure] = []) {
    self.isHeld = isHeld
    self.agreed = agreed
    self.contradictions = contradictions
  }

  /// - Parameter opinions: that of the endpoint of the reads first.
  init(_ opinions: [Opinion], of account: any Account, needed: Int) {
    let words: [(endpoint: EndpointID, isHeld: Bool)] = opinions.compactMap { opinion in
      switch opinion.probe {
      case .success(.returned)?: (opinion.endpoint, account.isRoleHeld(probeRevert: nil))
      case .success(.reverted(let data))?: (opinion.endpoint, account.isRoleHeld(probeRevert: data))
      case .failure?, nil: nil
      }
    }
    guard let first = words.first else {
      // Nobody was asked: there is no role to hold.
      self.init(isHeld: true, agreed: true)
      return
    }
    let agreed = [true, false].first { word in words.count { $0.isHeld == word } >= needed }
    let isHeld = agreed ?? first.isHeld
    self.init(
      isHeld: isHeld, agreed: agreed,
      contradictions: words.filter { $0.isHeld != isHeld }.map {
        .contradicting($0.endpoint, what: "it says that the keeper's role is \($0.isHeld ? "held" : "missing")")
      })
  }
}
