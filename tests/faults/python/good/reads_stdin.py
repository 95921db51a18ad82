"""Reads its standard input, which is empty, and not the harness's requests."""

import sys


def python(numbers):
    """Add the numbers, and what there is to read."""
    return sum(numbers) + len(sys.stdin.read())
