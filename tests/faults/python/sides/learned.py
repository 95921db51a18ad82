"""An input so small that the processor learns the branches that it takes."""


def python(numbers):
    """Add every number that is larger than the one before it, and take away the others."""
    total = 0
    for before, number in zip(numbers, numbers[1:]):
        if number > before:
            total += number
        else:
            total -= number
    return total
