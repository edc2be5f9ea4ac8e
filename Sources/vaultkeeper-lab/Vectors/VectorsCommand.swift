import ArgumentParser
import Ethereum
import Foundation

/// Runs files of test vectors through the program's own functions.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Runs every file of test vectors under a folder through production code.",
    discussion: """
      A file is an object with a kind and cases; a case has an id, in, out and tol, the tolerance of all its outputs \
      or of each by name: |ours - theirs| <= abs + rel * |theirs|. Whole numbers in text are compared to the last \
      digit unless the case allows for more. Where out is null, or a member of it, the program must refuse the case. \
      An operation that the program does not know is a failure.

      It prints for each kind "N passed, M failed" with the ids of those that failed. Exit status: 0 if nothing \
      failed, 1 if something did, 66 if there is no file of vectors.
      """)

  @Argument(help: "The folder (or a single file).", completion: .directory)
  var folder: String
  @Option(help: "The folder that data files named in cases are relative to.", completion: .directory)
  var data = "Tests/Fixtures/Vectors"
  @Flag(help: "Prints why each case failed.")
  var verbose = false

  func run() throws {
    var tally = VectorTally()
    do {
      for file in try TestFile.all(under: folder) where file.isJSON {
        try Self.read(file, dataFolder: data, &tally)
      }
    } catch {
      print("vaultkeeper-lab: \(error)")
      throw ExitCode(66)
    }
    guard !tally.isEmpty else {
      print("vaultkeeper-lab: \(folder) holds no file of vectors: JSON with a kind and cases")
      throw ExitCode(66)
    }
    tally.close(verbose: verbose)
    if tally.failed > 0 { throw ExitCode(1) }
  }

  static func read(_ file: TestFile, dataFolder: String, _ tally: inout VectorTally) throws {
    let json: JSON
    do { json = try JSON.parse(try file.read()) } catch {
      return tally.fail(file.name, kind: "(unreadable)", "\(error)")
    }
    // Other JSON may lie beside them.
    guard let kind = json["kind"]?.string, let cases = json["cases"]?.array else {
      return print("skipped  \(file.name): no kind and cases in it")
    }
    for (index, each) in cases.enumerated() {
      let name = each["id"]?.string ?? "\(file.name)[\(index)]"
      do {
        try VectorCase(each, kind: kind, dataFolder: dataFolder).run()
        tally.pass(kind: kind)
      } catch {
        tally.fail(name, kind: kind, "\(error)")
      }
    }
  }
}

/// One case of a file of vectors.
struct VectorCase {
  private let kind: String
  private let input: VectorInput
  private let out: JSON?
  private let tolerance: JSON?

  init(_ json: JSON, kind: String, dataFolder: String) throws {
    guard var given = json["in"]?.object else { throw LabError("the case has no in") }
    // What refines an operation may stand beside the input.
    for member in json.object?.members ?? [] where !["in", "out", "tol", "id", "src"].contains(member.key) {
      if given[member.key] == nil { given[member.key] = member.value }
    }
    self.kind = kind
    input = VectorInput(given, dataFolder: dataFolder)
    out = json["out"]
    tolerance = json["tol"]
  }

  func run() throws {
    guard let out else { throw LabError("the case has no out") }
    let evaluate = try VectorOperations.named(kind)
    guard !out.isNull else { return try mustRefuse(evaluate) }
    try VectorComparison.compare(try evaluate(input), with: out, tolerance: tolerance)
  }

  func evaluated() throws -> JSON { try VectorOperations.named(kind)(input) }

  private func mustRefuse(_ evaluate: (VectorInput) throws -> JSON) throws {
    let found: JSON
    do {
      found = try evaluate(input)
    } catch let error as LabError {
      // The laboratory itself failed: nothing was refused.
      throw error
    } catch {
      return
    }
    throw LabError("must be refused, and gives \(found.text)")
  }
}

/// How many cases of each kind passed, and which did not.
struct VectorTally {
  private struct Kind {
    let name: String
    var passed = 0
    var failures: [(id: String, reason: String)] = []
  }
  private var kinds: [Kind] = []

  var isEmpty: Bool { kinds.isEmpty }
  var failed: Int { kinds.reduce(0) { $0 + $1.failures.count } }

  /// By the kinds' names.
  var counts: [(kind: String, passed: Int, failed: Int)] {
    kinds.sorted { $0.name < $1.name }.map { ($0.name, $0.passed, $0.failures.count) }
  }

  private mutating func place(_ kind: String) -> Int {
    if let index = kinds.firstIndex(where: { $0.name == kind }) { return index }
    kinds.append(Kind(name: kind))
    return kinds.count - 1
  }

  mutating func pass(kind: String) { kinds[place(kind)].passed += 1 }

  mutating func fail(_ id: String, kind: String, _ reason: String) {
    kinds[place(kind)].failures.append((id, reason))
  }

  func close(verbose: Bool) {
    for kind in kinds.sorted(by: { $0.name < $1.name }) {
      let ids = kind.failures.map(\.id).joined(separator: " ")
      print("\(kind.name): \(kind.passed) passed, \(kind.failures.count) failed" + (ids.isEmpty ? "" : ": \(ids)"))
      if verbose { for failure in kind.failures { print("  FAILED \(failure.id): \(failure.reason)") } }
    }
    let passed = kinds.reduce(0) { $0 + $1.passed }
    print("\(passed) passed, \(failed) failed")
  }
}
