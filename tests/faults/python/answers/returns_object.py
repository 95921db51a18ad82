"""Answers with something that has no equivalent in Rust."""


class Total:
    """A class of its own."""


def python(numbers):
    """Return an object."""
    return [Total()]
