"""Faults on purpose, and the log of what was asked.

A rule: {kind, endpoint?: name or "*", method?: regex, after?: n, count?: n, p?: 0..1, ...}; the first
that matches a request applies. The kinds:

    http{status, retryAfter?, body?}   an HTTP status instead of an answer
    delay{ms}  hang{ms}                answer late; never answer, reset at the end
    reset  empty  html                 connection reset; no body; a page of some proxy
    garble  truncate  wrong_id  null   a damaged answer
    rpc_error{code, message, data?}    an error object
    stale{blocks}                      the endpoint lags behind the chain
    swallow                            a sent transaction is acknowledged and kept nowhere
    ack_lost                           a sent transaction is taken, its answer lost
"""

from __future__ import annotations

import random
import re
import threading
from collections import deque
from typing import Any

Rule = dict[str, Any]
LOG_LENGTH = 20_000
UNLIMITED = 1 << 60


class Faults:
    """The rules in force and the request log. Chance comes from a seed, so a run can be repeated."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._rules: list[Rule] = []
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)

    def set(self, rules: list[Rule]) -> None:
        with self._lock:
            self._rules = [dict(rule, seen=0, hit=0) for rule in rules]

    def show(self) -> list[Rule]:
        with self._lock:
            return [dict(rule) for rule in self._rules]

    def pick(self, endpoint: str, methods: list[str]) -> Rule | None:
        """The rule that applies to a request, counted as used."""
        with self._lock:
            for rule in self._rules:
                if rule.get("endpoint", "*") not in ("*", endpoint):
                    continue
                if not any(applies_to(rule, method) for method in methods):
                    continue
                rule["seen"] += 1
                if rule["seen"] <= rule.get("after", 0) or rule["hit"] >= rule.get("count", UNLIMITED):
                    continue
                if self._random.random() >= rule.get("p", 1):
                    continue
                rule["hit"] += 1
                return rule
        return None

    def note(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._log.append(entry)

    def requests(self, clear: bool, endpoint: str | None) -> list[dict[str, Any]]:
        with self._lock:
            chosen = [e for e in self._log if endpoint in (None, e["endpoint"])]
            if clear:
                kept = [e for e in self._log if endpoint is not None and e["endpoint"] != endpoint]
                self._log = deque(kept, maxlen=LOG_LENGTH)
            return chosen


def applies_to(rule: Rule, method: str) -> bool:
    return re.fullmatch(rule.get("method", ".*"), method) is not None
