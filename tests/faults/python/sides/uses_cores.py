"""A port that uses two cores where Python uses one, and a step in processes of its own."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


def count(half):
    """Count the ones in the binary digits of a range of numbers."""
    return sum(bin(number).count("1") for number in range(*half))


def python(halves):
    """Count them in both halves."""
    return list(map(count, halves))


@contextmanager
def setup_processes():
    """Start two processes, and wait until both run."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(count, [(0, 1)] * 8))
        yield pool


def processes(pool, halves):
    """Count them in a process for each half."""
    return list(pool.map(count, halves))
