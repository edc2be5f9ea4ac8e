import Foundation
import Testing

@testable import vaultkeeper

/// Every kind of mistake, with the very line a person sees. Each case is one edit of `full.yaml`.
@Suite struct ConfigurationProblemTests {
  struct Mistake: CustomTestStringConvertible {
    let old: String
    let new: String
    let message: String
    var testDescription: String { message }
  }

  static let mistakes: [Mistake] = [
    // alarms
    Mistake(
      old: "[/usr/local/bin/page, --who, keeper]", new: "[page]",
      message: "106:12: alarms.command: \"page\" is not an absolute path; no shell looks for the program"),
    Mistake(
      old: "noCompletedTick: 5m", new: "noCompletedTick: 3s",
      message: "116:20: alarms.noCompletedTick: \"3s\" is out of range; "
        + "write a time from 5s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "on: [halt, refusalStreak,", new: "on: [hallt, refusalStreak,",
      message: "113:8: alarms.on[0]: \"hallt\" is not known here; perhaps \"halt\"; "
        + "write halt, refusalStreak, lowBalance, noCompletedTick or journal"),
    // unknown and missing keys
    Mistake(
      old: "tick: {", new: "tikc: {",
      message: "6:1: tikc: unknown key; did you mean \"tick\"?"),
    Mistake(
      old: "observations: 14d", new: "retention: 14d",
      message: "3:43: journal.retention: unknown key; remove it; known here: path, observations"),
    Mistake(
      old: "maximumAge: 45s", new: "maxAge: 45s",
      message: "25:12: chains[0].head.maxAge: unknown key; remove it; known here: maximumAge, maximumLag"),
    Mistake(
      old: "haltMarker: /run/vaultkeeper/halt\n", new: "",
      message: "2:1: haltMarker: this key is missing; "
        + "write a path; a relative one counts from the folder of this file"),
    Mistake(
      old: "haltMarker: /run/vaultkeeper/halt\n", new: "haltMarker:\n",
      message: "4:1: haltMarker: this key is missing; "
        + "write a path; a relative one counts from the folder of this file"),
    Mistake(
      old: "    clips: {minimum: 250 USD, maximum: 50000 USD}\n", new: "",
      message: "43:5: vaults[0].clips: this section is missing; add it with its keys (docs/configuration.md)"),
    // several endpoints
    Mistake(
      old: "quorum: 2", new: "quorum: 3",
      message: "36:13: chains[0].quorum: there are only 2 public endpoints to agree; write at most 2, or add more"),
    Mistake(
      old: "failures: 4, coolDown: 20s, longest: 5m", new: "coolDown: 20m, longest: 5m",
      message: "37:39: chains[0].breaker.longest: is shorter than the first cool-down; write at least 1200s"),
    Mistake(
      old: "urgentPercentile: 80", new: "urgentPercentile: 50",
      message: "32:64: chains[0].fees.tip.urgentPercentile: the percentiles do not rise with the urgency; "
        + "write percentile ≤ urgentPercentile ≤ liquidationPercentile"),
    Mistake(
      old: "liquidation: 250%", new: "liquidation: 120%",
      message: "34:45: chains[0].fees.gasPrice.liquidation: is below the urgent one; write at least 130%"),
    Mistake(
      old: "role: relay", new: "role: public",
      message: "43:5: vaults[0].submission: the chain \"devchain\" has no relay, so nothing would ever be sent; "
        + "add an endpoint with role: relay, or write submission: public"),
    Mistake(
      old: "priceBound: 25bp", new: "priceBound: 50bp",
      message: "90:67: vaults[0].submission.privateThenPublic.priceBound: is not tighter than the vault's own "
        + "priceBound; write less than it: who held the call back knows it by then"),
    Mistake(
      old: "send: all", new: "send: everywhere",
      message: "38:11: chains[0].send: \"everywhere\" is not known here; write first or all"),
    // wrong types
    Mistake(
      old: "tick: {interval: 2s, deadline: 5s}", new: "tick: 2s",
      message: "6:7: tick: here must stand a section, not a single value; write its keys below, indented"),
    Mistake(
      old: "chainID: 7777777777", new: "chainID: [1]",
      message: "14:14: chains[0].chainID: here must stand a single value, not a list; "
        + "write a whole number from 1 to 18446744073709551615"),
    Mistake(
      old: "multicall3: canonical", new: "multicall3: canonicle",
      message: "24:17: chains[0].multicall3: \"canonicle\" is not an address; "
        + "write canonical, absent or an address as \"0x…\""),
    Mistake(
      old: "cancelOrders: true", new: "cancelOrders: yes",
      message: "7:29: whileHalted.cancelOrders: \"yes\" is not known here; write true or false"),
    Mistake(
      old: "model: eip1559", new: "model: eip1558",
      message: "29:14: chains[0].fees.model: \"eip1558\" is not known here; perhaps \"eip1559\"; "
        + "write eip1559, legacy or arbitrum"),
    // addresses
    Mistake(
      old: "0x855FA758c77D68a04990E992aA4dcdeF899F654A", new: "0x855fa758c77D68a04990E992aA4dcdeF899F654A",
      message: "79:15: vaults[0].venue.market: \"0x855fa758c77D68a04990E992aA4dcdeF899F654A\" does not match its "
        + "checksum, so some of it is wrong; "
        + "write an address as \"0x…\" with 40 hexadecimal digits and its checksum spelling"),
    Mistake(
      old: "0x855FA758c77D68a04990E992aA4dcdeF899F654A", new: "0x855fa758c77d68a04990e992aa4dcdef899f654a",
      message: "79:15: vaults[0].venue.market: \"0x855fa758c77d68a04990e992aa4dcdef899f654a\" has no checksum; if it "
        + "is right, it is spelt 0x855FA758c77D68a04990E992aA4dcdeF899F654A; "
        + "write an address as \"0x…\" with 40 hexadecimal digits and its checksum spelling"),
    Mistake(
      old: "0x855FA758c77D68a04990E992aA4dcdeF899F654A", new: "0x855FA758c77D68a04990E992aA4dcdeF899F654",
      message: "79:15: vaults[0].venue.market: \"0x855FA758c77D68a04990E992aA4dcdeF899F654\" is not an address: it has "
        + "39 digits, not 40; write an address as \"0x…\" with 40 hexadecimal digits and its checksum spelling"),
    Mistake(
      old: "0x855FA758c77D68a04990E992aA4dcdeF899F654A", new: "0x0000000000000000000000000000000000000000",
      message: "79:15: vaults[0].venue.market: \"0x0000000000000000000000000000000000000000\" is the zero address; "
        + "write an address as \"0x…\" with 40 hexadecimal digits and its checksum spelling"),
    // numbers and units
    Mistake(
      old: "chainID: 7777777777", new: "chainID: 18446744073709551616",
      message: "14:14: chains[0].chainID: \"18446744073709551616\" is out of range; "
        + "write a whole number from 1 to 18446744073709551615"),
    Mistake(
      old: "chainID: 7777777777", new: "chainID: 0x1",
      message: "14:14: chains[0].chainID: \"0x1\" is not a whole number in decimal digits; "
        + "write a whole number from 1 to 18446744073709551615"),
    Mistake(
      old: "interval: 2s", new: "interval: 2 parsecs",
      message: "6:18: tick.interval: \"2 parsecs\" has the unknown unit \"parsecs\" (s, m, h and d are known); "
        + "write a time from 1s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "interval: 2s", new: "interval: 2",
      message: "6:18: tick.interval: \"2\" has no unit (s, m, h or d); "
        + "write a time from 1s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "interval: 2s", new: "interval: 1.5m",
      message: "6:18: tick.interval: \"1.5m\" is not a whole number of m; "
        + "write a time from 1s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "interval: 2s", new: "interval: 99999999999999999999d",
      message: "6:18: tick.interval: \"99999999999999999999d\" is not a whole number of d; "
        + "write a time from 1s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "interval: 2s", new: "interval: 0s",
      message: "6:18: tick.interval: \"0s\" is out of range; write a time from 1s to 1d, such as 90s, 5m or 24h"),
    Mistake(
      old: "perDay: 0.5 ether", new: "perDay: 0.5 eth",
      message: "41:19: chains[0].gas.perDay: \"0.5 eth\" has the unknown unit \"eth\" (ether, gwei and wei are known); "
        + "write an amount of the chain's coin with its unit, such as 0.05 ether, 40 gwei or 1 wei"),
    Mistake(
      old: "bump: 15%", new: "bump: 9%",
      message: "35:71: chains[0].replacement.bump: \"9%\" is out of range; "
        + "write a percentage to a tenth from 10% to 100%"),
    Mistake(
      old: "width: 4%", new: "width: 400%",
      message: "86:32: vaults[0].band.width: \"400%\" is out of range; "
        + "write a ratio from 1bp to 100%, such as 4%, 25bp or 0.04"),
    Mistake(
      old: "minimum: 250 USD", new: "minimum: 250",
      message: "87:22: vaults[0].clips.minimum: \"250\" is not a sum in USD; write a sum with its unit, such as 250 USD"
    ),
    // what does not fit together
    Mistake(
      old: "ceiling: 100 gwei", new: "ceiling: 0.5 gwei",
      message: "30:16: chains[0].fees.ceiling: the ceiling is below the smallest tip; raise it, or lower tip.minimum"),
    Mistake(
      old: "clearingCeiling: 300 gwei", new: "clearingCeiling: 99 gwei",
      message: "31:24: chains[0].fees.clearingCeiling: a nonce stuck at the ceiling can only be cleared above it; "
        + "write at least 100000000000 wei"),
    Mistake(
      old: "maximum: 50000 USD", new: "maximum: 200 USD",
      message: "87:40: vaults[0].clips.maximum: is below the minimum, or nothing; "
        + "write minimum no larger than maximum"),
    Mistake(
      old: "target: {fractionOfNetAssetValue: 30%}", new: "target: {absolute: 0}",
      message: "86:40: vaults[0].band.of: a share of a target of zero is no band at all; "
        + "write of: netAssetValue, or another target"),
    Mistake(
      old: "target: {fractionOfNetAssetValue: 30%}", new: "target: {fractionOfNetAssetValue: 30%, absolute: 1}",
      message: "85:13: vaults[0].target: says two things at once: fractionOfNetAssetValue and absolute; "
        + "write one of fractionOfNetAssetValue, weight, leverage, deltaNeutral, absolute, insured, carry, portfolio"),
    Mistake(
      old: "        maximum: 100000\n", new: "        maximum: 99\n",
      message: "68:18: vaults[0].oracle.base.maximum: is not above the minimum; write minimum below maximum"),
    // references and names
    Mistake(
      old: "chain: devchain", new: "chain: testnet",
      message: "44:12: vaults[0].chain: there is no chain \"testnet\"; name one of: devchain"),
    Mistake(
      old: "collateral: USDC", new: "collateral: DAI",
      message: "80:19: vaults[0].venue.collateral: \"DAI\" is not a token of this vault with an address; "
        + "write the symbol of one of its tokens: WETH, USDC"),
    Mistake(
      old: "collateral: USDC", new: "collateral: WETH",
      message: "80:19: vaults[0].venue.collateral: \"WETH\" is a base token, and collateral is valued at the quote's "
        + "price; name one of the quote tokens: USDC"),
    Mistake(
      old: "    clear:\n      after: {blocks: 20, time: 5m}\n", new: "    clear: nevr\n",
      message: "39:12: chains[0].clear: \"nevr\" is not known here; "
        + "write never, or after: with blocks and time below"),
    Mistake(
      old: "clearLimit: 50000", new: "clearLimit: 20999",
      message: "41:73: chains[0].gas.clearLimit: \"20999\" is out of range; "
        + "write a whole number from 21000 to 100000000"),
    Mistake(
      old: "perHour: 0.2 ether", new: "perHour: 0.6 ether",
      message: "41:123: chains[0].gas.perHour: is more than a whole day may cost; write no more than perDay"),
    Mistake(
      old: "perDayUsd: 900 USD", new: "perDayUsd: 0 USD",
      message: "41:145: chains[0].gas.perDayUsd: a budget of nothing lets nothing be done; write a sum above 0 USD"),
    Mistake(
      old: "loss: 900 USD", new: "loss: 0 USD",
      message: "94:49: vaults[0].budgets.loss: a budget of nothing lets nothing be done; write sums above 0 USD"),
    Mistake(
      old: "liquidationAlarm: 8%", new: "liquidationAlarm: 101%",
      message: "93:23: vaults[0].liquidationAlarm: \"101%\" is out of range; "
        + "write a ratio from 0 to 100%, such as 4%, 25bp or 0.04"),
    // execution
    Mistake(
      old: "choice: weighed", new: "choice: best",
      message: "88:97: vaults[0].orders.choice: \"best\" is not known here; write weighed or limitFirst"),
    Mistake(
      old: "clip: 20000 USD", new: "clip: 0 USD",
      message: "101:22: vaults[0].schedule.clip: an order of nothing corrects nothing; write a sum above 0 USD"),
    Mistake(
      old: "interval: 2m, horizon", new: "interval: 21m, horizon",
      message: "101:56: vaults[0].schedule.interval: the second slice is due after the last; "
        + "write no more than horizon, 20m"),
    Mistake(
      old: "action: 3.5", new: "action: 7.5",
      message: "102:77: vaults[0].liquidation.action: is above warning or safe; "
        + "write no more sigmas than warning and safe"),
    Mistake(
      old: "      - name: b\n", new: "      - name: a\n",
      message: "18:9: chains[0].endpoints[1].name: \"a\" is used twice; choose another"),
    Mistake(
      old: "multiSend: \"0xE11BA2b4D45Eaed5996Cd0823791E0C93114882d\"", new: "multiSend: safe",
      message: "50:18: vaults[0].account.multiSend: \"safe\" is neither an address nor book/Contract; "
        + "write an address as \"0x…\", or book/Contract for a contract of an address-book file"),
    Mistake(
      old: "book: gmx-v2-arbitrum", new: "book: ../secret",
      message: "78:13: vaults[0].venue.book: \"../secret\" is not the name of an address-book file; "
        + "write the name of a file in the address book, such as gmx-v2.avalanche for gmx-v2.avalanche.json"),
    // secrets and endpoints
    Mistake(
      old: "http://127.0.0.1:8545/a?key=hunter2", new: "http://node.example/a?key=hunter2",
      message: "17:14: chains[0].endpoints[0].url: plain http to node.example shows every request and any key to the "
        + "network; use https, or set allowPlainHTTP for this endpoint if the network between is yours"),
    Mistake(
      old: "http://127.0.0.1:8545/a?key=hunter2", new: "ftp://127.0.0.1/a?key=hunter2",
      message: "17:14: chains[0].endpoints[0].url: the URL's scheme is ftp; only https and http are spoken"),
    Mistake(
      old: "passphrase: {file: passphrase.txt}", new: "passphrase: hunter2",
      message: "11:15: key.passphrase: a secret does not stand in this file; "
        + "write {file: path} or {credential: name}, or the word prompt"),
    Mistake(
      old: "passphrase: {file: passphrase.txt}", new: "passphrase: {file: a, credential: b}",
      message: "11:15: key.passphrase: needs either file or credential; "
        + "write {file: path} or {credential: name}, or the word prompt"),
    // YAML itself
    Mistake(
      old: "tick: {interval: 2s, deadline: 5s}", new: "tick: {interval: 2s, deadline: 5s",
      message: "7:12: not YAML: while parsing a flow mapping (line 6), did not find expected ',' or '}'; "
        + "correct the YAML there"),
    Mistake(
      old: "version: 1\n", new: "version: 1\nversion: 1\n",
      message: "2:1: this section has the key \"version\" more than once; correct the YAML there"),
    Mistake(
      old: "haltMarker: /run/vaultkeeper/halt", new: "haltMarker: &a /run/vaultkeeper/halt",
      message: "4:13: anchors and aliases (& and *) are not supported; write the values out"),
    Mistake(
      old: "haltMarker: /run/vaultkeeper/halt", new: "haltMarker: !secret /run/vaultkeeper/halt",
      message: "4:13: the tag \"!secret\" is not supported; remove it"),
    Mistake(
      old: "version: 1\n", new: "version: 2\n",
      message: "2:10: version: \"2\" is out of range; write a whole number from 1 to 1"),
  ]

  @Test(arguments: mistakes) func eachMistakeIsNamedWithItsPlace(mistake: Mistake) throws {
    #expect(Fixtures.problems(try Fixtures.full(mistake.old, mistake.new)) == ["test.yaml:" + mistake.message])
  }

  @Test func allProblemsOfAFileAreToldAtOnceInItsOrder() throws {
    var yaml = try Fixtures.full()
    for (old, new) in [
      ("2s", "2"), ("chainID: 7777777777", "chainId: 7777777777"), ("gmxV2", "gmxV3"), ("leverage: 3", "leverage: -3"),
    ] {
      yaml = yaml.replacingOccurrences(of: old, with: new)
    }
    let places = Fixtures.problems(yaml).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    #expect(
      places == [
        "test.yaml:6:18: tick.interval:", "test.yaml:13:5: chains[0].chainID:", "test.yaml:14:5: chains[0].chainId:",
        "test.yaml:77:13: vaults[0].venue.kind:", "test.yaml:91:15: vaults[0].leverage:",
      ])
  }

  @Test func aFileThatIsSomethingElseDoesNotFillTheScreen() {
    let yaml = (0..<500).map { "key\($0): value" }.joined(separator: "\n")
    #expect(Fixtures.problems(yaml).count == Findings.problemLimit)
  }

  /// Whatever is wrong around it, neither passphrase nor URL is repeated.
  @Test(arguments: [
    ("url: \"http", "url: \"xttp"), ("url: \"http", "ulr: \"http"), ("      - name: a\n", "      - name: [\n"),
    ("\"http://127.0.0.1:8545/a?key=hunter2\"", "[hunter2]"), ("key=hunter2\"", "key=hunter 2\""),
    ("{file: header.txt}", "hunter2"), ("passphrase: {file: passphrase.txt}", "passphrase: [hunter2]"),
  ])
  func secretsAreNeverRepeated(old: String, new: String) throws {
    let problems = Fixtures.problems(try Fixtures.full(old, new))
    #expect(!problems.isEmpty)
    for problem in problems { #expect(!problem.contains("hunter")) }
  }

  @Test func messagesCarryNoControlCharacters() throws {
    let problems = Fixtures.problems(try Fixtures.full("interval: 2s", "interval: \"\\e[2J\\u202e2s\\n\""))
    #expect(problems.count == 1)
    for scalar in problems.joined().unicodeScalars { #expect(scalar.value >= 0x20 && scalar.value != 0x202E) }
  }
}
