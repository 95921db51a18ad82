"""A good pair: it finishes and stays in the report, whatever the others do."""


def versions():
    """Tell which libraries this side brings."""
    return {"Abacus": "2"}


def python(numbers):
    """Add the numbers."""
    return sum(numbers)
