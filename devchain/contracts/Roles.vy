# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice Stand-in for Zodiac's Roles modifier v2.1: members of a role make the Safe call what the role is
        scoped to. A whole batch is judged before any of it runs. Conditions: Pass, And, Or, Nor, Matches,
        EqualToAvatar, EqualTo, GreaterThan, LessThan and their signed forms, and the three allowances;
        others are refused when scoped, not when called.
"""

import roles_allowances as budget
initializes: budget
exports: budget.allowances

interface Safe:
    def execTransactionFromModule(
        to: address, amount: uint256, data: Bytes[16384], operation: uint8
    ) -> bool: nonpayable

interface Unwrapper:
    def unwrap(
        to: address, amount: uint256, data: Bytes[16384], operation: uint8
    ) -> DynArray[UnwrappedTransaction, 32]: view

event RolesModSetup:
    initiator: indexed(address)
    owner: indexed(address)
    avatar: indexed(address)
    target: address

event AssignRoles:
    module: address
    roleKeys: DynArray[bytes32, 16]
    memberOf: DynArray[bool, 16]

struct UnwrappedTransaction:
    operation: uint8
    to: address
    amount: uint256
    dataLocation: uint256
    dataSize: uint256

struct ConditionFlat:
    parent: uint8
    paramType: uint8
    operator: uint8
    compValue: Bytes[256]

struct Condition:
    parent: uint8
    paramType: uint8
    operator: uint8
    comparison: bytes32

struct Scope:
    isScoped: bool
    options: uint8

# Statuses of ConditionViolation.
OK: constant(uint8) = 0
DELEGATE_CALL_NOT_ALLOWED: constant(uint8) = 1
TARGET_ADDRESS_NOT_ALLOWED: constant(uint8) = 2
FUNCTION_NOT_ALLOWED: constant(uint8) = 3
SEND_NOT_ALLOWED: constant(uint8) = 4
OR_VIOLATION: constant(uint8) = 5
NOR_VIOLATION: constant(uint8) = 6
PARAMETER_NOT_ALLOWED: constant(uint8) = 7
PARAMETER_LESS_THAN_ALLOWED: constant(uint8) = 8
PARAMETER_GREATER_THAN_ALLOWED: constant(uint8) = 9
PARAMETER_NOT_A_MATCH: constant(uint8) = 10
ALLOWANCE_EXCEEDED: constant(uint8) = 17
CALL_ALLOWANCE_EXCEEDED: constant(uint8) = 18
ETHER_ALLOWANCE_EXCEEDED: constant(uint8) = 19

# Operators and parameter types of a condition.
OP_PASS: constant(uint8) = 0
OP_AND: constant(uint8) = 1
OP_OR: constant(uint8) = 2
OP_NOR: constant(uint8) = 3
OP_MATCHES: constant(uint8) = 5
OP_EQUAL_TO_AVATAR: constant(uint8) = 15
OP_EQUAL_TO: constant(uint8) = 16
OP_GREATER_THAN: constant(uint8) = 17
OP_LESS_THAN: constant(uint8) = 18
OP_SIGNED_GREATER_THAN: constant(uint8) = 19
OP_SIGNED_LESS_THAN: constant(uint8) = 20
OP_WITHIN_ALLOWANCE: constant(uint8) = 28
OP_ETHER_WITHIN_ALLOWANCE: constant(uint8) = 29
OP_CALL_WITHIN_ALLOWANCE: constant(uint8) = 30
TYPE_STATIC: constant(uint8) = 1
TYPE_DYNAMIC: constant(uint8) = 2
TYPE_TUPLE: constant(uint8) = 3
TYPE_ARRAY: constant(uint8) = 4

TARGET_CLEARANCE: constant(uint8) = 1
FUNCTION_CLEARANCE: constant(uint8) = 2
SEND: constant(uint8) = 1
DELEGATE_CALL: constant(uint8) = 2
BOTH: constant(uint8) = 3

owner: public(address)
avatar: public(address)
target: public(address)
defaultRoles: public(HashMap[address, bytes32])
unwrappers: public(HashMap[bytes32, address])
enabled: HashMap[address, bool]
members: HashMap[bytes32, HashMap[address, bool]]
clearances: HashMap[bytes32, HashMap[address, uint8]]
targetOptions: HashMap[bytes32, HashMap[address, uint8]]
scopes: HashMap[bytes32, Scope]
conditions: HashMap[bytes32, DynArray[Condition, 32]]

@deploy
def __init__(owner: address, avatar: address, target: address):
    self.owner = owner
    self.avatar = avatar
    self.target = target
    log RolesModSetup(initiator=msg.sender, owner=owner, avatar=avatar, target=target)

@view
@internal
def _only_owner():
    if msg.sender != self.owner:
        raw_revert(abi_encode(msg.sender, method_id=method_id("OwnableUnauthorizedAccount(address)")))

@pure
@internal
def _scope_key(role: bytes32, to: address, selector: bytes4) -> bytes32:
    return keccak256(abi_encode(role, to, selector))

# Configuration, by the owner

@external
def enableModule(module: address):
    self._only_owner()
    self.enabled[module] = True

@external
def disableModule(prevModule: address, module: address):
    self._only_owner()
    self.enabled[module] = False

@view
@external
def isModuleEnabled(_module: address) -> bool:
    return self.enabled[_module]

@external
def assignRoles(module: address, roleKeys: DynArray[bytes32, 16], memberOf: DynArray[bool, 16]):
    self._only_owner()
    if len(roleKeys) != len(memberOf):
        raw_revert(method_id("ArraysDifferentLength()"))
    for i: uint256 in range(len(roleKeys), bound=16):
        self.members[roleKeys[i]][module] = memberOf[i]
    # Leaving a role does not disable the module: a former member gets NoMembership, not NotAuthorized.
    self.enabled[module] = True
    log AssignRoles(module=module, roleKeys=roleKeys, memberOf=memberOf)

@external
def setDefaultRole(module: address, roleKey: bytes32):
    self._only_owner()
    self.defaultRoles[module] = roleKey

@external
def allowTarget(roleKey: bytes32, targetAddress: address, options: uint8):
    self._only_owner()
    self.clearances[roleKey][targetAddress] = TARGET_CLEARANCE
    self.targetOptions[roleKey][targetAddress] = options

@external
def scopeTarget(roleKey: bytes32, targetAddress: address):
    self._only_owner()
    self.clearances[roleKey][targetAddress] = FUNCTION_CLEARANCE

@external
def revokeTarget(roleKey: bytes32, targetAddress: address):
    self._only_owner()
    self.clearances[roleKey][targetAddress] = 0

@external
def allowFunction(roleKey: bytes32, targetAddress: address, selector: bytes4, options: uint8):
    self._only_owner()
    key: bytes32 = self._scope_key(roleKey, targetAddress, selector)
    self.scopes[key] = Scope(isScoped=True, options=options)
    self.conditions[key] = []

@external
def revokeFunction(roleKey: bytes32, targetAddress: address, selector: bytes4):
    self._only_owner()
    self.scopes[self._scope_key(roleKey, targetAddress, selector)] = empty(Scope)

@external
def scopeFunction(
    roleKey: bytes32,
    targetAddress: address,
    selector: bytes4,
    conditions: DynArray[ConditionFlat, 32],
    options: uint8,
):
    """
    @notice Conditions come in breadth-first order: a parent before its children, siblings together.
    """
    self._only_owner()
    kept: DynArray[Condition, 32] = []
    for condition: ConditionFlat in conditions:
        if condition.operator not in [
            OP_PASS, OP_AND, OP_OR, OP_NOR, OP_MATCHES, OP_EQUAL_TO_AVATAR, OP_EQUAL_TO, OP_GREATER_THAN, OP_LESS_THAN,
            OP_SIGNED_GREATER_THAN, OP_SIGNED_LESS_THAN, OP_WITHIN_ALLOWANCE, OP_ETHER_WITHIN_ALLOWANCE,
            OP_CALL_WITHIN_ALLOWANCE,
        ]:
            raise "operator not modelled"
        comparison: bytes32 = keccak256(condition.compValue)
        if len(condition.compValue) == 32:
            comparison = extract32(condition.compValue, 0)
        elif len(condition.compValue) == 0:
            comparison = empty(bytes32)
        kept.append(Condition(
            parent=condition.parent,
            paramType=condition.paramType,
            operator=condition.operator,
            comparison=comparison,
        ))
    key: bytes32 = self._scope_key(roleKey, targetAddress, selector)
    self.scopes[key] = Scope(isScoped=True, options=options)
    self.conditions[key] = kept

@external
def setAllowance(
    key: bytes32, balance: uint128, maxRefill: uint128, refill: uint128, period: uint64, timestamp: uint64
):
    self._only_owner()
    budget.assign(key, balance, maxRefill, refill, period, timestamp)

@external
def setTransactionUnwrapper(to: address, selector: bytes4, adapter: address):
    self._only_owner()
    self.unwrappers[keccak256(abi_encode(to, selector))] = adapter

# Execution, by a member

@external
def execTransactionWithRole(
    to: address, amount: uint256, data: Bytes[16384], operation: uint8, roleKey: bytes32, shouldRevert: bool
) -> bool:
    return self._execute(roleKey, to, amount, data, operation, shouldRevert)

@external
def execTransactionFromModule(to: address, amount: uint256, data: Bytes[16384], operation: uint8) -> bool:
    return self._execute(self.defaultRoles[msg.sender], to, amount, data, operation, False)

@internal
def _execute(
    role: bytes32, to: address, amount: uint256, data: Bytes[16384], operation: uint8, should_revert: bool
) -> bool:
    if not self.enabled[msg.sender]:
        raw_revert(abi_encode(msg.sender, method_id=method_id("NotAuthorized(address)")))
    if role == empty(bytes32) or not self.members[role][msg.sender]:
        raw_revert(method_id("NoMembership()"))
    self._authorize(role, to, amount, data, operation)
    succeeded: bool = extcall Safe(self.target).execTransactionFromModule(to, amount, data, operation)
    if should_revert and not succeeded:
        # What the inner call said is lost here, as it is in the real modifier.
        raw_revert(method_id("ModuleTransactionFailed()"))
    return succeeded

@internal
def _authorize(role: bytes32, to: address, amount: uint256, data: Bytes[16384], operation: uint8):
    adapter: address = empty(address)
    if len(data) >= 4:
        selector: bytes4 = convert(slice(data, 0, 4), bytes4)
        adapter = self.unwrappers[keccak256(abi_encode(to, selector))]
    if adapter == empty(address):
        self._check(role, to, amount, data, 0, len(data), operation)
        return
    parts: DynArray[UnwrappedTransaction, 32] = staticcall Unwrapper(adapter).unwrap(to, amount, data, operation)
    for part: UnwrappedTransaction in parts:
        self._check(role, part.to, part.amount, data, part.dataLocation, part.dataSize, part.operation)

@internal
def _check(
    role: bytes32, to: address, amount: uint256, data: Bytes[16384], at: uint256, size: uint256, operation: uint8
):
    """
    @dev Judge one call, which lies in `data` from `at` on, and take its allowances.
    """
    if size != 0 and size < 4:
        raw_revert(method_id("FunctionSignatureTooShort()"))
    clearance: uint8 = self.clearances[role][to]
    if clearance == TARGET_CLEARANCE:
        self._check_options(amount, operation, self.targetOptions[role][to])
        return
    if clearance != FUNCTION_CLEARANCE:
        budget.violation(TARGET_ADDRESS_NOT_ALLOWED, empty(bytes32))
    selector: bytes4 = empty(bytes4)
    if size >= 4:
        selector = convert(slice(data, at, 4), bytes4)
    key: bytes32 = self._scope_key(role, to, selector)
    scope: Scope = self.scopes[key]
    if not scope.isScoped:
        budget.violation(FUNCTION_NOT_ALLOWED, convert(selector, bytes32))
    self._check_options(amount, operation, scope.options)
    nodes: DynArray[Condition, 32] = self.conditions[key]
    if len(nodes) > 0:
        self._check_conditions(nodes, amount, data, at, size)

@pure
@internal
def _check_options(amount: uint256, operation: uint8, options: uint8):
    if amount > 0 and options != SEND and options != BOTH:
        budget.violation(SEND_NOT_ALLOWED, empty(bytes32))
    if operation == 1 and options != DELEGATE_CALL and options != BOTH:
        budget.violation(DELEGATE_CALL_NOT_ALLOWED, empty(bytes32))

@pure
@internal
def _is_logical(operator: uint8) -> bool:
    return operator in [OP_AND, OP_OR, OP_NOR]

@internal
def _check_conditions(
    nodes: DynArray[Condition, 32], amount: uint256, data: Bytes[16384], at: uint256, size: uint256
):
    """
    @dev The tree is walked without recursion. Upwards: how wide each node is in its parent's head. Down:
         where each lies. Upwards: whether each holds. Down: which allowances the holding ones take.
    """
    places: DynArray[uint256, 32] = self._places(nodes, data, at, size)
    count: uint256 = len(nodes)
    status: uint8[32] = empty(uint8[32])
    info: bytes32[32] = empty(bytes32[32])
    passed: uint256[32] = empty(uint256[32])  # children that held
    failed: uint256[32] = empty(uint256[32])
    for step: uint256 in range(count, bound=32):
        i: uint256 = count - 1 - step
        node: Condition = nodes[i]
        if node.operator == OP_OR:
            if passed[i] > 0:
                status[i] = OK
            else:
                status[i] = OR_VIOLATION
                info[i] = empty(bytes32)
        elif node.operator == OP_NOR:
            status[i] = NOR_VIOLATION if passed[i] > 0 else OK
            info[i] = empty(bytes32)
        elif node.operator != OP_AND and node.operator != OP_MATCHES:
            status[i], info[i] = self._holds(node, amount, data, places[i], at + size)
        # And and Matches carry the status of their first failing child, written below.
        if i == 0:
            continue
        parent: uint256 = convert(node.parent, uint256)
        if status[i] == OK:
            passed[parent] += 1
        else:
            failed[parent] += 1
            status[parent] = status[i]
            info[parent] = info[i]
    if status[0] != OK:
        budget.violation(status[0], info[0])
    self._consume(nodes, status, amount, data, places)

@view
@internal
def _places(
    nodes: DynArray[Condition, 32], data: Bytes[16384], at: uint256, size: uint256
) -> DynArray[uint256, 32]:
    count: uint256 = len(nodes)
    width: uint256[32] = empty(uint256[32])  # bytes in the parent's head; 0 for what has no parameter
    inner: uint256[32] = empty(uint256[32])  # bytes of all children's heads
    is_dynamic: bool[32] = empty(bool[32])
    for step: uint256 in range(count, bound=32):
        i: uint256 = count - 1 - step
        node: Condition = nodes[i]
        kind: uint8 = node.paramType
        if self._is_logical(node.operator):
            width[i] = inner[i]
        elif kind == TYPE_STATIC:
            width[i] = 32
        elif kind in [TYPE_DYNAMIC, TYPE_ARRAY]:
            is_dynamic[i] = True
            width[i] = 32
        elif kind == TYPE_TUPLE:
            width[i] = 32 if is_dynamic[i] else inner[i]
        if i == 0:
            continue
        parent: uint256 = convert(node.parent, uint256)
        if is_dynamic[i]:
            is_dynamic[parent] = True
        if self._is_logical(nodes[parent].operator):
            # Its children are alternatives for one parameter.
            inner[parent] = max(inner[parent], width[i])
        else:
            inner[parent] += width[i]

    places: DynArray[uint256, 32] = []
    used: uint256[32] = empty(uint256[32])  # bytes of each node's head taken by children so far
    for i: uint256 in range(count, bound=32):
        node: Condition = nodes[i]
        if i == 0:
            places.append(at + 4)
            continue
        parent: uint256 = convert(node.parent, uint256)
        if self._is_logical(nodes[parent].operator):
            places.append(places[parent])
            continue
        place: uint256 = places[parent] + used[parent]
        used[parent] += width[i]
        if is_dynamic[i] and width[i] > 0:
            if place + 32 > at + size:
                raw_revert(method_id("CalldataOutOfBounds()"))
            place = places[parent] + extract32(data, place, output_type=uint256)
        places.append(place)
    return places

@view
@internal
def _holds(
    node: Condition, amount: uint256, data: Bytes[16384], place: uint256, end: uint256
) -> (uint8, bytes32):
    operator: uint8 = node.operator
    if operator == OP_PASS:
        return OK, empty(bytes32)
    if operator == OP_CALL_WITHIN_ALLOWANCE:
        if budget.available(node.comparison) < 1:
            return CALL_ALLOWANCE_EXCEEDED, node.comparison
        return OK, empty(bytes32)
    if operator == OP_ETHER_WITHIN_ALLOWANCE:
        if convert(budget.available(node.comparison), uint256) < amount:
            return ETHER_ALLOWANCE_EXCEEDED, node.comparison
        return OK, empty(bytes32)
    if place + 32 > end:
        raw_revert(method_id("CalldataOutOfBounds()"))
    word: uint256 = extract32(data, place, output_type=uint256)
    if node.paramType == TYPE_DYNAMIC and operator == OP_EQUAL_TO:
        if place + 32 + word > end:
            raw_revert(method_id("CalldataOutOfBounds()"))
        if keccak256(slice(data, place + 32, word)) != node.comparison:
            return PARAMETER_NOT_ALLOWED, empty(bytes32)
        return OK, empty(bytes32)
    limit: uint256 = convert(node.comparison, uint256)
    if operator == OP_EQUAL_TO_AVATAR and word != convert(self.avatar, uint256):
        return PARAMETER_NOT_ALLOWED, empty(bytes32)
    if operator == OP_EQUAL_TO and word != limit:
        return PARAMETER_NOT_ALLOWED, empty(bytes32)
    if operator == OP_GREATER_THAN and word <= limit:
        return PARAMETER_LESS_THAN_ALLOWED, empty(bytes32)
    if operator == OP_LESS_THAN and word >= limit:
        return PARAMETER_GREATER_THAN_ALLOWED, empty(bytes32)
    signed: int256 = convert(convert(word, bytes32), int256)
    if operator == OP_SIGNED_GREATER_THAN and signed <= convert(node.comparison, int256):
        return PARAMETER_LESS_THAN_ALLOWED, empty(bytes32)
    if operator == OP_SIGNED_LESS_THAN and signed >= convert(node.comparison, int256):
        return PARAMETER_GREATER_THAN_ALLOWED, empty(bytes32)
    if operator == OP_WITHIN_ALLOWANCE and word > convert(budget.available(node.comparison), uint256):
        return ALLOWANCE_EXCEEDED, node.comparison
    return OK, empty(bytes32)

# Allowances

@internal
def _consume(
    nodes: DynArray[Condition, 32],
    status: uint8[32],
    amount: uint256,
    data: Bytes[16384],
    places: DynArray[uint256, 32],
):
    """
    @dev Of the branches of an Or, the first that holds pays; under a Nor nobody does.
    """
    active: bool[32] = empty(bool[32])
    chosen: bool[32] = empty(bool[32])
    for i: uint256 in range(len(nodes), bound=32):
        node: Condition = nodes[i]
        parent: uint256 = convert(node.parent, uint256)
        active[i] = i == 0 or active[parent]
        if i != 0 and active[i] and nodes[parent].operator in [OP_OR, OP_NOR]:
            active[i] = nodes[parent].operator == OP_OR and status[i] == OK and not chosen[parent]
            if active[i]:
                chosen[parent] = True
        if not active[i]:
            continue
        if node.operator == OP_WITHIN_ALLOWANCE:
            word: uint256 = extract32(data, places[i], output_type=uint256)
            budget.take(node.comparison, word, ALLOWANCE_EXCEEDED)
        elif node.operator == OP_ETHER_WITHIN_ALLOWANCE:
            budget.take(node.comparison, amount, ETHER_ALLOWANCE_EXCEEDED)
        elif node.operator == OP_CALL_WITHIN_ALLOWANCE:
            budget.take(node.comparison, 1, CALL_ALLOWANCE_EXCEEDED)
