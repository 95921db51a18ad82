"""Integer arithmetic in a loop: 100 rounds, or so many percent more."""


def work(start, steps, rounds):
    total = 0
    for _ in range(rounds):
        x = start
        for _ in range(steps):
            x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        total += x
    return total


def python(start, steps):
    return work(start, steps, 100)


def slowed_1(start, steps):
    return work(start, steps, 101)


def slowed_2(start, steps):
    return work(start, steps, 102)


def slowed_5(start, steps):
    return work(start, steps, 105)
