package import Ethereum

/// A change of one JSON value into another, itself JSON, small where little has changed. What a tick records is mostly
/// what the tick before recorded.
///
/// A change of an object is an object with the changed members; of an array of the same length, an object with the
/// changed places ("3"). There, a number, text, truth value or null is the new value itself; an array with one element
/// holds a new value of any kind; an empty array removes a member; an array of a count and an object resizes an array
/// before changing places of it. A bare value in the place of an object with a member `value`, as every figure is,
/// changes that member alone.
package enum Difference {
  /// The change that makes `new` of `old`: nil where they are equal.
  package static func between(_ old: JSON, _ new: JSON) -> JSON? {
    switch (old, new) {
    case (.object(let left), .object(let right)):
      if isShared(left.members, right.members) { return nil }
      let changes = members(left, right)
      return changes.count == 0 ? nil : .object(changes)
    case (.array(let left), .array(let right)):
      if isShared(left, right) { return nil }
      if left.count == right.count {
        let changes = places(left, right)
        return changes.count == 0 ? nil : .object(changes)
      }
      return .array([.integer(Int64(right.count)), .object(places(left, right))])
    default:
      return old == new ? nil : replacement(of: old, by: new)
    }
  }

  /// What `change` makes of `value`; nil for `value` where there is none yet.
  /// - Throws: where the change is not one of such a value. Nothing it holds can make this trap.
  package static func apply(_ change: JSON, to value: JSON?) throws(DifferenceFailure) -> JSON {
    switch change {
    case .null, .bool, .integer, .number, .string:
      if case .object(var object)? = value, object[figureMember] != nil {
        object[figureMember] = change
        return .object(object)
      }
      return change
    case .array(let parts):
      return try applyArray(parts, to: value)
    case .object(let changes):
      switch value {
      case .object(let object)?: return .object(try apply(changes, to: object))
      case .array(let elements)?: return .array(try apply(changes, to: elements, count: elements.count))
      case let other: throw DifferenceFailure(what: "a part of \(other?.kind ?? "nothing") was to change")
      }
    }
  }

  // MARK: - Finding it

  /// The member that changes alone in most objects of a report.
  private static let figureMember = "value"

  /// Whether both are one and the same array in memory: what is recorded mostly is what was recorded before.
  private static func isShared<Element>(_ left: [Element], _ right: [Element]) -> Bool {
    left.count == right.count
      && left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { $0.baseAddress == left.baseAddress }
      }
  }

  private static func replacement(of old: JSON?, by new: JSON) -> JSON {
    switch new {
    case .array, .object: return .array([new])
    default:
      if case .object(let object)? = old, object[figureMember] != nil { return .array([new]) }
      return new
    }
  }

  private static func members(_ old: JSONObject, _ new: JSONObject) -> JSONObject {
    var changes: [(key: String, value: JSON)] = []
    let (left, right) = (old.members, new.members)
    var (first, next) = (0, 0)
    while next < right.count {
      if first < left.count, left[first].key == right[next].key {
        if let change = shortened(left[first].value, right[next].value) { changes.append((right[next].key, change)) }
        first += 1
        next += 1
      } else if first < left.count, left[first].key.utf8.lexicographicallyPrecedes(right[next].key.utf8) {
        changes.append((left[first].key, .array([])))
        first += 1
      } else {
        changes.append((right[next].key, replacement(of: nil, by: right[next].value)))
        next += 1
      }
    }
    for rest in left[first...] { changes.append((rest.key, .array([]))) }
    return JSONObject(changes)
  }

  private static func places(_ old: [JSON], _ new: [JSON]) -> JSONObject {
    var changes: [(key: String, value: JSON)] = []
    for (index, value) in new.enumerated() {
      if index >= old.count {
        changes.append((String(index), replacement(of: nil, by: value)))
      } else if let change = shortened(old[index], value) {
        changes.append((String(index), change))
      }
    }
    return JSONObject(changes)
  }

  /// The change of a member or a place, where `value` alone may stand for the object it is in.
  private static func shortened(_ old: JSON, _ new: JSON) -> JSON? {
    guard let change = between(old, new) else { return nil }
    guard case .object(let members) = change, members.count == 1, let only = members.members.first,
      only.key == figureMember, case .object(let before) = old, let value = before[figureMember]
    else { return change }
    switch (value, only.value) {
    case (.object, _), (.array, _), (_, .object), (_, .array): return change
    default: return only.value
    }
  }

  // MARK: - Applying it

  private static func applyArray(_ parts: [JSON], to value: JSON?) throws(DifferenceFailure) -> JSON {
    if parts.count == 1 { return parts[0] }
    guard parts.count == 2, case .integer(let number) = parts[0], case .object(let changes) = parts[1],
      let count = Int(exactly: number), case .array(let elements)? = value
    else { throw DifferenceFailure(what: "an array of \(parts.count) changes nothing") }
    // Every new place has its own change, so no number in a record can ask for more memory than the record has bytes.
    guard count >= 0, count <= elements.count + changes.count else {
      throw DifferenceFailure(what: "\(count) places from \(elements.count) and \(changes.count) changes")
    }
    return .array(try apply(changes, to: elements, count: count))
  }

  private static func apply(_ changes: JSONObject, to object: JSONObject) throws(DifferenceFailure) -> JSONObject {
    var result = object
    for change in changes.members {
      if case .array(let parts) = change.value, parts.isEmpty {
        result[change.key] = nil
      } else {
        result[change.key] = try apply(change.value, to: object[change.key])
      }
    }
    return result
  }

  private static func apply(
    _ changes: JSONObject, to elements: [JSON], count: Int
  ) throws(DifferenceFailure) -> [JSON] {
    var result: [JSON?] = Array(elements.prefix(count))
    result += [JSON?](repeating: nil, count: count - result.count)
    for change in changes.members {
      guard let index = Int(change.key), result.indices.contains(index) else {
        throw DifferenceFailure(what: "there is no place \(Excerpt.of(change.key)) among \(count)")
      }
      result[index] = try apply(change.value, to: result[index])
    }
    let known = result.compactMap { $0 }
    guard known.count == count else {
      throw DifferenceFailure(what: "\(count - known.count) new places have no value")
    }
    return known
  }
}

/// A recorded change that does not fit the record before it.
package struct DifferenceFailure: Error, Hashable, Sendable, CustomStringConvertible {
  package let what: String

  package var description: String { "the change does not fit the record before: \(what)" }
}
