import Foundation
import Testing

private let analyzer = "/usr/bin/systemd-analyze"

/// The systemd unit, judged by systemd itself where it is installed.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: analyzer)))
struct UnitFileTests {
  private let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("packaging/vaultkeeper.service")

  private func analyze(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: analyzer)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test func exposureIsAtMostOnePointFive() throws {
    let (status, output) = try analyze(["security", "--offline=true", "--threshold=15", "--no-pager", unit.path])
    #expect(status == 0, "\(output.suffix(200))")
  }

  @Test func everyLineIsUnderstood() throws {
    let (_, output) = try analyze(["verify", "--man=no", unit.path])
    let complaints = output.split(separator: "\n").filter { $0.contains("vaultkeeper") }
    // Before the package is installed the binary is missing; nothing else may be.
    #expect(complaints.allSatisfy { $0.contains("/usr/bin/vaultkeeper is not executable") }, "\(complaints)")
  }
}
