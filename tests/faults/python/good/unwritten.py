"""A pair whose port is still to be written: all else is verified, measured and profiled."""


def python(numbers):
    """Add the numbers."""
    total = 0
    for number in numbers:
        total += number
    return total


def shorter(numbers):
    """Add the numbers, as one would."""
    return sum(numbers)
