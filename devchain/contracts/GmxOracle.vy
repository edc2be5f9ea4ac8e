# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's Oracle. Orders execute at the price of the token's feed, which DataStore
        names under PRICE_FEED, moved by a shift that a controller may set: the difference between the
        feed an observer reads and the signed report an order keeper brings.
"""

import IDataStore
import gmx_keys as keys
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

interface Feed:
    def latestRoundData() -> (uint80, int256, uint256, uint256, uint80): view

FLOAT: constant(uint256) = 10**30
BASIS_POINTS: constant(int256) = 10_000

STORE: immutable(IDataStore)
SEQUENCER: immutable(Feed)
shiftBasisPoints: public(HashMap[address, int256])

@deploy
def __init__(role_store: address, store: address, sequencer: address):
    roles.__init__(role_store)
    STORE = IDataStore(store)
    SEQUENCER = Feed(sequencer)

@view
@external
def dataStore() -> address:
    return STORE.address

@view
@external
def sequencerUptimeFeed() -> address:
    return SEQUENCER.address

@external
def setShift(token: address, basis_points: int256):
    roles.only("CONTROLLER")
    self.shiftBasisPoints[token] = basis_points

@view
@external
def validateSequencerUp():
    round_id: uint80 = 0
    answer: int256 = 0
    started_at: uint256 = 0
    updated_at: uint256 = 0
    answered_in: uint80 = 0
    round_id, answer, started_at, updated_at, answered_in = staticcall SEQUENCER.latestRoundData()
    if answer != 0 or started_at == 0:
        raw_revert(method_id("SequencerDown()"))
    grace: uint256 = staticcall STORE.getUint(keys.name("SEQUENCER_GRACE_DURATION"))
    since: uint256 = block.timestamp - started_at
    if since <= grace:
        raw_revert(abi_encode(
            since, grace, method_id=method_id("SequencerGraceDurationNotYetPassed(uint256,uint256)")
        ))

@view
@external
def getPrimaryPrice(token: address) -> types.Price:
    feed: address = staticcall STORE.getAddress(keys.of_address("PRICE_FEED", token))
    if feed == empty(address):
        raw_revert(abi_encode(token, method_id=method_id("EmptyPrimaryPrice(address)")))
    round_id: uint80 = 0
    answer: int256 = 0
    started_at: uint256 = 0
    updated_at: uint256 = 0
    answered_in: uint80 = 0
    round_id, answer, started_at, updated_at, answered_in = staticcall Feed(feed).latestRoundData()
    if answer <= 0:
        raw_revert(abi_encode(token, answer, method_id=method_id("InvalidFeedPrice(address,int256)")))
    multiplier: uint256 = staticcall STORE.getUint(keys.of_address("PRICE_FEED_MULTIPLIER", token))
    shifted: int256 = answer * (BASIS_POINTS + self.shiftBasisPoints[token])
    price: uint256 = convert(shifted, uint256) * multiplier // FLOAT // convert(BASIS_POINTS, uint256)
    return types.Price(min=price, max=price)
