/// One JSON-RPC 2.0 request. Ids are numbers of our own choosing, unique within a batch.
package struct RPCRequest: Hashable, Sendable {
  package let id: UInt64
  package let method: String
  package let params: [JSON]

  package init(id: UInt64, method: String, params: [JSON]) {
    self.id = id
    self.method = method
    self.params = params
  }

  private var json: JSON {
    [
      "jsonrpc": "2.0", "id": .integer(Int64(clamping: id)), "method": .string(method), "params": .array(params),
    ]
  }

  /// The body of a request that carries all of `requests` in one array, also where there is only one.
  package static func encodeBatch(_ requests: [RPCRequest]) -> [UInt8] {
    JSON.array(requests.map(\.json)).encoded()
  }

  /// The body of a request on its own, for servers that take no batches.
  package func encoded() -> [UInt8] { json.encoded() }
}

/// One answer of a node.
package struct RPCResponse: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    case result(JSON)
    case error(RPCErrorObject)
  }

  package let id: UInt64
  package let outcome: Outcome

  package init(id: UInt64, outcome: Outcome) {
    self.id = id
    self.outcome = outcome
  }

  /// Reads the answer to a batch: one response to each expected id, in the order of `expecting`.
  ///
  /// Everything else throws, since an answer that cannot be matched to its question must not be used: not JSON, not an
  /// array, a lone error object, wrong, missing or repeated ids, both or neither of result and error.
  /// - Throws: `.rpc`.
  package static func decodeBatch(
    _ body: [UInt8], expecting: [UInt64], limits: JSONLimits = .standard
  ) throws(EthereumError) -> [RPCResponse] {
    let answers = try answers(in: body, limits: limits)
    var responses: [RPCResponse] = []
    responses.reserveCapacity(min(answers.count, expecting.count))
    let wanted = expecting.sorted()
    for (index, answer) in answers.enumerated() {
      let response = try RPCResponse(answer, index: index)
      guard wanted.contains(sorted: response.id) else { throw .rpc(.unexpectedID("\(response.id)")) }
      responses.append(response)
    }
    responses.sort { $0.id < $1.id }
    for (first, second) in zip(responses, responses.dropFirst()) where first.id == second.id {
      throw .rpc(.duplicateID(first.id))
    }
    let ids = responses.map(\.id)
    var ordered: [RPCResponse] = []
    for id in expecting {
      guard let index = ids.index(ofSorted: id) else { throw .rpc(.missingID(id)) }
      ordered.append(responses[index])
    }
    return ordered
  }

  /// Reads the answer to a request that went out on its own, as strictly.
  ///
  /// An error without an id is the server's word that it could not even read the request.
  /// - Throws: `.rpc`.
  package static func decode(
    _ body: [UInt8], expecting id: UInt64, limits: JSONLimits = .standard
  ) throws(EthereumError) -> RPCResponse {
    let json: JSON
    do { json = try JSON.parse(body, limits: limits) } catch {
      throw .rpc(.notJSON(reason: Excerpt.of(error.description), excerpt: Excerpt.of(body)))
    }
    if let error = json["error"], !error.isNull, json["id"]?.isNull != false, json["result"]?.isNull != false {
      return RPCResponse(id: id, outcome: .error(RPCErrorObject(error)))
    }
    let response = try RPCResponse(json, index: 0)
    guard response.id == id else { throw .rpc(.unexpectedID("\(response.id)")) }
    return response
  }

  private static func answers(in body: [UInt8], limits: JSONLimits) throws(EthereumError) -> [JSON] {
    let json: JSON
    do { json = try JSON.parse(body, limits: limits) } catch {
      switch error {
      case .json(.malformed(let reason, let excerpt)): throw .rpc(.notJSON(reason: reason, excerpt: excerpt))
      default: throw .rpc(.notJSON(reason: Excerpt.of(error.description), excerpt: Excerpt.of(body)))
      }
    }
    if let answers = json.array { return answers }
    if let error = json["error"], !error.isNull { throw .rpc(.batchRefused(RPCErrorObject(error))) }
    throw .rpc(.notABatch(found: json.kind, excerpt: Excerpt.of(body)))
  }

  private init(_ json: JSON, index: Int) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError {
      .rpc(.notAResponse(index: index, reason: reason, excerpt: Excerpt.of(json.encoded())))
    }
    guard json.object != nil else { throw failure("expected an object, found \(json.kind)") }
    guard let id = json["id"] else { throw failure("it has no id") }
    guard let number = id.integer, let number = UInt64(exactly: number) else {
      throw .rpc(.unexpectedID(Excerpt.of(id.encoded())))
    }
    self.id = number
    // Some nodes write "error": null beside a result.
    let error = json["error"].flatMap { $0.isNull ? nil : $0 }
    switch (json["result"], error) {
    case (.some(let result), .none): outcome = .result(result)
    case (.none, .some(let error)), (.some(.null), .some(let error)): outcome = .error(RPCErrorObject(error))
    case (.some, .some): throw failure("it has both a result and an error")
    case (.none, .none): throw failure("it has neither a result nor an error")
    }
  }
}

extension RPCErrorObject {
  /// Most bytes of revert data kept: 1 MiB, far above any error a contract in use throws.
  static let dataLimit = 1 << 20

  /// Reads what a node sent as `error`, leniently: whatever it is, it says that the call failed.
  ///
  /// Revert data is hex in `data`, or in `data.data`, or behind a prefix such as "Reverted 0x…".
  init(_ json: JSON) {
    let message = json["message"]?.string ?? json.string ?? Excerpt.of(json.encoded())
    let code = json["code"]?.integer.map { Int(clamping: $0) } ?? 0
    let text = json["data"]?.string ?? json["data"]?["data"]?.string
    self.init(code: code, message: message, data: text.flatMap(Self.hexTail))
  }

  private static func hexTail(of text: String) -> [UInt8]? {
    let word = text.utf8.split(separator: UInt8(ascii: " ")).last.map(Substring.init)
    do { return try word.map { word throws(EthereumError) in try Hex.decode(String(word), limit: dataLimit) } } catch {
      return nil
    }
  }
}

extension Array where Element == UInt64 {
  /// The index of `value` in this ascending array, by bisection.
  fileprivate func index(ofSorted value: UInt64) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == value ? low : nil
  }

  fileprivate func contains(sorted value: UInt64) -> Bool { index(ofSorted: value) != nil }
}
