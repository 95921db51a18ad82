"""The shortest round trip, by trying all."""

from itertools import permutations


def python(d):
    best = None
    for order in permutations(range(1, len(d))):
        total = 0
        at = 0
        for city in order:
            total += d[at][city]
            at = city
        total += d[at][0]
        if best is None or total < best[0]:
            best = [total, list(order)]
    return best
