"""Comprehensions over a list of integers."""


def python(xs):
    a = [x * x % 1009 for x in xs if x % 3 != 0]
    b = [x + y for x, y in zip(a, a[1:]) if x < y]
    return [len(a), sum(a), len(b), sum(b), max(b)]
