"""Group rows by two columns in a defaultdict."""

from collections import defaultdict


def python(rows):
    groups = defaultdict(list)
    for city, product, amount in rows:
        groups[city, product].append(amount)
    out = []
    for (city, product), amounts in sorted(groups.items()):
        out.append([city, product, len(amounts), sum(amounts), max(amounts)])
    return out
