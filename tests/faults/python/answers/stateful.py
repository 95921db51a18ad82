"""Answers differently when it is called again."""

import itertools

CALLS = itertools.count()


def python(numbers):
    """Add the numbers, and how often this was done before."""
    return sum(numbers) + next(CALLS)
