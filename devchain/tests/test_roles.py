"""The role: what it lets through, and how it says no."""

from __future__ import annotations

from devchain.config import GWEI
from devchain.scenario.artifacts import call, selector
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import Actor, view
from devchain.scenario.vault import FEE_ALLOWANCE, FEE_ALLOWANCE_KEY, ROLE_KEY, packed, word
from support import (
    ETH_UNIT, EXEC_WITH_ROLE, FEE, LIMIT_INCREASE, Keeper, error_data,
)

TARGET, FUNCTION, SEND, PARAMETER = 2, 3, 4, 7
OR, ALLOWANCE, CALL_ALLOWANCE, ETHER_ALLOWANCE = 5, 17, 18, 19
MARKUP = 3_300 * ETH_UNIT
OUTSIDER = bytes.fromhex("aa" * 20)


def violation(status: int, info: bytes = bytes(32)) -> bytes:
    return error_data("ConditionViolation(uint8,bytes32)", status, info)


def test_foreign_target(keeper: Keeper, world: FirstLight) -> None:
    transfer = call("transfer(address,uint256)", keeper.actor.address, 1)
    answer = keeper.simulate(keeper.wrapped([(world.usdc.address, 0, transfer)]))
    assert answer.output == violation(TARGET)


def test_unscoped_function(keeper: Keeper) -> None:
    data = call("multicall(bytes[])", [])
    answer = keeper.simulate(keeper.wrapped([(keeper.exchange, 0, data)]))
    assert answer.output == violation(FUNCTION, data[:4].ljust(32, b"\0"))


def test_ether_where_none_may_go(keeper: Keeper) -> None:
    answer = keeper.simulate(keeper.wrapped([(keeper.exchange, 1, call("cancelOrder(bytes32)", bytes(32)))]))
    assert answer.output == violation(SEND)


def test_parameters(keeper: Keeper, world: FirstLight) -> None:
    fee = (keeper.exchange, 1, call("sendWnt(address,uint256)", OUTSIDER, 1))
    assert keeper.simulate(keeper.wrapped([fee])).output == violation(PARAMETER)
    token = (keeper.exchange, 0, call("sendTokens(address,address,uint256)", OUTSIDER, keeper.order_vault, 1))
    assert keeper.simulate(keeper.wrapped([token])).output == violation(OR)
    for change in ({"receiver": OUTSIDER}, {"market": OUTSIDER}):
        calls = keeper.opening(LIMIT_INCREASE, trigger=MARKUP, **change)
        assert keeper.simulate(keeper.wrapped(calls)).output == violation(PARAMETER), change
    good = keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=MARKUP)
    assert keeper.simulate(keeper.wrapped(good)).succeeded


def test_fee_allowance_is_taken_and_refilled(keeper: Keeper, world: FirstLight) -> None:
    def balance() -> int:
        types = ["uint128", "uint128", "uint64", "uint128", "uint64"]
        return view(world.chain, world.vault.roles, "allowances(bytes32)", types, FEE_ALLOWANCE_KEY)[3]

    assert balance() == FEE_ALLOWANCE
    big = FEE_ALLOWANCE - FEE
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, fee=big))
    assert balance() == FEE
    over = keeper.wrapped(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, fee=FEE + 1))
    assert keeper.simulate(over).output == violation(ETHER_ALLOWANCE, FEE_ALLOWANCE_KEY)
    world.chain.offset = 86_400
    world.chain.mine()
    assert keeper.simulate(over).succeeded


def rescope(world: FirstLight, signature: str, conditions: list[tuple[int, int, int, bytes]]) -> None:
    shape = "scopeFunction(bytes32,address,bytes4,(uint8,uint8,uint8,bytes)[],uint8)"
    exchange = world.venue.contracts["ExchangeRouter"]
    data = call(shape, ROLE_KEY, exchange, selector(signature), conditions, 0)
    world.vault.as_owner([(world.vault.roles, 0, data)])
    world.chain.mine()


def allow(world: FirstLight, key: bytes, balance: int) -> None:
    shape = "setAllowance(bytes32,uint128,uint128,uint128,uint64,uint64)"
    world.vault.as_owner([(world.vault.roles, 0, call(shape, key, balance, 0, 0, 0, 0))])
    world.chain.mine()


def test_call_and_amount_allowances_count_the_whole_batch(keeper: Keeper, world: FirstLight) -> None:
    key, cancel = b"k" * 32, "cancelOrder(bytes32)"
    allow(world, key, 1)
    rescope(world, cancel, [(0, 0, 1, b""), (0, 5, 5, b""), (0, 0, 30, key), (1, 1, 0, b"")])
    inner = (keeper.exchange, 0, call(cancel, bytes(32)))
    answer = keeper.simulate(keeper.wrapped([inner, inner]))
    assert answer.output == violation(CALL_ALLOWANCE, key), "judged before anything runs"

    tokens = "sendTokens(address,address,uint256)"
    rescope(world, tokens, [(0, 5, 5, b""), (0, 1, 0, b""), (0, 1, 0, b""), (0, 1, 28, key)])
    allow(world, key, 100)
    usdc = world.usdc.address
    some = (keeper.exchange, 0, call(tokens, usdc, keeper.order_vault, 60))
    assert keeper.simulate(keeper.wrapped([some])).succeeded
    assert keeper.simulate(keeper.wrapped([some, some])).output == violation(ALLOWANCE, key)


def test_comparisons(keeper: Keeper, world: FirstLight) -> None:
    cancel = "cancelOrder(bytes32)"
    inner = keeper.wrapped([(keeper.exchange, 0, call(cancel, (50).to_bytes(32, "big")))])
    passed = selector("ModuleTransactionFailed()")  # let through: there is no such order
    for operator, limit, wanted in (
        (16, 50, passed), (16, 51, violation(7)), (17, 49, passed), (17, 50, violation(8)),
        (18, 51, passed), (18, 50, violation(9)), (19, 49, passed), (20, 50, violation(9)),
    ):
        rescope(world, cancel, [(0, 5, 5, b""), (0, 1, operator, word(limit.to_bytes(1, "big")))])
        assert keeper.simulate(inner).output == wanted, (operator, limit)


def test_stranger_former_member_and_wrong_role(keeper: Keeper, world: FirstLight) -> None:
    wrapped = keeper.wrapped(keeper.cancel(bytes(32)))
    stranger = Keeper(world)
    stranger.actor = Actor(world.chain, world.chain.keys[9], GWEI)
    refusal = error_data("NotAuthorized(address)", stranger.actor.address)
    assert stranger.simulate(wrapped).output == refusal
    other_role = call(EXEC_WITH_ROLE, keeper.exchange, 0, b"", 0, b"x" * 32, True)
    assert keeper.simulate(other_role).output == selector("NoMembership()")
    world.vault.set_keeper_role(False)
    world.chain.mine()
    assert keeper.simulate(wrapped).output == selector("NoMembership()")
    world.vault.set_keeper_role(True)
    world.chain.mine()
    assert keeper.simulate(wrapped).output == selector("ModuleTransactionFailed()")


def test_delegatecall_only_by_way_of_the_unwrapper(keeper: Keeper, world: FirstLight) -> None:
    data = call("cancelOrder(bytes32)", bytes(32))
    delegate = call(EXEC_WITH_ROLE, keeper.exchange, 0, data, 1, ROLE_KEY, True)
    assert keeper.simulate(delegate).output == violation(1)
    as_call = call(EXEC_WITH_ROLE, world.vault.multi_send, 0, packed([]), 0, ROLE_KEY, True)
    assert keeper.simulate(as_call).output == selector("UnsupportedMode()")
    torn = packed([(keeper.exchange, 0, data)])[:-40]
    torn_call = call(EXEC_WITH_ROLE, world.vault.multi_send, 0, torn, 1, ROLE_KEY, True)
    assert not keeper.simulate(torn_call).succeeded


def test_failure_without_should_revert_is_an_answer(keeper: Keeper) -> None:
    data = call("cancelOrder(bytes32)", bytes(32))
    tolerant = call(EXEC_WITH_ROLE, keeper.exchange, 0, data, 0, ROLE_KEY, False)
    answer = keeper.simulate(tolerant)
    assert answer.succeeded and int.from_bytes(answer.output, "big") == 0


def test_configuration_is_the_safes_alone(keeper: Keeper, world: FirstLight) -> None:
    assign = call("assignRoles(address,bytes32[],bool[])", keeper.actor.address, [ROLE_KEY], [True])
    refusal = error_data("OwnableUnauthorizedAccount(address)", keeper.actor.address)
    assert keeper.simulate(assign).output == refusal
    (safe_module,) = view(
        world.chain, world.vault.safe, "isModuleEnabled(address)", ["bool"], world.vault.roles
    )
    assert safe_module
    avatar = view(world.chain, world.vault.roles, "avatar()", ["address"])
    target = view(world.chain, world.vault.roles, "target()", ["address"])
    assert avatar == target == ("0x" + world.vault.safe.hex(),)
