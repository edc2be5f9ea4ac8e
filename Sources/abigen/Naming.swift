/// Swift names for the names of an interface.
enum Naming {
  private static let keywords: [String] = [
    "default", "func", "in", "init", "internal", "is", "let", "operator", "protocol", "public", "return", "self",
    "static", "switch", "var", "where",
  ]

  /// A property or parameter; an unnamed one is called after its place.
  static func property(_ name: String, index: Int) -> String {
    let stripped = String(name.drop { $0 == "_" })
    guard !stripped.isEmpty else { return "value\(index)" }
    return keywords.contains(stripped) ? "`\(stripped)`" : stripped
  }

  static func type(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

  /// The last part of "Order.Props" where that is unique among the interface's tuples, else both: "OrderProps".
  static func structure(_ structure: Interface.Structure, in interface: Interface) -> String {
    let last = lastPart(structure.origin)
    let namesakes = interface.structures.filter { lastPart($0.origin) == last }
    return namesakes.count == 1 && last != "Props" ? last : structure.origin.filter { $0 != "." }
  }

  private static func lastPart(_ origin: String) -> String {
    String(origin.split(separator: ".").last ?? Substring(origin))
  }
}
