import Ethereum

/// Revert data for people: "Name(argument: value, …)" for a known error, else the nearest description.
enum RevertText {
  static func describe(_ data: [UInt8], known: [ABIErrorType]) -> String {
    let reason = RevertReason.decode(data, known: known)
    guard case .custom(let name, let values) = reason,
      let type = known.first(where: { $0.name == name && data.starts(with: $0.selector) }),
      type.inputParameters.count == values.count
    else { return reason.description }
    let arguments = zip(type.inputParameters, values).map { parameter, value in
      parameter.name.isEmpty ? Excerpt.of(value.description) : "\(parameter.name): \(Excerpt.of(value.description))"
    }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }
}
