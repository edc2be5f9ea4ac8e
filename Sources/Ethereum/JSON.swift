/// A JSON value. Objects are ordered by key, so equal values are equal texts.
package enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number; may have lost digits, so never money.
  case number(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// The member `key` of an object; nil of anything else, or where there is none.
  package subscript(_ key: String) -> JSON? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at `index` of an array; nil of anything else, or out of range.
  package subscript(_ index: Int) -> JSON? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// The kind of value, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, sorted by the UTF-8 bytes of their keys; each key once.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package struct Member: Hashable, Sendable {
    package let key: String
    package let value: JSON
  }

  package private(set) var members: [Member]

  package init() { members = [] }

  /// The last of several values of one key wins.
  package init(_ pairs: [(key: String, value: JSON)]) {
    self.init(unordered: pairs.map { Member(key: $0.key, value: $0.value) })
  }

  /// As above.
  init(unordered given: [Member]) {
    members = given
    // What a program writes is in order already more often than not.
    let isOrdered = given.indices.dropFirst().allSatisfy {
      given[$0 - 1].key != given[$0].key && Self.precedes(given[$0 - 1].key, given[$0].key)
    }
    guard !isOrdered else { return }
    members = []
    members.reserveCapacity(given.count)
    if given.count <= Self.fewMembers {
      for member in given { insert(member) }
    } else {
      let order = given.indices.sorted { left, right in
        let (a, b) = (given[left].key, given[right].key)
        return a == b ? left < right : Self.precedes(a, b)
      }
      for index in order { insert(given[index]) }
    }
  }

  /// Up to so many, the place of each is looked for from the end, which a sort takes longer to begin than to do.
  private static let fewMembers = 16

  /// Puts a member into its place, over one of the same key.
  private mutating func insert(_ member: Member) {
    var place = members.count
    while place > 0, Self.precedes(member.key, members[place - 1].key) { place -= 1 }
    if place > 0, members[place - 1].key == member.key {
      members[place - 1] = member
    } else {
      members.insert(member, at: place)
    }
  }

  package init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(unordered: elements.map { Member(key: $0.0, value: $0.1) })
  }

  package var keys: [String] { members.map(\.key) }
  package var count: Int { members.count }

  /// The value of `key`. Setting nil removes it.
  package subscript(_ key: String) -> JSON? {
    get {
      let place = position(of: key)
      return place.isFound ? members[place.index].value : nil
    }
    set {
      let place = position(of: key)
      switch (newValue, place.isFound) {
      case (let value?, true): members[place.index] = Member(key: key, value: value)
      case (let value?, false): members.insert(Member(key: key, value: value), at: place.index)
      case (nil, true): members.remove(at: place.index)
      case (nil, false): break
      }
    }
  }

  private func position(of key: String) -> (index: Int, isFound: Bool) {
    var (low, high) = (0, members.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(members[middle].key, key) { low = middle + 1 } else { high = middle }
    }
    return (low, low < members.count && members[low].key == key)
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    let isBefore = left.utf8.withContiguousStorageIfAvailable { left in
      right.utf8.withContiguousStorageIfAvailable { right in
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
          return left[index] < right[index]
        }
        return left.count < right.count
      }
    }
    return (isBefore ?? nil) ?? left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

// MARK: - Literals

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(unordered: elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
  }
}
