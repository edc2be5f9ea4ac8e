extension Halt {
  /// The halts without their evidence, for the documentation and for whoever counts them.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case foreignNonce, wrongChain, corruptJournal, roleRevoked, invariantBreached, lossLimit, byOperator
  }

  package var kind: Kind {
    switch self {
    case .foreignNonce: .foreignNonce
    case .wrongChain: .wrongChain
    case .corruptJournal: .corruptJournal
    case .roleRevoked: .roleRevoked
    case .invariantBreached: .invariantBreached
    case .lossLimit: .lossLimit
    case .byOperator: .byOperator
    }
  }
}

extension Halt.Kind {
  /// One line: what was found.
  package var meaning: String {
    switch self {
    case .foreignNonce: "the chain counts a transaction of the keeper's key that the journal does not know"
    case .wrongChain: "an endpoint serves another chain than it is configured for"
    case .corruptJournal: "the journal does not verify, or tells a story that cannot be true"
    case .roleRevoked: "the vault took the keeper's role away"
    case .invariantBreached: "the block that mined a call does not show what the call was made for"
    case .lossLimit: "a vault's executions have cost more since their best moment than the configuration allows"
    case .byOperator: "a person asked for it, by command or marker; `journal restore` does, too"
    }
  }

  /// One line: what ends it.
  package var remedy: String {
    switch self {
    case .foreignNonce:
      "find the transaction on chain. After a restore it is one of our own: resume. Else the key is stolen: have the "
        + "vault's owner take the role away, then change keys"
    case .wrongChain: "correct the endpoint's URL or chainID, restart, resume"
    case .corruptJournal: "stop, keep the file, `journal restore` the newest backup that verifies"
    case .roleRevoked: "ask the vault's owner why; when the role is granted again, resume"
    case .invariantBreached: "compare the vault with the decision (`journal show --json`); put right by hand; resume"
    case .lossLimit: "look at the orders' fills; resume accepts the loss and counts anew"
    case .byOperator: "when the reason is gone, resume"
    }
  }
}
