package import Foundation

/// A program of this package, as built beside the tests that run.
package enum BuiltProgram {
  /// The test's bundle or runner lies in `.build/<configuration>`, some folders down; nil where no folder above it
  /// holds a program of this name.
  package static func beside(tests runner: String? = CommandLine.arguments.first, named name: String) -> URL? {
    var folder = URL(fileURLWithPath: runner ?? "").resolvingSymlinksInPath()
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
        return candidate
      }
    }
    return nil
  }
}
