import Ethereum
import Testing

@testable import Keeper

@Suite struct DifferenceTests {
  @Test func anyValueIsReachedFromAnyOther() throws {
    var draws = Draws(seed: 11)
    for _ in 0..<20_000 {
      let old = draws.json(depth: 4)
      let new = draws.next() % 2 == 0 ? draws.json(depth: 4) : draws.mutation(of: old)
      guard let change = Difference.between(old, new) else {
        #expect(old == new)
        continue
      }
      #expect(old != new)
      #expect(try Difference.apply(change, to: old) == new, "\(old.text) to \(new.text) by \(change.text)")
      // It survives being written down.
      #expect(try JSON.parse(change.encoded()) == change)
    }
  }

  @Test(arguments: [
    (#"{"a":1,"b":[1,2]}"#, #"{"a":2,"b":[1,3]}"#, #"{"a":2,"b":{"1":3}}"#),
    (#"{"a":1,"b":2}"#, #"{"b":2}"#, #"{"a":[]}"#),
    (#"{"a":[1]}"#, #"{"a":[1,{"x":1}]}"#, #"{"a":[2,{"1":[{"x":1}]}]}"#),
    (#"{"f":{"name":"drift","value":"1"}}"#, #"{"f":{"name":"drift","value":"2"}}"#, #"{"f":"2"}"#),
    (#"{"f":{"name":"drift","value":"1"}}"#, #"{"f":"2"}"#, #"{"f":["2"]}"#),
    (#"{"a":{}}"#, #"{"a":[[]]}"#, #"{"a":[[[]]]}"#),
  ])
  func aChangeIsSmall(_ old: String, _ new: String, _ change: String) throws {
    let (old, new) = (try JSON.parse(Array(old.utf8)), try JSON.parse(Array(new.utf8)))
    let found = try #require(Difference.between(old, new))
    #expect(found.text == change)
    #expect(try Difference.apply(found, to: old) == new)
  }

  @Test func whatDoesNotFitIsRefused() throws {
    for text in [
      #"{"x":{"y":1}}"#, #"{"b":{"2":1}}"#, #"{"b":[9223372036854775807,{}]}"#, #"{"b":[4,{"3":1}]}"#,
      #"{"b":[-1,{}]}"#, #"{"a":[1,2]}"#, #"{"a":[1,{}]}"#,
    ] {
      let change = try JSON.parse(Array(text.utf8))
      #expect(throws: DifferenceFailure.self, "\(text)") {
        try Difference.apply(change, to: ["a": 1, "b": [1, 2]])
      }
    }
    var draws = Draws(seed: 12)
    for _ in 0..<20_000 {
      do { _ = try Difference.apply(draws.json(depth: 4), to: draws.json(depth: 4)) } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
