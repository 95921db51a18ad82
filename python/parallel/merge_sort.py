"""Many records of a name and a number sorted, whole or in chunks that are merged.

Every report, index and join sorts; what is sorted is seldom bare numbers. Python's ``sorted`` is C
from end to end, the comparison of tuples and strings included, so this asks what is left to gain
where Python already runs C. The answer is the numbers in the order of the records, which is what an
index keeps.

It does not show records that don't fit into memory, nor a key that Python has to compute for each
record. The records are objects of each language, not columns: a program that holds columns would
sort those.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

try:
    from pairbench_native import merge_sort as ext
except ImportError:
    ext = None

# As many as the harness asks for, or one for each core that the process may use; os.cpu_count()
# is the machine's.
WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)


def split(records):
    """Cut the list into a slice for each worker."""
    size = max(1, -(-len(records) // WORKERS))
    return [records[i : i + size] for i in range(0, len(records), size)]


def sort(records):
    """Sort by name, and by number where names are equal."""
    return sorted(records)


def merge(chunks):
    """Merge sorted chunks: ``sort`` finds the runs and merges them, in half of heapq's time."""
    records = [record for chunk in chunks for record in chunk]
    records.sort()
    return records


def numbers(records):
    """Return the numbers of the records, in their order."""
    return [number for _, number in records]


def python(records):
    """Sort all in one thread."""
    return numbers(sort(records))


@contextmanager
def setup_threads():
    """Make a pool of one thread a core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def threads(pool, records):
    """Sort chunks in threads, which take turns unless the interpreter is a free-threaded one."""
    return numbers(merge(pool.map(sort, split(records))))


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


def processes(pool, records):
    """Sort chunks in processes: every record travels to one as a pickle, and back."""
    return numbers(merge(pool.map(sort, split(records))))


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


def subinterpreters(pool, records):
    """Sort chunks in interpreters of this process: records travel as pickles, as to processes."""
    return numbers(merge(pool.map(sort, split(records))))


setup_native = setup_threads


def native(pool, records):
    """Call Rust for ``sort``, once a chunk, in threads.

    It takes the keys out of the records, and then releases the interpreter's lock while it sorts.
    """
    return numbers(merge(pool.map(ext.sort, split(records))))
