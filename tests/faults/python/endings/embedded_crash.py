"""Crashes in the interpreter inside the bench process, and nowhere else."""

import ctypes
import sys

EMBEDDED = not hasattr(sys.modules["__main__"], "__file__")


def python(numbers):
    """Add the numbers, or crash."""
    if EMBEDDED:
        ctypes.string_at(0)
    return sum(numbers)
