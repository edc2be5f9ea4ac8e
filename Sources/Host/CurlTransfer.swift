import CCurl
import Keeper

/// One request under way: what libcurl's callbacks write to. libcurl holds a bare pointer to it, so the exchange that
/// made it keeps it alive until its handle has left the multi.
final class CurlTransfer {
  let handle: UnsafeMutableRawPointer
  private let limits: TransportLimits
  private let mask: SecretMask
  private(set) var body: [UInt8] = []
  private var headerBytes = 0
  /// Set just before the first byte of the request is written. Never cleared: libcurl repeats a request by itself when
  /// a kept connection turns out dead, and the first attempt may have arrived.
  private(set) var mayHaveBeenSent = false
  private(set) var isTooLarge = false
  private(set) var hasOversizeHeaders = false
  private(set) var reply: Reply?
  /// libcurl's words for the last failure. May name the host, never the path; used for TLS failures only.
  let errorText: UnsafeMutablePointer<CChar>

  init(handle: UnsafeMutableRawPointer, limits: TransportLimits, mask: SecretMask) {
    self.handle = handle
    self.limits = limits
    self.mask = mask
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit { errorText.deallocate() }

  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// libcurl stops the transfer when a callback takes fewer bytes than it was given.
  func receive(_ data: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
    guard let data, count > 0 else { return 0 }
    guard count <= limits.responseBytes - body.count else {
      isTooLarge = true
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
    return count
  }

  func receiveHeader(count: Int) -> Int {
    headerBytes += count
    guard headerBytes <= limits.headerBytes else {
      hasOversizeHeaders = true
      return 0
    }
    return count
  }

  func willSend() { mayHaveBeenSent = true }

  func finish(_ code: CURLcode) {
    reply = code == CURLE_OK ? answer() : .failed(failure(code))
  }

  /// Ends a transfer that libcurl has not finished.
  func give(up failure: TransportFailure) { reply = .failed(failure) }

  private func answer() -> Reply {
    var status = 0
    vk_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    var retryAfter: curl_off_t = 0
    vk_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
    let seconds = min(Int(clamping: retryAfter), limits.retryAfterSeconds)
    let shown = mask.shown(body, status: status)
    return .answer(status: status, body: shown, retryAfterSeconds: seconds > 0 ? seconds : nil)
  }

  /// What libcurl's code means for the caller. Once a byte may have left, no failure claims the opposite: a request
  /// that died on a kept connection and was then refused a new one is a broken connection, not a refused one.
  private func failure(_ code: CURLcode) -> TransportFailure {
    let sent = mayHaveBeenSent
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return sent ? .reset(sent: true) : .resolve(text(code))
    case CURLE_OPERATION_TIMEDOUT:
      return .timeout(sent: sent)
    case CURLE_WRITE_ERROR where isTooLarge, CURLE_FILESIZE_EXCEEDED:
      return .tooLarge(limitBytes: limits.responseBytes)
    case CURLE_WRITE_ERROR where hasOversizeHeaders:
      return .protocolViolation("more than \(limits.headerBytes) bytes of headers")
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
      return sent ? .reset(sent: true) : .tls(tlsText(code))
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_AGAIN:
      return .reset(sent: sent)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP_RETURNED_ERROR, CURLE_UNSUPPORTED_PROTOCOL,
      CURLE_WRITE_ERROR:
      return .protocolViolation(text(code))
    default:
      return sent ? .protocolViolation(text(code)) : .connect(text(code))
    }
  }

  /// libcurl's general words for a code and the system's for its cause; neither knows the URL.
  private func text(_ code: CURLcode) -> String {
    var system = 0
    vk_curl_get_long(handle, CURLINFO_OS_ERRNO, &system)
    let general = String(cString: curl_easy_strerror(code))
    return system == 0 ? general : "\(general): \(HostError.text(of: Int32(clamping: system)))"
  }

  private func tlsText(_ code: CURLcode) -> String {
    let detail = String(cString: errorText)
    return detail.isEmpty ? text(code) : detail
  }
}
