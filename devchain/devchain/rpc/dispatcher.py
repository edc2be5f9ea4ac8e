"""One table of methods over one chain, called one request at a time."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..chain import Chain
from ..faults import Faults
from ..pool import PoolError
from .calls import Calls
from .control import Control
from .logs import Logs
from .reads import Reads
from .values import INVALID_PARAMS, METHOD_NOT_FOUND, SERVER_ERROR, RpcError

NAMESPACES = ("eth", "net", "web3", "txpool", "evm", "anvil", "dev")
EVM_ALSO_ANVIL = ("setAutomine", "setIntervalMining", "snapshot", "revert", "increaseTime", "setNextBlockTimestamp")

Method = Callable[..., Any]


class Rpc(Reads, Calls, Logs, Control):
    """Every method is a method of this class under its own name; `add` takes more, as the scenario does."""

    def __init__(self, chain: Chain, faults: Faults, max_log_range: int = 0) -> None:
        Logs.__init__(self, chain, max_log_range)
        self.faults = faults
        self._methods: dict[str, Method] = {
            name: method
            for name, method in inspect.getmembers(self, inspect.ismethod)
            if name.split("_")[0] in NAMESPACES
        }
        for name in EVM_ALSO_ANVIL:
            self._methods["anvil_" + name] = self._methods["evm_" + name]
        for name in [n for n in self._methods if n.startswith("anvil_")]:
            self._methods["hardhat_" + name.removeprefix("anvil_")] = self._methods[name]

    def add(self, name: str, method: Method) -> None:
        self._methods[name] = method

    def dispatch(self, name: str, params: Any, lag: int = 0, private: bool = False) -> Any:
        """Answer one request as an endpoint `lag` blocks behind the head, or as a relay; raises RpcError."""
        method = self._methods.get(name)
        if method is None:
            raise RpcError(METHOD_NOT_FOUND, f"the method {name} does not exist/is not available")
        arguments = [params] if isinstance(params, dict) else list(params)
        _check_arity(method, arguments)
        with self.chain.lock:
            self.lag, self.private = lag, private
            try:
                return method(*arguments)
            except PoolError as error:
                raise RpcError(SERVER_ERROR, str(error)) from error
            except (ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
                text = f"invalid argument: {type(error).__name__} {error}"
                raise RpcError(INVALID_PARAMS, text[:300]) from error
            finally:
                self.lag, self.private = 0, False


def _check_arity(method: Method, arguments: list[Any]) -> None:
    parameters = inspect.signature(method).parameters
    required = sum(p.default is p.empty for p in parameters.values())
    if len(arguments) < required:
        raise RpcError(INVALID_PARAMS, f"missing value for required argument {len(arguments)}")
    if len(arguments) > len(parameters):
        raise RpcError(INVALID_PARAMS, f"too many arguments, want at most {len(parameters)}")
