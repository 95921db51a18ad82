"""A good pair: it finishes and stays in the report, whatever the others do."""


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
