"""Overflows the stack in Rust, after the embedded Python has started."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
