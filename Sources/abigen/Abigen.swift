import Foundation

/// Writes Sources/Contracts/Generated from abi/.
///
///     abigen [--check] [ABI-FOLDER OUTPUT-FOLDER]
///
/// The folders are `abi` and `Sources/Contracts/Generated` unless given. With `--check` nothing is written, and the
/// exit status is 1 when a file would change.
@main
enum Abigen {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let given = arguments.filter { $0 != "--check" }
    guard given.isEmpty || given.count == 2, !given.contains(where: { $0.hasPrefix("-") }) else {
      return finish("usage: abigen [--check] [ABI-FOLDER OUTPUT-FOLDER]", status: 64)
    }
    let folders = given.isEmpty ? ["abi", "Sources/Contracts/Generated"] : given
    do throws(AbigenError) {
      let outputs = try Generator.generate(from: folders[0])
      if arguments.contains("--check") {
        let names = try Generator.differences(outputs, in: folders[1])
        guard names.isEmpty else {
          let lines = names.map { "\(folders[1])/\($0): error: is not what \(folders[0]) generates; run `make abi`" }
          return finish(lines.joined(separator: "\n"), status: 1)
        }
      } else {
        for name in try Generator.write(outputs, to: folders[1]) { print("\(folders[1])/\(name)") }
      }
    } catch {
      finish("\(error)", status: 1)
    }
  }

  private static func finish(_ text: String, status: Int32) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(status)
  }
}
