import Ethereum

/// Which of the world's two tokens.
enum WorldToken: Sendable {
  case wrapped, quote
}

extension WorldState {
  subscript(token: WorldToken) -> TokenState {
    get {
      switch token {
      case .wrapped: wrapped
      case .quote: quote
      }
    }
    _modify {
      switch token {
      case .wrapped: yield &wrapped
      case .quote: yield &quote
      }
    }
  }
}

/// Wrapped ether as WETH9 has it, and a dollar of six decimals with snekmate's texts of refusal.
extension ContractMachine {
  mutating func wrappedNative(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .deposit:
      try deposit(frame.value, by: frame.sender)
      return []
    case .withdraw:
      try withdraw(arguments.uint(0), by: frame.sender)
      return []
    case .decimals: return WordWriter.one(18)
    case .symbol: return text("WETH")
    default: return try token(.wrapped, selector, frame)
    }
  }

  mutating func quoteToken(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    switch selector {
    case .decimals: WordWriter.one(6)
    case .symbol: text("USDC")
    default: try token(.quote, selector, frame)
    }
  }

  private mutating func token(_ token: WorldToken, _ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    // None of these takes native currency, in either contract.
    guard frame.value == .zero else { throw Revert.empty }
    let arguments = frame.data.arguments
    switch selector {
    case .balanceOf:
      try charge(Gas.read)
      return WordWriter.one(balance(of: try arguments.address(0), in: token))
    case .allowance:
      try charge(Gas.read)
      let pair = TokenState.Pair(owner: try arguments.address(0), spender: try arguments.address(1))
      return WordWriter.one(state[token].allowances[pair] ?? .zero)
    case .totalSupply:
      try charge(Gas.read)
      return WordWriter.one(state[token].totalSupply)
    case .approve:
      try approve(arguments.uint(1), of: token, by: frame.sender, spender: arguments.address(0))
    case .transfer:
      try move(arguments.uint(1), of: token, from: frame.sender, to: arguments.address(0))
    case .transferFrom:
      try pull(
        arguments.uint(2), of: token, from: arguments.address(0), to: arguments.address(1), by: frame.sender)
    default: throw Revert.empty
    }
    return WordWriter.one(true)
  }

  func text(_ text: String) -> [UInt8] {
    var writer = WordWriter(words: 3)
    writer.count(32)
    writer.content(Array(text.utf8))
    return writer.bytes
  }

  // MARK: - What the other contracts use

  func token(at address: Address) -> WorldToken? {
    if address == addresses.wrappedNative { return .wrapped }
    return address == addresses.quoteToken ? .quote : nil
  }

  func address(of token: WorldToken) -> Address {
    switch token {
    case .wrapped: addresses.wrappedNative
    case .quote: addresses.quoteToken
    }
  }

  func balance(of account: Address, in token: WorldToken) -> UInt256 {
    switch token {
    case .wrapped: state.wrapped.balances[account] ?? .zero
    case .quote: state.quote.balances[account] ?? .zero
    }
  }

  mutating func move(_ amount: UInt256, of token: WorldToken, from: Address, to: Address) throws {
    try charge(Gas.tokenTransfer)
    if token == .quote, to == .zero { throw Revert(text: "erc20: transfer to the zero address") }
    let balance = balance(of: from, in: token)
    guard balance >= amount else {
      // WETH9 is of Solidity 0.4, where a failed `require` says nothing.
      throw token == .wrapped ? Revert.empty : Revert(text: "erc20: transfer amount exceeds balance")
    }
    state[token].balances[from] = try balance - amount
    state[token].balances[to] = try self.balance(of: to, in: token) + amount
    log(
      address(of: token), [Topic.transfer, Bytes32(from.word), Bytes32(to.word)], WordWriter.one(amount))
  }

  /// Moves by allowance; one of 2^256 − 1 does not shrink.
  mutating func pull(
    _ amount: UInt256, of token: WorldToken, from: Address, to: Address, by spender: Address
  ) throws {
    let pair = TokenState.Pair(owner: from, spender: spender)
    let allowed = state[token].allowances[pair] ?? .zero
    // WETH9 looks at the balance first and asks for no allowance of the owner itself; snekmate asks for the allowance.
    let needs = token == .quote || from != spender
    if token == .wrapped, balance(of: from, in: token) < amount { throw Revert.empty }
    if needs, allowed != .max {
      guard allowed >= amount else {
        throw token == .wrapped ? Revert.empty : Revert(text: "erc20: insufficient allowance")
      }
      state[token].allowances[pair] = try allowed - amount
    }
    try move(amount, of: token, from: from, to: to)
  }

  private mutating func approve(
    _ amount: UInt256, of token: WorldToken, by owner: Address, spender: Address
  ) throws {
    if token == .quote, spender == .zero { throw Revert(text: "erc20: approve to the zero address") }
    try charge(Gas.write)
    state[token].allowances[TokenState.Pair(owner: owner, spender: spender)] = amount
    log(
      address(of: token), [Topic.approval, Bytes32(owner.word), Bytes32(spender.word)], WordWriter.one(amount))
  }

  /// Wraps native currency that the contract has just been sent.
  mutating func deposit(_ wei: UInt256, by account: Address) throws {
    try charge(Gas.tokenTransfer)
    state.wrapped.balances[account] = try balance(of: account, in: .wrapped) + wei
    state.wrapped.totalSupply = try state.wrapped.totalSupply + wei
    log(addresses.wrappedNative, [Topic.deposit, Bytes32(account.word)], WordWriter.one(wei))
  }

  /// Unwraps, and sends the native currency to whoever held the tokens.
  mutating func withdraw(_ wei: UInt256, by account: Address) throws {
    try charge(Gas.tokenTransfer)
    let balance = balance(of: account, in: .wrapped)
    guard balance >= wei else { throw Revert.empty }
    state.wrapped.balances[account] = try balance - wei
    state.wrapped.totalSupply = try state.wrapped.totalSupply - wei
    _ = try call(from: addresses.wrappedNative, to: account, value: wei, data: CallData([]))
    log(addresses.wrappedNative, [Topic.withdrawal, Bytes32(account.word)], WordWriter.one(wei))
  }
}
