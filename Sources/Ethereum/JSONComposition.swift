/// A type that says its JSON form itself, without a coder's containers. The form must be what `encode(to:)` writes.
package protocol JSONFormed: Encodable, Equatable {
  /// - Parameter memo: of the place that is written; for the parts of the value.
  /// - Throws: where a coder would.
  func form(_ memo: JSONMemo) throws -> JSON
}

/// One that says it at once.
package protocol JSONWritable: JSONFormed {
  var json: JSON { get }
}

extension JSONWritable {
  package func form(_ memo: JSONMemo) -> JSON { json }
}

/// One that says it member by member, so that what has not changed is not written again.
package protocol JSONComposed: JSONFormed {
  /// Puts every member into the form, quickest in the order of their keys.
  /// - Throws: where a coder would.
  func compose(_ form: inout JSONComposition) throws
}

extension JSONComposed {
  package func form(_ memo: JSONMemo) throws -> JSON {
    var form = JSONComposition(memo)
    try compose(&form)
    return form.json
  }
}

/// What was written last time, place by place, so that what has not changed is not written again.
///
/// Equal values of one type have equal forms, so a hit is right whatever stood in the place before.
package final class JSONMemo {
  private var held: AnyObject?
  private var children: [JSONMemo] = []

  package init() {}

  /// The memo of the part with this ordinal.
  func child(_ ordinal: Int) -> JSONMemo {
    while children.count <= ordinal { children.append(JSONMemo()) }
    return children[ordinal]
  }

  /// The form of `value`, written only where it is another one than last time.
  package func form<Value: JSONFormed>(of value: Value) throws -> JSON {
    guard let held = held as? JSONHeld<Value> else {
      let json = try value.form(self)
      self.held = JSONHeld(value, json)
      return json
    }
    if held.value != value {
      held.json = try value.form(self)
      held.value = value
    }
    return held.json
  }
}

/// A value and its form.
private final class JSONHeld<Value> {
  var value: Value
  var json: JSON

  init(_ value: Value, _ json: JSON) {
    self.value = value
    self.json = json
  }
}

/// A JSON object while its members are put into it.
package struct JSONComposition {
  private let memo: JSONMemo
  private var members: [JSONObject.Member] = []
  private var ordinal = 0

  init(_ memo: JSONMemo) { self.memo = memo }

  var json: JSON { .object(JSONObject(unordered: members)) }

  package mutating func put(_ key: String, _ json: JSON) { members.append(JSONObject.Member(key: key, value: json)) }
  package mutating func put(_ key: String, _ text: String) { put(key, .string(text)) }
  package mutating func put(_ key: String, _ flag: Bool) { put(key, .bool(flag)) }
  package mutating func put(_ key: String, _ number: Int) { put(key, .integer(Int64(number))) }
  package mutating func put(_ key: String, _ number: UInt64) { put(key, JSON(whole: number)) }

  package mutating func put(_ key: String, _ value: some JSONFormed) throws {
    put(key, try nextMemo().form(of: value))
  }

  /// Where there is none, there is no member.
  package mutating func put(_ key: String, _ value: (some JSONFormed)?) throws {
    let memo = nextMemo()
    if let value { put(key, try memo.form(of: value)) }
  }

  package mutating func put<Element: JSONFormed>(_ key: String, _ elements: [Element]) throws {
    put(key, try Self.list(elements, nextMemo()))
  }

  package mutating func put<Element: JSONFormed>(_ key: String, _ elements: [Element]?) throws {
    let memo = nextMemo()
    if let elements { put(key, try Self.list(elements, memo)) }
  }

  package mutating func put(_ key: String, _ texts: [String]) { put(key, .array(texts.map { .string($0) })) }

  /// A value that says its form to a coder only.
  package mutating func put(_ key: String, encoding value: some Encodable) throws {
    put(key, try JSON(encoding: value, memo: nextMemo()))
  }

  private static func list<Element: JSONFormed>(_ elements: [Element], _ memo: JSONMemo) throws -> JSON {
    var forms: [JSON] = []
    forms.reserveCapacity(elements.count)
    for element in elements { forms.append(try memo.child(forms.count).form(of: element)) }
    return .array(forms)
  }

  private mutating func nextMemo() -> JSONMemo {
    defer { ordinal += 1 }
    return memo.child(ordinal)
  }
}

extension JSON {
  /// What is beyond 63 bits would lose digits as a number, here as in any reader: it is written as a string of them.
  package init(whole number: UInt64) {
    if let small = Int64(exactly: number) { self = .integer(small) } else { self = .string("\(number)") }
  }

  /// A whole number in either form; nil for anything else, and for a string that `init(whole:)` would not have written.
  package var whole: UInt64? {
    switch self {
    case .integer(let number): return UInt64(exactly: number)
    case .string(let text):
      guard let number = UInt64(text), number > UInt64(Int64.max), "\(number)" == text else { return nil }
      return number
    default: return nil
    }
  }
}

// MARK: - Types that say their form at once

extension JSON: JSONWritable {
  package var json: JSON { self }
}

extension UInt256: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Int256: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Bytes32: JSONWritable {
  package var json: JSON { .string(description) }
}

extension Address: JSONWritable {
  package var json: JSON { .string(description) }
}
