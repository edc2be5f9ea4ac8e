@testable import Ethereum
import Testing

@Suite struct InterfaceTests {
  private static let json = Array(
    """
    [{"type":"function","name":"transfer","inputs":[{"name":"to","type":"address"},{"name":"value","type":"uint256"}],
      "outputs":[{"name":"","type":"bool"}],"stateMutability":"nonpayable"},
     {"type":"function","name":"f","inputs":[{"name":"orders","type":"tuple[2][]","components":[
        {"name":"owner","type":"address"},{"name":"legs","type":"tuple","components":[{"name":"size","type":"int128"}]}]}]},
     {"type":"event","name":"Transfer","inputs":[{"name":"from","type":"address","indexed":true},
        {"name":"to","type":"address","indexed":true},{"name":"value","type":"uint256","indexed":false}]},
     {"type":"event","name":"Named","inputs":[{"name":"key","type":"string","indexed":true},{"name":"n","type":"uint8"}]},
     {"type":"error","name":"InsufficientBalance","inputs":[{"name":"available","type":"uint256"}]},
     {"type":"constructor","inputs":[{"name":"owner","type":"address"}]},{"type":"receive"},{"type":"fallback"}]
    """.utf8)

  @Test func functions() throws {
    let interface = try ContractInterface(json: Self.json)
    let transfer = try interface.function("transfer")
    #expect(transfer.selector == [0xa9, 0x05, 0x9c, 0xbb])
    #expect(transfer == interface.function(selector: [0xa9, 0x05, 0x9c, 0xbb]))
    #expect(try interface.function("f").signature == "f((address,(int128))[2][])")
    #expect(try interface.function("f").inputParameters[0].components[1].components[0].name == "size")
    #expect(interface.constructor.count == 1 && interface.errors.count == 1)
    #expect(throws: EthereumError.self) { try interface.function("g") }
    let arguments: [ABIValue] = [.address(.zero), .uint(7)]
    let call = try transfer.encodeCall(arguments)
    #expect(try transfer.decodeCall(call) == arguments)
    #expect(try transfer.decodeReturn(UInt256.one.bigEndian32) == [.bool(true)])
    #expect(throws: EthereumError.self) { try transfer.decodeReturn([]) }
    #expect(throws: EthereumError.self) { try transfer.decodeCall([1, 2, 3]) }
    let parsed = try ABIFunction(signature: "transfer(address,uint256)", outputs: [.bool])
    #expect(parsed.selector == transfer.selector && parsed.inputs == transfer.inputs)
    #expect(throws: EthereumError.self) { try ABIFunction(signature: "transfer") }
    #expect(throws: EthereumError.self) { try ABIFunction(signature: "f(uint256)[]") }
    #expect(throws: EthereumError.self) { try ABIFunction(signature: "f(uint256) returns (bool)") }
  }

  @Test func events() throws {
    let interface = try ContractInterface(json: Self.json)
    let transfer = try interface.event("Transfer")
    #expect(transfer.topic0.description == "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
    let log = Log(
      address: .zero, topics: [transfer.topic0, Bytes32(1), Bytes32(2)], data: UInt256(3).bigEndian32)
    #expect(transfer.matches(log))
    let one = ABIValue.address(Address(word: 1))
    #expect(try transfer.decode(log) == [one, .address(Address(word: 2)), .uint(3)])
    let named = try interface.event("Named")
    let hash = Keccak256.hash(utf8: "k")
    #expect(
      try named.decode(topics: [named.topic0, hash], data: UInt256(9).bigEndian32) == [.bytes32(hash), .uint(9)])
    #expect(throws: EthereumError.self) { try transfer.decode(topics: [], data: []) }
    #expect(throws: EthereumError.self) { try transfer.decode(topics: [transfer.topic0, hash], data: log.data) }
    #expect(throws: EthereumError.self) {
      try transfer.decode(topics: [transfer.topic0, Bytes32(.max), Bytes32(2)], data: log.data)
    }
  }

  @Test func reverts() throws {
    let known = try ContractInterface(json: Self.json).errors
    func reason(_ hex: String) throws -> RevertReason {
      RevertReason.decode(try Hex.decode(hex, limit: 1000), known: known)
    }
    let text = ABIErrorType(name: "Error", inputs: [.string])
    #expect(try RevertReason.decode(text.encode([.string("no")]), known: []) == .error("no"))
    #expect(try reason("0x4e487b71" + Hex.encode(UInt256(0x11).bigEndian32, prefix: false)) == .panic(0x11))
    #expect(RevertReason.panic(0x11).description == "Panic(0x11): arithmetic overflow")
    #expect(
      try RevertReason.decode(known[0].encode([.uint(5)]), known: known)
        == .custom(name: "InsufficientBalance", values: [.uint(5)]))
    #expect(try reason("0x") == .empty)
    #expect(try reason("0x12") == .unknown(selector: [0x12], data: [0x12]))
    #expect(
      try reason("0x08c379a0ff") == .unknown(selector: [8, 0xc3, 0x79, 0xa0], data: [8, 0xc3, 0x79, 0xa0, 0xff]))
  }

  @Test(arguments: [
    "{}", "[{}]", "[{\"type\":\"function\"}]", "[{\"type\":\"event\",\"name\":\"E\",\"inputs\":5}]",
    "[{\"name\":\"f\",\"inputs\":[{\"type\":\"tuple\"}]},3,", "[{\"type\":\"magic\",\"name\":\"f\"}]",
    "[{\"name\":\"f\",\"inputs\":[{\"name\":\"x\"}]}]", "[{\"name\":\"f\",\"inputs\":[{\"type\":\"uint7\"}]}]",
  ])
  func badInterfaces(_ text: String) {
    #expect(throws: EthereumError.self) { try ContractInterface(json: Array(text.utf8)) }
  }
}
