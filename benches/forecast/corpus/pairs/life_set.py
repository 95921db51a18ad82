"""The game of life on a set of cells."""

from collections import Counter


def python(cells, steps):
    live = {tuple(c) for c in cells}
    for _ in range(steps):
        counts = Counter(
            (x + dx, y + dy) for x, y in live for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
        )
        live = {cell for cell, n in counts.items() if n == 3 or (n == 2 and cell in live)}
    return [list(c) for c in sorted(live)]
