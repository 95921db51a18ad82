"""A pair without a Rust side: what a smaller step gains can be measured first."""


def python(numbers):
    """Add the numbers."""
    total = 0
    for number in numbers:
        total += number
    return total


def shorter(numbers):
    """Add the numbers, as one would."""
    return sum(numbers)
