"""What a call from Python into Rust costs, by the type of the argument and the number of its elements.

Run with `-c`, in its own process; the arguments are the folder of the extension module, its name, and the name of the
submodule with the functions. Each fresh process gives one value per argument and size, the median of a few samples.
"""

import importlib
import itertools
import json
import random
import sys
import time

SIZES = (1, 10, 100, 1000)
# Short, so that most samples are not interrupted when other processes use the cores.
SAMPLES = 15
SAMPLE_NS = 200_000


def nothing():
    """Do the minimum that every call does."""


def over_sizes(make):
    """Arguments of every size."""
    return [(size, (make(size),)) for size in SIZES]


def crossings(ext):
    """The name of the argument, the function that takes it, and arguments by their number of elements.

    The first entry is the loop without any call, which is not part of the cost of a call.
    """
    text = "the quick brown fox jumps over it "
    return [
        ("no call", None, [(0, ())]),
        ("nothing, to a Python function", nothing, [(0, ())]),
        ("nothing", ext.nothing, [(0, ())]),
        ("int", ext.take_int, [(1, (1234567,))]),
        ("float", ext.take_float, [(1, (12345.678,))]),
        ("str", ext.take_str, over_sizes(lambda n: (text * n)[:n])),
        ("bytes", ext.take_bytes, over_sizes(bytes)),
        ("bytearray, as a buffer", ext.take_buffer, over_sizes(bytearray)),
        ("tuple of 3 floats", ext.take_tuple, [(3, ((1.5, 2.5, 3.5),))]),
        ("list of int", ext.take_ints, over_sizes(lambda n: list(range(1000, 1000 + n)))),
        ("list of float", ext.take_floats, over_sizes(lambda n: [k + 0.5 for k in range(n)])),
        ("list of str", ext.take_strs, over_sizes(lambda n: [f"word {k}" for k in range(n)])),
        ("dict of str to int", ext.take_dict, over_sizes(lambda n: {f"word {k}": k for k in range(n)})),
        ("list of int, returned", ext.give_ints, [(n, (n,)) for n in SIZES]),
        ("list of float, returned", ext.give_floats, [(n, (n,)) for n in SIZES]),
    ]


def elapsed(function, arguments, calls):
    """Nanoseconds that this many calls take."""
    rounds = itertools.repeat(None, calls)
    clock = time.perf_counter_ns
    if function is None:
        started = clock()
        for _ in rounds:
            pass
    elif arguments:
        (argument,) = arguments
        started = clock()
        for _ in rounds:
            function(argument)
    else:
        started = clock()
        for _ in rounds:
            function()
    return clock() - started


def calls_of_a_sample(function, arguments):
    """How many calls take about as long as a sample should take."""
    calls = 1
    while True:
        # The shortest: an interrupted one would lead to samples of too few calls.
        took = min(elapsed(function, arguments, calls) for _ in range(3))
        if took * 5 >= SAMPLE_NS:
            return max(1, round(SAMPLE_NS / (took / calls)))
        calls *= 4


def main(folder, name, submodule):
    """Take samples of everything in random order, and print the median of each as JSON."""
    sys.path.append(folder)
    ext = getattr(importlib.import_module(name), submodule)
    points = [
        (argument, size, function, arguments, calls_of_a_sample(function, arguments), [])
        for argument, function, by_size in crossings(ext)
        for size, arguments in by_size
    ]
    order = list(points)
    for _ in range(SAMPLES):
        random.shuffle(order)
        for _, _, function, arguments, calls, samples in order:
            samples.append(elapsed(function, arguments, calls) / calls)
    middle = [(argument, size, sorted(samples)[SAMPLES // 2]) for argument, size, *_, samples in points]
    print("\n" + json.dumps(middle))


if __name__ == "__main__":
    main(*sys.argv[1:])
