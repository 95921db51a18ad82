"""The sieve of Eratosthenes, with assignments to slices."""

from itertools import compress


def python(n):
    flags = bytearray([1]) * (n + 1)
    flags[0] = flags[1] = 0
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            flags[i * i :: i] = bytes(len(range(i * i, n + 1, i)))
    return [sum(flags), sum(compress(range(n + 1), flags))]
