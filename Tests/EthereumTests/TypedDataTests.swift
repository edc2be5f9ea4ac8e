@testable import Ethereum
import TestSupport
import Testing

@Suite struct TypedDataTests {
  private static let mail = """
    {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
    {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
    "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
    "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
    "primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,
    "verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
    "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
    "to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
    """

  /// The example of EIP-712.
  @Test func example() throws {
    let data = try TypedData(json: Array(Self.mail.utf8))
    #expect(
      try data.encodeType("Mail") == "Mail(Person from,Person to,string contents)Person(string name,address wallet)")
    #expect(
      try data.domainSeparator().description == "0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f")
    #expect(try data.structHash().description == "0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e")
    #expect(try data.signingHash().description == "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")
  }

  /// A value of a member as JSON, drawn as the fixture script draws it.
  private func value(_ kind: String, _ types: JSONObject, _ random: inout SplitMix64) throws -> JSON {
    if kind.hasSuffix("]"), let bracket = kind.lastIndex(of: "[") {
      let size = kind[kind.index(after: bracket)...].dropLast()
      var elements: [JSON] = []
      for _ in 0..<(Int(size) ?? random.below(3)) {
        elements.append(try value(String(kind[..<bracket]), types, &random))
      }
      return .array(elements)
    }
    if let fields = types[kind]?.array { return try object(fields, types, &random) }
    switch try random.value(ABIType(parsing: kind)) {
    case .uint(let number):
      return number.asUInt64.flatMap { Int64(exactly: $0) }.map { .integer($0) } ?? .string("\(number)")
    case .int(let number): return number.asInt.map { .integer(Int64($0)) } ?? .string("\(number)")
    case .address(let address): return .string(address.description)
    case .bool(let flag): return .bool(flag)
    case .string(let text): return .string(text)
    case .bytes(let bytes), .fixedBytes(let bytes): return .string(Hex.encode(bytes))
    case .array, .tuple: return .null
    }
  }

  private func object(_ fields: [JSON], _ types: JSONObject, _ random: inout SplitMix64) throws -> JSON {
    var members: [(key: String, value: JSON)] = []
    for field in fields {
      let (name, type) = (try #require(field["name"]?.string), try #require(field["type"]?.string))
      members.append((name, try value(type, types, &random)))
    }
    return .object(JSONObject(members))
  }

  /// 1,000 random types and messages, hashed by eth-account.
  @Test func randomAgainstEthAccount() throws {
    let lines = try Fixture.lines("typed-data.jsonl")
    #expect(lines.count == 1_000)
    for (index, line) in lines.enumerated() {
      let json = try JSON.parse(Array(line.utf8))
      let types = try #require(json["types"]?.object)
      var random = SplitMix64(5_000_000 + UInt64(index))
      let domain = try object(try #require(types["EIP712Domain"]?.array), types, &random)
      let message = try value("Main", types, &random)
      let text = JSON.object(["types": .object(types), "primaryType": "Main", "domain": domain, "message": message])
      let hash = try TypedData(json: text.encoded()).signingHash()
      #expect(Hex.encode(hash.bytes, prefix: false) == json["hash"]?.string, "case \(index)")
    }
  }

  @Test func domainTypeMayBeLeftOut() throws {
    var json = try #require(try JSON.parse(Array(Self.mail.utf8)).object)
    var types = try #require(json["types"]?.object)
    types["EIP712Domain"] = nil
    json["types"] = .object(types)
    let hash = try TypedData(.object(json)).signingHash()
    #expect(hash.description == "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2")
  }

  private func hash(_ fields: JSON, _ message: JSON, more: JSONObject = [:]) throws -> Bytes32 {
    var types = more
    types["M"] = fields
    return try TypedData(["types": .object(types), "primaryType": "M", "domain": ["name": "d"], "message": message])
      .signingHash()
  }

  @Test func refusals() {
    let uint8: JSON = [["name": "a", "type": "uint8"]]
    for value: JSON in [256, -1, "256", "0x100", "x", .null, true, .number(1.5), [], .number(1e30)] {
      #expect(throws: EthereumError.self, "\(value)") { try hash(uint8, ["a": value]) }
    }
    #expect(throws: EthereumError.typedData(.missing(path: "message.a"))) { try hash(uint8, [:]) }
    #expect(throws: EthereumError.typedData(.superfluous(path: "message.b"))) { try hash(uint8, ["a": 1, "b": 2]) }
    for type: JSON in ["uint", "uint7", "N", "bytes33", "M[", "M[1", "tuple", "(bool)", "", "uint256 "] {
      #expect(throws: EthereumError.self, "\(type)") { try hash([["name": "a", "type": type]], ["a": 1]) }
    }
    for name: JSON in ["", "a b", "a,uint8 b", "1a", "a(", "é"] {
      #expect(throws: EthereumError.self, "\(name)") { try hash([["name": name, "type": "bool"]], ["a": true]) }
    }
    #expect(throws: EthereumError.self) { try hash([["name": "a", "type": "bytes4"]], ["a": "0x1234"]) }
    #expect(throws: EthereumError.self) { try hash([["name": "a", "type": "bool[2]"]], ["a": [true]]) }
    #expect(throws: EthereumError.self) { try hash(uint8, ["a": 1], more: ["uint8": []]) }
    #expect(throws: EthereumError.self) {
      try hash([["name": "a", "type": "bool"], ["name": "a", "type": "bool"]], ["a": true])
    }
  }

  @Test func recursionEnds() throws {
    let fields: JSON = [["name": "m", "type": "M"], ["name": "l", "type": "M[]"]]
    #expect(try hash(fields, ["m": .null, "l": []]) == hash(fields, ["l": []]))
    var deep: JSON = ["l": []]
    for _ in 0..<40 { deep = ["m": deep, "l": []] }
    #expect(throws: EthereumError.typedData(.tooDeep(limit: 32))) { try hash(fields, deep) }
  }
}
