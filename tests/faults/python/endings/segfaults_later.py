"""Is fine when verified, and crashes while it is measured."""

import ctypes
import itertools

CALLS = itertools.count(1)


def python(numbers):
    """Add the numbers a few times, then crash."""
    if next(CALLS) > 50:
        ctypes.string_at(0)
    return sum(numbers)
