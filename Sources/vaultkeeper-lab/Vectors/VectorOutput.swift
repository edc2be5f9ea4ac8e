import Ethereum

/// What an evaluator gives back; nil, a refusal, is null.
enum VectorOutput {
  static func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
  /// JSON has no infinity and no NaN.
  static func finite(_ value: Double) -> JSON { number(value.isFinite ? value : nil) }
  static func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
  static func amount(_ value: UInt256) -> JSON { .string("\(value)") }

  static func object(_ members: KeyValuePairs<String, Double?>) -> JSON {
    .object(JSONObject(members.map { ($0.key, number($0.value)) }))
  }

  static func unknown(_ operation: String) -> LabError { LabError("no operation \(operation) is known") }
}
