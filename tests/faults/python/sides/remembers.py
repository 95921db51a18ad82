"""Keeps its answers: every call but the first costs nothing."""

import functools


@functools.lru_cache(maxsize=None)
def python(limit):
    """Count the ones in the binary digits of the numbers below the limit."""
    return sum(bin(number).count("1") for number in range(limit))
