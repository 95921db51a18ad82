"""Levenshtein distances of many pairs of words.

Fuzzy search, spell checking, record linkage and the comparison of short sequences all end in this
loop: two rows of a table, small integers, one comparison of characters a cell. Nearly all of the
time is spent in one function, and each call of it does enough work to be worth a call into an
extension.

It does not show what a better algorithm would gain (bit-parallel ones beat this table many times
over, in any language); both sides fill the same cells in the same order.
"""

from contextlib import nullcontext

try:
    from pairbench_native import edit_distance as ext
except ImportError:
    ext = None


def distance(a: str, b: str) -> int:
    """Count the insertions, deletions and substitutions that turn ``a`` into ``b``."""
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a):
        # `cell` is the one to the left of the next cell; `diagonal` the one above that.
        cell = i + 1
        diagonal = i
        current = [cell]
        for j, y in enumerate(b, 1):
            above = previous[j]
            if x == y:
                cell = diagonal
            else:
                # Comparisons, because a call of min() costs more than the rest of the cell.
                if above < cell:
                    cell = above
                if diagonal < cell:
                    cell = diagonal
                cell += 1
            current.append(cell)
            diagonal = above
        previous = current
    return previous[-1]


def compare(distance, pairs):
    """Take the distance of each pair, and count how often each occurs."""
    distances = [distance(a, b) for a, b in pairs]
    histogram = [0] * (max(distances, default=-1) + 1)
    for d in distances:
        histogram[d] += 1
    return {"distances": distances, "histogram": histogram}


def python(pairs):
    """Compute everything in plain Python."""
    return compare(distance, pairs)


def setup_numba():
    """Compile ``distance`` for arrays of code points, or load what was compiled before."""
    import numpy as np
    from numba import njit, types

    codes = types.Array(types.uint32, 1, "C", readonly=True)
    compiled = njit((codes, codes), cache=True)(distance)

    def array(word):
        return np.frombuffer(word.encode("utf-32-le"), np.uint32)

    return nullcontext(lambda a, b: compiled(array(a), array(b)))


def numba(distance, pairs):
    """Call ``distance`` as Numba compiled it, once a pair; the rest stays here."""
    return compare(distance, pairs)


def native(pairs):
    """Call Rust for ``distance``, once a pair; the rest stays here."""
    return compare(ext.distance, pairs)
