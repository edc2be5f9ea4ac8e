// swift-tools-version: 6.2
import PackageDescription

// Modules stand on floors and import only downwards (ARCHITECTURE.md). Everything is `package` access; the build is run
// with `--explicit-target-dependency-import-check error` (see the Makefile), so an undeclared import does not compile.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let realModule: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")

let package = Package(
  name: "vaultkeeper",
  products: [.executable(name: "vaultkeeper", targets: ["vaultkeeper"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/attaswift/BigInt", exact: "6.0.1"),
  ],
  targets: [
    // cellar: C libraries
    .systemLibrary(name: "CSecp256k1", pkgConfig: "libsecp256k1", providers: [.apt(["libsecp256k1-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

    // ground: the language of the chain
    .target(name: "Ethereum", swiftSettings: strict),

    // floor 1: the mathematics of hedging | what stands on chain
    .target(name: "Quant", dependencies: [realModule], swiftSettings: strict),
    .target(name: "Contracts", dependencies: ["Ethereum"], swiftSettings: strict),

    // floor 2: judge | promise | sign
    .target(name: "Decision", dependencies: ["Quant", "Contracts", "Ethereum"], swiftSettings: strict),
    .target(name: "Outbox", dependencies: ["Ethereum"], swiftSettings: strict),
    .target(name: "Wallet", dependencies: ["Ethereum", "CSecp256k1", crypto, cryptoExtras], swiftSettings: strict),

    // floor 3: the order of things
    .target(
      name: "Keeper", dependencies: ["Decision", "Outbox", "Wallet", "Quant", "Contracts", "Ethereum"],
      swiftSettings: strict),

    // floor 4: the real doors | a simulated world
    .target(
      name: "Host", dependencies: ["Keeper", "Outbox", "Ethereum", "CCurl", grdb, logging, metrics],
      swiftSettings: strict),
    .target(
      name: "Simulation",
      dependencies: ["Keeper", "Decision", "Outbox", "Wallet", "Quant", "Contracts", "Ethereum"],
      swiftSettings: strict),

    // floor 5: the executables
    .executableTarget(
      name: "vaultkeeper",
      dependencies: [
        "Host", "Keeper", "Decision", "Outbox", "Wallet", "Contracts", "Ethereum", argumentParser, logging, yams,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "vaultkeeper-lab",
      dependencies: ["Simulation", "Decision", "Wallet", "Contracts", "Quant", "Ethereum", argumentParser],
      swiftSettings: strict),

    // the yard: writes Sources/Contracts/Generated from abi/ (make abi)
    .executableTarget(name: "abigen", dependencies: ["Ethereum"], swiftSettings: strict),

    // the yard's tools: what several test targets need, and no program
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),

    .testTarget(name: "EthereumTests", dependencies: ["TestSupport", "Ethereum", bigInt], swiftSettings: strict),
    .testTarget(name: "QuantTests", dependencies: ["Quant"], swiftSettings: strict),
    .testTarget(
      name: "ContractsTests", dependencies: ["TestSupport", "Contracts", "Ethereum", "abigen", bigInt],
      swiftSettings: strict),
    .testTarget(
      name: "DecisionTests", dependencies: ["TestSupport", "Decision", "Quant", "Contracts", "Ethereum"],
      swiftSettings: strict),
    // Its memory journal is a link to Simulation's, so that the outbox is tested before there is a world to build.
    .testTarget(name: "OutboxTests", dependencies: ["TestSupport", "Outbox", "Ethereum"], swiftSettings: strict),
    .testTarget(name: "WalletTests", dependencies: ["TestSupport", "Wallet", "Ethereum"], swiftSettings: strict),
    .testTarget(
      name: "KeeperTests",
      dependencies: ["TestSupport", "Keeper", "Simulation", "Decision", "Outbox", "Wallet", "Contracts", "Ethereum"],
      swiftSettings: strict),
    .testTarget(
      name: "StormTests",
      dependencies: ["Simulation", "Keeper", "Decision", "Outbox", "Wallet", "Contracts", "Ethereum"],
      swiftSettings: strict),
    .testTarget(
      name: "HostTests", dependencies: ["Host", "Keeper", "Outbox", "Wallet", "Ethereum", grdb, logging],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "TestSupport", "vaultkeeper", "Host", "Keeper", "Decision", "Outbox", "Wallet", "Contracts", "Ethereum",
        argumentParser,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ChainTests", dependencies: ["TestSupport", "Ethereum"], exclude: ["anychain"], swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ]
)

// VAULTKEEPER_TESTS=OutboxTests,DecisionTests leaves the other test targets out, so that a planted fault costs the build
// of those rooms only which could notice it (CONTRIBUTING.md).
if let names = Context.environment["VAULTKEEPER_TESTS"], !names.isEmpty {
  let wanted = names.split(separator: ",").map(String.init)
  let unknown = wanted.filter { name in !package.targets.contains { $0.isTest && $0.name == name } }
  precondition(unknown.isEmpty, "VAULTKEEPER_TESTS names \(unknown), which are no test targets of this package")
  package.targets.removeAll { $0.isTest && !wanted.contains($0.name) }
}
