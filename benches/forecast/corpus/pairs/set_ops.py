"""Set algebra on sets of integers."""


def python(lists):
    sets = [set(numbers) for numbers in lists]
    out = []
    for a, b in zip(sets, sets[1:]):
        out.append([len(a & b), len(a | b), len(a - b), len(a ^ b), min(a & b, default=-1)])
    everything = set().union(*sets)
    return [out, sorted(everything)]
