import Ethereum
import Keeper

/// Questions for one endpoint that go out as one batch. For `check` only: a decision is read by `Keeper`.
struct Questionnaire {
  /// Why there is no answer, without the endpoint's URL.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Where the answer to a question will be found.
  struct Place<Answer: Sendable> {
    fileprivate let index: Int
    fileprivate let call: NodeCall<Answer>
  }

  struct Answers {
    fileprivate let responses: [RPCResponse]

    func read<Answer>(_ place: Place<Answer>) throws(Failure) -> Answer {
      do { return try place.call.answer(responses[place.index]) } catch {
        throw Failure(description: error.description)
      }
    }
  }

  private let transport: any Transport
  private let endpoint: EndpointID
  private let deadlineMilliseconds: Int
  private var requests: [RPCRequest] = []

  init(_ transport: any Transport, _ endpoint: EndpointID, _ deadlineMilliseconds: Int) {
    self.transport = transport
    self.endpoint = endpoint
    self.deadlineMilliseconds = deadlineMilliseconds
  }

  mutating func ask<Answer>(_ call: NodeCall<Answer>) -> Place<Answer> {
    let index = requests.count
    requests.append(call.request(id: UInt64(index) + 1))
    return Place(index: index, call: call)
  }

  func send() throws(Failure) -> Answers {
    let outgoing = Outgoing(endpoint: endpoint, body: RPCRequest.encodeBatch(requests))
    let replies = transport.exchange([outgoing], deadlineMilliseconds: deadlineMilliseconds)
    switch replies.first {
    case .answer(200, let body, _):
      do {
        return Answers(responses: try RPCResponse.decodeBatch(body, expecting: requests.map(\.id)))
      } catch {
        throw Failure(description: error.description)
      }
    case .answer(let status, _, _): throw Failure(description: "answers with HTTP status \(status)")
    case .failed(let failure): throw Failure(description: failure.description)
    case nil: throw Failure(description: "no reply")
    }
  }
}
