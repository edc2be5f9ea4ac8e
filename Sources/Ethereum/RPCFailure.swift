/// Why an answer is no proper JSON-RPC answer to what was asked. Excerpts are bounded and printable.
package enum RPCFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case notJSON(reason: String, excerpt: String)
  /// A single object with an error instead of the array a batch is answered with; the whole batch failed.
  case batchRefused(RPCErrorObject)
  case notABatch(found: String, excerpt: String)
  case notAResponse(index: Int, reason: String, excerpt: String)
  case missingID(UInt64)
  case duplicateID(UInt64)
  case unexpectedID(String)
  /// The node's own error, handed on where a result was asked for.
  case node(method: String, RPCErrorObject)
  /// A result of another shape than the method promises.
  case result(method: String, reason: String)

  package var description: String {
    switch self {
    case .notJSON(let reason, let excerpt): "RPC: the answer is not JSON (\(reason)): \"\(excerpt)\""
    case .batchRefused(let error): "RPC: the node refused the whole batch: \(error)"
    case .notABatch(let found, let excerpt): "RPC: expected an array of answers, found \(found): \"\(excerpt)\""
    case .notAResponse(let index, let reason, let excerpt): "RPC: answer \(index): \(reason): \"\(excerpt)\""
    case .missingID(let id): "RPC: no answer to request \(id)"
    case .duplicateID(let id): "RPC: two answers to request \(id)"
    case .unexpectedID(let id): "RPC: an answer with id \(id), which nobody asked for"
    case .node(let method, let error): "RPC: \(method): \(error)"
    case .result(let method, let reason): "RPC: \(method): \(Excerpt.of(reason))"
    }
  }
}

/// The `error` member of a JSON-RPC answer.
package struct RPCErrorObject: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: Int
  /// The node's words, as they came.
  package let message: String
  /// Hex data, where the node gave some: the revert data of a failed call.
  package let data: [UInt8]?

  package init(code: Int, message: String, data: [UInt8]? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  package var description: String {
    let suffix = data.map { ", data \(Excerpt.of(Hex.encode($0.prefix(64))))" } ?? ""
    return "error \(code) \"\(Excerpt.of(message))\"\(suffix)"
  }
}
