# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice A Chainlink-like aggregator whose rounds its owner writes. Deployed as price feeds, and with 0
        decimals as an L2 sequencer's uptime feed, where the answer is 0 for up and startedAt is the
        time of the last change.
"""

struct Round:
    answer: int256
    startedAt: uint256
    updatedAt: uint256

owner: public(address)
decimals: public(uint8)
description: public(String[64])
latestRound: public(uint256)
rounds: HashMap[uint256, Round]

@deploy
def __init__(decimals: uint8, description: String[64]):
    self.owner = msg.sender
    self.decimals = decimals
    self.description = description

@view
@external
def version() -> uint256:
    return 4

@external
def setAnswer(answer: int256):
    """
    @notice A new round, observed now.
    """
    self._write(answer, block.timestamp, block.timestamp)

@external
def setRound(answer: int256, startedAt: uint256, updatedAt: uint256):
    self._write(answer, startedAt, updatedAt)

@internal
def _write(answer: int256, started_at: uint256, updated_at: uint256):
    assert msg.sender == self.owner
    self.latestRound += 1
    self.rounds[self.latestRound] = Round(answer=answer, startedAt=started_at, updatedAt=updated_at)

@view
@external
def latestAnswer() -> int256:
    return self.rounds[self.latestRound].answer

@view
@external
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    return self._round(self.latestRound)

@view
@external
def getRoundData(roundId: uint80) -> (uint80, int256, uint256, uint256, uint80):
    return self._round(convert(roundId, uint256))

@view
@internal
def _round(number: uint256) -> (uint80, int256, uint256, uint256, uint80):
    assert number != 0 and number <= self.latestRound, "No data present"
    r: Round = self.rounds[number]
    id: uint80 = convert(number, uint80)
    return id, r.answer, r.startedAt, r.updatedAt, id
