"""All ways to place queens on a board of which some squares are closed, by backtracking.

Timetables, configurators, puzzles and the solvers behind them search like this: choose, look what
is still allowed, go on or take the choice back. Where the first choices are independent they can
be given to workers; how much work follows from each is not known before, so some end sooner.

It does not show a search that stops at the first or the best answer, whose workers would have to
exchange what they found, nor one whose state is larger than a few integers. The squares
that are attacked are kept as bits of integers, which is how it is usually written in both
languages.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

try:
    from pairbench_native import parallel_search as ext
except ImportError:
    ext = None

# As many as the harness asks for, or one for each core that the process may use; os.cpu_count()
# is the machine's.
WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)


def place(rows, row, columns, left, right):
    """Count the solutions from this row on.

    The bits of ``rows`` are the open squares, those of the others the attacked ones in this row:
    along the column, and along the diagonals that go down to the left and to the right.
    """
    if row == len(rows):
        return 1
    solutions = 0
    free = rows[row] & ~(columns | left | right)
    while free:
        queen = free & -free
        free ^= queen
        solutions += place(
            rows, row + 1, columns | queen, (left | queen) << 1, (right | queen) >> 1
        )
    return solutions


def branch(place, rows, queen):
    """Search what follows from one queen in the first row."""
    return place(rows, 1, queen, queen << 1, queen >> 1)


def search(run, place, rows):
    """Search all branches by ``run``, a kind of ``map``: one for each open square at the top."""
    queens = [1 << column for column in range(len(rows)) if rows[0] >> column & 1]
    solutions = list(run(partial(branch, place, rows), queens))
    return {"branches": solutions, "solutions": sum(solutions)}


def python(rows):
    """Search one branch after the other."""
    return search(map, place, rows)


@contextmanager
def setup_threads():
    """Make a pool of one thread a core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def threads(pool, rows):
    """Search branches in threads, which take turns unless the interpreter is free-threaded."""
    return search(pool.map, place, rows)


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


def processes(pool, rows):
    """Search branches in processes: a few integers travel there, and one comes back."""
    return search(pool.map, place, rows)


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


def subinterpreters(pool, rows):
    """Search branches in interpreters of this process, each of which has a lock of its own."""
    return search(pool.map, place, rows)


setup_native = setup_threads


def native(pool, rows):
    """Call Rust for ``place``, once a branch, in threads.

    It calls itself there, and releases the interpreter's lock, so that they run side by side.
    """
    return search(pool.map, ext.place, rows)
