"""A port whose time does not grow: what a compiler makes of a loop whose result it can compute."""


def python(size):
    """Add the numbers, one by one."""
    total = 0
    for number in range(size):
        total += number
    return total
