"""Moving means and the runs in which they rise, with itertools."""

from itertools import accumulate, groupby


def python(xs):
    prefix = list(accumulate(xs, initial=0))
    means = [(b - a) / 16 for a, b in zip(prefix, prefix[16:])]
    runs = [(up, len(list(g))) for up, g in groupby(b > a for a, b in zip(means, means[1:]))]
    return [sum(means), len(runs), max(n for up, n in runs if up)]
