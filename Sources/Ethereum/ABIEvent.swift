/// An event of a contract: its first topic, and its logs as values.
package struct ABIEvent: Hashable, Sendable {
  package let name: String
  package let inputs: [ABIParameter]
  /// Anonymous events have no signature topic.
  package let isAnonymous: Bool
  /// `name(type,type)`.
  package let signature: String
  /// Keccak-256 of the signature: the first topic unless the event is anonymous.
  package let topic0: Bytes32

  package init(name: String, inputs: [ABIParameter], isAnonymous: Bool = false) {
    self.name = name
    self.inputs = inputs
    self.isAnonymous = isAnonymous
    signature = name + ABIType.tuple(inputs.map(\.type)).name
    topic0 = Keccak256.hash(utf8: signature)
  }

  /// The parameters that are topics, in order.
  package var indexed: [ABIParameter] { inputs.filter(\.isIndexed) }

  /// Whether a log's first topic is this event's.
  package func matches(_ log: Log) -> Bool { !isAnonymous && log.topics.first == topic0 }

  /// The event's values in the order of its parameters.
  ///
  /// Of an indexed `string`, `bytes`, array or tuple the chain keeps only a hash: it comes as `.fixedBytes` of 32.
  /// - Throws: `.abi`: another event, a wrong number of topics, data that does not decode.
  package func decode(
    topics: [Bytes32], data: [UInt8], limits: ABI.Limits = .standard
  ) throws(EthereumError) -> [ABIValue] {
    var topics = topics[...]
    if !isAnonymous {
      guard topics.popFirst() == topic0 else {
        throw .abi(.event(name: name, reason: "the first topic is not \(topic0)"))
      }
    }
    guard topics.count == indexed.count else {
      throw .abi(.event(name: name, reason: "\(topics.count) indexed topics, expected \(indexed.count)"))
    }
    var plain = try ABI.decode(data, as: inputs.filter { !$0.isIndexed }.map(\.type), limits: limits)[...]
    var values: [ABIValue] = []
    for input in inputs {
      if input.isIndexed {
        guard let topic = topics.popFirst() else { break }
        values.append(try Self.value(of: topic, as: input.type))
      } else if let value = plain.popFirst() {
        values.append(value)
      }
    }
    return values
  }

  /// The event's values in the order of its parameters.
  /// - Throws: as `decode(topics:data:limits:)`.
  package func decode(_ log: Log, limits: ABI.Limits = .standard) throws(EthereumError) -> [ABIValue] {
    try decode(topics: log.topics, data: log.data, limits: limits)
  }

  private static func value(of topic: Bytes32, as type: ABIType) throws(EthereumError) -> ABIValue {
    switch type {
    case .bytes, .string, .array, .fixedArray, .tuple: return .bytes32(topic)
    default:
      guard let value = try ABI.decode(topic.bytes, as: [type]).first else { return .bytes32(topic) }
      return value
    }
  }
}
