import Glibc
import Keeper

/// The operator's command: the notice as JSON on its standard input, status 0 when it has arrived.
package struct AlarmCommand: AlarmChannel {
  package let name = "command"
  private let arguments: [String]
  private let timeoutMilliseconds: UInt64

  /// - Parameter arguments: the program by its absolute path, and its arguments as they stand; no shell sees them.
  package init(arguments: [String], timeoutMilliseconds: UInt64) {
    self.arguments = arguments
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  package func deliver(_ message: [UInt8]) -> String? {
    let outcome = ChildProcess.run(
      arguments, input: message + [UInt8(ascii: "\n")], timeoutMilliseconds: timeoutMilliseconds)
    return outcome.isSuccess ? nil : outcome.description
  }
}

/// A POST of the notice as JSON. Any status from 200 to 299 means that it has arrived.
///
/// Spoken over a libcurl handle of its own, with all the nodes' rules: no redirect, no proxy of the environment, TLS
/// verified, the URL in no message.
package final class AlarmWebhook: AlarmChannel {
  package let name = "webhook"
  private let endpoint: EndpointID
  private let transport: Locked<CurlTransport>
  private let timeoutMilliseconds: Int

  /// - Throws: `HostError` when libcurl cannot be set up.
  package init(_ endpoint: EndpointConfiguration, version: String, timeoutMilliseconds: UInt64) throws(HostError) {
    self.endpoint = endpoint.id
    transport = Locked(try CurlTransport(endpoints: [endpoint], version: version))
    self.timeoutMilliseconds = Int(clamping: timeoutMilliseconds)
  }

  package func deliver(_ message: [UInt8]) -> String? {
    let replies = transport.withLock { transport in
      transport.exchange(
        [Outgoing(endpoint: endpoint, body: message)], deadlineMilliseconds: timeoutMilliseconds)
    }
    switch replies.first {
    case .answer(200...299, _, _): return nil
    case .answer(let status, _, _): return "answered with HTTP status \(status)"
    case .failed(let failure): return "failed: \(failure)"
    case nil: return "gave no answer"
    }
  }
}
