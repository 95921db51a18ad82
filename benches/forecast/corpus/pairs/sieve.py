"""The sieve of Eratosthenes, one assignment for each multiple."""


def python(n):
    flags = bytearray([1]) * (n + 1)
    flags[0] = flags[1] = 0
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = 0
        i += 1
    return [sum(flags), sum(i for i, f in enumerate(flags) if f)]
