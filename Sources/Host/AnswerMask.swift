import Glibc

// The other half of the mask: of a body that is a node's answer. Its data must not change by a byte, and its words may
// hold a key: providers write it into the message of a JSON-RPC error, with status 200.
extension SecretMask {
  /// The answer with the endpoint's secrets hidden in every string that is no hexadecimal data, and outside of strings,
  /// where no answer has anything. What an answer is read for is hexadecimal, so this touches words only.
  func maskedWords(of answer: [UInt8]) -> [UInt8] {
    // Nearly every answer ends here: no secret as it is, and nothing written in another way.
    guard mayHoldSecret(answer) else { return answer }
    var shown: [UInt8] = []
    shown.reserveCapacity(answer.count)
    var index = 0
    while index < answer.count {
      let next = answer[index...].firstIndex(of: Self.quote) ?? answer.count
      shown += masked(answer[index..<next])
      index = next
      guard index < answer.count else { break }
      let end = Self.end(of: answer, from: index)
      shown += maskedString(answer[index..<end])
      index = end
    }
    return shown
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private func mayHoldSecret(_ answer: [UInt8]) -> Bool {
    guard !secrets.isEmpty, !answer.isEmpty else { return false }
    return answer.contains(Self.backslash) || secrets.contains { Self.holds(answer, $0) }
  }

  /// By memchr and memcmp: an answer may be megabytes, and this looks at each.
  private static func holds(_ answer: [UInt8], _ secret: [UInt8]) -> Bool {
    answer.withUnsafeBytes { answer in
      guard let start = answer.baseAddress, let first = secret.first, secret.count <= answer.count else { return false }
      var offset = 0
      while offset <= answer.count - secret.count {
        guard let found = memchr(start + offset, Int32(first), answer.count - secret.count + 1 - offset) else {
          return false
        }
        if memcmp(found, secret, secret.count) == 0 { return true }
        offset = UnsafeRawPointer(found) - start + 1
      }
      return false
    }
  }

  /// One past the closing quote of the string that begins at `start`; the end where none closes it.
  private static func end(of answer: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < answer.count {
      if answer[index] == backslash {
        index += 2
      } else if answer[index] == quote {
        return index + 1
      } else {
        index += 1
      }
    }
    return answer.count
  }

  /// - Parameter text: with its quotes.
  private func maskedString(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard !Self.isData(text) else { return Array(text) }
    let plain = Self.unescaped(text)
    let hidden = masked(plain[...])
    // Only where a secret was found is a string written anew; it is for people then.
    guard hidden != plain else { return Array(text) }
    let inner = hidden.dropFirst(plain.first == Self.quote ? 1 : 0).dropLast(plain.last == Self.quote ? 1 : 0)
    return [Self.quote] + inner.map { $0 < 0x20 || $0 == Self.quote || $0 == Self.backslash ? 0x20 : $0 } + [Self.quote]
  }

  /// `"0x…"` with hexadecimal digits only.
  private static func isData(_ text: ArraySlice<UInt8>) -> Bool {
    let inner = text.dropFirst().dropLast()
    guard inner.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) else { return false }
    return inner.dropFirst(2).allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
      default: false
      }
    }
  }

  /// A slash written as `\/`, an ampersand as `\u0026`: as the bytes they stand for. Beyond ASCII there is no key.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(backslash) else { return Array(text) }
    var plain: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == backslash, index + 1 < text.endIndex else {
        plain.append(text[index])
        index += 1
        continue
      }
      if text[index + 1] == UInt8(ascii: "u"), index + 6 <= text.endIndex,
        let code = UInt16(String(decoding: text[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
      {
        plain.append(code < 0x80 ? UInt8(code) : UInt8(ascii: "?"))
        index += 6
      } else {
        plain.append(text[index + 1])
        index += 2
      }
    }
    return plain
  }
}
