"""A linear regression over two lists of floats."""

from math import sqrt


def python(xs, ys):
    n = len(xs)
    mx = sum(xs) / n
    my = sum(ys) / n
    sxx = syy = sxy = 0.0
    for x, y in zip(xs, ys):
        dx = x - mx
        dy = y - my
        sxx += dx * dx
        syy += dy * dy
        sxy += dx * dy
    slope = sxy / sxx
    residual = 0.0
    for x, y in zip(xs, ys):
        e = y - (my + slope * (x - mx))
        residual += e * e
    return [slope, my - slope * mx, sxy / sqrt(sxx * syy), sqrt(residual / (n - 2))]
