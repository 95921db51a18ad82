"""A pair that agrees and is measured, but of which more is expected than any computer can do."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
