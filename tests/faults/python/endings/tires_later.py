"""A variant beside a good baseline is fine when verified, and raises while it is measured."""

import itertools

CALLS = itertools.count(1)


def python(numbers):
    """Add the numbers."""
    return sum(numbers)


def same(numbers):
    """Add the numbers, a few times."""
    if next(CALLS) > 300:
        raise RuntimeError("had enough of it")
    return sum(numbers)
