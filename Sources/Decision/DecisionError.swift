package import Contracts

/// The stages of a judgement, by the names that figures, errors and reports use.
package enum Stage: String, Hashable, Sendable, Codable {
  case assessment, calibration, plan, guards, clearance
}

/// Why a judgement could not be made. None of these is a refusal: a refusal is a judgement. The keeper treats every
/// case but `policy` as a look that failed, does nothing in this tick and counts it.
package enum DecisionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The policy contradicts itself; found before anything starts.
  case policy(PolicyDefect)
  /// A number handed in is too large to calculate with, or a conversion below this module failed.
  case calculation(stage: Stage, ContractsError)
  /// The stage was asked without something it needs; a guard says why that is missing.
  case missing(stage: Stage, what: String)
  /// The state after a simulated call, or another input, belongs to something else.
  case mismatch(stage: Stage, what: String)

  package var description: String {
    switch self {
    case .policy(let defect):
      defect.description
    case .calculation(let stage, let error):
      "\(stage.rawValue): \(error); check the units and addresses behind the reading"
    case .missing(let stage, let what):
      "\(stage.rawValue): there is no \(what); see the first refusal of the guards for the cause"
    case .mismatch(let stage, let what):
      "\(stage.rawValue): \(what)"
    }
  }

  /// Runs a stage's arithmetic, naming the stage in what goes wrong.
  static func calculating<T>(_ stage: Stage, _ body: () throws(ContractsError) -> T) throws(DecisionError) -> T {
    do {
      return try body()
    } catch {
      throw .calculation(stage: stage, error)
    }
  }
}
