import Ethereum

/// Questions that go to one endpoint in one JSON-RPC batch.
struct Batch {
  /// Where the answer to a question will be found in `Answers`.
  struct Place<Answer: Sendable>: Sendable {
    fileprivate let index: Int
    fileprivate let call: NodeCall<Answer>
  }

  private(set) var requests: [RPCRequest] = []

  /// The body of the message that asks it.
  func encoded() -> [UInt8] { RPCRequest.encodeBatch(requests) }

  mutating func ask<Answer>(_ call: NodeCall<Answer>) -> Place<Answer> {
    let index = requests.count
    requests.append(call.request(id: UInt64(index) + 1))
    return Place(index: index, call: call)
  }
}

/// What one endpoint answered to a batch, question by question.
struct Answers {
  let endpoint: EndpointID
  private let body: [UInt8]
  private let responses: [RPCResponse]

  /// - Throws: `NodeFailure` when the reply is no complete answer to the batch.
  init(_ reply: Reply, from endpoint: EndpointID, to batch: Batch) throws(NodeFailure) {
    self.endpoint = endpoint
    switch reply {
    case .failed(let failure):
      throw .transport(endpoint, failure)
    case .answer(let status, let body, let retryAfterSeconds):
      // Some servers put a JSON-RPC error into a 4xx answer; a batch that got one error for all of it is no answer.
      guard status == 200 else {
        throw .status(endpoint, status, retryAfterSeconds: retryAfterSeconds, excerpt: Excerpt.of(body))
      }
      self.body = body
      do {
        responses = try RPCResponse.decodeBatch(body, expecting: batch.requests.map(\.id))
      } catch {
        throw .malformed(endpoint, what: "\(error)")
      }
    }
  }

  /// What another endpoint answered to the same batch, in the same bytes: they need not be read again.
  /// - Returns: nil unless the reply is these bytes.
  init?(_ reply: Reply, from endpoint: EndpointID, as other: Answers) {
    guard case .answer(200, let body, _) = reply, body == other.body else { return nil }
    self.endpoint = endpoint
    self.body = body
    responses = other.responses
  }

  /// Whether both answered the same, to the byte. Only of answers to the same batch.
  func isSame(as other: Answers) -> Bool { body == other.body }

  /// The answer at a place; an error object or a result that cannot be read is a failure of this endpoint.
  func take<Answer>(_ place: Batch.Place<Answer>) throws(NodeFailure) -> Answer {
    switch try outcome(place) {
    case .success(let answer): return answer
    case .failure(let error): throw .refused(endpoint, method: place.call.method, error)
    }
  }

  /// As `take`, with the node's error handed back as a value: for calls that may revert.
  func outcome<Answer>(_ place: Batch.Place<Answer>) throws(NodeFailure) -> Result<Answer, RPCErrorObject> {
    let response = responses[place.index]
    if case .error(let error) = response.outcome { return .failure(error) }
    do {
      return .success(try place.call.answer(response))
    } catch {
      throw .malformed(endpoint, what: error.description)
    }
  }

  /// As `outcome`, for an `eth_call` that may revert: the return data, or the revert data. Errors that are no revert
  /// are failures of this endpoint.
  func call(_ place: Batch.Place<[UInt8]>) throws(NodeFailure) -> CallOutcome {
    switch try outcome(place) {
    case .success(let data): return .returned(data)
    case .failure(let error):
      guard error.isRevert else { throw .refused(endpoint, method: place.call.method, error) }
      return .reverted(error.data ?? [])
    }
  }
}

/// How an `eth_call` or `eth_estimateGas` ended.
enum CallOutcome: Hashable, Sendable {
  case returned([UInt8])
  case reverted([UInt8])
}

extension RPCErrorObject {
  /// Whether the EVM said this and not the node: code 3, or revert data, or the words that every client uses.
  var isRevert: Bool {
    code == 3 || data != nil || message.lowercased().contains("execution reverted")
      || message.lowercased().contains("vm execution error")
  }
}
