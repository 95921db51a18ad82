"""Raises, from a cause, a few calls deep."""


def deepest(numbers):
    """Fail first."""
    return {}[len(numbers)]


def middle(numbers):
    """Fail because of that."""
    try:
        return deepest(numbers)
    except KeyError as error:
        raise ValueError("no answer for these numbers") from error


def python(numbers):
    """Fail a few calls deep."""
    return middle(numbers)
