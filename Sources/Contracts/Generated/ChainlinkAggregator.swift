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

  /// `getRoundData`, selector 0x9a6fc8f5.
  struct GetRoundData: ContractFunction {
    struct Output: Hashable, Sendable {
      let roundId: UInt256
      let answer: Int256
      let startedAt: UInt256
      let updatedAt: UInt256
      let answeredInRound: UInt256
    }

    let roundId: UInt256

    static let name = "ChainlinkAggregator.getRoundData"
    static let selector: [UInt8] = [0x9a, 0x6f, 0xc8, 0xf5]
    static let inputTypes: [ABIType] = [.uint(80)]
    static let outputTypes: [ABIType] = [.uint(80), .int(256), .uint(256), .uint(256), .uint(80)]
    var arguments: [ABIValue] { [.uint(roundId)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(roundId: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Output {
      try Output(
        roundId: reader.uint(), answer: reader.int(), startedAt: reader.uint(), updatedAt: reader.uint(),
        answeredInRound: reader.uint()
      )
    }
  }

  /// `phaseAggregators`, selector 0xc1597304.
  struct PhaseAggregators: ContractFunction {
    let phaseId: UInt256

    static let name = "ChainlinkAggregator.phaseAggregators"
    static let selector: [UInt8] = [0xc1, 0x59, 0x73, 0x04]
    static let inputTypes: [ABIType] = [.uint(16)]
    static let outputTypes: [ABIType] = [.address]
    var arguments: [ABIValue] { [.uint(phaseId)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(phaseId: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> Address {
      try reader.address()
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
