"""Answers with a float where Rust has an integer."""


def python(numbers):
    """Add the numbers as floats."""
    return float(sum(numbers))
