import Contracts

extension Evidence {
  /// A delta that leaves something out, or counts it by a number nobody vouches for, is not traded on. What a halt lets
  /// a keeper take back does not depend on it.
  func exposures() throws(ContractsError) -> Finding {
    guard !observation.exposures.isEmpty else { return .notApplicable }
    guard let assessment, let plan else { return .notReached }
    let figures = [
      Figure.count("exposures", assessment.exposures.count, from: "assessment"),
      .count("in doubt", assessment.exposureRefusals.count, from: "assessment"),
    ]
    guard let first = assessment.exposureRefusals.first else { return .passed(figures) }
    if circumstances.isHalted && plan.isOnlyCancels { return .passed(figures) }
    // A position in danger is made smaller by its own numbers, whatever else the vault holds.
    if plan.deRisk != nil { return .passed(figures) }
    return .refused(Refusal(first.code, first.figures + [figures[1]]))
  }
}
