import Decision
package import Ethereum

// What is written down with every tick says its form itself, as its coder would write it.

extension TickReport: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    if !advisories.isEmpty { try form.put("advisories", encoding: advisories) }
    form.put("chain", chain)
    try form.put("chapters", chapters)
    try form.put("checks", checks)
    form.put("code", code)
    form.put("ending", ending.rawValue)
    try form.put("events", events)
    form.put("exchanges", exchanges)
    try form.put("halts", halts)
    try form.put("head", head)
    try form.put("intentID", intentID)
    try form.put("keeperBalanceWei", keeperBalanceWei)
    try form.put("mark", mark)
    try form.put("price", price)
    form.put("startedAtUnixSeconds", startedAtUnixSeconds)
    form.put("text", text)
    try form.put("transactionHash", transactionHash)
    form.put("vault", vault)
    form.put("warnings", warnings)
  }
}

extension TickReport.Chapter: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("figures", figures)
    form.put("stage", stage)
  }
}

extension TickReport.Event: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("code", code)
    form.put("text", text)
  }
}

// Reports from before there were advisories have no such member, and those without any need none.
extension KeyedDecodingContainer {
  func decode(_ type: [Advisory].Type, forKey key: Key) throws -> [Advisory] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [Advisory], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}
