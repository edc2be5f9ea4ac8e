import Ethereum
import Foundation

/// A configuration for the first-light world, with the knobs that tests turn.
struct KeeperSettings {
  /// Names of devchain's endpoints, in order of preference.
  var endpoints = ["a"]
  /// Those of devchain's endpoints that are relays; they come after the others.
  var relays: [String] = []
  /// Who hears of a call before it is mined.
  var submission = "public"
  /// How many of `endpoints` must agree on a head. One, so that the other may misbehave as it likes.
  var quorum = 1
  /// How long an order rests; zero makes all orders market orders.
  var patience = "10m"
  /// From how many half-widths on a drift crosses at once. The first hedge is 25 of them.
  var urgentBands = 100
  var attemptsPerDay = 3
  var bandWidth = "4%"
  var bandOf = "target"
  /// Another band, one flow mapping.
  var band: String?
  var target = "{fractionOfNetAssetValue: 30%}"
  /// Of the vault, one flow mapping each.
  var exposures: [String] = []
  /// Notional per collateral of new positions.
  var leverage = 2
  /// More keys of the vault, one line.
  var vaultMore = ""
  var finalityBlocks = 2
  var resendBlocks = 2
  var replacementBlocks = 3
  var deadline = "30s"
  /// The chain's clock is behind the machine's, see `DevChainServer`.
  var headAge = "24h"
  /// Of both feeds; beyond what the chain's clock is behind.
  var heartbeat = "40m"
  var feeCeiling = "100 gwei"
  var minimumTip = "0.01 gwei"
  var baseFeeMultiple = 2
  var perDay = "0.5 ether"
  var cancelsWhileHalted = false
  /// The key that signs: its address and its keystore in the keeper's folder; nil for the world's own keeper.
  var key: (address: String, keystore: String)?
  /// More sections, as they stand.
  var more = ""
  /// The `writer` section; nil leaves it out.
  var writer: String?
  /// Where the chain is reached from the keeper's network, in place of this machine's loopback.
  var chainHost = "127.0.0.1"

  func yaml(_ chain: DevChain) throws -> String {
    let endpoints = (self.endpoints + relays).map { name in
      let url = chain.url(name).replacingOccurrences(of: "127.0.0.1", with: chainHost)
      let role = relays.contains(name) ? "relay" : "public"
      return "      - {name: \(name), url: \"\(url)\", role: \(role), allowPlainHTTP: true}"
    }
    return """
      version: 1
      journal: {path: vaultkeeper.journal}
      haltMarker: vaultkeeper.halt
      addressBook: addresses
      tick: {interval: 1s, deadline: \(deadline)}
      whileHalted: {cancelOrders: \(cancelsWhileHalted)}
      \(more)
      key:
        address: "\(try key?.address ?? chain.address("keeper"))"
        keystore: {path: \(key?.keystore ?? "devchain-keeper.json")}
        passphrase: {file: devchain-keeper.passphrase}
      \(writer.map { "writer: \($0)" } ?? "# writer: local")
      chains:
        - name: devchain
          chainID: \(try chain.address("chainID"))
          endpoints:
      \(endpoints.joined(separator: "\n"))
          head: {maximumAge: \(headAge)}
          quorum: \(quorum)
          finality: {blocks: \(finalityBlocks), time: 0s}
          resend: {blocks: \(resendBlocks), time: 0s}
          replacement: {after: {blocks: \(replacementBlocks), time: 0s}}
          fees: {ceiling: \(feeCeiling), tip: {minimum: \(minimumTip)}, baseFeeMultiple: \(baseFeeMultiple)}
          gas: {perDay: \(perDay), clearNonceReserve: 0.01 ether, limit: 6000000}
      \(try vault(chain))
      """ + "\n"
  }

  private func vault(_ chain: DevChain) throws -> String {
    """
    vaults:
      - name: first-light
        chain: devchain
        account:
          kind: safeRoles
          safe: "\(try chain.address("account", "safe"))"
          roles: "\(try chain.address("account", "roles"))"
          roleKey: "\(try chain.address("account", "roleKey"))"
          multiSend: "\(try chain.address("account", "multiSend"))"
        base:
          symbol: ETH
          tokens:
            - native
            - {symbol: WETH, address: "\(try chain.address("tokens", "WETH", "address"))", decimals: 18}
        quote:
          symbol: USDC
          tokens:
            - {symbol: USDC, address: "\(try chain.address("tokens", "USDC", "address"))", decimals: 6}
        shares: {erc4626: "\(try chain.address("vault", "shareToken"))"}
        pause: "\(try chain.address("vault", "shareToken"))"
        oracle:
          base: {feed: "\(try chain.address("feeds", "ETH/USD", "address"))", heartbeat: \(heartbeat), margin: 5m, \
    minimum: 1000, maximum: 9000}
          quote: {feed: "\(try chain.address("feeds", "USDC/USD", "address"))", heartbeat: \(heartbeat), margin: 5m, \
    minimum: 0.9, maximum: 1.1}
          sequencer: {feed: "\(try chain.address("sequencerFeed"))", grace: 5m}
        venue:
          kind: gmxV2
          book: gmx-v2-devchain
          market: "\(try chain.address("venue", "market"))"
          collateral: USDC
          longToken: WETH
          shortToken: USDC
        target: \(target)
        band: \(band ?? "{kind: fixed, width: \(bandWidth), of: \(bandOf), reset: centre}")
        clips: {minimum: 100 USD, maximum: 100000 USD}
        orders: {limitOffset: 10bp, patience: \(patience), urgentBands: \(urgentBands)}
        priceBound: 1%
        leverage: \(leverage)
        attempts: {perDay: \(attemptsPerDay)}
        submission: \(submission)
        \(vaultMore.isEmpty ? "# no more" : vaultMore)
        \(exposures.isEmpty ? "# no exposures" : "exposures: [\(exposures.joined(separator: ", "))]")
    """
  }
}
