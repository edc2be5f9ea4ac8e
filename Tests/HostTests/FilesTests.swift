import Foundation
import Glibc
import Keeper
import Testing

@testable import Host

@Suite struct FilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aCreatedFileIsPrivateAndNeverOverwritten() throws {
    let path = folder("keystore.json")
    try Files.create(path, Array("first".utf8))
    #expect(throws: HostError.fileExists(path: path)) { try Files.create(path, Array("second".utf8)) }
    #expect(try Files.read(path, limit: 100) == Array("first".utf8))
    var status = stat()
    stat(path, &status)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["keystore.json"])
  }

  @Test func aLinkIsNotFollowedWhenCreating() throws {
    try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: folder("target"))
    #expect(throws: HostError.fileExists(path: folder("link"))) { try Files.create(folder("link"), [1]) }
    #expect(!FileManager.default.fileExists(atPath: folder("target")))
  }

  @Test func readingIsBounded() throws {
    let path = try folder.write("12345", to: "file")
    #expect(try Files.read(path, limit: 5).count == 5)
    #expect(throws: HostError.fileTooLarge(path: path, limitBytes: 4)) { try Files.read(path, limit: 4) }
    #expect(throws: HostError.fileTooLarge(path: "/dev/zero", limitBytes: 4)) { try Files.read("/dev/zero", limit: 4) }
    #expect(throws: HostError.notAFile(path: folder.path)) { try Files.read(folder.path, limit: 4) }
  }

  @Test func papersAreOrdinaryFilesAndBounded() throws {
    let papers = FilePapers()
    let path = try folder.write("12345", to: "paper")
    let paper = try papers.read(path, limit: 5)
    #expect(paper.bytes == Array("12345".utf8) && paper.modifiedAtUnixSeconds > 1_600_000_000)
    #expect(throws: PaperFailure.tooLarge(path: path, limitBytes: 4)) { try papers.read(path, limit: 4) }
    #expect(throws: PaperFailure.missing(path: folder("none"))) { try papers.read(folder("none"), limit: 4) }
    #expect(throws: PaperFailure.notAFile(path: folder.path)) { try papers.read(folder.path, limit: 4) }
    #expect(throws: PaperFailure.notAFile(path: "/dev/zero")) { try papers.read("/dev/zero", limit: 4) }
    // Nobody writes to it: whoever waited would wait for ever.
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    #expect(throws: PaperFailure.notAFile(path: folder("pipe"))) { try papers.read(folder("pipe"), limit: 4) }
    let empty = try folder.write("", to: "empty")
    #expect(try papers.read(empty, limit: 4).bytes.isEmpty)
  }

  @Test func theHaltMarkerKeepsTheFirstReason() throws {
    let marker = HaltMarker(path: folder("halt"))
    #expect(marker.state() == .clear)
    #expect(try marker.set(reason: #"{"code":"foreignNonce","nonce":7}"#))
    #expect(try !marker.set(reason: "later"))
    #expect(marker.state() == .halted(reason: #"{"code":"foreignNonce","nonce":7}"#))
    #expect(HaltMarker(path: folder("halt")).state() == marker.state())
    #expect(try marker.clear())
    #expect(try !marker.clear())
    #expect(marker.state() == .clear)
  }

  @Test func aTouchedOrUnreadableMarkerHalts() throws {
    let marker = HaltMarker(path: folder("halt"))
    try folder.write("", to: "halt")
    #expect(marker.state() == .halted(reason: ""))
    try folder.write(String(repeating: "x", count: 100_000), to: "halt")
    guard case .halted = marker.state() else {
      Issue.record("a long marker does not halt")
      return
    }
    unlink(folder("halt"))
    mkdir(folder("halt"), 0o700)
    guard case .halted = marker.state() else {
      Issue.record("a folder in the marker's place does not halt")
      return
    }
    try folder.write("", to: "file")
    guard case .halted = HaltMarker(path: folder("file/halt")).state() else {
      Issue.record("a marker that cannot be looked for does not halt")
      return
    }
  }

  @Test func wipingLeavesZeros() {
    var bytes: [UInt8] = [1, 2, 3]
    wipe(&bytes)
    #expect(bytes == [0, 0, 0])
    var none: [UInt8] = []
    wipe(&none)
    #expect(none.isEmpty)
  }

  @Test func errnoHasWords() {
    #expect(HostError.text(of: ENOENT) == "No such file or directory (2)")
    #expect(HostError.text(of: 99_999).contains("99999"))
  }
}
