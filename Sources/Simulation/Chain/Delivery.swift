import Ethereum
import Keeper

/// How one message fares on its way to an endpoint and back.
struct Delivery {
  let reply: Reply
  let latencyMilliseconds: UInt64
}

extension SimulatedWorld {
  /// Carries a message to its endpoint, lets the endpoint answer, and carries the answer back, as far as the weather
  /// lets it.
  func deliver(_ message: Outgoing, deadlineMilliseconds: UInt64) -> Delivery {
    guard let index = nodes.firstIndex(where: { $0.endpoint == message.endpoint }) else {
      return deliverToLeaseStore(message, deadlineMilliseconds: deadlineMilliseconds)
    }
    if plan.scene.relayCount > 0 {
      checkers.routed(message.body, isToRelay: nodes[index].isRelay, in: self)
    }
    let usual = draws.messages.within(15...220)
    let fault = messageFault(at: index)
    if let fault { tally.count(fault) }
    switch fault {
    case .deadNode, .notSent, .relayDown:
      checkers.unsent(message.body)
      let isSlow = draws.messages.chance(of: 20_000)
      return Delivery(
        reply: .failed(isSlow ? .timeout(sent: false) : .connect("connection refused")),
        latencyMilliseconds: isSlow ? deadlineMilliseconds : usual)
    case .rateLimited, .httpStatus:
      checkers.heard(message.body, in: self)
      let status = fault == .rateLimited ? 429 : draws.messages.pick([500, 502, 503, 504, 403])
      // A gateway that fails may have passed the request on before.
      if status == 502 || status == 504, draws.messages.chance(of: 50_000) { _ = respond(message, index, nil) }
      return Delivery(
        reply: .answer(status: status, body: Array("<html>\(status)</html>".utf8), retryAfterSeconds: nil),
        latencyMilliseconds: usual)
    case .hang, .reset:
      checkers.heard(message.body, in: self)
      if draws.messages.chance(of: 60_000) { _ = respond(message, index, nil) }
      return fault == .hang
        ? Delivery(reply: .failed(.timeout(sent: true)), latencyMilliseconds: deadlineMilliseconds)
        : Delivery(reply: .failed(.reset(sent: true)), latencyMilliseconds: usual)
    case .acknowledgementLost:
      checkers.heard(message.body, in: self)
      _ = respond(message, index, nil)
      return Delivery(reply: .failed(.reset(sent: true)), latencyMilliseconds: usual)
    default:
      checkers.heard(message.body, in: self)
      let body = damaged(respond(message, index, fault), fault)
      let latency = fault == .delay || fault == .relaySlow ? usual * draws.messages.within(5...60) : usual
      guard latency < deadlineMilliseconds else {
        return Delivery(reply: .failed(.timeout(sent: true)), latencyMilliseconds: deadlineMilliseconds)
      }
      return Delivery(
        reply: .answer(status: 200, body: body, retryAfterSeconds: nil), latencyMilliseconds: latency)
    }
  }

  /// What happens to this message: what the node suffers from, or a mishap of its own.
  private func messageFault(at index: Int) -> FaultKind? {
    if let condition = nodes[index].condition {
      switch condition.kind {
      case .deadNode, .rateLimited: return condition.kind
      case .laggingNode: break
      default: return condition.kind
      }
    }
    guard !isCalm, draws.messages.chance(of: plan.messageFaultChance) else { return nil }
    return draws.messages.pick([
      .httpStatus, .delay, .hang, .reset, .emptyBody, .htmlPage, .garbled, .truncated, .wrongID, .nullResult, .rpcError,
      .swallowed, .acknowledgementLost, .notSent, .delay, .httpStatus,
    ])
  }

  /// The answer of a node to a batch.
  private func respond(_ message: Outgoing, _ index: Int, _ fault: FaultKind?) -> [UInt8] {
    let requests = requests(in: message.body)
    var tip = nodes[index].tip
    let condition = nodes[index].condition
    if let condition, condition.kind == .staleNode {
      let height = chain.blocks[tip].number
      tip = chain.ancestor(of: tip, at: height - min(condition.amount, height)) ?? tip
    }
    let lie = condition.flatMap { $0.kind.isLie ? $0 : nil }
    let isPlain = lie == nil && nodes[index].delusion == nil && fault != .nullResult && fault != .rpcError
    if isPlain, let known = lastAsked?.answer(at: tip, nodes[index], blocks: chain.blocks.count) { return known }
    var replies: [JSON] = []
    replies.reserveCapacity(requests.count)
    let spoiled = fault == .nullResult || fault == .rpcError ? draws.messages.index(below: requests.count) : nil
    for (place, request) in requests.enumerated() {
      let question = NodeQuestion(
        method: request["method"]?.string ?? "", params: request["params"]?.array ?? [], node: index, tip: tip,
        lie: lie, swallows: fault == .swallowed || fault == .relayDrops)
      var answer = answer(question)
      if spoiled == place {
        answer =
          fault == .nullResult
          ? .result(.null)
          : .error(
            code: -32_005, message: draws.messages.pick(["internal error", "request timed out", "limit exceeded"]),
            data: nil)
      }
      replies.append(answer.reply(to: request["id"] ?? .null))
    }
    let body = JSON.array(replies).encoded()
    if isPlain { lastAsked?.note(body, at: tip, nodes[index], blocks: chain.blocks.count) }
    return body
  }

  /// Several endpoints are mostly asked the same, one after the other.
  private func requests(in body: [UInt8]) -> [JSON] {
    if let lastAsked, lastAsked.body == body { return lastAsked.requests }
    do {
      let requests = try JSON.parse(body).array ?? []
      lastAsked = AskedMessage(body: body, requests: requests)
      return requests
    } catch {
      preconditionFailure("the keeper sends JSON: \(error)")
    }
  }

  private func damaged(_ body: [UInt8], _ fault: FaultKind?) -> [UInt8] {
    var body = body
    switch fault {
    case .emptyBody: return []
    case .htmlPage: return Array("<html><body>We are under maintenance.</body></html>".utf8)
    case .garbled:
      for _ in 0..<8 where !body.isEmpty {
        body[draws.messages.index(below: body.count)] = UInt8(truncatingIfNeeded: draws.messages.below(256))
      }
      return body
    case .truncated:
      return body.isEmpty ? body : Array(body.prefix(draws.messages.index(below: body.count)))
    case .wrongID:
      // The ids of another request: each reply says one hundred more.
      let replies = [body]
      do {
        let parsed = try JSON.parse(replies[0]).array ?? []
        return JSON.array(
          parsed.map { reply in
            guard case .object(var object) = reply else { return reply }
            object["id"] = .integer((object["id"]?.integer ?? 0) + 100)
            return .object(object)
          }
        ).encoded()
      } catch {
        return body
      }
    default: return body
    }
  }
}

/// A message and what was answered to it: endpoints that know the same, and do not lie about it, answer the same.
struct AskedMessage {
  let body: [UInt8]
  let requests: [JSON]
  /// Whether hearing it changes nothing.
  private let isQuestion: Bool
  private var known: (tip: Int, pooled: [Bytes32], isRelay: Bool, blocks: Int, answer: [UInt8])?

  init(body: [UInt8], requests: [JSON]) {
    self.body = body
    self.requests = requests
    isQuestion = !requests.contains { $0["method"] == "eth_sendRawTransaction" }
  }

  func answer(at tip: Int, _ node: SimulatedNode, blocks: Int) -> [UInt8]? {
    guard let known, known.tip == tip, known.blocks == blocks, known.isRelay == node.isRelay,
      known.pooled.elementsEqual(node.pool.waiting.lazy.map(\.hash))
    else { return nil }
    return known.answer
  }

  mutating func note(_ answer: [UInt8], at tip: Int, _ node: SimulatedNode, blocks: Int) {
    guard isQuestion else { return }
    known = (tip, node.pool.waiting.map(\.hash), node.isRelay, blocks, answer)
  }
}

extension NodeAnswer {
  fileprivate func reply(to id: JSON) -> JSON {
    switch self {
    case .result(let result): return ["jsonrpc": "2.0", "id": id, "result": result]
    case .error(let code, let message, let data):
      var error: JSONObject = ["code": .integer(Int64(code)), "message": .string(message)]
      if let data { error["data"] = .string(Hex.encode(data)) }
      return ["jsonrpc": "2.0", "id": id, "error": .object(error)]
    }
  }
}
