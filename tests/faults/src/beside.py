"""Python sides of the pairs that `main.rs` declares."""


def digits(numbers, factor=1):
    """The sum of the last digits, times a factor; of a text its length."""
    return sum((len(n) if isinstance(n, str) else n) % 10 for n in numbers) * factor


def mapped(numbers, factor=1):
    return sum(map((10).__rmod__, numbers)) * factor


def picky(numbers, factor=1):
    if 352 in numbers:
        raise KeyError(352)
    return digits(numbers, factor)


def changes(numbers, factor=1):
    numbers.append(0)
    return digits(numbers, factor)
