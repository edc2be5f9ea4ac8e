import Ethereum
import Foundation

/// Turns a folder of interfaces into a folder of Swift files.
enum Generator {
  struct Output: Equatable {
    let name: String
    let text: String
  }

  /// What the interfaces in `directory` generate, sorted by name. Reads files, writes none.
  static func generate(from directory: String) throws(AbigenError) -> [Output] {
    var outputs: [Output] = []
    for name in try files(in: directory, withSuffix: ".json") {
      let path = directory + "/" + name
      let interface = try InterfaceParser.parse(read(path), name: String(name.dropLast(5)), path: path)
      outputs.append(Output(name: "\(interface.name).swift", text: SwiftWriter.source(of: interface)))
    }
    guard !outputs.isEmpty else { throw AbigenError(path: directory, text: "holds no interfaces (*.json)") }
    return outputs
  }

  /// Names of the files in `directory` that differ from `outputs`, are missing, or have no interface any more.
  static func differences(_ outputs: [Output], in directory: String) throws(AbigenError) -> [String] {
    let present = try files(in: directory, withSuffix: ".swift")
    var names: [String] = []
    for output in outputs {
      let text = present.contains(output.name) ? try read(directory + "/" + output.name) : []
      if text != Array(output.text.utf8) { names.append(output.name) }
    }
    return names + present.filter { name in !outputs.contains { $0.name == name } }
  }

  /// Writes what differs and removes what no interface generates any more; returns the names.
  static func write(_ outputs: [Output], to directory: String) throws(AbigenError) -> [String] {
    let names = try differences(outputs, in: directory)
    for name in names {
      let path = directory + "/" + name
      do {
        if let output = outputs.first(where: { $0.name == name }) {
          try Data(output.text.utf8).write(to: URL(filePath: path), options: .atomic)
        } else {
          try FileManager.default.removeItem(atPath: path)
        }
      } catch {
        throw AbigenError(path: path, text: "\(error)")
      }
    }
    return names
  }

  private static func files(in directory: String, withSuffix suffix: String) throws(AbigenError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(suffix) }.sorted()
    } catch {
      throw AbigenError(path: directory, text: "cannot be listed")
    }
  }

  private static func read(_ path: String) throws(AbigenError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw AbigenError(path: path, text: "cannot be read")
    }
  }
}
