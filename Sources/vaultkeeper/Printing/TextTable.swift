/// Rows in columns as wide as their widest cell, for a person's terminal.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]]
  private let hasHeader: Bool

  init(_ header: [String] = [], alignments: [Alignment] = []) {
    rows = header.isEmpty ? [] : [header]
    hasHeader = !header.isEmpty
    self.alignments = alignments
  }

  mutating func add(_ cells: [String]) { rows.append(cells.map(TextTable.singleLine)) }

  /// Lines without trailing spaces; a header is underlined.
  var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    var lines = rows.map { line($0, widths) }
    if hasHeader { lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1) }
    return lines
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    var text = ""
    for (column, cell) in row.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
      let alignment = column < alignments.count ? alignments[column] : .left
      text += (column == 0 ? "" : "  ") + (alignment == .right ? padding + cell : cell + padding)
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Text from elsewhere must not move the cursor or break the table.
  private static func singleLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
  }
}
