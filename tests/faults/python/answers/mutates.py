"""Sorts the list that it was given."""


def python(numbers):
    """Take the median, and leave the list sorted."""
    numbers.sort()
    return numbers[len(numbers) // 2]
