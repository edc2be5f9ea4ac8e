import CCurl

/// The headers of one endpoint as libcurl wants them, kept for the transport's life.
final class CurlHeaders {
  private(set) var list: UnsafeMutablePointer<curl_slist>?

  init(_ configuration: EndpointConfiguration) throws(HostError) {
    // "Expect:" without a value removes libcurl's own, which costs a round trip and confuses proxies.
    let own = ["Content-Type: application/json", "Accept: application/json", "Expect:"]
    for line in own + configuration.headers.map({ "\($0.name): \($0.value)" }) {
      guard let longer = curl_slist_append(list, line) else {
        curl_slist_free_all(list)
        throw .transport(operation: "header list", reason: "no memory")
      }
      list = longer
    }
  }

  deinit { curl_slist_free_all(list) }
}

/// Every option of one request. Set anew for each, since a handle is reset between two.
struct CurlOptions {
  let endpoint: EndpointConfiguration
  let headers: CurlHeaders
  let userAgent: String
  let limits: TransportLimits
  let deadlineMilliseconds: Int

  struct Refusal {
    let option: UInt32
    let code: CURLcode
  }

  /// - Returns: the first option libcurl refused, nil when all are in force.
  func apply(to transfer: CurlTransfer, body: [UInt8]) -> Refusal? {
    let handle = transfer.handle
    func refusal(_ option: CURLoption, _ code: CURLcode) -> Refusal? {
      code == CURLE_OK ? nil : Refusal(option: option.rawValue, code: code)
    }
    for (option, value) in strings {
      if let refused = refusal(option, vk_curl_set_string(handle, option, value)) { return refused }
    }
    for (option, value) in numbers {
      if let refused = refusal(option, vk_curl_set_long(handle, option, value)) { return refused }
    }
    let offsets: [(CURLoption, curl_off_t)] = [
      (CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limits.responseBytes)),
      (CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
    ]
    for (option, value) in offsets {
      if let refused = refusal(option, vk_curl_set_offset(handle, option, value)) { return refused }
    }
    // Copied by libcurl, after the size is known to it: the body may hold zero bytes and need not outlive this call.
    let copied = body.withUnsafeBytes { bytes in
      vk_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
    let pointers: [(CURLoption, UnsafeMutableRawPointer)] = [
      (CURLOPT_WRITEDATA, transfer.context), (CURLOPT_HEADERDATA, transfer.context),
      (CURLOPT_PREREQDATA, transfer.context), (CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(transfer.errorText)),
    ]
    for (option, value) in pointers {
      if let refused = refusal(option, vk_curl_set_pointer(handle, option, value)) { return refused }
    }
    return refusal(CURLOPT_COPYPOSTFIELDS, copied)
      ?? refusal(CURLOPT_HTTPHEADER, vk_curl_set_list(handle, CURLOPT_HTTPHEADER, headers.list))
      ?? refusal(CURLOPT_WRITEFUNCTION, vk_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION, Self.receive))
      ?? refusal(CURLOPT_HEADERFUNCTION, vk_curl_set_data_callback(handle, CURLOPT_HEADERFUNCTION, Self.receiveHeader))
      ?? refusal(CURLOPT_PREREQFUNCTION, vk_curl_set_prereq_callback(handle, Self.willSend))
  }

  private var strings: [(CURLoption, String)] {
    var list = [
      (CURLOPT_URL, endpoint.url.text),
      (CURLOPT_PROTOCOLS_STR, "http,https"),
      // An empty proxy also switches off those that the environment names.
      (CURLOPT_PROXY, ""),
      (CURLOPT_USERAGENT, userAgent),
      // The one coding every node speaks; fewer decoders, fewer holes.
      (CURLOPT_ACCEPT_ENCODING, "gzip"),
    ]
    if let path = endpoint.caBundlePath { list.append((CURLOPT_CAINFO, path)) }
    return list
  }

  private var numbers: [(CURLoption, Int)] {
    [
      (CURLOPT_POST, 1),
      // A redirect would carry a transaction, and the headers' secrets, to a host nobody configured.
      (CURLOPT_FOLLOWLOCATION, 0),
      (CURLOPT_NOSIGNAL, 1),
      // A name server that does not answer must not hold an exchange beyond its deadline: without this libcurl waits
      // for its resolver thread even after giving up.
      (CURLOPT_QUICK_EXIT, 1),
      (CURLOPT_CONNECTTIMEOUT_MS, min(limits.connectMilliseconds, deadlineMilliseconds)),
      (CURLOPT_TIMEOUT_MS, deadlineMilliseconds),
      (CURLOPT_TCP_KEEPALIVE, 1),
      (CURLOPT_MAXAGE_CONN, limits.idleSeconds),
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)),
      (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      // Wait for a handshake to tell whether one connection can carry several requests. Without TLS only the first
      // answer would tell, and requests would wait for each other.
      (CURLOPT_PIPEWAIT, endpoint.url.isEncrypted ? 1 : 0),
    ]
  }

  private static let receive: vk_curl_data_callback = { data, size, count, context in
    CurlTransfer.from(context)?.receive(data, count: size &* count) ?? 0
  }

  private static let receiveHeader: vk_curl_data_callback = { _, size, count, context in
    CurlTransfer.from(context)?.receiveHeader(count: size &* count) ?? 0
  }

  private static let willSend: vk_curl_prereq_callback = { context, _, _, _, _ in
    guard let transfer = CurlTransfer.from(context) else { return CURL_PREREQFUNC_ABORT }
    transfer.willSend()
    return CURL_PREREQFUNC_OK
  }
}
