"""Stands in a folder that is called like a package of Python's own."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
