import Foundation
import Host
import Keeper
import Testing

@testable import vaultkeeper

/// The section that says who may write.
@Suite struct WriterConfigurationTests {
  private func etcd(_ text: String) throws -> Configuration.Etcd {
    guard case .etcd(let etcd) = try Fixtures.read(text).writer else {
      throw CommandFailure(status: .usage, message: "local")
    }
    return etcd
  }

  private func full(_ old: String, _ new: String) throws -> String {
    let text = try Fixtures.full()
    #expect(text.contains(old))
    return text.replacingOccurrences(of: old, with: new)
  }

  private func problems(_ text: String) -> [String] {
    do {
      _ = try Fixtures.read(text)
      return []
    } catch {
      return error.problems.map { "\($0.key): \($0.what); \($0.remedy)" }
    }
  }

  @Test func everyKeyOfTheSectionIsRead() throws {
    let it = try etcd(Fixtures.full())
    #expect(it.endpoints.map(\.name) == ["etcd-1", "etcd-2"])
    #expect(it.prefix == "/vaultkeeper/full" && it.ttlSeconds == 40)
    #expect(it.endpoints[0].caBundlePath == "/etc/ssl/etcd-ca.pem" && it.endpoints[1].allowsPlainHTTP)
    #expect(it.endpoints[0].headers.map(\.name) == ["Authorization"])
  }

  @Test func withoutTheSectionThisMachineIsAlone() throws {
    guard case .local = try Fixtures.read(Documentation.example()).writer else { return #expect(Bool(false), "local") }
    let text = try Documentation.example() + "\nwriter: local\n"
    guard case .local = try Fixtures.read(text).writer else { return #expect(Bool(false), "local") }
  }

  @Test func theDefaultsFitTheTicks() throws {
    let text = try full("    prefix: /vaultkeeper/full\n    ttl: 40s\n", "")
    let it = try etcd(text)
    #expect(it.prefix == "/vaultkeeper/0x90f8bf6a479f320ead074411a4b0e7944ea8c9c1" && it.ttlSeconds == 30)
    let slow = text.replacingOccurrences(of: "interval: 2s, deadline: 5s", with: "interval: 60s, deadline: 20s")
    #expect(try etcd(slow).ttlSeconds == 100)
  }

  @Test func aLeaseShorterThanThreeDeadlinesIsRefused() throws {
    #expect(try etcd(full("ttl: 40s", "ttl: 15s")).ttlSeconds == 15)
    #expect(
      problems(try full("ttl: 40s", "ttl: 14s")) == [
        "writer.etcd.ttl: a lease of 14s could end within a tick; write at least 15s: three times tick.deadline, and "
          + "tick.interval plus twice it"
      ])
    // Between two ticks nothing renews.
    let resting = try full("interval: 2s, deadline: 5s", "interval: 60s, deadline: 5s")
    #expect(problems(resting).contains { $0.contains("at least 70s") })
  }

  @Test(arguments: [
    ("prefix: /vaultkeeper/full", "prefix: vaultkeeper"), ("prefix: /vaultkeeper/full", "prefix: /a//b"),
    ("prefix: /vaultkeeper/full", "prefix: /"), ("prefix: /vaultkeeper/full", "prefix: /a/"),
    ("name: etcd-2", "name: etcd-1"), ("url: {credential: etcd-1}", "url: \"http://etcd-1.internal:2379\""),
    ("ttl: 40s", "ttl: 2h"), ("    ttl: 40s", "    tll: 20s"), ("writer:\n  etcd:\n", "writer:\n  zookeeper:\n"),
  ])
  func mistakesAreNamed(_ old: String, _ new: String) throws {
    let found = problems(try full(old, new))
    #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("writer") }, "\(found)")
  }

  @Test func anotherWordThanLocalIsRefused() throws {
    let found = problems(try Documentation.example() + "\nwriter: locale\n")
    #expect(found == ["writer: \"locale\" is not known here; write local, or etcd: with its keys below"])
  }

  @Test func anEndpointIsOneURLForEachMethod() throws {
    let url = try SecretURL("https://etcd.internal:2379/", endpoint: "m")
    #expect(try url.appending(path: EtcdMethod.range.path, endpoint: "m").origin == url.origin)
    #expect(throws: HostError.self) {
      try SecretURL("https://etcd.internal?key=7", endpoint: "m").appending(path: "/v3/kv/range", endpoint: "m")
    }
  }
}
