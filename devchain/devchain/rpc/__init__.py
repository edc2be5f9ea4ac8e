"""JSON-RPC over a chain: the standard methods and the control ones, without any HTTP."""

from .dispatcher import Rpc
from .values import RpcError

__all__ = ["Rpc", "RpcError"]
