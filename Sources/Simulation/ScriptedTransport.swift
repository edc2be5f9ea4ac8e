package import Ethereum
package import Keeper

/// A transport whose nodes are a function: for each request of each batch it asks the script what this endpoint
/// answers. Counts exchanges and keeps what was asked, so that a test can say what was sent and what was not.
package final class ScriptedTransport: Transport {
  /// What a scripted node does with one request.
  package enum Answer {
    case result(JSON)
    case error(RPCErrorObject)
  }

  /// What an endpoint does with a whole message, where it does not simply answer.
  package enum Fault {
    case failure(TransportFailure)
    case status(Int, body: String)
    /// The answer to the batch as the script gives it, changed.
    case garbled(([UInt8]) -> [UInt8])
  }

  package struct Asked: Hashable, Sendable {
    package let endpoint: EndpointID
    package let method: String
    package let params: [JSON]
  }

  /// Asked once for each message; nil lets the message be answered.
  package var fault: (EndpointID) -> Fault? = { _ in nil }
  package var answer: (Asked) -> Answer
  package private(set) var exchanges = 0
  package private(set) var asked: [Asked] = []

  package init(answer: @escaping (Asked) -> Answer) { self.answer = answer }

  package func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
    exchanges += 1
    return outgoing.map { message in
      switch fault(message.endpoint) {
      case .failure(let failure): .failed(failure)
      case .status(let status, let body): .answer(status: status, body: Array(body.utf8), retryAfterSeconds: nil)
      case .garbled(let change): .answer(status: 200, body: change(body(of: message)), retryAfterSeconds: nil)
      case nil: .answer(status: 200, body: body(of: message), retryAfterSeconds: nil)
      }
    }
  }

  private func body(of message: Outgoing) -> [UInt8] {
    let requests: [JSON]
    do { requests = try JSON.parse(message.body).array ?? [] } catch {
      preconditionFailure("the keeper sends JSON: \(error)")
    }
    let replies = requests.map { request -> JSON in
      let one = Asked(
        endpoint: message.endpoint, method: request["method"]?.string ?? "", params: request["params"]?.array ?? [])
      asked.append(one)
      let id = request["id"] ?? .null
      switch answer(one) {
      case .result(let result): return ["jsonrpc": "2.0", "id": id, "result": result]
      case .error(let error):
        return [
          "jsonrpc": "2.0", "id": id,
          "error": ["code": .integer(Int64(error.code)), "message": .string(error.message)],
        ]
      }
    }
    return JSON.array(replies).encoded()
  }
}
