"""HTTP: every path is an endpoint of the one chain, with faults of its own; /admin has none, and
/private is a relay: what is sent there is seen there only until it is mined."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .faults import Faults, Rule, applies_to
from .rpc import Rpc, RpcError
from .rpc.values import hexed

ADMIN = "admin"
PRIVATE = "private"
PARSE_ERROR = {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "parse error"}}
EMPTY_BATCH = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "empty batch"}}
DEFAULT_HANG_MS = 30_000
ID_NOBODY_ASKED_FOR = 999_999_999


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rbufsize = 1 << 16
    server: Server

    def log_message(self, *_: Any) -> None:
        """Quiet: the request log is dev_requests."""

    def do_GET(self) -> None:
        self._send(200, b'{"ok":true}')

    def do_POST(self) -> None:
        arrived = time.time()
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        endpoint = self.path.split("?")[0].strip("/") or "default"
        private = endpoint.split("/")[0] == PRIVATE
        try:
            request = json.loads(body)
        except ValueError:
            return self._send(200, _encode(PARSE_ERROR))
        many = request if isinstance(request, list) else [request]
        methods = [str(one.get("method")) for one in many if isinstance(one, dict)] or [""]
        rule = None
        if endpoint != ADMIN:
            rule = self.server.faults.pick(endpoint, methods)
            kind = rule["kind"] if rule else None
            entry = {"t": round(arrived, 3), "endpoint": endpoint, "methods": methods, "fault": kind}
            self.server.faults.note(entry)
        if not self._answered_by_fault(rule):
            self._answer(request, rule, private)

    def _answered_by_fault(self, rule: Rule | None) -> bool:
        """Play the faults that need no answer of the chain; True if the request is done with."""
        kind = rule["kind"] if rule else None
        if rule is None:
            return False
        if kind in ("delay", "hang"):
            time.sleep(rule.get("ms", DEFAULT_HANG_MS) / 1000)
        if kind in ("hang", "reset"):
            self._reset()
        elif kind == "http":
            status = rule.get("status", 500)
            headers = {"Retry-After": str(rule["retryAfter"])} if "retryAfter" in rule else {}
            self._send(status, rule.get("body", f"HTTP {status}").encode(), "text/plain", headers)
        elif kind == "html":
            self._send(200, b"<html><body>Bad gateway</body></html>", "text/html")
        elif kind == "empty":
            self._send(200, b"")
        else:
            return False
        return True

    def _answer(self, request: Any, rule: Rule | None, private: bool) -> None:
        kind = rule["kind"] if rule else None
        if isinstance(request, list):
            answers = [self._answer_one(one, rule, private) for one in request]
            out: Any = [answer for answer in answers if answer is not None] if answers else EMPTY_BATCH
        else:
            out = self._answer_one(request, rule, private)
        payload = _encode(out) if out is not None else b""
        half = len(payload) // 2
        if kind == "ack_lost":
            self._reset()
        elif kind == "garble":
            self._send(200, payload[:half] + b"\xff\x00{" + payload[half + 3 :])
        elif kind == "truncate":
            self._send(200, payload, cut=half)
        else:
            self._send(200, payload)

    def _answer_one(self, request: Any, rule: Rule | None, private: bool) -> dict[str, Any] | None:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            request_id = request.get("id") if isinstance(request, dict) else None
            error = {"code": -32600, "message": "invalid request"}
            return {"jsonrpc": "2.0", "id": request_id, "error": error}
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request.get("id")}
        here = rule if rule and applies_to(rule, request["method"]) else None
        try:
            answer["result"] = self._result(request["method"], request.get("params") or [], here, private)
        except RpcError as error:
            answer["error"] = error.json()
        except Exception as error:  # a bug of the chain's own, which the client must see as such
            text = f"internal error: {type(error).__name__}: {error}"
            answer["error"] = {"code": -32603, "message": text[:300]}
        if here and here["kind"] == "wrong_id":
            answer["id"] = ID_NOBODY_ASKED_FOR
        return answer if "id" in request else None

    def _result(self, method: str, params: Any, rule: Rule | None, private: bool) -> Any:
        rpc, kind = self.server.rpc, rule["kind"] if rule else None
        if rule is not None and kind == "rpc_error":
            message = rule.get("message", "internal error")
            raise RpcError(rule.get("code", -32000), message, rule.get("data"))
        if kind == "null":
            return None
        if kind == "swallow" and method == "eth_sendRawTransaction":
            return hexed(rpc.chain.decode(bytes.fromhex(params[0][2:])).hash)
        lag = rule.get("blocks", 1) if rule is not None and kind == "stale" else 0
        return rpc.dispatch(method, params, lag, private)

    def _send(
        self,
        status: int,
        payload: bytes,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(payload)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload if cut is None else payload[:cut])
        if cut is not None:
            self._reset()

    def _reset(self) -> None:
        """End the connection with RST, not FIN."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.rfile = self.wfile = open(os.devnull, "wb")  # the base class flushes once more


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, rpc: Rpc, faults: Faults) -> None:
        self.rpc = rpc
        self.faults = faults
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: clients that go away in the middle are what faults are for."""


def _encode(answer: Any) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode()
