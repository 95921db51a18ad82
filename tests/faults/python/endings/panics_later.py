"""Is fine when verified, and panics while it is measured."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
