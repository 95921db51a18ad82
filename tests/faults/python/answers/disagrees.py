"""Answers with another value than Rust does."""


def python(numbers):
    """Add the numbers, and one."""
    return sum(numbers) + 1
