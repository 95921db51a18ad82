"""Does not parse."""


def python(numbers):
    return sum(numbers
