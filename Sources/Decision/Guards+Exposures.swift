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
    // The gravest, in the codes' order, whichever was read first.
    let gravest = Refusal.Code.allCases.lazy.compactMap { code in
      assessment.exposureRefusals.first { $0.code == code }
    }.first
    guard let gravest else { return .passed(figures) }
    if circumstances.isHalted && plan.isOnlyCancels { return .passed(figures) }
    // A position in danger is helped by its own numbers, whatever else the vault holds.
    if plan.deRisk != nil { return .passed(figures) }
    return .refused(Refusal(gravest.code, gravest.figures + [figures[1]]))
  }
}
