"""The longest Collatz sequence, with all lengths kept in a dict."""


def python(limit):
    cache = {1: 1}
    best = (0, 0)
    for start in range(1, limit):
        n = start
        path = []
        while n not in cache:
            path.append(n)
            n = n // 2 if n % 2 == 0 else 3 * n + 1
        length = cache[n]
        for p in reversed(path):
            length += 1
            cache[p] = length
        if cache[start] > best[0]:
            best = (cache[start], start)
    return list(best)
