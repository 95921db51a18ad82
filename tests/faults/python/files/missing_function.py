"""Lacks a function that the Rust file declares."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
