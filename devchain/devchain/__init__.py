"""devchain: a local Ethereum chain behind JSON-RPC, for tests and demonstrations.

The layers, lowest first: `evm` runs transactions on state tries, `pool` and `chain` make blocks of
them, `rpc` speaks Ethereum's JSON-RPC, `faults` and `server` put it on HTTP and break it on request,
and `scenario` fills a chain with a vault, a perpetuals venue and the actors a keeper meets.
"""

__version__ = "1.0"
CLIENT_VERSION = f"devchain/{__version__}/py-evm"
