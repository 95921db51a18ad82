"""Moving sums through three generators."""


def numbers(xs):
    for x in xs:
        yield x * 3 + 1


def odd(xs):
    for x in xs:
        if x & 1:
            yield x


def windows(xs, n):
    total = 0
    window = []
    for x in xs:
        window.append(x)
        total += x
        if len(window) > n:
            total -= window.pop(0)
        if len(window) == n:
            yield total // n


def python(xs):
    count = 0
    total = 0
    for w in windows(odd(numbers(xs)), 8):
        count += 1
        total += w
    return [count, total]
