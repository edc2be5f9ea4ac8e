"""eth_getLogs and the polling filters."""

from __future__ import annotations

from typing import Any

from ..blocks import Block
from ..chain import Chain
from ..evm import Log
from .shapes import Json, logs_of
from .values import SERVER_ERROR, RpcError, data, hexed, quantity
from .view import View

RANGE_EXCEEDED = -32005


class Logs(View):
    def __init__(self, chain: Chain, max_log_range: int) -> None:
        super().__init__(chain)
        self.max_log_range = max_log_range  # blocks; 0: no limit
        self._filters: dict[str, Json] = {}
        self._filter_count = 0
        chain.hooks.append(self._on_chain)

    def eth_getLogs(self, query: Json) -> list[Json]:
        return [
            shape
            for block in self._span(query)
            for log, shape in logs_of(block)
            if _matches(query, log)
        ]

    def _span(self, query: Json) -> list[Block]:
        if query.get("blockHash"):
            if query.get("fromBlock") or query.get("toBlock"):
                raise RpcError(-32602, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")
            block = self.known(data(query["blockHash"]))
            if block is None:
                raise RpcError(SERVER_ERROR, "unknown block")
            return [block]
        first, last = self.block(query.get("fromBlock", "latest")), self.block(query.get("toBlock", "latest"))
        if not isinstance(last, Block):
            last = self.head()
        if not isinstance(first, Block):
            return []
        if first.number > last.number:
            raise RpcError(SERVER_ERROR, "invalid block range params")
        if self.max_log_range and last.number - first.number + 1 > self.max_log_range:
            raise RpcError(RANGE_EXCEEDED, f"query exceeds max block range {self.max_log_range}")
        return self.chain.blocks[first.number : last.number + 1]

    def eth_newBlockFilter(self) -> str:
        return self._new_filter("block", {})

    def eth_newFilter(self, query: Json) -> str:
        return self._new_filter("log", query)

    def eth_uninstallFilter(self, filter_id: str) -> bool:
        return self._filters.pop(filter_id, None) is not None

    def eth_getFilterChanges(self, filter_id: str) -> list[Any]:
        if filter_id not in self._filters:
            raise RpcError(SERVER_ERROR, "filter not found")
        changes, self._filters[filter_id]["changes"] = self._filters[filter_id]["changes"], []
        return changes

    def _new_filter(self, kind: str, query: Json) -> str:
        self._filter_count += 1
        filter_id = quantity(self._filter_count)
        self._filters[filter_id] = {"kind": kind, "query": query, "changes": []}
        return filter_id

    def _on_chain(self, event: str, what: Any) -> None:
        """Feed the filters; a rollback gives every orphaned log once more, marked removed."""
        for entry in self._filters.values():
            if entry["kind"] == "block":
                if event == "block":
                    entry["changes"].append(hexed(what.hash))
                continue
            blocks = [what] if event == "block" else list(reversed(what)) if event == "rollback" else []
            entry["changes"] += [
                shape
                for block in blocks
                for log, shape in logs_of(block, removed=event == "rollback")
                if _matches(entry["query"], log)
            ]


def _matches(query: Json, log: Log) -> bool:
    account, topics, _ = log
    wanted = query.get("address")
    if wanted and hexed(account) not in _lowered(wanted):
        return False
    for i, choice in enumerate(query.get("topics") or []):
        if choice is None or choice == []:
            continue
        if i >= len(topics) or hexed(topics[i]) not in _lowered(choice):
            return False
    return True


def _lowered(one_or_many: str | list[str]) -> list[str]:
    return [v.lower() for v in ([one_or_many] if isinstance(one_or_many, str) else one_or_many)]
