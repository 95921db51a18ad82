"""Answers in the order of a set of texts, which is another one in each process."""


def python(numbers):
    """Name the numbers."""
    return list({f"number {number}" for number in numbers})
