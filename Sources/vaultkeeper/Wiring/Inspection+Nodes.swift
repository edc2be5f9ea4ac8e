import Ethereum
import Host
import Keeper
import Outbox

// What `check` says of a chain's endpoints: each for itself, how far it is behind the others, whether enough of them
// agree, and whether the relays answer.
extension Inspection {
  /// - Returns: the endpoint that answers the rest: the first good one.
  mutating func endpoints(of chain: Deployment.Chain) -> EndpointID? {
    let settings = chain.settings
    let heads = settings.endpoints.map { endpoint in Result { () throws(Unfit) in try head(of: endpoint, settings) } }
    let highest = heads.compactMap { head -> UInt64? in
      if case .success(let head) = head { head.number } else { nil }
    }.max()
    var first: EndpointID?
    for (endpoint, head) in zip(settings.endpoints, heads) {
      let subject = "\(settings.name): endpoint \(endpoint.name)"
      switch head {
      case .failure(let unfit): bad(subject, unfit.finding, unfit.remedy)
      case .success(let head):
        let lag = (highest ?? head.number) - head.number
        let behind = lag == 0 ? "" : ", \(lag) behind the highest"
        let finding = "chain \(settings.chainID), block \(head.number) of \(TimeText.utc(head.timestamp)) UTC\(behind)"
        if lag > settings.maximumLagBlocks {
          bad(subject, finding, "see why it lags; more than \(settings.maximumLagBlocks) blocks and it is not heard")
        } else {
          good(subject, finding)
        }
        if first == nil { first = endpoint }
      }
    }
    if first != nil { quorum(of: settings) }
    relays(of: chain)
    return first
  }

  /// What to do where an endpoint's secrets cannot be read.
  static let secretRemedy = "run check where the keeper runs; it does not start without all its endpoints"

  /// Why an endpoint cannot be used.
  private struct Unfit: Error {
    let finding: String
    let remedy: String
  }

  private func head(of endpoint: EndpointID, _ settings: ChainSettings) throws(Unfit) -> BlockHeader {
    if let problem = workshop.problem(of: endpoint) {
      throw Unfit(finding: problem.description, remedy: Self.secretRemedy)
    }
    var questions = Questionnaire(workshop.transport, endpoint, settings.exchangeDeadlineMilliseconds)
    let chainID = questions.ask(.chainID())
    let block = questions.ask(.block(.latest))
    let id: UInt64
    let head: BlockHeader?
    do throws(Questionnaire.Failure) {
      let answers = try questions.send()
      id = try answers.read(chainID)
      head = try answers.read(block)
    } catch {
      throw Unfit(finding: error.description, remedy: "check the URL, its key and the network")
    }
    guard id == settings.chainID else {
      throw Unfit(
        finding: "serves chain \(id), configured is \(settings.chainID)", remedy: "correct the endpoint or chainID")
    }
    guard let head else { throw Unfit(finding: "has no block", remedy: "wait until the node is synchronised") }
    return head
  }

  /// The decision of a tick's first exchange.
  private mutating func quorum(of settings: ChainSettings) {
    let subject = "\(settings.name): quorum"
    let all = settings.endpoints.count
    var node = Node(chain: settings, transport: workshop.transport)
    do throws(NodeFailure) {
      let agreement = try node.agreement(now: workshop.clock.now().unixSeconds)
      good(
        subject,
        "\(agreement.vouchers.count) of \(all) endpoints agree on block \(agreement.head.number), needed are "
          + "\(settings.quorum)")
    } catch {
      bad(subject, error.description, "ask again; if it stays so, see which endpoint is right, or lower the quorum")
    }
  }

  private mutating func relays(of chain: Deployment.Chain) {
    let settings = chain.settings
    for relay in settings.relays {
      let subject = "\(settings.name): relay \(relay.name)"
      if let problem = workshop.problem(of: relay) {
        bad(subject, problem.description, Self.secretRemedy)
        continue
      }
      var questions = Questionnaire(workshop.transport, relay, settings.exchangeDeadlineMilliseconds)
      let chainID = questions.ask(.chainID())
      let answers: Questionnaire.Answers
      do throws(Questionnaire.Failure) {
        answers = try questions.send()
      } catch {
        bad(subject, error.description, "check the URL, its key and the network")
        continue
      }
      do throws(Questionnaire.Failure) {
        let id = try answers.read(chainID)
        if id == settings.chainID {
          good(subject, "answers, chain \(id)")
        } else {
          bad(subject, "serves chain \(id), configured is \(settings.chainID)", "correct the endpoint or chainID")
        }
      } catch {
        // Some relays know nothing but sending.
        good(subject, "answers, and does not say for which chain")
      }
    }
    if !settings.relays.isEmpty, chain.vaults.allSatisfy({ $0.submission.route == .public }) {
      skipped("\(settings.name): relays", "no vault sends through them")
    }
  }
}
