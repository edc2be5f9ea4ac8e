import Contracts
import Decision
import Ethereum
package import Outbox
import Wallet

extension Watch {
  /// What the vault holds beside spot and venue. Whatever cannot be read becomes a reading that says so, which the
  /// guards refuse to trade on; it must not keep what is promised already from being settled.
  /// - Parameter results: of each source on chain, in the configuration's order; or why none of them answered.
  mutating func exposures(_ results: Result<[[ReadResult]], NodeFailure>) -> [ExposureReading] {
    var readings: [ExposureReading] = []
    var place = 0
    for setting in vault.exposures {
      do {
        if case .signedOptionBook(let book) = setting {
          readings += try signedBooks.open(book, holder: vault.account.holder, papers: papers)
        } else if let source = setting.source {
          let parts = try results.get()
          defer { place += 1 }
          readings += try source.readings(parts[place], holder: vault.account.holder)
        }
      } catch {
        readings.append(.unreadable(UnreadableExposure(source: setting.name, reason: "\(error)")))
      }
    }
    return readings
  }

  /// Lets what a journal remembers of this vault's signed books count.
  /// - Parameter sequence: where to begin; older observations are of no use here and take time to read.
  package mutating func remember(
    signedBooksFrom journal: JournalReader, since sequence: UInt64 = 1
  ) throws(JournalFailure) {
    guard vault.exposures.contains(where: { $0.source == nil }) else { return }
    var books = signedBooks
    let name = vault.name
    try journal.replayTicks(from: sequence) { (tick) throws(JournalFailure) in
      guard tick.vault == name else { return }
      for (book, sequence) in tick.signedBooks { books.raise(book, to: sequence) }
    }
    signedBooks = books
  }
}

/// The signed option books of a vault as they were read last.
package struct SignedBooks {
  private struct Opened {
    let book: SignedOptionBook
    let holder: Address
    let bytes: [UInt8]
    let content: SignedOptionBook.Content
  }

  /// Files that have not changed are not checked again.
  private var opened: [Opened] = []
  private var highest: [(name: String, sequence: UInt64)] = []

  package init() {}

  /// - Throws: `PaperFailure`; `ContractsError` for a file of another form; `WalletError` or `BookFailure` for one that
  ///   the named signer did not sign.
  mutating func open(
    _ book: SignedOptionBook, holder: Address, papers: any Papers
  ) throws -> [ExposureReading] {
    let bytes = try papers.read(book.path, limit: SignedOptionBook.byteLimit).bytes
    let content: SignedOptionBook.Content
    if let known = opened.first(where: { $0.book == book && $0.holder == holder && $0.bytes == bytes }) {
      content = known.content
    } else {
      content = try book.content(bytes, holder: holder)
      let signer = try Secp256k1().recover(content.signingHash, content.signature)
      guard signer == book.signer else { throw BookFailure.foreignSigner(book.name, signer, wanted: book.signer) }
      opened.removeAll { $0.book.name == book.name }
      opened.append(Opened(book: book, holder: holder, bytes: bytes, content: content))
    }
    raise(book.name, to: content.sequence)
    let summary = OptionBookReading(
      source: book.name, sequence: content.sequence,
      highestSequence: highest.first { $0.name == book.name }?.sequence ?? content.sequence,
      validUntil: content.validUntil, optionCount: content.options.count)
    return [.optionBook(summary)] + content.options.map { .option($0) }
  }

  /// A sequence number never goes back.
  mutating func raise(_ name: String, to sequence: UInt64) {
    guard let place = highest.firstIndex(where: { $0.name == name }) else {
      highest.append((name, sequence))
      return
    }
    highest[place].sequence = max(highest[place].sequence, sequence)
  }
}

/// What is wrong with a signed book beyond its form.
enum BookFailure: Error, CustomStringConvertible {
  case foreignSigner(String, Address, wanted: Address)

  var description: String {
    switch self {
    case .foreignSigner(let name, let signer, let wanted):
      "option book \(name) is signed by \(signer) or for something else, and not by \(wanted); have it signed again, "
        + "for this chain, vault and name"
    }
  }
}
