import CCurl
import Glibc
package import Keeper

/// The door to the nodes, over libcurl's multi interface on the calling thread: all requests of an exchange run in
/// parallel under one deadline, over connections kept from earlier exchanges.
///
/// Speaks http and https only, follows no redirect, obeys no proxy of the environment, and bounds every answer by its
/// decoded size. What is no answer to a batch leaves without the endpoint's secrets. Not thread-safe, except
/// `interrupter`.
package final class CurlTransport: Transport {
  private struct Endpoint {
    let configuration: EndpointConfiguration
    let headers: CurlHeaders
    let mask: SecretMask
  }

  private let endpoints: [(id: EndpointID, endpoint: Endpoint)]
  private let limits: TransportLimits
  private let userAgent: String
  private let multi: UnsafeMutableRawPointer
  private let waker: CurlWaker
  /// Easy handles of finished requests, for the next ones. Their connections live in the multi.
  private var idle: [UnsafeMutableRawPointer] = []

  /// What happened since the transport was made; for the status page and for tests.
  package struct Counters: Sendable, Equatable {
    package var exchanges: UInt64 = 0
    package var requests: UInt64 = 0
    package var connectionsOpened: UInt64 = 0
    package var bytesReceived: UInt64 = 0
  }
  package private(set) var counters = Counters()

  /// - Parameters:
  ///   - version: the program's version, for the user agent.
  ///   - interrupt: ends an exchange under way when it is raised; nil where no signal is handled.
  /// - Throws: `HostError.transport` when libcurl cannot be set up, `HostError.endpoint` for a doubled id.
  package init(
    endpoints: [EndpointConfiguration], version: String, interrupt: Interrupt? = nil, limits: TransportLimits = .init()
  ) throws(HostError) {
    guard Self.isLibraryReady, let multi = curl_multi_init() else {
      throw .transport(operation: "set-up", reason: "no memory or an unusable libcurl")
    }
    self.multi = multi
    waker = CurlWaker(multi)
    self.limits = limits
    userAgent = "vaultkeeper/\(version)"
    var list: [(id: EndpointID, endpoint: Endpoint)] = []
    for configuration in endpoints {
      guard !list.contains(where: { $0.id == configuration.id }) else {
        throw .endpoint(
          endpoint: configuration.id.name, problem: "configured twice", remedy: "give each endpoint its own name")
      }
      let endpoint = Endpoint(
        configuration: configuration, headers: try CurlHeaders(configuration), mask: SecretMask(configuration))
      list.append((configuration.id, endpoint))
    }
    self.endpoints = list
    // With NOSIGNAL libcurl leaves SIGPIPE to the program: a peer that hangs up must not end it.
    signal(SIGPIPE, SIG_IGN)
    for (option, value) in [
      (CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost), (CURLMOPT_MAXCONNECTS, limits.idleConnections),
      (CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
    ] {
      guard vk_curl_multi_set_long(multi, option, value) == CURLM_OK else {
        throw .transport(operation: "set-up", reason: "an option of the multi handle was refused")
      }
    }
    let waker = self.waker
    interrupt?.onRaise { waker.wake() }
  }

  deinit {
    for handle in idle { curl_easy_cleanup(handle) }
    waker.close()
    curl_multi_cleanup(multi)
  }

  /// Ends the exchange under way, from any thread: its unfinished requests become `cancelled`. An exchange begun later
  /// runs as always; the caller asks the `Interrupt` whether it wants one.
  package var interrupter: @Sendable () -> Void {
    let waker = self.waker
    return { waker.wake() }
  }

  package func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
    counters.exchanges += 1
    let end = SystemClock.milliseconds(CLOCK_MONOTONIC) &+ UInt64(clamping: max(0, deadlineMilliseconds))
    let wakes = waker.count
    var transfers: [Result<CurlTransfer, TransportFailure>] = []
    for message in outgoing { transfers.append(begin(message, deadlineMilliseconds: max(1, deadlineMilliseconds))) }
    let running = transfers.compactMap { try? $0.get() }
    run(running, until: end, wakes: wakes)
    for transfer in running { retire(transfer) }
    return transfers.map { result in
      switch result {
      case .failure(let failure): .failed(failure)
      case .success(let transfer): transfer.reply ?? .failed(.timeout(sent: transfer.mayHaveBeenSent))
      }
    }
  }

  private func run(_ transfers: [CurlTransfer], until end: UInt64, wakes: UInt64) {
    while true {
      var active: Int32 = 0
      let code = curl_multi_perform(multi, &active)
      collect(transfers)
      let pending = transfers.filter { $0.reply == nil }
      if pending.isEmpty { return }
      guard code == CURLM_OK else {
        let reason = String(cString: curl_multi_strerror(code))
        for transfer in pending {
          transfer.give(up: transfer.mayHaveBeenSent ? .protocolViolation(reason) : .connect(reason))
        }
        return
      }
      if waker.count != wakes {
        for transfer in pending { transfer.give(up: .cancelled(sent: transfer.mayHaveBeenSent)) }
        return
      }
      let now = SystemClock.milliseconds(CLOCK_MONOTONIC)
      guard now < end else {
        for transfer in pending { transfer.give(up: .timeout(sent: transfer.mayHaveBeenSent)) }
        return
      }
      curl_multi_poll(multi, nil, 0, Int32(clamping: end - now), nil)
    }
  }

  private func collect(_ transfers: [CurlTransfer]) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      let handle = message.pointee.easy_handle
      transfers.first { $0.handle == handle }?.finish(message.pointee.data.result)
    }
  }

  /// Takes a handle, sets every option and hands it to the multi.
  private func begin(_ message: Outgoing, deadlineMilliseconds: Int) -> Result<CurlTransfer, TransportFailure> {
    guard let endpoint = endpoints.first(where: { $0.id == message.endpoint })?.endpoint else {
      return .failure(.connect("no endpoint of this name is configured"))
    }
    guard let handle = idle.popLast() ?? curl_easy_init() else { return .failure(.connect("no memory")) }
    let transfer = CurlTransfer(handle: handle, limits: limits, mask: endpoint.mask)
    let options = CurlOptions(
      endpoint: endpoint.configuration, headers: endpoint.headers, userAgent: userAgent, limits: limits,
      deadlineMilliseconds: deadlineMilliseconds)
    if let refused = options.apply(to: transfer, body: message.body) {
      idle.append(handle)
      return .failure(.connect("option \(refused.option): \(String(cString: curl_easy_strerror(refused.code)))"))
    }
    let code = curl_multi_add_handle(multi, handle)
    guard code == CURLM_OK else {
      curl_easy_cleanup(handle)
      return .failure(.connect(String(cString: curl_multi_strerror(code))))
    }
    counters.requests += 1
    return .success(transfer)
  }

  /// Takes the handle out of the multi (an unfinished request's connection is closed with it) and keeps it for later.
  private func retire(_ transfer: CurlTransfer) {
    var opened = 0
    vk_curl_get_long(transfer.handle, CURLINFO_NUM_CONNECTS, &opened)
    counters.connectionsOpened += UInt64(clamping: opened)
    counters.bytesReceived += UInt64(clamping: transfer.body.count)
    guard curl_multi_remove_handle(multi, transfer.handle) == CURLM_OK else {
      curl_easy_cleanup(transfer.handle)
      return
    }
    curl_easy_reset(transfer.handle)
    idle.append(transfer.handle)
  }

  /// libcurl's global set-up, once in the process's life.
  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// Wakes a multi handle from any thread, and never one that is gone.
final class CurlWaker: Sendable {
  private struct State: @unchecked Sendable {
    var multi: UnsafeMutableRawPointer?
    var count: UInt64 = 0
  }
  private let state: Locked<State>

  init(_ multi: UnsafeMutableRawPointer) { state = Locked(State(multi: multi)) }

  /// How often somebody has called `wake`.
  var count: UInt64 { state.withLock { $0.count } }

  func wake() {
    state.withLock { state in
      state.count += 1
      // The one call of the multi interface that another thread may make.
      if let multi = state.multi { curl_multi_wakeup(multi) }
    }
  }

  func close() { state.withLock { $0.multi = nil } }
}
