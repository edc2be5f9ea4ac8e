# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice A mintable ERC-20 of six decimals, built on snekmate: the dollar of the scenario.
"""

from snekmate.auth import ownable
from snekmate.tokens import erc20

initializes: ownable
initializes: erc20[ownable := ownable]
exports: erc20.__interface__

@deploy
def __init__(name: String[25], symbol: String[5]):
    ownable.__init__()
    erc20.__init__(name, symbol, 6, name, "1")
