"""Implied volatilities by Jaeckel's "Let's be rational", as PyPI has it."""
import json
import math
import sys
import time

from py_lets_be_rational import implied_volatility_from_a_transformed_rational_guess as implied

from options import options


def price(S, K, T, s, w):
    v = s * math.sqrt(T)
    d1 = math.log(S / K) / v + 0.5 * v
    return w * (S * 0.5 * math.erfc(-w * d1 / math.sqrt(2)) - K * 0.5 * math.erfc(-w * (d1 - v) / math.sqrt(2)))


def main():
    rows = []
    for S, K, T, _, _, s, _ in options():
        forward = 0.5 * (S + K)
        w = 1 if forward < K else -1
        rows.append((price(forward, K, T, s, w), forward, K, T, w))
    rounds = max(int(sys.argv[1]) // len(rows), 1)
    for row in rows:
        implied(*row)
    start = time.process_time_ns()
    for _ in range(rounds):
        total = 0.0
        for row in rows:
            total += implied(*row)
    elapsed = time.process_time_ns() - start
    print(json.dumps({"nanoseconds": elapsed / (rounds * len(rows)), "checksum": total, "name": "py_lets_be_rational"}))


main()
