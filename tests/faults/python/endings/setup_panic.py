"""Panics in Rust while it sets up what it needs."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
