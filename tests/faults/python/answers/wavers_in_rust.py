"""Answers differently when it is called again, in Rust."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
