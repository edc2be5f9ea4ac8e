package import Ethereum

/// A place where a vault holds something that moves with the base asset's price, beside its spot tokens and its venue. A
/// pure reader: it judges nothing.
package protocol ExposureSource: Sendable {
  /// From the configuration, unique within a vault.
  var name: String { get }
  /// The same list for every block.
  func reads(holder: Address) throws(ContractsError) -> [Read]
  /// What the answers say. Throws where they cannot be true; that is one exposure less to know of, and no reason to
  /// stop looking at the rest.
  func readings(_ results: [ReadResult], holder: Address) throws(ContractsError) -> [ExposureReading]
}
