"""The price of an Asian and of a European call option by Monte-Carlo simulation.

Pricing, risk, reliability and queueing models run like this: paths that know nothing of each
other, float arithmetic, almost no memory. It divides over cores as well as anything does, so it
shows how far each way of running in parallel gets: threads under the interpreter's lock,
processes, an extension that releases the lock, a pool of Rust threads.

It does not show what shared state costs, nor what a better method would gain (variance reduction,
quasi-random numbers, or the closed formula that the European option has and that the tests compare
with).

The random numbers are L'Ecuyer's combined generator (Communications of the ACM 31, 1988): two
multiplicative ones modulo primes below 2**31, whose products fit into 47 bits. Python's own
Mersenne Twister is C and would be faster than any generator written in Python; but Rust programs
don't use that one, and then the answers could only be compared within the error of the simulation.
The price of an equal answer is that the generator, about half of the work, is interpreted: read
the ratio as that of code which has to bring its own arithmetic. Each chunk of paths has a stream
of its own, so that any order of chunks gives the same sums.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from math import cos, exp, log, pi, sin, sqrt

try:
    from pairbench_native import monte_carlo as ext
except ImportError:
    ext = None

# As many as the harness asks for, or one for each core that the process may use; os.cpu_count()
# is the machine's.
WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)


def simulate(spot, strike, drift, noise, step_pairs, chunk):
    """Sum up the payoffs, and their squares, of one chunk: Asian first, then European."""
    paths, s1, s2 = chunk
    asian = asian_squares = european = european_squares = 0.0
    steps = 2 * step_pairs
    for _ in range(paths):
        price = spot
        total = 0.0
        for _ in range(step_pairs):
            s1 = s1 * 40014 % 2147483563
            s2 = s2 * 40692 % 2147483399
            u = ((s1 - s2) % 2147483562 + 1) / 2147483563
            s1 = s1 * 40014 % 2147483563
            s2 = s2 * 40692 % 2147483399
            v = ((s1 - s2) % 2147483562 + 1) / 2147483563
            # Box and Muller: two uniform numbers become two normal ones.
            radius = noise * sqrt(-2.0 * log(u))
            angle = 2.0 * pi * v
            price *= exp(drift + radius * cos(angle))
            total += price
            price *= exp(drift + radius * sin(angle))
            total += price
        payoff = total / steps - strike
        if payoff > 0.0:
            asian += payoff
            asian_squares += payoff * payoff
        payoff = price - strike
        if payoff > 0.0:
            european += payoff
            european_squares += payoff * payoff
    return asian, asian_squares, european, european_squares


def price(run, simulate, market, step_pairs, chunks):
    """Simulate all chunks by ``run``, a kind of ``map``, and discount the means of the payoffs."""
    rate, volatility, years = market["rate"], market["volatility"], market["years"]
    dt = years / (2 * step_pairs)
    drift = (rate - 0.5 * volatility * volatility) * dt
    noise = volatility * sqrt(dt)
    task = partial(simulate, market["spot"], market["strike"], drift, noise, step_pairs)
    sums = list(run(task, chunks))
    paths = sum(chunk[0] for chunk in chunks)
    discount = exp(-rate * years)
    asian, asian_squares, european, european_squares = (sum(column) for column in zip(*sums))
    return {
        "asian": discount * asian / paths,
        "asian_mean_square": discount * discount * asian_squares / paths,
        "chunks": [chunk_sums[0] for chunk_sums in sums],
        "european": discount * european / paths,
        "european_mean_square": discount * discount * european_squares / paths,
    }


def python(market, step_pairs, chunks):
    """Compute everything in one thread of plain Python."""
    return price(map, simulate, market, step_pairs, chunks)


@contextmanager
def setup_threads():
    """Make a pool of one thread a core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def threads(pool, market, step_pairs, chunks):
    """Give the chunks to threads, which take turns unless the interpreter is free-threaded."""
    return price(pool.map, simulate, market, step_pairs, chunks)


def start_worker(barrier):
    """Tell, from inside a new process, that it runs and has imported this module."""
    barrier.wait()


@contextmanager
def setup_processes():
    """Make a pool of one process a core, and wait until all of them run."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(WORKERS + 1, timeout=60)
    with ProcessPoolExecutor(WORKERS, context, start_worker, (barrier,)) as pool:
        # A process starts when there is a task and none is idle.
        for _ in range(WORKERS):
            pool.submit(int)
        barrier.wait()
        yield pool


def processes(pool, market, step_pairs, chunks):
    """Give the chunks to processes, some at a time, because each message has its cost."""
    run = partial(pool.map, chunksize=max(1, len(chunks) // (4 * WORKERS)))
    return price(run, simulate, market, step_pairs, chunks)


@contextmanager
def setup_subinterpreters():
    """Make a pool of one interpreter a core, and wait until all of them run."""
    from concurrent import futures, interpreters

    running = interpreters.create_queue()
    # Each has modules and a path of its own.
    start = "import sys; sys.path[:] = path; running.put(None)"
    names = {"path": sys.path, "running": running}
    with futures.InterpreterPoolExecutor(
        WORKERS, initializer=exec, initargs=(start, names)
    ) as pool:
        # One starts when there is a task and none is idle.
        for _ in range(WORKERS):
            pool.submit(int)
        for _ in range(WORKERS):
            running.get(timeout=60)
        yield pool


def subinterpreters(pool, market, step_pairs, chunks):
    """Give the chunks to interpreters of this process, each of which has a lock of its own."""
    return price(pool.map, simulate, market, step_pairs, chunks)


setup_native = setup_threads


def native(pool, market, step_pairs, chunks):
    """Call Rust for ``simulate``, once a chunk, in threads.

    It releases the interpreter's lock, so that they run side by side.
    """
    return price(pool.map, ext.simulate, market, step_pairs, chunks)
