import ArgumentParser

/// Runs files of the official ethereum/tests layout.
struct EthereumTestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ethereum-tests",
    abstract: "Runs every RLPTests, ABITests, KeyStoreTests, BasicTests and TransactionTests file under a folder.",
    discussion: """
      The names of the folders decide what a file is: RLPTests, ABITests, KeyStoreTests, BasicTests, TransactionTests \
      (or transaction_tests), at any depth, the folder itself included. A file of another kind, and one about things \
      no keeper needs (tries, ECIES, difficulty, genesis), is listed as skipped.

      Transactions are judged for chain id 1 at every fork from Berlin on that a file names. Accepted means that hash, \
      sender and intrinsic gas are equal; what is rejected is printed with the class of its fault, and the file's own \
      text for it is not compared.

      It closes with each failure's name and the line "N passed, M failed, K skipped". Exit status: 0 if nothing \
      failed, 1 if something did, 66 if there is no test file.
      """)

  @Argument(help: "The folder (or a single file).", completion: .directory)
  var folder: String

  func run() throws {
    let files: [TestFile]
    do { files = try TestFile.all(under: folder) } catch {
      print("vaultkeeper-lab: \(error)")
      throw ExitCode(66)
    }
    guard files.contains(where: { $0.kind != nil && $0.isJSON }) else {
      print(
        "vaultkeeper-lab: \(folder) holds no test file. Name a folder with RLPTests, ABITests, KeyStoreTests, "
          + "BasicTests or TransactionTests in it, as a clone of ethereum/tests has them")
      throw ExitCode(66)
    }
    var tally = Tally()
    let suites = try Suites()
    for file in files where file.kind != nil { suites.run(file, &tally) }
    skipUnknown(files.filter { $0.kind == nil }, &tally)
    tally.close()
    if tally.failed > 0 { throw ExitCode(1) }
  }

  /// Files in folders of no kind we have: by name, or as a number where a folder has very many.
  private func skipUnknown(_ files: [TestFile], _ tally: inout Tally) {
    let listedAtMost = 20
    var index = 0
    while index < files.count {
      let folder = files[index].topFolder
      let group = files[index...].prefix { $0.topFolder == folder }
      if group.count > listedAtMost {
        tally.skip(
          "\(folder)/ (\(group.count) files)", because: "not a kind of file this keeper needs", count: group.count)
      } else {
        for file in group { tally.skip(file.name, because: "not a kind of file this keeper needs") }
      }
      index += group.count
    }
  }
}
