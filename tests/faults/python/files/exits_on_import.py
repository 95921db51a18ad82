"""Leaves while it is being imported."""

import sys

sys.exit("not on this system")


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
