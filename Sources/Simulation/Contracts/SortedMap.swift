/// Keys in order with their values, in two arrays: a copy shares both until it is changed, and what is listed comes in
/// the same order in every run. For tens of entries, as one vault's world has; finding is by halving.
struct SortedMap<Key: Comparable & Sendable, Value: Sendable>: Sendable {
  private(set) var keys: [Key] = []
  private(set) var values: [Value] = []

  private func place(_ key: Key) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return (low, low < keys.count && keys[low] == key)
  }

  /// Setting nil takes the key out.
  subscript(key: Key) -> Value? {
    get {
      let (index, isThere) = place(key)
      return isThere ? values[index] : nil
    }
    set {
      let (index, isThere) = place(key)
      switch (newValue, isThere) {
      case (let value?, true): values[index] = value
      case (let value?, false):
        keys.insert(key, at: index)
        values.insert(value, at: index)
      case (nil, true):
        keys.remove(at: index)
        values.remove(at: index)
      case (nil, false): break
      }
    }
  }
}
