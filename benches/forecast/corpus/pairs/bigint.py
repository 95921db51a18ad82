"""Integers of many digits: Fibonacci numbers and a factorial."""


def python(n, m):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    f = 1
    for i in range(2, m):
        f *= i
    return [str(a), str(f % (a + 1))]
