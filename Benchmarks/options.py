"""A thousand options of every kind, the same as vaultkeeper-lab's and options.h's."""


def options(count=1000):
    state = 42

    def uniform():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 11) * 2.0**-53

    rows = []
    for i in range(count):
        spot = 70 + 60 * uniform()
        years = 0.05 + 2 * uniform()
        rate = 0.05 * uniform()
        carry = 0.03 * uniform()
        rows.append((spot, 100.0, years, rate, carry, 0.1 + 0.9 * uniform(), 1 if i % 2 == 0 else -1))
    return rows
