// Generated from abi/ChainlinkAggregator.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum ChainlinkAggregator {
  /// `latestRoundData`, selector 0xfeaf968c.
  struct LatestRoundData: ContractFunction {
    struct Output: Hashable, Sendable {
      let roundId: UInt256
      let answer: Int256
      let startedAt: UInt256
      let updatedAt: UInt256
      let answeredInRound: UInt256
    }

    static let name = "ChainlinkAggregator.latestRoundData"
    static let selector: [UInt8] = [0xfe, 0xaf, 0x96, 0x8c]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(80), .int(256), .uint(256), .uint(256), .uint(80)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output {
      try Output(
        roundId: reader.uint(), answer: reader.int(), startedAt: reader.uint(), updatedAt: reader.uint(),
        answeredInRound: reader.uint()
      )
    }
  }

  /// `decimals`, selector 0x313ce567.
  struct Decimals: ContractFunction {
    static let name = "ChainlinkAggregator.decimals"
    static let selector: [UInt8] = [0x31, 0x3c, 0xe5, 0x67]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.uint(8)]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> UInt256 {
      try reader.uint()
    }
  }

  /// `description`, selector 0x7284e416.
  struct Description: ContractFunction {
    static let name = "ChainlinkAggregator.description"
    static let selector: [UInt8] = [0x72, 0x84, 0xe4, 0x16]
    static let inputTypes: [ABIType] = []
    static let outputTypes: [ABIType] = [.string]
    var arguments: [ABIValue] { [] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      Self()
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> String {
      try reader.string()
    }
  }
}
