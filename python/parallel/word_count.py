"""The most frequent words of many documents: mapped to counts, reduced to one table.

The first example of every system for large data, and the inside of indexing and log analysis.
Nearly all it does is make and look up small strings, so allocation and hashing are the cost; and
what the workers send back is as big as the work.

It does not show reading files, nor what splitting text by the rules of a language would cost. A
word is a longest run of letters and digits in the lower-cased text. Python and Rust differ on some
characters there (combining marks, the final sigma, the dotted capital I), so the generated text
keeps to ASCII and a few letters of Western European languages on which they agree.
"""

import multiprocessing
import os
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

try:
    from pairbench_native import word_count as ext
except ImportError:
    ext = None

# As many as the harness asks for, or one for each core that the process may use; os.cpu_count()
# is the machine's.
WORKERS = int(os.environ.get("PAIRBENCH_WORKERS", 0)) or (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)

# `\w` without the underscore: what str.isalnum() accepts.
WORD = re.compile(r"[^\W_]+")


def count(documents):
    """Count the words of some documents."""
    counts = Counter()
    for text in documents:
        counts.update(WORD.findall(text.lower()))
    return counts


def split(documents):
    """Cut the list into some slices a worker, so that none waits long for the last."""
    size = max(1, -(-len(documents) // (2 * WORKERS)))
    return [documents[i : i + size] for i in range(0, len(documents), size)]


def merge(tables):
    """Add up the counts of all tables."""
    merged = Counter()
    for table in tables:
        merged.update(table)
    return merged


def summarize(counts, top):
    """Describe the table: the most frequent words come first, equally frequent ones by alphabet."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {
        "distinct": len(ranked),
        "once": sum(1 for n in counts.values() if n == 1),
        "top": ranked[:top],
        "total": sum(counts.values()),
    }


def python(documents, top):
    """Count everything in one thread."""
    return summarize(count(documents), top)


@contextmanager
def setup_threads():
    """Make a pool of one thread a core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def threads(pool, documents, top):
    """Count in threads, which take turns unless the interpreter is a free-threaded one."""
    return summarize(merge(pool.map(count, split(documents))), top)


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


def processes(pool, documents, top):
    """Count in processes: every document travels to one as a pickle, and every table back."""
    return summarize(merge(pool.map(count, split(documents))), top)


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


def subinterpreters(pool, documents, top):
    """Count in interpreters of this process: documents and tables travel as pickles too."""
    return summarize(merge(pool.map(count, split(documents))), top)


setup_native = setup_threads


def native(pool, documents, top):
    """Call Rust for ``count``, once a slice of documents, in threads.

    It releases the interpreter's lock, so that they run side by side until a table is counted;
    making a ``dict`` of it takes the lock again.
    """
    return summarize(merge(pool.map(ext.count, split(documents))), top)
