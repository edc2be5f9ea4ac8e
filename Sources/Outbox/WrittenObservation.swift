package import Ethereum

// What is written down with every tick says its form itself, as its coder would write it.

extension HeadMark: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("hash", hash)
    form.put("number", number)
    form.put("timestamp", timestamp)
  }
}

extension JournalLink: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("hash", hash)
    form.put("sequence", sequence)
  }
}

extension ObservationRecord: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("configurationHash", configurationHash)
    try form.put("head", head)
    form.put("kind", kind)
    form.put("report", report)
  }
}
