"""eth_call, eth_estimateGas and the sending methods."""

from __future__ import annotations

from typing import Any

from eth_utils import ValidationError

from ..evm import CallRequest, Outcome
from .shapes import Json
from .values import SERVER_ERROR, RpcError, address, call_error, checksummed, data, hexed, number, quantity
from .view import View

CALL_GAS_CAP = 50_000_000  # geth's --rpc.gascap
TRANSFER_GAS = 21_000
CALL_STIPEND = 2_300
ESTIMATE_ERROR = 0.015  # geth stops its search here


class Calls(View):
    def eth_call(self, call: Json, tag: Any = "latest", overrides: Json | None = None) -> str:
        gas = min(number(call["gas"]), CALL_GAS_CAP) if call.get("gas") else CALL_GAS_CAP
        if call.get("maxFeePerGas") or call.get("gasPrice"):
            gas = min(gas, self.chain.config.gas_limit)
        outcome = self._run(call, tag, overrides, gas)
        if not outcome.succeeded:
            raise call_error(outcome)
        return hexed(outcome.output)

    def eth_estimateGas(self, call: Json, tag: Any = "latest", overrides: Json | None = None) -> str:
        request = _parse_call(call)
        highest = min(number(call.get("gas") or self.chain.config.gas_limit), self.chain.config.gas_limit)
        if request.fee_cap:
            spare = self.state(tag).balance(request.sender) - request.value
            if spare < 0:
                raise RpcError(SERVER_ERROR, "insufficient funds for transfer")
            highest = min(highest, spare // request.fee_cap)
        plain = request.to is not None and not request.data and not self.state(tag).code(request.to)
        if plain and self._succeeds(call, tag, overrides, TRANSFER_GAS):
            return quantity(TRANSFER_GAS)
        outcome = self._run(call, tag, overrides, highest)
        if not outcome.succeeded:
            if outcome.error == "out of gas":
                raise RpcError(SERVER_ERROR, f"gas required exceeds allowance ({highest})")
            raise call_error(outcome)
        return quantity(self._search(call, tag, overrides, outcome.gas_used, highest))

    def _search(self, call: Json, tag: Any, overrides: Json | None, used: int, highest: int) -> int:
        """geth's bisection: a call may need more than it uses, since it hands on 63/64 of what it has."""
        lowest = used - 1
        guess = (used + used // 4 + CALL_STIPEND) * 64 // 63
        if guess < highest:
            if self._succeeds(call, tag, overrides, guess):
                highest = guess
            else:
                lowest = guess
        while lowest + 1 < highest and (highest - lowest) / highest > ESTIMATE_ERROR:
            middle = min((lowest + highest) // 2, lowest * 2)
            if self._succeeds(call, tag, overrides, middle):
                highest = middle
            else:
                lowest = middle
        return highest

    def _succeeds(self, call: Json, tag: Any, overrides: Json | None, gas: int) -> bool:
        try:
            return self._run(call, tag, overrides, gas).succeeded
        except RpcError:
            return False

    def _run(self, call: Json, tag: Any, overrides: Json | None, gas: int) -> Outcome:
        request, state, parsed = _parse_call(call), self.state(tag), _parse_overrides(overrides)
        who = checksummed(request.sender)
        cost = request.value + gas * request.fee_cap
        balance = parsed.get(request.sender, {}).get("balance", state.balance(request.sender))
        if cost > balance:
            text = f"insufficient funds for gas * price + value: address {who} have {balance} want {cost}"
            raise RpcError(SERVER_ERROR, text)
        base_fee = state.context.base_fee
        if 0 < request.fee_cap < base_fee:
            text = f"max fee per gas less than block base fee: address {who}"
            raise RpcError(SERVER_ERROR, f"{text}, maxFeePerGas: {request.fee_cap}, baseFee: {base_fee}")
        try:
            return state.call(request, gas, parsed)
        except ValidationError as error:
            text = str(error)
            is_intrinsic = "nsufficient gas" in text or "intrinsic" in text.lower()
            raise RpcError(SERVER_ERROR, "intrinsic gas too low" if is_intrinsic else text) from error

    def eth_sendRawTransaction(self, raw: str) -> str:
        return hexed(self.chain.submit(data(raw), private=self.private))

    def eth_sendTransaction(self, call: Json) -> str:
        """Signs with one of the dev keys, for scripts; a daemon signs its own."""
        chain, sender = self.chain, address(call["from"])
        if sender not in chain.accounts:
            raise RpcError(SERVER_ERROR, "unknown account")
        tip = chain.config.tip
        fee = call.get("maxFeePerGas") or call.get("gasPrice") or 2 * chain.upcoming_base_fee() + tip
        unpriced = ("maxFeePerGas", "gasPrice", "maxPriorityFeePerGas", "nonce")
        gas = call.get("gas") or self.eth_estimateGas({k: v for k, v in call.items() if k not in unpriced})
        unsigned = chain.evm.vm.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=chain.config.chain_id,
            nonce=number(call["nonce"]) if call.get("nonce") else chain.nonce(sender, pending=True),
            max_priority_fee_per_gas=min(number(call.get("maxPriorityFeePerGas") or tip), number(fee)),
            max_fee_per_gas=number(fee),
            gas=number(gas),
            to=address(call["to"]) if call.get("to") else b"",
            value=number(call.get("value") or 0),
            data=data(call.get("input", call.get("data", "0x"))),
            access_list=[],
        )
        key = chain.keys[chain.accounts.index(sender)]
        return hexed(chain.submit(unsigned.as_signed_transaction(key).encode()))


def _parse_call(call: Json) -> CallRequest:
    fee_cap = number(call.get("maxFeePerGas") or call.get("gasPrice") or 0)
    # With a cap alone, geth takes a tip of zero; a gas price is cap and tip in one.
    tip = number(call.get("maxPriorityFeePerGas") or call.get("gasPrice") or 0)
    return CallRequest(
        sender=address(call["from"]) if call.get("from") else b"\0" * 20,
        to=address(call["to"]) if call.get("to") else None,
        data=data(call.get("input") or call.get("data") or "0x"),
        value=number(call.get("value") or 0),
        fee_cap=fee_cap,
        tip=min(tip, fee_cap),
        access_list=tuple(
            (address(entry["address"]), [number(key) for key in entry["storageKeys"]])
            for entry in call.get("accessList") or []
        ),
    )


def _parse_overrides(overrides: Json | None) -> dict[bytes, dict[str, Any]]:
    parsed: dict[bytes, dict[str, Any]] = {}
    for account, changes in (overrides or {}).items():
        if "state" in changes and "stateDiff" in changes:
            raise RpcError(SERVER_ERROR, f"account {account} has both 'state' and 'stateDiff'")
        here = parsed.setdefault(address(account), {})
        for name, value in changes.items():
            if name == "code":
                here[name] = data(value)
            elif name in ("state", "stateDiff"):
                here[name] = {number(slot): number(word) for slot, word in value.items()}
            elif name in ("balance", "nonce"):
                here[name] = number(value)
            else:
                raise RpcError(SERVER_ERROR, f"override {name} is not supported")
    return parsed
