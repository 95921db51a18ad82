"""Is fine when verified, and crashes while it is measured."""

import ctypes
import itertools
import sys

CALLS = itertools.count(1)
# In the bench process a crash would end the launch, if it comes to that before the worker.
IN_WORKER = hasattr(sys.modules["__main__"], "__file__")


def python(numbers):
    """Add the numbers a few times, then crash."""
    if IN_WORKER and next(CALLS) > 300:
        ctypes.string_at(0)
    return sum(numbers)
