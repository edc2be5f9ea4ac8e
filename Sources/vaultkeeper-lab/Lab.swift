import ArgumentParser

/// The laboratory: runs the keeper's parts against test files and simulated worlds. Not installed beside a hot key.
@main
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vaultkeeper-lab",
    abstract: "Runs Vaultkeeper's parts against test files and simulated worlds.",
    discussion: "Nothing here talks to a node or reads a key of yours. It is not part of an installation.",
    subcommands: [
      EthereumTestsCommand.self, VectorsCommand.self, PapersCommand.self, BenchmarkCommand.self, StormCommand.self,
      CrashPointsCommand.self,
    ])
}
