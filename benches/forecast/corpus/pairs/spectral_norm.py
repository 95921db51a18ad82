"""The spectral norm of an infinite matrix, cut off."""

from math import sqrt


def eval_a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)


def times(u):
    return [sum(eval_a(i, j) * x for j, x in enumerate(u)) for i in range(len(u))]


def times_t(u):
    return [sum(eval_a(j, i) * x for j, x in enumerate(u)) for i in range(len(u))]


def python(n):
    u = [1.0] * n
    for _ in range(2):
        v = times_t(times(u))
        u = times_t(times(v))
    vbv = vv = 0.0
    for a, b in zip(u, v):
        vbv += a * b
        vv += b * b
    return sqrt(vbv / vv)
