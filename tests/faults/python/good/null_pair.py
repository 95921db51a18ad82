"""The same Python function under two names: an honest harness finds a ratio of 1."""


def python(start, count):
    """Hash the numbers of a range."""
    value = 7
    for number in range(start, start + count):
        value = (value * 31 + number) & 0xFFFFFFFF
    return value


same = python
